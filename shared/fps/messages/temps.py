"""The letter of time: none of the sixteen flows, but the machinery by which a product under test is told the instant of its bac."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from fps.messages import specimens as s
from fps.messages.formats import Instant, Ligne, Siret
from fps.messages.message import Message
from fps.parties import Channel, Party

MACHINERIE = "Machinerie du simulateur (docs/lettres.md)"


class Temps(Message, flow=0, nom="temps", sender=Party.ANTAI, receiver=Party.COLLECTIVITE, channel=Channel.REST, law=MACHINERIE):
    """SPÉCIMEN — l'heure du bac : tout ce qui devait arriver jusque-là est arrivé, le temps attend votre acquittement."""

    siret: Siret
    bac: Ligne = Field(description="Le bac dont c'est l'heure")
    instant: Instant = Field(description="L'instant du bac")
    motif: Literal["avance", "reveil"] = Field(description="Le temps a avancé, ou c'est un instant que vous aviez demandé")
    reveil: Ligne | None = Field(default=None, description="Ce que vous aviez dit de cet instant en le demandant")

    example: ClassVar[dict[str, Any]] = {
        "siret": s.SIRET,
        "bac": "editeur",
        "instant": "2026-06-19T20:00:00+02:00",
        "motif": "avance",
        "reveil": None,
    }

    @property
    def sujet(self) -> str:
        """Those of one collectivité follow one another, and wait for none of its dossiers."""
        return f"temps-{self.siret}"
