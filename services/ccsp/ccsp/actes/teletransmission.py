"""The télétransmission: who may file by the interface, the acts of a collectivité before it may, and the tests of homologation."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from ccsp.domain import refus_portail as refus
from ccsp.domain.bordereau import texte_du_memoire
from ccsp.domain.teletransmission import REFERENCE, Convention, Homologation, Teletransmission, exiger, manques, ouvrir_seance
from fps.confiance.habilitation import Habilitation, sirets_de
from fps.confiance.refus import AccesRefuse
from fps.droit import droit
from fps.kit.engine.work import Key, Work
from fps.kit.ground.faults import Malformed
from fps.messages.message import Message
from fps.messages.recours_collectivite import AccuseDepotMemoire, MemoireDefense, PieceDefense
from fps.regles.defense import PieceAlteree, empreinte_de, exiger_voie, octets_de
from fps.villes.communes import commune, connues

# The reference system is ready whatever the date of a bac (hypothesis H93).
TOUJOURS = Convention(date(2018, 1, 1), "Système de référence (simulé)", date(2018, 1, 1), date(2199, 12, 31))


async def acces(message: Message | None, habilitation: Habilitation | None, work: Work) -> str | None:
    """What a filing by the interface needs besides an active certificate; a paper one has nothing more to show.

    Raises PortailParSession, and the first missing step: cahier des charges, homologation, convention.
    """
    if isinstance(message, MemoireDefense | PieceDefense):
        if message.canal == "portail":
            raise refus.PortailParSession(f"Message « {message.nom} ».")
        if message.canal == "teletransmission":
            for siret in sirets_de(message):
                await exiger_tout(work, siret)
    return None


def cles_acces(message: Message) -> Iterable[Key]:
    """The state of the collectivités that a message names."""
    return [(Teletransmission, (siret,)) for siret in sirets_de(message)]


async def ouverture(work: Work) -> None:
    """A new bac begins with the reference system homologated and agreed for every town."""
    for ville in connues():
        suivi = Teletransmission(ville.siret, TOUJOURS.signee_le, TOUJOURS.signataire, conventions=(TOUJOURS,))
        suivi.homologuer("Système de référence", REFERENCE)
        work.add(suivi)


async def suivi_de(work: Work, siret: str) -> tuple[Teletransmission | None, Homologation | None]:
    """Where a collectivité stands, with its last test session; raises CommuneInconnue."""
    commune(siret)
    suivi = await work.find(Teletransmission, siret)
    seance = await work.find(Homologation, siret, suivi.seances) if suivi is not None and suivi.seances else None
    return suivi, seance


async def manques_de(work: Work, siret: str) -> list[AccesRefuse]:
    """Every missing step of a collectivité."""
    return manques(*await suivi_de(work, siret), work.today)


async def exiger_tout(work: Work, siret: str) -> None:
    """Raises the first missing step of a collectivité."""
    suivi, seance = await suivi_de(work, siret)
    exiger(suivi, work.today, seance)


async def exiger_signee(work: Work, siret: str) -> None:
    """Raises the first missing step before the activation of a certificate: a convention to come is enough (production d'avance)."""
    try:
        await exiger_tout(work, siret)
    except refus.ConventionPasEncoreEnVigueur:
        return


async def exiger_cahier(work: Work, siret: str) -> None:
    """Raises CahierNonAccepte, CommuneInconnue."""
    suivi, _ = await suivi_de(work, siret)
    if suivi is None or suivi.cahier_accepte_le is None:
        raise refus.CahierNonAccepte(f"SIRET {siret}.")


async def accepter_cahier(work: Work, siret: str, qui: str) -> Teletransmission:
    """The collectivité commits to the whole cahier des charges; again changes nothing. Raises CommuneInconnue, VoieElectroniqueFermee."""
    exiger_voie("teletransmission", work.today)
    suivi, _ = await suivi_de(work, siret)
    if suivi is None:
        suivi = Teletransmission(siret)
        work.add(suivi)
    if suivi.cahier_accepte_le is None:
        suivi.cahier_accepte_le, suivi.cahier_accepte_par = work.today, qui
        work.audit("cahier-des-charges", qui, siret)
    return suivi


async def _commence(work: Work, siret: str) -> Teletransmission:
    await exiger_cahier(work, siret)
    suivi = await work.find(Teletransmission, siret)
    if suivi is None:
        raise refus.CahierNonAccepte(f"SIRET {siret}.")
    return suivi


async def declarer(work: Work, siret: str, systeme: str, version: str, qui: str) -> Teletransmission:
    """Declare the system in use: a version that is not homologated stops the exchanges. Raises CahierNonAccepte."""
    suivi = await _commence(work, siret)
    suivi.systeme, suivi.version = systeme, version
    work.audit("systeme", qui, siret, declare=suivi.declaree)
    return suivi


async def demander_homologation(work: Work, siret: str, systeme: str, version: str, empreinte: str, qui: str) -> Homologation:
    """Open a test session, the former one is over. Raises CahierNonAccepte."""
    suivi = await _commence(work, siret)
    seance = ouvrir_seance(suivi, systeme, version, empreinte, work.now, work.today)
    work.add(seance)
    work.audit("homologation", qui, siret, seance=seance.rang, systeme=f"{systeme} {version}")
    return seance


async def signer(work: Work, siret: str, signataire: str, effet_le: date | None, qui: str) -> Teletransmission:
    """Sign the convention. Raises what `Teletransmission.signer` raises."""
    suivi = await _commence(work, siret)
    convention = suivi.signer(signataire, effet_le or work.today, work.today)
    work.audit("convention", qui, siret, effet=convention.effet_le.isoformat(), fin=convention.fin_le.isoformat())
    return suivi


async def denoncer(work: Work, siret: str, qui: str) -> Teletransmission:
    """End the convention from today on. Raises RienADenoncer."""
    suivi = await _commence(work, siret)
    convention = suivi.denoncer(work.today)
    work.audit("denonciation", qui, siret, effet=str(convention.denoncee_le))
    return suivi


# ------------------------------------------------------------------------------------------------------------ test session


async def seance_de(work: Work, siret: str, rang: int) -> Homologation:
    """A test session; raises EssaiInconnu."""
    commune(siret)
    seance = await work.find(Homologation, siret, rang)
    if seance is None:
        raise refus.EssaiInconnu(f"SIRET {siret}, séance {rang}.", "rang")
    return seance


async def seance_ouverte(work: Work, siret: str, cle: str) -> tuple[Teletransmission, Homologation]:
    """The test session in progress, for who shows the certificate that it names; raises EssaiFerme, EssaiAutreCertificat."""
    suivi, seance = await suivi_de(work, siret)
    if suivi is None or seance is None or not seance.ouverte(work.today):
        raise refus.EssaiFerme(f"SIRET {siret}.")
    if seance.empreinte != cle:
        raise refus.EssaiAutreCertificat(f"SIRET {siret}, séance {seance.rang}.")
    return suivi, seance


async def essayer(
    work: Work, siret: str, certificat: str, message: MemoireDefense | PieceDefense, cle: str | None, empreinte: str
) -> tuple[AccuseDepotMemoire, Homologation, bool]:
    """One filing of a test, checked as a true one would be; gives the accusé, the report, and whether it had already come.

    Raises EssaiFerme, EssaiAutreCertificat, EssaiHorsSujet, Malformed (a key that served for another content), and what `octets_de`
    raises: the report keeps each result.
    """
    suivi, seance = await seance_ouverte(work, siret, certificat)
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


def noter_malformee(seance: Homologation, nom: str, detail: str, work: Work) -> None:
    """A filing that its schema refuses is in the report too."""
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
