"""Who may write to whom: identities, habilitations of certificates, their perimeters, what each message asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Final

from fps.confiance.refus import Desactive, HorsPerimetre, NonActive, PasEncoreEffectif, Remplace
from fps.droit.calendar import PARIS
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import Message, MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.parties import Party
from fps.villes.annuaire import Annuaire


class Permission(StrEnum):
    """Ce qu'une collectivité permet à un prestataire de faire pour elle."""

    EMISSION = "emission"
    RAPO = "rapo"
    CONTENTIEUX = "contentieux"
    COMPTABILITE = "comptabilite"
    SUIVI = "suivi"


# A rectificatif may follow the examination of a RAPO as well as a mistake of the agent.
PERMISSIONS: Final[Mapping[MessageClass, frozenset[Permission]]] = {
    CreationFps: frozenset({Permission.EMISSION}),
    ModificationFps: frozenset({Permission.EMISSION, Permission.RAPO}),
    AnnulationFps: frozenset({Permission.EMISSION, Permission.RAPO}),
    FpsImpaye: frozenset({Permission.EMISSION}),
    InformationAnnulationFps: frozenset({Permission.RAPO, Permission.CONTENTIEUX}),
    InformationAnnulationTitre: frozenset({Permission.RAPO, Permission.CONTENTIEUX}),
    MemoireDefense: frozenset({Permission.CONTENTIEUX}),
    PieceDefense: frozenset({Permission.CONTENTIEUX}),
    TitreAnnulationRecette: frozenset({Permission.COMPTABILITE}),
    MandatRemboursement: frozenset({Permission.COMPTABILITE}),
}


class EtatHabilitation(StrEnum):
    """La vie d'un certificat déposé pour une collectivité."""

    DEPOSEE = "deposee"
    ACTIVE = "active"
    DESACTIVEE = "desactivee"


@dataclass(frozen=True, slots=True)
class Identite:
    """Whose certificate was presented. `cle` finds its habilitations: the SHA-256 of the certificate, or the simulated service."""

    cle: str
    empreinte: str
    nom: str
    siret: str | None = None
    service: Party | None = None
    numero_serie: str = ""
    emetteur: str = ""
    valide_du: datetime | None = None
    valide_au: datetime | None = None
    pem: str = ""


# What comes from the broker was let in by the broker; an answer comes by the connection that this service opened.
INTERNE: Final = Identite("interne", "", "courtier de messages")


@dataclass
class Habilitation:
    """A certificate deposited for a collectivité: what it may do for it, and since when (dates of the bac).

    `zones` empty means every zone. `remplacee_le` is the instant from which its replacement alone counts.
    """

    cle: str
    siret: str
    prestataire: str
    siret_titulaire: str | None
    certificat: str
    valide_du: datetime | None
    valide_au: datetime | None
    etat: EtatHabilitation
    zones: tuple[str, ...]
    droits: tuple[Permission, ...]
    deposee_le: datetime
    effet_le: datetime | None = None
    remplacee_le: datetime | None = None
    remplacee_par: str | None = None


def sirets_cites(message: Message) -> tuple[str, ...]:
    """What a message names as a collectivité: by its FPS number (arrêté du 6 novembre 2015, art. 4), and by its own field."""
    cites = [message.sujet[:14], *(lire(message) for lire in _citants(type(message)))]
    return tuple(dict.fromkeys(siret for siret in cites if siret is not None))


@cache
def _citants(cls: type[Message]) -> tuple[Callable[[Any], str | None], ...]:
    """How a message of this class names a collectivité by a field of its own: looked for once."""
    siret = (attrgetter("siret"),) if hasattr(cls, "siret") or "siret" in cls.model_fields else ()
    return (*siret, lambda m: getattr(m.beneficiaire, "siret", None)) if "beneficiaire" in cls.model_fields else siret


def sirets_de(message: Message, villes: Annuaire) -> tuple[str, ...]:
    """The collectivités of a bac that a message is about.

    Empty when none can be one: nobody can be let in or kept out for it, and its control refuses the message whole.
    """
    return tuple(siret for siret in sirets_cites(message) if villes.admet(siret))


def zone_de(message: Message) -> str | None:
    """The parking zone that a message names, or None."""
    lieu = getattr(message, "lieu", None)
    return None if lieu is None else lieu.zone


def verifier_habilitation(
    habilitation: Habilitation, permissions: frozenset[Permission], zone: str | None, maintenant: datetime, *, quoi: str = "cet acte"
) -> None:
    """Raises NonActive, Desactive, PasEncoreEffectif, Remplace or HorsPerimetre; `permissions`: any one of them is enough."""
    qui = f"{habilitation.prestataire}, SIRET {habilitation.siret}"
    if habilitation.etat is EtatHabilitation.DEPOSEE:
        raise NonActive(qui)
    if habilitation.etat is EtatHabilitation.DESACTIVEE:
        raise Desactive(qui)
    if habilitation.effet_le is not None and maintenant < habilitation.effet_le:
        raise PasEncoreEffectif(f"{qui} : effet le {habilitation.effet_le.astimezone(PARIS):%d/%m/%Y à %H:%M}.")
    if habilitation.remplacee_le is not None and maintenant >= habilitation.remplacee_le:
        raise Remplace(f"{qui} : remplacé depuis le {habilitation.remplacee_le.astimezone(PARIS):%d/%m/%Y à %H:%M}.")
    if not permissions & set(habilitation.droits):
        raise HorsPerimetre(f"{qui} : {quoi} demande le droit « {' » ou « '.join(sorted(permissions))} ».")
    if zone is not None and habilitation.zones and zone not in habilitation.zones:
        raise HorsPerimetre(f"{qui} : la zone « {zone} » n'est pas dans son périmètre ({', '.join(habilitation.zones)}).")
