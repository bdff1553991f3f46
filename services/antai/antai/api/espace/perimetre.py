"""Who may follow dossiers: the administration everywhere; a provider by its certificate, in the zones where it may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from antai.actes.espace.echange import acces
from antai.store.espaces import certificats_de
from fps.confiance.habilitation import Identite, Permission
from fps.confiance.refus import AccesRefuse, CertificatRequis, HorsPerimetre
from fps.kit.engine.service import Reading, Service
from fps.kit.engine.work import Work
from fps.kit.trust.acces import ADMINISTRATION, CERTIFICAT, administrateur, identifier, marquer, refuser
from fps.kit.trust.habilitations import habilitee, missing

SUIVI = frozenset({Permission.SUIVI})


@dataclass(frozen=True, slots=True)
class PerimetreVu:
    """One collectivité and the zones that may be seen of it; no zone means all of them."""

    siret: str
    zones: tuple[str, ...]

    def voit(self, zone: str) -> bool:
        """Whether a zone may be seen."""
        return not self.zones or zone in self.zones

    def restreindre(self, zones: Sequence[str]) -> "PerimetreVu":
        """The same, in some zones only; raises HorsPerimetre for a zone that is not in it."""
        for zone in zones:
            if not self.voit(zone):
                raise HorsPerimetre(f"SIRET {self.siret} : la zone « {zone[:40]} » n'est pas dans son périmètre ({', '.join(self.zones)}).")
        return PerimetreVu(self.siret, tuple(zones)) if zones else self


def suivi(service: Service) -> Any:
    """The door of the screens of follow-up: the pilot's credential, or a certificate whose perimeter the route checks."""

    async def check(request: Request) -> None:
        request.state.identite = None
        if administrateur(service, request):
            return
        qui = await identifier(service, request)
        if qui is None:
            await refuser(service, request, CertificatRequis(f"{request.method} {request.url.path}"))
        request.state.identite = qui

    return marquer(check, ADMINISTRATION, CERTIFICAT)


def qui_suit(request: Request) -> Identite | None:
    """The provider that opened the door, None for the administration."""
    qui: Identite | None = request.state.identite
    return qui


async def perimetre(qui: Identite | None, siret: str, zones: Sequence[str], work: Work) -> PerimetreVu:
    """What may be followed of a collectivité; raises AccesRefuse with the step that is missing, HorsPerimetre."""
    if qui is None:
        return PerimetreVu(siret, tuple(zones))
    habilitation = await habilitee(acces, None, qui, siret, SUIVI, work, quoi="la consultation")
    return PerimetreVu(siret, habilitation.zones).restreindre(zones)


async def perimetres(qui: Identite, lecture: Reading) -> list[PerimetreVu]:
    """Everything that a provider may follow; raises the refusal of the first deposit when it may follow nothing."""
    trouves, refus = [], []
    for depot in await certificats_de(lecture.tx, lecture.work.bac.nom, cle=qui.cle):
        try:
            trouves.append(await perimetre(qui, depot.siret, (), lecture.work))
        except AccesRefuse as ferme:
            refus.append(ferme)
    if not trouves:
        raise refus[0] if refus else await missing(qui, "…", lecture.work)
    return trouves
