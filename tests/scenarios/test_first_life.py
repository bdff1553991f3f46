"""The first life of a dossier through the four services: paid reduced, paid whole, or unpaid to the title; its books, its letters."""

import json
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import httpx
import pytest

from fps.kit.ground.clock import paris
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore
from fps.messages.message import MessageClass
from fps.messages.paiement import PaiementFps, PaiementTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.partie import bac_neuf

pytestmark = pytest.mark.asyncio(loop_scope="session")
DEPART = date(2023, 9, 28)
LILLE, PARIS = ("21590350100017", "rouge", 3500, 2450), ("21750001600019", "1", 7500, 5250)


@dataclass
class Vie:
    """One dossier in a bac of its own."""

    world: World
    bac: str
    fps: dict[str, Any]

    @property
    def numero(self) -> str:
        numero: str = self.fps["numero"]
        return numero

    async def jusqu_au(self, jour: date) -> list[dict[str, Any]]:
        return await self.world.pilot.avancer(self.bac, paris(jour))

    async def lire(self, party: Party, chemin: str, **params: Any) -> dict[str, Any]:
        answer = await self.world.client.get(f"{self.world.addresses[party]}/bacs/{self.bac}{chemin}", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def envoyer(self, cls: MessageClass, corps: dict[str, Any], cle: str = "") -> httpx.Response:
        url = f"{self.world.addresses[cls.receiver]}/bacs/{self.bac}{cls.path}"
        answer = await self.world.client.post(url, json=corps, headers={"Idempotency-Key": cle} if cle else {})
        await self.world.pilot.au_calme(self.bac)
        return answer

    async def payer(self, montant: int, moyen: str = "internet", cle: str = "") -> httpx.Response:
        plaque = self.fps["vehicule"]["immatriculation"]
        corps = {"numero_telepaiement": self.fps["telepaiement"], "immatriculation": plaque, "moyen": moyen, "montant": montant}
        return await self.envoyer(PaiementFps, corps, cle)

    async def etats(self) -> tuple[str, str]:
        """The dossier as the town and as ANTAI know it."""
        ville = await self.lire(Party.COLLECTIVITE, f"/fps/{self.numero}")
        return ville["etat"], (await self.lire(Party.ANTAI, f"/dossiers/{self.numero}"))["etat"]

    async def types_de_courriers(self) -> list[str]:
        return [c["type"] for c in await self.world.pilot.courriers(self.bac, self.numero)]

    async def soldes(self) -> dict[str, dict[str, int]]:
        """The accounts that are not at zero; each service's books balance."""
        found = {party.value: comptes for party, comptes in (await self.world.pilot.soldes(self.bac, self.numero)).items()}
        assert all(sum(comptes.values()) == 0 for comptes in found.values())
        return {service: {c: v for c, v in comptes.items() if v} for service, comptes in found.items() if any(comptes.values())}


async def naitre(monde: World, ville: tuple[str, str, int, int] = LILLE, plaque: str = "AB-123-CD", graine: str = "graine") -> Vie:
    bac = await bac_neuf(monde, DEPART, "vie", graine=graine)
    return Vie(monde, bac, await etablir(monde, bac, ville, plaque))


async def etablir(
    monde: World, bac: str, ville: tuple[str, str, int, int] = LILLE, plaque: str = "AB-123-CD", **champs: Any
) -> dict[str, Any]:
    vehicule = {"immatriculation": plaque, "pays": "FR", "marque": "Renault", "categorie": "voiture"}
    corps = {"siret": ville[0], "zone": ville[1], "voie": "12 rue de l'Exemple", "vehicule": vehicule, "agent": "0072"}
    if ville is PARIS:  # in the morning: parking is free there when the day of a bac ends
        corps["date_heure_constat"] = paris(DEPART, time(10)).isoformat()
    answer = await monde.client.post(f"{monde.addresses[Party.COLLECTIVITE]}/bacs/{bac}/fps", json=corps)
    assert answer.status_code == 201, answer.text
    await monde.pilot.au_calme(bac)
    fps: dict[str, Any] = answer.json()
    return fps


@pytest.mark.parametrize("ville", [LILLE, PARIS], ids=["lille", "paris"])
async def test_a_fps_paid_reduced_is_known_as_such_everywhere(monde: World, ville: tuple[str, str, int, int]) -> None:
    vie = await naitre(monde, ville)
    assert (vie.fps["montant"], vie.fps["minoration_montant"]) == ville[2:]
    assert await vie.etats() == ("transmis", "transmis")
    await vie.jusqu_au(date(2023, 10, 8))
    due = await vie.lire(Party.ANTAI, f"/payer/{vie.fps['telepaiement']}", immatriculation="AB-123-CD")
    assert (due["montant"], due["montant_minore"], due["minoration_jusqu_au"]) == (ville[2], ville[3], "2023-10-08")
    answer = await vie.payer(ville[3])
    assert answer.status_code == 200 and answer.json()["minore"] is True
    assert await vie.etats() == ("paye-minore", "paye-minore")
    assert await vie.types_de_courriers() == ["fps.02.apa.v1", "fps.02.requete-impression.v1", "fps.04.justificatif-fps.v1"]
    compte = f"collectivite:{ville[0]}"
    assert await vie.soldes() == {
        "antai": {"encaissements": ville[3], compte: -ville[3]},
        "collectivite": {"antai": ville[3], "recettes": -ville[3]},
        "dgfip": {"encaissements": ville[3], f"a-reverser:{ville[0]}": -ville[3]},
    }
    await vie.jusqu_au(date(2023, 11, 30))  # the month is reversed to the town
    assert (await monde.pilot.etat(vie.bac))["prochaine_echeance"] is None


async def test_a_fps_paid_whole_on_the_last_day_never_becomes_a_title(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2024, 1, 5))
    assert (await vie.payer(3500, "guichet")).json()["reste_du"] == 0
    assert await vie.etats() == ("paye", "paye")
    assert not [line for line in await vie.jusqu_au(date(2024, 6, 1)) if line["sujet"] == vie.numero]


