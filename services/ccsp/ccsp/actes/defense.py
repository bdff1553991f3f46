"""What the defendant files, by whatever way it comes: received with its time and its fingerprint, or refused with its reason."""

import base64
from dataclasses import replace

from ccsp.actes.requete import du_fps, tracer
from ccsp.domain import lettres
from ccsp.domain.bordereau import Bordereau, Contenu, Depot, texte_du_memoire
from ccsp.domain.decision import voie_electronique
from ccsp.domain.mentions import Mention
from ccsp.domain.refus import AutreCollectivite, DefenseNonAttendue, DefenseTardive, VoieElectroniqueObligatoire
from ccsp.domain.requete import EtatRequete, Requete
from fps.errors import Conflit, MessageRefuse
from fps.kit.engine.work import Work
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense
from fps.regles.defense import ELECTRONIQUES, empreinte_de, exiger_voie, octets_de

Dossier = tuple[Requete, Bordereau]


async def recevoir_memoire(message: MemoireDefense, work: Work) -> AccuseDepotMemoire:
    """The brief that a letter brings. Raises what `deposer_memoire` raises."""
    return await deposer_memoire(message, "", work)


async def recevoir_piece(message: PieceDefense, work: Work) -> AccuseDepotMemoire:
    """The piece that a letter brings. Raises what `deposer_piece` raises."""
    return await deposer_piece(message, "", work)


async def deposer_memoire(message: MemoireDefense, par: str, work: Work) -> AccuseDepotMemoire:
    """The brief of the defendant; it may contest the error of fact. `par`: the account of who files. Raises what `_recevoir` raises."""
    requete, bordereau = await _recevoir(message, work)
    depot, texte = _depot(message, requete, work, par), texte_du_memoire(message)
    accuse = _garder(depot, texte, requete, bordereau, work)
    requete.defense_le = work.today
    if message.conteste_erreur:
        requete.erreur_contestee_le = work.today
    preuve = {"depot": depot.numero, "sha256": depot.empreinte, "conteste": message.conteste_erreur}
    tracer(requete, Mention.MEMOIRE, MemoireDefense.law, work, **preuve)
    return accuse


async def deposer_piece(message: PieceDefense, par: str, work: Work) -> AccuseDepotMemoire:
    """A piece of the defendant, once its file is proved whole. Raises what `_recevoir`, `octets_de` and `verifier` raise."""
    requete, bordereau = await _recevoir(message, work)
    depot = _depot(message, requete, work, par)
    try:
        octets = octets_de(message.piece, work.today) if message.canal in ELECTRONIQUES else None
        bordereau.verifier(message)
    except (MessageRefuse, Conflit) as error:
        error.accuse = lettres.accuse_memoire(requete, depot, work.today, f"{error.titre()}. {error.detail}")
        raise
    accuse = _garder(depot, octets, requete, bordereau, work)
    preuve = {"depot": depot.numero, "sha256": depot.empreinte, "rang": message.rang}
    tracer(requete, Mention.PIECE, PieceDefense.law, work, **preuve)
    return accuse


async def depots_de(numero: str, work: Work) -> Bordereau:
    """Everything that was filed for a petition."""
    return await work.find(Bordereau, numero) or Bordereau(numero, "")


async def _recevoir(message: MemoireDefense | PieceDefense, work: Work) -> Dossier:
    """The petition, and what was filed for it before.

    Raises AutreCollectivite, DefenseNonAttendue, and, with the accusé that says why, VoieElectroniqueFermee,
    VoieElectroniqueObligatoire, DefenseTardive.
    """
    requete = await du_fps(message.numero_requete, message.numero_fps, work)
    if message.siret != requete.siret:
        raise AutreCollectivite(f"Requête {requete.numero}.", "siret")
    if requete.communiquee_le is None or requete.limite_defense is None:
        raise DefenseNonAttendue(f"Requête {requete.numero}, état « {requete.etat} ».")
    try:
        exiger_voie(message.canal, work.today)
        if message.canal not in ELECTRONIQUES and voie_electronique(work.villes.chercher(requete.siret, work.today), work.today):
            motif = f"Dépôt par « {message.canal} » : la voie électronique est obligatoire, à peine d'irrecevabilité."
            raise VoieElectroniqueObligatoire(motif, "canal")
        if requete.etat is not EtatRequete.COMMUNIQUEE or work.today > requete.limite_defense:
            raise DefenseTardive(f"La défense était attendue jusqu'au {requete.limite_defense:%d/%m/%Y}.")
    except (Conflit, VoieElectroniqueObligatoire) as error:
        error.accuse = lettres.accuse_memoire(requete, _depot(message, requete, work, ""), work.today, error.detail)
        raise
    return requete, await work.find_or_add(Bordereau(requete.numero, requete.siret))


def _depot(message: MemoireDefense | PieceDefense, requete: Requete, work: Work, par: str) -> Depot:
    texte = texte_du_memoire(message) if isinstance(message, MemoireDefense) else None
    jointe = message.piece if isinstance(message, PieceDefense) else None
    return Depot(
        numero=f"{requete.numero}-D{requete.depots_defense + 1}",
        nature="memoire" if jointe is None else "piece",
        canal=message.canal,
        rang=message.rang if isinstance(message, PieceDefense) else None,
        fichier="memoire.txt" if jointe is None else jointe.fichier,
        type_media="text/plain" if jointe is None else jointe.type_media,
        taille=None if texte is None else len(texte),
        empreinte=empreinte_de(texte or b"") if jointe is None else jointe.empreinte,
        horodatage=work.now,
        wall_time=work.batch.wall,
        par=par,
    )


def _garder(depot: Depot, octets: bytes | None, requete: Requete, bordereau: Bordereau, work: Work) -> AccuseDepotMemoire:
    """Keep what is received, and prove it to who sent it."""
    recu = replace(depot, taille=None if octets is None else len(octets))
    bordereau.ajouter(recu)
    if octets is not None:
        work.add(Contenu(recu.numero, base64.b64encode(octets).decode()))
    requete.depots_defense += 1
    requete.canal_defense = recu.canal
    return lettres.accuse_memoire(requete, recu, work.today)
