"""What a transaction knows of a bac, and one line to come in its journal."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fps.droit.money import EcritureEquilibree
from fps.errors import Introuvable
from fps.kit.ground.clock import BacClock
from fps.messages.message import Message
from fps.villes.annuaire import Annuaire


class BacInconnu(Introuvable):
    """Ce bac à sable n'existe pas"""

    code = "bac-inconnu"
    que_faire = "Créez-le avec « fps bac creer NOM », ou corrigez le préfixe /bacs/NOM de l'adresse."


@dataclass(frozen=True, slots=True)
class Bac:
    """What a transaction knows of a bac: its name, its seed, its clock, whether it was made blank, its towns."""

    nom: str
    graine: str
    horloge: BacClock
    vierge: bool = False
    villes: Annuaire = field(default_factory=Annuaire)


@dataclass(slots=True)
class Act:
    """One line to come in the journal, with the letter or the entry it carries. Rank and hash come at the end of the batch."""

    bac: Bac
    subject: str
    time: datetime
    acte: str
    article: str
    data: dict[str, Any]
    floor: int = 0
    trace: str = ""
    message: Message | None = None
    ecriture: EcritureEquilibree | None = None
