"""The addresses that a letter may be pushed to: their form, every network address behind their name, then and at each connection."""

import asyncio
import socket
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from fps.kit.boxes import adresses
from fps.kit.boxes.adresses import AdresseInterdite
from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps_simulateur.pilote.world import assemble
from tests.kit.bureau import BAC, LILLE, bureau
from tests.parler.editeur import editeur
from tests.parler.exports import lu

ICI = Settings()
PARTOUT = Settings(destinations=("editeur.example", ".exemple.test", "10.0.0.0/8"))

FORMES = {
    "une autre forme": ["ftp://127.0.0.1:9000", "file:///etc/passwd", "gopher://127.0.0.1:9000", "127.0.0.1:9000", "//127.0.0.1:9000", ""],
    "un hôte absent": ["http://", "https://:9443", "http:///chemin", "http://[::1", "http://[]:9000"],
    "un identifiant": [
        "http://moi@127.0.0.1:9000",
        "https://moi:secret@127.0.0.1",
        "http://@127.0.0.1:9000",
        "http://127.0.0.1:9000@evil.example",
    ],
    "des paramètres": [
        "http://127.0.0.1:9000/?a=1",
        "http://127.0.0.1:9000?",
        "http://127.0.0.1:9000/#a",
        "http://127.0.0.1:9000#@evil.example",
    ],
    "un autre texte": [
        "http://127.0.0.1:9000/\n",
        "http://127.0.0.1\t:9000",
        " http://127.0.0.1:9000",
        "http://127.0.0.1:9000/é",
        "http://é.example",
        "http://127.0.0.1:9000/" + "a" * 500,
        "http://127.0.0.1:9000\\@evil.example",
        "http://127.0.0.1:9000/<script>",
    ],
    "un chemin rusé": [
        "http://127.0.0.1:9000/../pilotage",
        "http://127.0.0.1:9000/a/./b",
        "http://127.0.0.1:9000/%2e%2e/a",
        "http://127.0.0.1:9000/a%2f..%2fb",
        "http://127.0.0.1:9000/%252e%252e/a",
        "http://127.0.0.1:9000//a",
        "http://127.0.0.1:9000/a%5cb",
    ],
    "un port réservé": [
        "http://127.0.0.1",
        "http://127.0.0.1:22",
        "https://127.0.0.1:80",
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
    ],
    "une autre écriture": [
        "http://2130706433:9000",
        "http://0x7f000001:9000",
        "http://0x7f.0.0.1:9000",
        "http://0177.0.0.1:9000",
        "http://127.1:9000",
        "http://127.0.0.1.:9000x",
        "http://127.0.0.01:9000",
        "http://[fe80::1%25eth0]:9000",
        "http://[fe80::1%eth0]:9000",
        "http://a..b:9000",
        "http://-a.example:9000",
        "http://a_b.example:9000",
    ],
}


@pytest.mark.parametrize(("famille", "texte"), [(f, t) for f, textes in FORMES.items() for t in textes])
async def test_an_address_of_another_form_is_refused_before_the_network_is_asked(famille: str, texte: str) -> None:
    with pytest.raises(AdresseInterdite) as refus:
        adresses.lire(texte)
    assert refus.value.code == "adresse-interdite" and refus.value.champ == "adresse", famille


@pytest.mark.parametrize(
    ("donnee", "gardee"),
    [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("HTTP://LOCALHOST:9000/", "http://localhost:9000"),
        ("https://localhost./si/fps/", "https://localhost/si/fps"),
        ("https://localhost:443", "https://localhost"),
        ("http://[::1]:9000/a-b_c.d~e", "http://[::1]:9000/a-b_c.d~e"),
        ("http://[0:0:0:0:0:0:0:1]:9000", "http://[::1]:9000"),
        ("http://[::ffff:127.0.0.1]:9000", "http://[::ffff:7f00:1]:9000"),
    ],
)
async def test_an_address_of_this_machine_is_kept_in_one_form(donnee: str, gardee: str) -> None:
    assert (await adresses.verifier(donnee, ICI)).texte == gardee