async def test_a_fps_unpaid_becomes_a_title_whose_avertissement_is_paid_with_the_rebate(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2024, 1, 6))
    refus = await vie.payer(3500)
    assert (refus.status_code, refus.json()["code"]) == (409, "delai-paiement-expire")
    await vie.jusqu_au(date(2024, 1, 23))
    dossier = await vie.lire(Party.ANTAI, f"/dossiers/{vie.numero}")
    dates = [dossier[c] for c in ("recu_le", "date_envoi", "date_notification", "date_limite_paiement", "date_titre")]
    assert dates == ["2023-09-28", "2023-09-29", "2023-10-05", "2024-01-05", "2024-01-16"]
    titre = await vie.lire(Party.ANTAI, f"/titres/{dossier['numero_titre']}")
    assert (titre["total_impaye"], titre["total_majoration"], titre["annexe"][0]["numero_fps"]) == (3500, 5000, vie.numero)
    prise = await vie.lire(Party.DGFIP, f"/prises-en-charge/{vie.numero}")
    assert (prise["etat"], prise["total_du"], prise["rabais"], prise["date_limite_rabais"]) == ("averti", 8500, 1700, "2024-02-23")
    await vie.jusqu_au(date(2024, 2, 23))
    corps = {"numero_fps": vie.numero, "numero_telepaiement": prise["numero_telepaiement"], "moyen": "internet", "montant": 6800}
    assert (await vie.envoyer(PaiementTitre, corps)).json()["rabais"] == 1700
    assert await vie.etats() == ("titre-paye", "titre-paye")
    assert await vie.soldes() == {
        "collectivite": {"dgfip": 3500, "recettes": -3500},
        "dgfip": {"encaissements": 6800, f"a-reverser:{LILLE[0]}": -3500, "etat": -3300},
    }
    await vie.jusqu_au(date(2024, 3, 15))  # the month is reversed to the town
    assert (await monde.pilot.etat(vie.bac))["prochaine_echeance"] is None


async def test_each_deadline_is_lived_on_its_day_and_not_the_day_before(monde: World) -> None:
    vie = await naitre(monde)
    attendus = [
        ((2023, 9, 28), "transmis"),
        ((2023, 9, 29), "apa-envoye"),
        ((2023, 10, 4), "apa-envoye"),
        ((2023, 10, 5), "notifie"),
        ((2024, 1, 5), "notifie"),
        ((2024, 1, 6), "impaye"),
        ((2024, 1, 15), "impaye"),
        ((2024, 1, 16), "titre-emis"),
    ]
    for jour, etat in attendus:
        await vie.jusqu_au(date(*jour))
        assert (jour, (await vie.etats())[1]) == (jour, etat)
    for jour, etat in [((2024, 1, 22), "pris-en-charge"), ((2024, 1, 23), "averti")]:
        await vie.jusqu_au(date(*jour))
        assert (await vie.lire(Party.DGFIP, f"/prises-en-charge/{vie.numero}"))["etat"] == etat


