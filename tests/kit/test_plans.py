"""No statement of a hot path walks a table or a whole bac, on either engine: what a payment costs does not grow with the bac."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fps.parties import Party
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import catalogue
from fps_simulateur.pilote.world import World
from tests.kit.plans import Asked, collected, walks_on_postgresql, walks_on_sqlite

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("plans")]
VIES = ("decharge-totale-du-titre", "cheque-impaye-avant-remboursement")  # a title, a petition, a discharge; payments that are lost
# What people and editors read of a dossier, and the lists.
PAGES = {
    Party.COLLECTIVITE: (
        "/fps",
        "/fps?siret={siret}&etat=annule",
        "/fps?siret={siret}&suite=a-corriger",
        "/fps?tri=-constat&plaque=A&du=2020-01-01",
        "/fps/{numero}",
        "/fps/{numero}/paiements",
        "/fps/{numero}/remboursements",
    ),
    Party.ANTAI: (
        "/dossiers?siret={siret}",
        "/dossiers?tri=-recu&etat=notifie&au=2030-01-01",
        "/dossiers/{numero}",
        "/va-pilote/dossiers/{numero}?siret={siret}",
        "/titres/0000000000",
        "/titres-annulation/0000000000",
        "/dossiers/{numero}/explication/montant",
        "/espaces/{siret}",
        "/espaces/{siret}/etat",
    ),
    Party.DGFIP: ("/prises-en-charge", "/prises-en-charge/{numero}", "/remboursements/{numero}", "/reversements/{siret}"),
    Party.CCSP: ("/requetes?numero_fps={numero}", "/fps/{numero}/explication/etat"),
}
# The lists of the pages, in each way that they may be asked.
COURRIERS = (
    "boite-aux-lettres",
    "boite-aux-lettres?sujet={numero}",
    "boite-aux-lettres?tri=anciens&destinataire=usager&du=2024-01-01&au=2024-12-31&apres=2024-03-01T00:00:00%2B01:00~a",
)
BOITES = (
    "boites",
    "boites?siret={siret}&siret=1{numero:.13}",
    *(f"boites/{{siret}}/lettres?tri={tri}{filtre}" for tri in ("recentes", "anciennes") for filtre in ("", "&etat=attente", "&sujet=1")),
    "boites/{siret}/lettres?etat=refusee&sujet={numero}",
)
AUDIT = ("audit/recherche", "audit/recherche?acte=bac&resultat=refuse&texte=1&du=2024-01-01T00:00:00Z&tri=anciennes", "lettres-mortes?id=1")
LISTES = {
    Party.ANTAI: (*COURRIERS, *BOITES, *AUDIT),
    Party.COLLECTIVITE: (*COURRIERS, *AUDIT),
    Party.DGFIP: (*COURRIERS, *BOITES),
    Party.CCSP: (*COURRIERS, *BOITES),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demandes(monde: World) -> AsyncIterator[set[Asked]]:
    """What the databases are asked while lives are played, and read in every way."""
    with collected(monde) as found:
        for vie in (v for v in catalogue() if v.vie in VIES):
            bac = f"plans-{vie.vie}"[:40]
            joue = await jouer(monde, vie, bac)
            numero = next(iter(joue.dossiers.values()))["numero"]
            for party, pages in PAGES.items():
                for page in pages:
                    await monde.client.get(f"{monde.addresses[party]}/bacs/{bac}{page.format(numero=numero, siret=numero[:14])}")
            await monde.pilot._all("GET", f"/bacs/{bac}/echeances", params={"sujet": numero})
            await monde.pilot.journal(bac, numero)
            await monde.pilot.courriers(bac, numero)
            await monde.pilot.verifier(bac, numero)
            await monde.pilot._all("POST", f"/bacs/{bac}/ancres")
            await monde.pilot._all("GET", f"/bacs/{bac}/ancres/verification")
            await monde.pilot._all("GET", f"/bacs/{bac}/releve/dossiers")
            for party, listes in LISTES.items():
                for chemin in listes:
                    url = f"{monde.addresses[party]}/pilotage/bacs/{bac}/{chemin.format(numero=numero, siret=numero[:14])}"
                    assert (await monde.client.get(url)).status_code == 200, url
    yield found


async def test_no_statement_walks_on_sqlite(demandes: set[Asked]) -> None:
    assert walks_on_sqlite(demandes) == []


async def test_no_statement_walks_on_postgresql(demandes: set[Asked], base_vide: str) -> None:
    assert await walks_on_postgresql(base_vide, demandes) == []
