"""What may happen to a dossier as a whole: found, opened by a message FPS or by an unpaid FPS, given up."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from antai.actes.accuse import avec_accuse
from antai.actes.espace.echange import Convenu, convenu
from antai.domain import creation, impaye
from antai.domain.avis import envoi_le
from antai.domain.dossier import Constat, Dossier, Impaye
from antai.domain.echeances import Echeance
from antai.domain.mentions import Mention
from antai.domain.paiement import ecriture_creance
from antai.domain.refus import DossierInconnu, NumeroDejaUtilise
from antai.domain.registres import Identification, identifier
from fps.kit.engine.work import Key, Work
from fps.messages.annulation import AccuseImpaye, FpsImpaye
from fps.messages.mfps import AccuseFps, CreationFps, ErreurAccuse, ModificationFps
from fps.messages.parties_prenantes import Redevable

CREATION = "CGCT, art. L. 2333-87, II"
IDENTIFICATION = "CGCT, art. L. 2333-87, VII"
IMPAYE = "CGCT, art. R. 2333-120-17-2"
F = TypeVar("F", CreationFps, ModificationFps)


# --------------------------------------------------------------------------------------------------------------- found


def cles(numero: str, le: date | None = None) -> Iterable[Key]:
    """The case file of a letter, of a deadline or of a request about a FPS, whatever the day."""
    return ((Dossier, (numero,)),)


def cles_ouverture(message: CreationFps) -> Iterable[Key]:
    """The message FPS already received under this number."""
    return cles_origine((message.numero_fps,))


def cles_origine(numeros: Iterable[str]) -> Iterable[Key]:
    """The messages FPS and the redevables of dossiers."""
    return ((Constat, (numero,)) for numero in numeros)


async def connu(numero: str, work: Work) -> Dossier:
    """The dossier of this number; raises DossierInconnu, which the sender tries again: its message FPS may still be on its way."""
    dossier = await work.find(Dossier, numero)
    if dossier is None:
        raise DossierInconnu(f"Numéro {numero}", "numero_fps")
    return dossier


async def constat_de(numero: str, work: Work) -> Constat:
    """The message FPS of a dossier; raises LookupError when it was opened by an unpaid FPS."""
    constat = await work.find(Constat, numero)
    if constat is None:
        raise LookupError(f"{numero}: a notice without its message FPS")
    return constat


async def origine_de(numero: str, work: Work) -> Constat | Impaye:
    """What never changes in a dossier, told by the message that opened it; raises LookupError."""
    constat = await work.find(Constat, numero)
    if constat is not None:
        return constat
    impaye = await work.find(Impaye, numero)
    if impaye is None:
        raise LookupError(f"{numero}: a dossier without the message that opened it")
    return impaye


async def redevable_de(numero: str, work: Work) -> Redevable:
    """Who owes this FPS; raises LookupError when it was given up."""
    redevable = (await origine_de(numero, work)).redevable
    if redevable is None:
        raise LookupError(f"{numero}: a dossier without a redevable")
    return redevable


# -------------------------------------------------------------------------------------------------------------- opened


def completer(message: F, regles: Convenu | None) -> F:
    """The message with the RAPO contact declared in the espace, when it carries none (hypothesis H88)."""
    if message.contact_rapo is not None or regles is None or regles.contact_rapo is None:
        return message
    return message.model_copy(update={"contact_rapo": regles.contact_rapo})


async def ouvrir(message: CreationFps, work: Work) -> AccuseFps:
    """Open a dossier, or give it up: the accusé says which. Raises CreationRefusee, NumeroDejaUtilise, the step that is missing."""
    regles = await convenu(message.siret, work)
    message = completer(message, regles)
    constat = await work.find(Constat, message.numero_fps)
    dossier = await work.find(Dossier, message.numero_fps)
    if constat is not None and dossier is not None:
        creation.verifier_meme_message(constat, message, work.now)
        ville = work.ville_du(message.siret, message.date_heure_constat)
        return creation.accuse(dossier, work.now, creation.avertissements(ville, message))
    cycle, declaree = (None, None) if regles is None else (regles.cycle, regles.minoration)
    connue = work.villes.chercher_du(message.siret, message.date_heure_constat)
    creation.verifier_creation(message, connue, work.now, cycle=cycle, declaree=declaree)
    ville = work.ville_du(message.siret, message.date_heure_constat)
    dossier = Dossier.ouvrir(message, work.today)
    identification = identifier(work.graine, message.vehicule)
    dossier.electronique = identification.electronique
    work.add(Constat(message.numero_fps, message, identification.redevable, identification.introuvable))
    if not _abandonne(dossier, identification, work):
        envoi = envoi_le(message, ville, work.today)
        work.schedule(dossier.numero, Echeance.ENVOI_APA, envoi)
        vu = {"montant": dossier.montant, "envoi_prevu": envoi.isoformat(), "registres": list(identification.registres)}
        work.record(dossier.numero, Mention.IDENTIFICATION, IDENTIFICATION, **vu)
    work.add(dossier)
    return creation.accuse(dossier, work.now, creation.avertissements(ville, message))


def _impaye_refuse(message: FpsImpaye, instant: datetime, erreurs: list[ErreurAccuse]) -> AccuseImpaye:
    return AccuseImpaye(numero_fps=message.numero_fps, statut="refuse", date_reception=instant, erreurs=tuple(erreurs))


@avec_accuse(_impaye_refuse)
async def recevoir_impaye(message: FpsImpaye, work: Work) -> AccuseImpaye:
    """Cycle partiel: open the dossier where it stands, unpaid; anew when the town had it all cancelled before (hypothesis H130).

    Raises CycleComplet, ImpayeRefuse, NumeroDejaUtilise.
    """
    deja = await work.find(Impaye, message.numero_fps)
    dossier = await work.find(Dossier, message.numero_fps)
    again = dossier is not None and deja is not None and dossier.redeclarable
    if dossier is not None and deja is not None and deja.message == message and not again:
        return impaye.accuse(message, work.now, dossier.motif_abandon)
    regles = await convenu(message.beneficiaire.siret, work)
    ville = work.villes.chercher(message.beneficiaire.siret, work.today)
    impaye.verifier(message, ville, work.now, regles.cycle if regles else None)
    if dossier is not None and deja is not None and again:
        deja.message = message
        dossier.redeclarer(message, work.today)
        _attendre_le_titre(dossier, work)
        return impaye.accuse(message, work.now)
    if dossier is not None:
        raise NumeroDejaUtilise(f"Le numéro {message.numero_fps} désigne déjà un autre FPS.", "numero_fps")
    identification = identifier(work.graine, message.vehicule)
    work.add(Impaye(message.numero_fps, message, identification.redevable))
    dossier = Dossier.recevoir_impaye(message, work.today)
    if not _abandonne(dossier, identification, work):
        _attendre_le_titre(dossier, work)
    work.add(dossier)
    return impaye.accuse(message, work.now, dossier.motif_abandon)


def _attendre_le_titre(dossier: Dossier, work: Work) -> None:
    dossier.constater_impaye()
    titre_le = max(dossier.titre_le(), work.today)
    work.record(dossier.numero, Mention.IMPAYE_RECU, IMPAYE, montant=dossier.montant, titre_prevu=titre_le.isoformat())
    work.book(dossier.numero, ecriture_creance(dossier, work.today), IMPAYE)
    work.schedule(dossier.numero, Echeance.EMISSION_TITRE, titre_le)


def _abandonne(dossier: Dossier, identification: Identification, work: Work) -> bool:
    if identification.motif is None:
        return False
    dossier.abandonner(identification.motif)
    work.record(dossier.numero, Mention.ABANDON, CREATION, motif=identification.motif.value, registres=list(identification.registres))
    return True
