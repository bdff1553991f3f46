"""A run that failed, shared by the tests of its reports."""

import pytest
import pytest_asyncio

from fps_certification.certifier import Certifiee, certifier
from fps_certification.execution import Demande
from fps_certification.plans.plan import Plan
from fps_simulateur.pilote.world import World

RATE = Plan(
    plan="rate",
    titre="Un RAPO accepté <sans> suite & des FPS",
    epreuves=("rapo-accepte", "amiable-etranger"),
    exigences=("EX-101..EX-105", "EX-190", "EX-192", "EX-301", "EX-304", "EX-510"),
)


async def oublier(*donnes: object) -> None:
    """Accept the RAPO, and tell nobody."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ratee(monde: World) -> Certifiee:
    """The reference collectivité, which accepts a RAPO and tells nobody of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collectivite.actes.rapo._accepter", oublier)
        return await certifier(Demande(RATE, "rate-1"), monde.client, monde.addresses, monde.token)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def conforme(monde: World) -> Certifiee:
    """The reference collectivité as it is, on the requirements that one check proves."""
    plan = RATE.model_copy(update={"epreuves": ("rapo-accepte",), "exigences": ("EX-101..EX-105", "EX-304")})
    return await certifier(Demande(plan, "conforme-1"), monde.client, monde.addresses, monde.token)
