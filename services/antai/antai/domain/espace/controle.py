"""How ANTAI decides in a bac what it must control: an espace asked for, a convention deposited."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from antai.domain.espace.refus import AvantLaReforme
from fps.droit import HorsDuDroit, droit

# What ANTAI says in a bac where it must say no.
MOTIF_REFUS = "Refus demandé pour cet essai."


class Mode(StrEnum):
    """Comment l'ANTAI décide dans un bac : d'elle-même, à la main, ou toujours non."""

    AUTOMATIQUE = "automatique"
    MANUEL = "manuel"
    REFUS = "refus"


class Objet(StrEnum):
    """Ce que l'ANTAI décide."""

    ESPACE = "espace"
    CONVENTION = "convention"


@dataclass
class Controle:
    """How ANTAI decides of one kind of thing in a bac, after how many days when it is automatic (hypothesis H85)."""

    objet: Objet
    mode: Mode = Mode.AUTOMATIQUE
    jours: int = 0


def controle_ordinaire(objet: Objet, le: date) -> Controle:
    """What a bac begins with: automatic, after the days of the law; raises AvantLaReforme."""
    try:
        loi = droit(le)
        jours = loi.espace_controle_jours if objet is Objet.ESPACE else loi.convention_signature_jours
    except HorsDuDroit:
        raise AvantLaReforme(f"Le bac est au {le:%d/%m/%Y}.") from None
    return Controle(objet, Mode.AUTOMATIQUE, jours)