async def test_a_title_is_paid_whole_the_day_after_the_rebate(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2024, 2, 24))
    prise = await vie.lire(Party.DGFIP, f"/prises-en-charge/{vie.numero}")
    corps = {"numero_fps": vie.numero, "numero_telepaiement": prise["numero_telepaiement"], "moyen": "internet", "montant": 6800}
    assert (await vie.envoyer(PaiementTitre, corps, "a")).json()["code"] == "rabais-expire"
    assert (await vie.envoyer(PaiementTitre, corps | {"montant": prise["a_payer"]}, "b")).json()["montant_paye"] == 8500
    assert (await vie.soldes())["dgfip"] == {"encaissements": 8500, f"a-reverser:{LILLE[0]}": -3500, "etat": -5000}


async def test_a_payment_sent_twice_is_taken_once_and_a_second_payment_is_refused(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2023, 10, 6))
    first, again = [await vie.payer(2450, cle="carte") for _ in range(2)]
    assert first.json() == again.json()
    refus = await vie.payer(2450, cle="autre")
    assert (refus.status_code, refus.json()["code"]) == (409, "fps-deja-paye")
    assert (await vie.types_de_courriers()).count("fps.04.justificatif-fps.v1") == 1
    comptes = (await monde.pilot.etat(vie.bac))["comptes"]
    assert comptes[f"emis:{FpsPayeMinore.type}"] == 1 and f"emis:{FpsPaye.type}" not in comptes


async def test_an_abandoned_fps_is_told_to_the_town_and_owes_nothing(monde: World) -> None:
    vie = await naitre(monde, plaque="ZV-123-AB")
    assert await vie.etats() == ("abandonne", "abandonne")
    assert (await vie.lire(Party.COLLECTIVITE, f"/fps/{vie.numero}"))["motif"] == "vehicule-vole"
    assert (await vie.payer(3500)).json()["code"] == "fps-abandonne"
    assert (await vie.soldes(), await vie.types_de_courriers()) == ({}, [])


async def test_the_letters_to_the_redevable_are_printed_and_name_one_invented_person(monde: World) -> None:
    vie = await naitre(monde)
    await vie.jusqu_au(date(2024, 1, 23))
    courriers = await monde.pilot.courriers(vie.bac, vie.numero)
    noms = set()
    for courrier in courriers:
        party = Party.DGFIP if courrier["type"] == "fps.13.avertissement.v1" else Party.ANTAI
        assert (await monde.pilot.pdf(vie.bac, party, courrier["id"])).startswith(b"%PDF-")
        if courrier["type"] != "fps.02.requete-impression.v1":
            contenu = await monde.pilot.courrier(vie.bac, party, courrier["id"])
            noms.add(json.dumps(contenu.get("redevable") or contenu["etablissement"]["redevable"], sort_keys=True))
    assert len(courriers) == 3 and len(noms) == 1


async def test_the_titles_of_a_day_are_one_per_town_and_their_lines_follow(monde: World) -> None:
    vie = await naitre(monde)
    autres = [await etablir(monde, vie.bac, plaque=f"AB-12{n}-CD") for n in range(4, 6)]
    paris_fps = await etablir(monde, vie.bac, PARIS, "EF-123-GH")
    await vie.jusqu_au(date(2024, 1, 16))
    dossiers = (await vie.lire(Party.ANTAI, "/dossiers", etat="titre-emis"))["elements"]
    places = {d["numero"]: (d["numero_titre"], d["rang_annexe"]) for d in dossiers}
    lille = [places[f["numero"]] for f in (vie.fps, *autres)]
    assert lille == [("2400000001", 1), ("2400000001", 2), ("2400000001", 3)] and places[paris_fps["numero"]] == ("2400000002", 1)
    titre = await vie.lire(Party.ANTAI, "/titres/2400000001", limite=2)
    assert (titre["lignes"], len(titre["annexe"]), titre["suivant"], titre["total_du"]) == (3, 2, 2, 3 * 8500)
    recus = (await vie.lire(Party.DGFIP, "/prises-en-charge", titre="2400000001"))["elements"]
    assert [p["rang"] for p in recus] == [1, 2, 3]


async def test_two_bacs_stand_at_two_dates_side_by_side(monde: World) -> None:
    une, autre = await naitre(monde), await naitre(monde)
    await une.jusqu_au(date(2024, 1, 16))
    assert (await une.etats(), await autre.etats()) == (("transmis", "titre-emis"), ("transmis", "transmis"))


async def test_the_same_life_gives_the_same_journal(monde: World) -> None:
    journaux = []
    for _ in range(2):
        vie = await naitre(monde, graine="la même")
        await vie.jusqu_au(date(2024, 1, 23))
        lines = await monde.pilot.journal(vie.bac)
        journaux.append([{k: v for k, v in line.items() if k not in ("wall_time", "position")} for line in lines])
    assert journaux[0] == journaux[1] and len(journaux[0]) > 20
    assert all(line["article"] for line in journaux[0])
