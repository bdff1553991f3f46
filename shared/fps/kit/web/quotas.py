"""How often somebody may ask: what a machine that several people share bears, counted for each caller in real time."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import monotonic
from typing import ClassVar, Final

from starlette.requests import Request

from fps.droit import droit
from fps.errors import Refus
from fps.kit.ground.bac_path import bac_of
from fps.kit.ground.clock import civil_date, wall_now

CONNEXIONS: Final = "connexions"
ECRITURES: Final = "ecritures-anonymes"
ATTENTES: Final = "attentes"
ESPACES: Final = "espaces"
MINUTE: Final = 60
HEURE: Final = 60 * MINUTE
FENETRES: Final = {ESPACES: HEURE}  # seconds over which a quota is given back; a minute for the others
KEPT: Final = 10_000  # callers remembered: those whose quota is whole again are forgotten first


class TropDeDemandes(Refus):
    """Trop de demandes viennent du même appelant"""

    code = "trop-de-demandes"
    statut: ClassVar[int] = 429
    que_faire = "Attendez les secondes que dit Retry-After, puis renvoyez la même demande."

    def __init__(self, detail: str, attente: float, quoi: str, nombre: int) -> None:
        """`attente`: seconds before the next one; `nombre`: how many are allowed (in the window, or at once for those that wait)."""
        super().__init__(detail)
        self.attente, self.quoi, self.nombre = max(1, ceil(attente)), quoi, nombre

    @property
    def entetes(self) -> dict[str, str]:
        """When to come again, and the quota, in the words of RateLimit (draft of the IETF)."""
        window = "" if self.quoi == ATTENTES else f";w={fenetre(self.quoi)}"
        return {
            "Retry-After": str(self.attente),
            "RateLimit-Policy": f'"{self.quoi}";q={self.nombre}{window}',
            "RateLimit": f'"{self.quoi}";r=0;t={self.attente}',
        }


def fenetre(quoi: str) -> int:
    """The seconds over which that quota is given back."""
    return FENETRES.get(quoi, MINUTE)


@dataclass
class Quotas:
    """What each caller has asked lately: so many a minute (or an hour), given back evenly."""

    exempt: Callable[[Request], bool]  # the pilot
    clock: Callable[[], float] = monotonic

    def __post_init__(self) -> None:
        self._until: dict[tuple[str, str, str], float] = {}

    def ask(self, request: Request, quoi: str, poids: int = 1) -> None:
        """One more (or `poids` more) of this kind from the address of a request, in its bac; raises TropDeDemandes."""
        if self.exempt(request):
            return
        loi = droit(civil_date(wall_now()))
        nombres = {CONNEXIONS: loi.connexions_par_minute, ESPACES: loi.espaces_par_heure}
        nombre = nombres.get(quoi, loi.ecritures_anonymes_par_minute)
        self.take((quoi, request.client.host if request.client else "", bac_of(request)), quoi, nombre, poids)

    def take(self, who: tuple[str, str, str], quoi: str, nombre: int, poids: int = 1) -> None:
        """The same for a named caller. Each one takes its share of the window; who has taken the whole window waits for a share."""
        duree = fenetre(quoi)
        now, share = self.clock(), duree / nombre
        until = max(self._until.get(who, now), now)
        wait = until + min(poids, nombre) * share - now - duree
        if wait > 1e-6:
            raise TropDeDemandes(f"Plus de {nombre} par {'minute' if duree == MINUTE else 'heure'}.", wait, quoi, nombre)
        self._until[who] = until + min(poids, nombre) * share
        if len(self._until) > KEPT:
            self._until = {key: value for key, value in sorted(self._until.items(), key=lambda one: one[1])[KEPT // 2 :] if value > now}


def compter(request: Request, quoi: str, poids: int = 1) -> None:
    """Count what a request asks; raises TropDeDemandes."""
    quotas: Quotas | None = getattr(request.app.state, "quotas", None) if "app" in request.scope else None
    if quotas is not None:
        quotas.ask(request, quoi, poids)
