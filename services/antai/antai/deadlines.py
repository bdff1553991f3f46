"""What the days that pass change in a dossier of ANTAI: the notice, its notification, the limit, the title, the relance."""

from antai.actes import espaces
from antai.actes.annulations import COMMUNICATION
from antai.actes.dossiers import connu, origine_de, redevable_de
from antai.domain.avis import AvisEmis, Nature, avis_de_paiement, avis_electronique, requete_impression
from antai.domain.dossier import Constat, Dossier
from antai.domain.paiement import ecriture_creance
from antai.domain.titre import SerieTitres, TitreCollectif, ecriture_titre, emission
from antai.domain.titre_annulation import Appariement
from fps.droit import droit
from fps.droit.calendar import ajouter_jours
from fps.kit.engine.definition import Deadline
from fps.kit.engine.work import Work

NOTIFICATION = "CGCT, art. L. 2333-87, II"
PAIEMENT = "CGCT, art. L. 2333-87, IV"
TITRE = "CGCT, art. R. 2333-120-16"


async def envoi_apa(numero: str, work: Work) -> None:
    """The notice leaves, for the print shop and the redevable or for his screen; its claim enters the books."""
    dossier, constat = await connu(numero, work), await _constat(numero, work)
    if dossier.electronique:
        papier_le = dossier.mettre_a_disposition(work.today)
        work.record(numero, "mise-a-disposition", NOTIFICATION, montant=dossier.montant, envoi_postal=papier_le.isoformat())
        work.book(numero, ecriture_creance(dossier, work.today), NOTIFICATION)
        work.send(avis_electronique(dossier, constat, await redevable_de(numero, work), work.now))
        work.add(AvisEmis(numero, Nature.ELECTRONIQUE, numero, dossier.siret, work.today, dossier.montant))
        work.schedule(numero, "eavis-non-lu", papier_le)
        return
    notifie_le = dossier.envoyer_avis(work.today)
    work.record(numero, "envoi-avis", NOTIFICATION, montant=dossier.montant, notification=notifie_le.isoformat(), **_minoration(dossier))
    work.book(numero, ecriture_creance(dossier, work.today), NOTIFICATION)
    await _poster(dossier, constat, Nature.INITIAL, work)


async def eavis_non_lu(numero: str, work: Work) -> None:
    """Nobody read the electronic notice: it goes by post, and its delays run from there (hypothesis H48)."""
    dossier, constat = await connu(numero, work), await _constat(numero, work)
    notifie_le = dossier.passer_au_papier(work.today)
    work.record(numero, "envoi-postal", NOTIFICATION, montant=dossier.montant, notification=notifie_le.isoformat(), **_minoration(dossier))
    await _poster(dossier, constat, Nature.PAPIER, work)


async def _poster(dossier: Dossier, constat: Constat, nature: Nature, work: Work) -> None:
    numero, redevable = dossier.numero, await redevable_de(dossier.numero, work)
    work.send(avis_de_paiement(dossier, constat, redevable))
    work.send(requete_impression(dossier, redevable))
    work.add(AvisEmis(numero, nature, numero, dossier.siret, work.today, dossier.montant))
    if dossier.date_notification is not None:
        work.schedule(numero, "notification", dossier.date_notification)
    if constat.introuvable:
        work.schedule(numero, "pli-non-distribue", ajouter_jours(work.today, droit(work.today).pli_retour_jours))


def _minoration(dossier: Dossier) -> dict[str, int | str]:
    if dossier.minoration_montant is None or dossier.minoration_jusqu_au is None:
        return {}
    return {"montant_minore": dossier.minoration_montant, "minoration_jusqu_au": dossier.minoration_jusqu_au.isoformat()}


async def pli_non_distribue(numero: str, work: Work) -> None:
    """The post brings the notice back: the notification stays deemed made (hypothesis H49)."""
    (await connu(numero, work)).constater_retour(work.today)
    work.record(numero, "pli-non-distribue", NOTIFICATION)


async def notification(numero: str, work: Work) -> None:
    """The notice is deemed notified: the payment delay runs to its limit, lived the day after."""
    dossier = await connu(numero, work)
    limite = dossier.notifier()
    work.record(numero, "notification", NOTIFICATION, payer_avant_le=limite.isoformat())
    work.schedule(numero, "limite-paiement", ajouter_jours(limite, 1))


async def limite_paiement(numero: str, work: Work) -> None:
    """Nothing was paid in time; ten days are left to tell a cancellation before the title."""
    dossier = await connu(numero, work)
    dossier.constater_impaye()
    work.record(numero, "impaye", PAIEMENT, montant=dossier.montant, titre_prevu=dossier.titre_le().isoformat())
    work.schedule(numero, "emission-titre", dossier.titre_le())


async def emission_titre(numero: str, work: Work) -> None:
    """The FPS and its majoration become a line of the collectivité's title of the day."""
    dossier, origine = await connu(numero, work), await origine_de(numero, work)
    titre = await _titre_du_jour(dossier.siret, work)
    work.add(titre.inscrire(dossier))
    place = {"numero_titre": titre.numero, "rang": titre.lignes}
    work.record(numero, "emission-titre", TITRE, impaye=dossier.montant, majoration=dossier.majoration, **place)
    work.book(numero, ecriture_titre(dossier, work.today), TITRE)
    work.send(emission(dossier, origine, await redevable_de(numero, work)))


async def _titre_du_jour(siret: str, work: Work) -> TitreCollectif:
    titre = await work.find(TitreCollectif, siret, work.today)
    if titre is None:
        serie = await work.find(SerieTitres, work.today.year)
        if serie is None:
            serie = SerieTitres(work.today.year)
            work.add(serie)
        titre = TitreCollectif(siret, work.today, serie.suivant())
        work.add(titre)
    return titre


async def relance_annulation(numero: str, work: Work) -> None:
    """The court discharged a title and the collectivité has told nothing (flow 8): ANTAI shows it (hypothesis H13)."""
    dossier = await connu(numero, work)
    juge = None if dossier.requete_en_attente is None else await work.find(Appariement, numero, dossier.requete_en_attente)
    if juge is None or not juge.attend_le_flux_8:
        return
    juge.relance_le = work.today
    work.record(numero, "relance-annulation", COMMUNICATION, requete=juge.numero_requete)


async def _constat(numero: str, work: Work) -> Constat:
    constat = await work.find(Constat, numero)
    if constat is None:
        raise LookupError(f"{numero}: a notice without its message FPS")
    return constat


DEADLINES: dict[str, Deadline] = {
    "envoi-apa": envoi_apa,
    "eavis-non-lu": eavis_non_lu,
    "pli-non-distribue": pli_non_distribue,
    "notification": notification,
    "limite-paiement": limite_paiement,
    "emission-titre": emission_titre,
    "relance-annulation": relance_annulation,
    espaces.CONTROLE_ESPACE: espaces.controler,
    espaces.SIGNATURE_CONVENTION: espaces.decider_convention,
}
