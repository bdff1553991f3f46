"""The homologation of a system: the test session of a collectivité, what is filed in it, and its report."""

from typing import Any

from ccsp.actes.acces import commencee, suivi_de
from ccsp.domain import refus_portail as refus
from ccsp.domain.bordereau import texte_du_memoire
from ccsp.domain.teletransmission import Homologation, Teletransmission, ouvrir_seance
from fps.droit import droit
from fps.kit.engine.work import Work
from fps.kit.ground.faults import Malformed
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense
from fps.regles.defense import PieceAlteree, empreinte_de, octets_de


async def demander(siret: str, systeme: str, version: str, empreinte: str, qui: str, work: Work) -> Homologation:
    """Open a test session, the former one is over. Raises CahierNonAccepte."""
    suivi = await commencee(siret, work)
    seance = ouvrir_seance(suivi, systeme, version, empreinte, work.now, work.today)
    work.add(seance)
    work.audit("homologation", qui, siret, seance=seance.rang, systeme=f"{systeme} {version}")
    return seance


async def seance_de(siret: str, rang: int, work: Work) -> Homologation:
    """A test session; raises EssaiInconnu."""
    work.ville(siret)
    seance = await work.find(Homologation, siret, rang)
    if seance is None:
        raise refus.EssaiInconnu(f"SIRET {siret}, séance {rang}.", "rang")
    return seance


async def seance_ouverte(siret: str, cle: str, work: Work) -> tuple[Teletransmission, Homologation]:
    """The test session in progress, for who shows the certificate that it names; raises EssaiFerme, EssaiAutreCertificat."""
    suivi, seance = await suivi_de(siret, work)
    if suivi is None or seance is None or not seance.ouverte(work.today):
        raise refus.EssaiFerme(f"SIRET {siret}.")
    if seance.empreinte != cle:
        raise refus.EssaiAutreCertificat(f"SIRET {siret}, séance {seance.rang}.")
    return suivi, seance


async def essayer(
    siret: str, certificat: str, message: MemoireDefense | PieceDefense, cle: str | None, empreinte: str, work: Work
) -> tuple[AccuseDepotMemoire, Homologation, bool]:
    """One filing of a test, checked as a true one would be; gives the accusé, the report, and whether it had already come.

    Raises EssaiFerme, EssaiAutreCertificat, EssaiHorsSujet, Malformed (a key that served for another content), and what `octets_de`
    raises: the report keeps each result.
    """
    suivi, seance = await seance_ouverte(siret, certificat, work)
    work.lasting(seance)
    work.lasting(suivi)
    seance.noter("certificat", reussie=True, detail=f"Certificat {certificat[:16]}…", le=work.now)
    connue = dict(seance.cles).get(cle or "")
    if connue not in (None, empreinte):
        raise Malformed("cle-idempotence-reutilisee", "Cette Idempotency-Key a déjà servi pour un autre contenu de cette séance.")
    deja = connue == empreinte
    if deja:
        seance.noter("idempotence", reussie=True, detail="Même clé, même contenu : reçu une fois.", le=work.now)
    elif cle is not None:
        seance.cles = (*seance.cles, (cle, empreinte))
    try:
        taille, sha256 = _controler(seance, message, work)
    finally:
        if all(epreuve.reussie for epreuve in seance.epreuves):
            suivi.homologuer(seance.systeme, seance.version)
    if not deja:
        seance.depots += 1
    accuse = AccuseDepotMemoire(
        numero_requete=seance.numero_requete,
        numero_fps=seance.numero_fps,
        numero_depot=f"{seance.numero_requete}-E{seance.depots}",
        horodatage=work.now,
        recevable=True,
        rang=message.rang if isinstance(message, PieceDefense) else None,
        fichier=message.piece.fichier if isinstance(message, PieceDefense) else None,
        taille=taille,
        empreinte=sha256,
        juridiction=droit(work.today).juridiction,
    )
    return accuse, seance, deja


async def noter_malformee(siret: str, certificat: str, nom: str, detail: str, work: Work) -> None:
    """A filing that its schema refuses is in the report too. Raises EssaiFerme, EssaiAutreCertificat."""
    _, seance = await seance_ouverte(siret, certificat, work)
    seance.noter(f"schema-{nom}", reussie=False, detail=detail, le=work.now)


def _controler(seance: Homologation, message: MemoireDefense | PieceDefense, work: Work) -> tuple[int, str]:
    """The size and the fingerprint of what came."""
    epreuve: dict[str, Any] = {"le": work.now}
    nom = f"schema-{message.nom}"
    attendus = {
        "numero_requete": seance.numero_requete,
        "numero_fps": seance.numero_fps,
        "siret": seance.siret,
        "canal": "teletransmission",
    }
    for champ, attendu in attendus.items():
        if getattr(message, champ) != attendu:
            detail = f"Champ « {champ} » : « {getattr(message, champ)} » au lieu de « {attendu} »."
            seance.noter(nom, reussie=False, detail=detail, **epreuve)
            raise refus.EssaiHorsSujet(detail, champ)
    seance.noter(nom, reussie=True, detail="Reçu.", **epreuve)
    if isinstance(message, MemoireDefense):
        texte = texte_du_memoire(message)
        return len(texte), empreinte_de(texte)
    try:
        octets = octets_de(message.piece, work.today)
    except PieceAlteree as error:
        seance.noter("alteration", reussie=True, detail=error.detail, **epreuve)
        raise
    juste = octets == seance.contenu
    seance.noter("taille", reussie=len(octets) == len(seance.contenu), detail=f"{len(octets)} octets.", **epreuve)
    seance.noter("empreinte", reussie=juste, detail=message.piece.empreinte, **epreuve)
    if not juste:
        raise refus.EssaiHorsSujet("Le fichier n'est pas celui de la séance.", "piece.contenu")
    return len(octets), message.piece.empreinte
