"""What a town spends on its RAPO, and who examines them for it: its annual report says it (CGCT, annexe II, 2° to 4°)."""

from typing import Annotated

from pydantic import Field

from fps.messages.formats import Centimes, Ligne
from fps.villes.lecture import Lecture


class MoyensRapo(Lecture):
    """Les moyens consacrés aux RAPO : équivalents temps plein, centimes par an, et le tiers contractant qui les instruit."""

    equivalents_temps_plein: Annotated[float, Field(ge=0, le=10_000)]
    budget: Centimes
    tiers_contractant: Ligne | None = None
