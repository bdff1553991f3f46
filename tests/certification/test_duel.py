"""Two products of one town are certified together: one establishes, the other handles the RAPO; what fails is told of the right one."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from fps.confiance.habilitation import Permission
from fps.kit.ground.clock import paris
from fps.kit.wire.carrier import open_client
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.parties import Party
from fps_certification import duel as attribution
from fps_certification.certifier import Certifiee, certifier, verifier
from fps_certification.execution import Demande, controler
from fps_certification.observation import Observation
from fps_certification.plans.plan import Plan, PlanIllisible, lire, livres, pilotes
from fps_certification.prealable.constat import Tenue
from fps_certification.prealable.sondes import SondesReelles
from fps_certification.preuves import refus, signature
from fps_certification.preuves.trace import PRODUIT
from fps_certification.rapports.junit import junit
from fps_certification.rapports.page import page
from fps_certification.rapports.rapport import Rapport
from fps_certification.sujets.contrat import ACTIONS
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.roles import ROLES
from fps_console.commandes.verdicts import tell
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.world import World
from tests.certification.mutants import MUTANTS, Alteree, Mutant
from tests.certification.test_assertions import SIRET, echange
from tests.kit.bureau import habilitation_de
from tests.parler.certificats import Essai, certificat
from tests.parler.partie import RANGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
DROITS = {"emission": (Permission.EMISSION, Permission.SUIVI), "rapo": (Permission.RAPO, Permission.SUIVI)}
SIRETS = {"emission": "73282932000074", "rapo": "81234567800017"}
LOIN = timedelta(days=400)


@dataclass
class Partages:
    """The reference collectivité as two products: an action is served at the address of one, what follows shows its certificate."""

    monde: World
    certificats: dict[str, Essai]
    bac: str
    adresse: str = ""
    dernier: dict[str, str] = field(default_factory=dict)  # bac → who was asked last
    demandes: list[tuple[str, str]] = field(default_factory=list)  # (product, action)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        corps, suite = b"", True
        while suite:
            part = await receive()
            corps, suite = corps + part.get("body", b""), part.get("more_body", False)
        _, role, action = scope["path"].split("/")
        dit = json.loads(corps)
        self.dernier[dit["bac"]] = role
        self.demandes.append((role, action))
        fait = await Reference(Ailleurs(self.monde.pilot)).agir(ACTIONS[action], dit.pop("bac"), dit)
        await send({"type": "http.response.start", "status": fait.statut, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(dict(fait.corps)).encode()})

    def presenter(self, chemin: str) -> tuple[str, ...]:
        """The certificate of who acted last in the bac of the letter."""
        morceaux = chemin.split("/")
        role = self.dernier.get(morceaux[2]) if morceaux[1] == "bacs" else None
        return () if role is None else (self.certificats[role].pem,)

    @contextmanager
    def envoyer(self, mutant: Mutant | None = None) -> Iterator[None]:
        """The collectivité sends as one product or the other, its letters perhaps spoilt."""
        carrier = self.monde.services[Party.COLLECTIVITE].relay.carrier
        reseau = {self.monde.addresses[p]: un.asgi for p, un in self.monde.services.items()}
        client = open_client(reseau, present=self.presenter)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(carrier, "client", client if mutant is None else httpx.AsyncClient(transport=Alteree(client, mutant)))
            yield

    @property
    def plan(self) -> Plan:
        """The shipped plan, on these two products."""
        deux = pilotes(f"emission={self.adresse}/emission,rapo={self.adresse}/rapo")
        return Plan.model_validate(livres()["duel"].model_dump() | deux | {"bac": self.bac})

    async def certifier(self, mutant: Mutant | None = None, *epreuves: str) -> Certifiee:
        plan = self.plan if not epreuves else self.plan.model_copy(update={"epreuves": epreuves})
        with self.envoyer(mutant):
            demande = Demande(plan, f"duel-{next(RANGS)}", prealable=mutant is None)
            return await certifier(demande, self.monde.client, self.monde.addresses, self.monde.token)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def partages(monde: World) -> AsyncIterator[Partages]:
    bac = f"duel-{next(RANGS)}"
    await monde.pilot.creer(bac, paris(date(2024, 1, 2)))
    qui = {role: certificat(monde.pki, siret, au=LOIN) for role, siret in SIRETS.items()}
    for role, lui in qui.items():
        await habilitation_de(monde.services[Party.ANTAI].service, bac, lui, SIRET, droits=DROITS[role])
    url = f"{monde.addresses[Party.ANTAI]}/pilotage/bacs/{bac}/destinations/{SIRET}"
    assert (await monde.client.put(url, json={"mode": "retrait", "temps": False})).status_code == 200
    found = Partages(monde, qui, bac)
    server = uvicorn.Server(uvicorn.Config(found, port=0, lifespan="off", log_config=None, ws="none"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server._serve())
    while not server.started and not task.done():  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.005)
    if task.done():
        await task
    found.adresse = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with pytest.MonkeyPatch.context() as patch:
        # What shows a product's certificate is not counted as come from the reference collectivité: the two ends of its way never agree.
        for nom in ("settled", "quiet"):
            patch.setattr(f"fps_simulateur.pilote.calme.{nom}", lambda vus: not any(x["en_attente"] for x in vus.values()))
        yield found
    server.should_exit = True
    await task
    await monde.pilot.supprimer(bac)


def coupables(found: Rapport) -> dict[str, set[str]]:
    """Check → the products that its failures and its stops are those of."""
    dits: dict[str, set[str]] = {}
    for epreuve, produit in [
        *((c.epreuve, c.produit) for e in found.exigences for c in e.echecs),
        *((f.epreuve, f.produit) for f in found.fautes),
    ]:
        dits.setdefault(epreuve, set()).add(produit)
    return dits


async def test_two_products_pass_the_duel_each_asked_what_its_role_is_and_the_evidence_is_computed_again(
    partages: Partages, tmp_path: Path
) -> None:
    certifiee = await partages.certifier()
    found = certifiee.rapport
    assert (found.etat, found.fautes, coupables(found)) == ("conforme", (), {}), [e for e in found.exigences if e.echecs]
    assert found.produit == f"emission : {partages.adresse}/emission ; rapo : {partages.adresse}/rapo"
    assert {(role, ROLES[action].value) for role, action in partages.demandes} == {
        ("emission", "emission"),
        ("emission", "suivi"),
        ("rapo", "rapo"),
    }
    portes = {(e.produit, e.quoi) for une in found.epreuves for e in une.echanges if e.de == "produit"}
    assert portes == {
        ("emission", CreationFps.nom),
        ("emission", AnnulationFps.nom),
        ("emission", ModificationFps.nom),
        ("rapo", AnnulationFps.nom),
        ("rapo", ModificationFps.nom),
    }
    assert refus.refusee(found) is None
    certifiee.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    lue, refait = await verifier(tmp_path / "preuve")
    assert refait.juge() == found.juge() and lue.plan_livre and any(ligne["quoi"] == PRODUIT for ligne in lue.lignes)


FAUX = {
    "minoration-d-ailleurs": {"rapo-rejete": {"emission"}},
    "cle-plus-un": {"rapo-accepte-en-partie": {"emission"}},
    "rectificatif-a-venir": {"amiable-baisse": {"emission"}, "rapo-accepte-en-partie": {"rapo"}},
    "rapo-accepte-sans-suite": {"rapo-accepte": {"rapo"}},
}


@pytest.mark.parametrize("nom", FAUX)
async def test_a_wrong_product_is_blamed_and_the_other_one_is_not(
    partages: Partages, nom: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    mutant = next(m for m in MUTANTS if m.nom == nom)
    for quoi, valeur in mutant.patches:
        monkeypatch.setattr(quoi, valeur)
    certifiee = await partages.certifier(mutant, *FAUX[nom])
    found = certifiee.rapport
    assert coupables(found) == FAUX[nom] and found.etat == "non-conforme", found.exigences
    tell(found)
    dits = {produit for produits in FAUX[nom].values() for produit in produits}
    for texte in (capsys.readouterr().out, junit(found), found.model_dump_json()):
        assert all(f"produit : {un}" in texte or f'"produit":"{un}"' in texte for un in dits)
    assert all(f"<dt>Produit</dt><dd>{un}</dd>" in page(found) for un in dits)
    certifiee.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1].juge() == found.juge()


async def test_a_duel_in_which_one_product_sends_nothing_gives_no_evidence(partages: Partages) -> None:
    found = (await partages.certifier(None, "amiable-annule-aussitot")).rapport
    tue = found.model_copy(update={"code": 0})
    assert refus.refusee(tue) == "rien n'a été pris de ce que le produit « rapo » a envoyé : le duel ne prouve rien de lui"


async def test_a_certificate_with_the_rights_of_both_is_a_matter_of_configuration(partages: Partages, monde: World) -> None:
    antai, bac = monde.services[Party.ANTAI].service, f"duel-{next(RANGS)}"
    await monde.pilot.creer(bac, paris(date(2024, 1, 2)))
    plan = partages.plan.model_copy(update={"bac": bac})

    async def dits() -> list[str]:
        vus = await controler(Demande(plan, "duel-avant"), Ailleurs(monde.pilot), SondesReelles())
        return [un.phrase for un in vus if un.controle.startswith("certificats du duel") and un.tenue is Tenue.FAUTE]

    await habilitation_de(antai, bac, partages.certificats["emission"], SIRET, droits=DROITS["emission"])
    assert await dits() == ["Aucun certificat actif n'a le droit « rapo »."]
    await habilitation_de(antai, bac, partages.certificats["rapo"], SIRET)
    [dit] = await dits()
    assert "a les droits de deux produits (emission, rapo)" in dit
    await monde.pilot.supprimer(bac)


async def test_an_exchange_whose_certificate_says_nothing_is_that_of_who_may_send_its_message() -> None:
    plan = Plan.model_validate(livres()["duel"].model_dump() | pilotes("emission=http://a.example,rapo=http://b.example"))
    cles = {"a" * 64: frozenset({"emission", "suivi"}), "b" * 64: frozenset({"rapo", "suivi"}), "c" * 64: frozenset({"emission", "rapo"})}

    def a_qui(qui: str, cls: Any) -> str:
        corps = cls(**cls.example).model_dump_json()
        vu = echange(1, 0, 403, corps=corps) | {"qui": qui, "chemin": cls.path}
        vue = Observation.du_produit(SIRET, [vu], certificats=frozenset(cles))
        [un] = vue.echanges
        return attribution.de_l_echange(plan, Observation(SIRET, vue.echanges, droits=cles), un)

    for qui, creation, annulation in (
        ("a" * 64, "emission", "emission"),
        ("b" * 64, "rapo", "rapo"),  # what it may not send is its own fault
        ("c" * 64, "emission", "emission ou rapo"),
        ("anonyme", "emission", "emission ou rapo"),
    ):
        assert (a_qui(qui, CreationFps), a_qui(qui, AnnulationFps)) == (creation, annulation), qui


@pytest.mark.parametrize(
    ("produits", "dit"),
    [
        ("{ emission: { pilote: http://a.example } }", "un duel a deux produits"),
        ("{ emission: { pilote: http://a.example }, rapo: { pilote: http://a.example } }", "n'en font qu'un"),
        ("{ emission: { pilote: http://a.example }, rapo: {} }", "« rapo » n'a ni « pilote » ni « commandes »"),
        ("{ emission: { pilote: http://a.example }, rapos: { pilote: http://b.example } }", "rapos"),
    ],
)
async def test_what_a_plan_says_wrongly_of_its_products_is_told(produits: str, dit: str) -> None:
    with pytest.raises(PlanIllisible) as refusee:
        lire(f"plan: faux\ntitre: Un duel\nexigences: [EX-101]\nproduits: {produits}\n", "faux.yaml")
    assert dit in str(refusee.value)


async def test_every_action_has_a_role_and_an_address_alone_is_no_duel() -> None:
    assert set(ROLES) == set(ACTIONS)
    assert pilotes("http://a.example/?x=1,rapo=2")["produit"] == {"pilote": "http://a.example/?x=1,rapo=2"}