@pytest.mark.parametrize(
    "texte",
    [
        "http://169.254.169.254:8080/latest",
        "https://10.0.0.1",
        "https://192.168.1.1:8443",
        "https://93.184.216.34",
        "https://[fd00::1]",
        "https://[::ffff:10.0.0.1]",
        "https://[::ffff:a9fe:a9fe]",
        "https://[2002:7f00:1::]",
        "https://[64:ff9b::7f00:1]",
        "https://[2001:0:7f00:1::]",
        "https://[::7f00:1]",
        "http://0.0.0.0:9000",
        "http://[::]:9000",
        "https://224.0.0.1",
        "https://255.255.255.255",
    ],
)
async def test_by_default_no_letter_leaves_this_machine(texte: str) -> None:
    with pytest.raises(AdresseInterdite):
        await adresses.verifier(texte, ICI)


@pytest.mark.parametrize("port", [8000, 8001, 8004, 5432, 5672])
async def test_the_simulator_never_writes_to_its_own_servers(port: int) -> None:
    own = Settings(database_url="postgresql+asyncpg://a:b@127.0.0.1:5432/antai", bus_url="amqp://guest:guest@127.0.0.1:5672/")
    for hote in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.8.8.8"):
        with pytest.raises(AdresseInterdite, match="serveur du simulateur"):
            await adresses.verifier(f"http://{hote}:{port}", own)


def test_the_doors_of_the_simulator_are_no_destination_by_whatever_name_one_calls_them() -> None:
    """Containers: the peers have names and addresses of their own, and what an installation calls them is not what a letter may call."""
    conteneurs = Settings(
        addresses="antai=https://antai:8001,dgfip=https://dgfip:8002,ccsp=https://ccsp:8003,collectivite=https://collectivite:8004",
        public_addresses="antai=https://fps.example,dgfip=https://fps.example:8443",
        hosts=("console",),
        database_url="postgresql+asyncpg://a:b@base:5432/antai",
        bus_url="amqp://a:b@courrier:5672/",
        destinations=("172.18.0.0/16", "10.0.0.0/8", "127.0.0.0/8", ".example"),
    )
    noms = {"antai": "172.18.0.2", "dgfip": "172.18.0.3", "ccsp": "172.18.0.4", "collectivite": "172.18.0.5", "console": "172.18.0.6"}
    noms |= {"base": "172.18.0.7", "courrier": "172.18.0.8", "fps.example": "8.8.8.8", "autre.example": "172.18.0.5"}
    portes = ["antai:8001", "172.18.0.2:8001", "dgfip:8002", "172.18.0.3:8002", "172.18.0.5:8004", "autre.example:8004", "console:8000"]
    portes += [
        "172.18.0.6:8000",
        "base:5432",
        "172.18.0.7:5432",
        "courrier:5672",
        "fps.example",
        "fps.example:8443",
        "[::ffff:172.18.0.5]:8004",
    ]

    async def essayer() -> None:
        for porte in portes:
            with pytest.raises(AdresseInterdite, match="simulateur"):
                await adresses.verifier(f"https://{porte}", conteneurs)
        for editeur_ in ("172.18.0.9:8004", "antai:9443", "172.18.0.2:9443", "127.0.0.1"):
            assert await adresses.verifier(f"https://{editeur_}", conteneurs), editeur_

    with mentir([]) as runner:
        runner.get_loop().noms = noms  # type: ignore[attr-defined]
        runner.run(essayer())


async def test_the_real_ports_are_reserved_on_every_address_of_this_machine() -> None:
    """`fps up --port 9140 --tls`: a bac's letter is not taken to the door of another bac, by loopback or by the network of the machine."""
    await _reserves(assemble(addresses=BRANCHEES, port=9140).services[Party.ANTAI].service.settings, "127.0.0.1", "localhost", "[::1]")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sonde:
        try:
            sonde.connect(("192.0.2.1", 9))  # nothing is sent: the system only chooses the address it would send from
        except OSError:
            return  # this machine has no network but its loopback
        ailleurs = sonde.getsockname()[0]
    ouvertes = Settings(addresses=BRANCHEES, port=9140, destinations=(f"{ailleurs}/32", "127.0.0.0/8", "::1/128"))
    await _reserves(ouvertes, ailleurs)


BRANCHEES = {
    party: f"https://127.0.0.1:{9141 + rang}" for rang, party in enumerate((Party.ANTAI, Party.DGFIP, Party.CCSP, Party.COLLECTIVITE))
}


async def _reserves(settings: Settings, *hotes: str) -> None:
    for hote in hotes:
        for port in range(9140, 9145):
            with pytest.raises(AdresseInterdite, match="serveur du simulateur"):
                await adresses.verifier(f"https://{hote}:{port}/bacs/b", settings)
        assert await adresses.verifier(f"https://{hote}:9145", settings)


async def test_an_installation_opens_networks_and_names_and_http_stays_on_the_machine() -> None:
    assert (await adresses.verifier("https://10.1.2.3:8443/si", PARTOUT)).hote == "10.1.2.3"
    for texte in ("http://10.1.2.3:8080", "http://127.0.0.1:9000", "https://192.168.0.1", "https://editeur.example.evil.example"):
        with pytest.raises(AdresseInterdite):
            await adresses.verifier(texte, PARTOUT)
    # A listed name may not exist yet: it is kept, and checked at each letter.
    for texte in ("https://editeur.example/fps", "https://recette.exemple.test"):
        assert (await adresses.verifier(texte, PARTOUT)).texte == texte
    with pytest.raises(AdresseInterdite, match="introuvable"):
        await adresses.verifier("https://inconnu.invalid", PARTOUT)


@pytest.mark.parametrize("liste", ["pas un nom", "http://editeur.example", "10.0.0.0/99", "0x7f.1", "2130706433", "*.example"])
def test_a_list_of_destinations_that_cannot_be_read_stops_the_start(liste: str) -> None:
    with pytest.raises(ValidationError, match="ni un réseau, ni un nom"):
        Settings(destinations=liste)


class Menteur(asyncio.SelectorEventLoop):
    """A network whose name server answers what the test says, one answer after the other."""

    reponses: list[list[str]] = []  # noqa: RUF012 (of each loop)
    noms: dict[str, str] = {}  # noqa: RUF012

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        try:
            return await super().getaddrinfo(host, port, **(options | {"flags": socket.AI_NUMERICHOST}))
        except socket.gaierror:
            if self.noms:
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self.noms[host], port))]
            found = self.reponses.pop(0) if len(self.reponses) > 1 else self.reponses[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]


def mentir(*reponses: list[str]) -> asyncio.Runner:
    """A loop in which every name has these addresses."""

    def loop() -> Menteur:
        made = Menteur()
        made.reponses = list(reponses)
        return made

    return asyncio.Runner(loop_factory=loop)


def test_one_forbidden_address_behind_a_name_forbids_the_name() -> None:
    async def essayer(texte: str, settings: Settings) -> None:
        with pytest.raises(AdresseInterdite):
            await adresses.verifier(texte, settings)

    for found in (["127.0.0.1", "169.254.169.254"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "224.0.0.1"]):
        with mentir(found) as runner:
            runner.run(essayer("http://nom.test:9000", ICI))
    with mentir(["8.8.8.8", "192.168.0.1"]) as runner:  # listed, but it must be public or in a listed network
        runner.run(essayer("https://editeur.example", PARTOUT))
    with mentir(["8.8.8.8"]) as runner:
        assert runner.run(adresses.verifier("https://editeur.example", PARTOUT)).hote == "editeur.example"


def test_a_name_that_changes_its_address_after_it_was_accepted_is_not_followed() -> None:
    """DNS rebinding: accepted on loopback, then elsewhere; the letter waits in its box, and nothing leaves."""

    async def vivre() -> None:
        async with editeur() as ville, bureau() as poste:
            port = ville.adresse.rpartition(":")[2]
            assert (await poste.poser("adresse", f"http://nom.test:{port}/si")).status_code == 200
            (identifiant,) = await poste.ecrire(1)
            await poste.calme()
            assert ville.recues == [] and await poste.etats() == ["attente"]
            ((*_, resultat, statut, cause),) = await poste.essais()
            assert (resultat, statut) == ("interdite", None) and "169.254.169.254" in cause
            # The name comes back: the connection goes to the address that was checked, under the name that was asked.
            await poste.avancer(60)
            assert ville.ids == [identifiant] and ville.recues[0].headers["host"] == f"nom.test:{port}"
            assert ville.recues[0].url.startswith(f"http://nom.test:{port}/si/flux/")

    with mentir(["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]) as runner:
        runner.run(vivre())


def test_a_name_that_is_no_longer_known_is_tried_again_later() -> None:
    async def vivre() -> None:
        async with bureau(destinations=("editeur.invalid",)) as poste:
            assert (await poste.poser("adresse", "https://editeur.invalid")).status_code == 200
            await poste.ecrire(1)
            await poste.calme()
            ((*_, resultat, _, cause),) = await poste.essais()
            assert resultat == "echec" and cause == "« editeur.invalid » : nom introuvable"

    asyncio.run(vivre())


async def test_an_imported_bac_cannot_bring_an_address_that_is_forbidden_here() -> None:
    async with bureau() as poste:
        await poste.poser("retrait")
        await poste.ecrire(1)
        await poste.calme()
        export = lu((await poste.piloter("GET", "/export")).content)
        table = export["tables"]["destinations"]
        ligne = dict(zip(table["colonnes"], table["lignes"][0], strict=True))
        ligne |= {"mode": "adresse", "adresse": "http://169.254.169.254:8080/latest"}
        table["lignes"] = [[ligne[c] for c in table["colonnes"]]]
        assert (await poste.piloter("POST", "/import", bac="piege", json=export)).status_code == 201
        assert (await poste.piloter("POST", f"/boites/{LILLE}/rejouer", bac="piege")).json() == {"rejouees": 1}
        await poste.calme("piege")
        assert [r[3] for r in await poste.essais("piege")] == ["interdite"]


async def test_a_refused_address_changes_nothing_and_is_kept_in_the_audit_journal() -> None:
    async with bureau() as poste:
        await poste.poser("retrait")
        refus = await poste.poser("adresse", "http://169.254.169.254:8080")
        assert (refus.status_code, refus.json()["code"], refus.json()["champ"]) == (422, "adresse-interdite", "adresse")
        assert "FPS_DESTINATIONS" in refus.json()["que_faire"]
        assert (await poste.piloter("GET", f"/destinations/{LILLE}")).json()["mode"] == "retrait"
        lignes = (await poste.piloter("GET", "/audit")).json()["lignes"]
        assert [(x["resultat"], x["code"], x["objet"]) for x in lignes if x["acte"] == "destination"] == [
            ("accepte", "", LILLE),
            ("refuse", "adresse-interdite", LILLE),
        ]


@pytest.mark.parametrize(
    ("corps", "statut"),
    [
        ({"mode": "adresse"}, 422),
        ({"mode": "retrait", "adresse": "http://127.0.0.1:9000"}, 422),
        ({"mode": "ailleurs"}, 422),
        ({"mode": "retrait", "autre": 1}, 422),
        ({"mode": "adresse", "adresse": "http://127.0.0.1:9000"}, 200),
    ],
)
async def test_a_choice_of_destination_is_whole_or_refused(corps: dict[str, Any], statut: int) -> None:
    async with bureau() as poste:
        assert (await poste.piloter("PUT", f"/destinations/{LILLE}", json=corps)).status_code == statut
        inconnue: httpx.Response = await poste.piloter("PUT", "/destinations/73282932000075", json={"mode": "retrait"})
        assert (inconnue.status_code, inconnue.json()["code"]) == (404, "siret-inconnu")
        perdu = await poste.piloter("PUT", f"/destinations/{LILLE}", bac="nulle-part", json={"mode": "retrait"})
        assert (perdu.status_code, perdu.json()["code"]) == (404, "bac-inconnu")
        assert (await poste.etat(BAC))["en_attente"] == 0
