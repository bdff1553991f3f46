"""A town is data of a bac: given by a file, lived to its title, configured otherwise from a day on, taken back when it has no dossier."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from fps.donnees import ecrire_yaml
from fps.kit.engine import villes as lignes
from fps.kit.ground.clock import paris
from fps.kit.wire.carrier import bearer
from fps.parties import SERVICES, Party
from fps.villes.defaut import MODELE, par_defaut
from fps_console.lecture import Lecture
from fps_console.web import repertoire
from fps_simulateur.joueur import jouer
from fps_simulateur.langue.modele import lire as lire_vies
from fps_simulateur.langue.villes import lire
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.espace import demande
from tests.parler.mondes import Monde
from tests.parler.partie import bac_neuf
from tests.parler.ville import Ville
from tests.villes import commune

pytestmark = pytest.mark.asyncio(loop_scope="session")
VAL = lire(MODELE, "modele")
LE = date(2023, 9, 28)
JOUR = {"jours": {"tous": ["00:00-24:00"]}, "feries": "payants"}


def donnee(depuis: date | None = None, fps: int = 2500, **champs: Any) -> dict[str, Any]:
    """The town of the model file, payable at any hour, its FPS at this price."""
    brut = VAL.donnee()["commune"]
    zone = {**brut["zones"][0], "fps": {"2018-01-01": {"voiture": fps}}, "tarifs": {}}
    return {"depuis": depuis and depuis.isoformat(), "commune": {**brut, "horaires": {"2018-01-01": JOUR}, "zones": [zone], **champs}}


async def etablir(ville: Ville, siret: str = VAL.siret, zone: str = "centre", plaque: str = "AB-123-CD") -> dict[str, Any]:
    vehicule = {"immatriculation": plaque, "pays": "FR", "marque": "Renault", "categorie": "voiture"}
    return await ville.agir("/fps", {"siret": siret, "zone": zone, "voie": "1 rue de l'Exemple", "vehicule": vehicule, "agent": "72"})


async def sues(monde: World, bac: str) -> dict[Party, set[str]]:
    """The towns that each service knows of a bac."""
    found = {}
    for party in SERVICES:
        async with monde.services[party].service.reading(bac) as lecture:
            found[party] = set(lecture.work.villes)
    return found


RAPO = """
- vie: val-du-fichier
  titre: La ville d'un fichier de trente lignes, de son FPS à son RAPO et à son titre
  ville: val.yaml
  depart: 2023-09-27
  etapes:
    - { le: J+1 à 10 h, acte: établir un FPS, antai: { etat: transmis } }
    - { le: 2023-10-20, acte: déposer un RAPO, avec: { date_notification_avis: 2023-10-05 }, recus: { 03.accuse-reception: 1 } }
    - { le: 2023-11-10, acte: décider le RAPO, avec: { sens: rejet, motif: Rien ne le prouve. }, donne: { etat: rejete } }
    - { le: titre, antai: { etat: titre-emis }, dgfip: { etat: pris-en-charge } }
"""


async def test_the_town_of_the_printed_file_lives_from_its_fps_to_its_rapo_and_its_title(monde: World, tmp_path: Path) -> None:
    (tmp_path / "val.yaml").write_text(MODELE, "utf-8")
    assert len(MODELE.splitlines()) < 60
    (vie,) = lire_vies(RAPO, "essai.yaml", tmp_path)
    joue = await jouer(monde, vie, "val-du-fichier")
    assert joue.mots["siret"] == VAL.siret


async def test_a_town_given_by_a_file_lives_from_its_fps_to_its_title(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    assert all(VAL.siret in connues for connues in (await sues(monde, ville.bac)).values())
    fps = await etablir(ville)
    assert (fps["montant"], fps["minoration_montant"], fps["siret"]) == (2500, 1750, VAL.siret)
    await monde.pilot.avancer(ville.bac, paris(date(2024, 2, 1)))
    dossier = (await monde.client.get(f"{monde.addresses[Party.ANTAI]}/bacs/{ville.bac}/dossiers/{fps['numero']}")).json()
    assert dossier["etat"] == "titre-emis" and dossier["numero_titre"]
    prise = (await monde.client.get(f"{monde.addresses[Party.DGFIP]}/bacs/{ville.bac}/prises-en-charge/{fps['numero']}")).json()
    assert prise["siret"] == VAL.siret


async def test_each_dossier_keeps_the_configuration_of_its_day(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    depuis = date(2023, 9, 30)
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    await villes.ajouter(monde.pilot, ville.bac, [donnee(depuis, 4000, nom="Val renommé")])
    montants = {}
    for rang, jour in enumerate((date(2023, 9, 29), depuis, date(2023, 10, 1))):
        await monde.pilot.avancer(ville.bac, paris(jour))
        fps = await etablir(ville, plaque=f"AB-12{rang}-CD")
        montants[jour] = fps["montant"], fps["numero"]
    assert [m for m, _ in montants.values()] == [2500, 4000, 4000]
    ancien = montants[date(2023, 9, 29)][1]
    explique = await ville.lire(f"/fps/{ancien}/explication/montant")
    assert explique["valeur"] == 2500, explique
    with pytest.raises(PiloteErreur) as refus:  # what would change the day of a dossier
        await villes.ajouter(monde.pilot, ville.bac, [donnee(date(2023, 10, 1), 5000)])
    assert refus.value.problem["code"] == "ville-avec-dossiers"
    await villes.ajouter(monde.pilot, ville.bac, [donnee(date(2023, 10, 2), 5000)])


async def test_a_town_already_there_or_with_dossiers_is_refused_and_nothing_is_kept(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    autre = par_defaut("21000400800020").model_dump(mode="json", by_alias=True)
    with pytest.raises(PiloteErreur) as refus:
        await villes.ajouter(monde.pilot, ville.bac, [{"depuis": None, "commune": autre}, donnee()])
    assert refus.value.problem["code"] == "ville-existante"
    assert all("21000400800020" not in connues for connues in (await sues(monde, ville.bac)).values())
    await villes.retirer(monde.pilot, ville.bac, VAL.siret)
    assert all(VAL.siret not in connues for connues in (await sues(monde, ville.bac)).values())
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    await etablir(ville)
    with pytest.raises(PiloteErreur) as refus:
        await villes.retirer(monde.pilot, ville.bac, VAL.siret)
    assert refus.value.problem["code"] == "ville-avec-dossiers"
    assert all(VAL.siret in connues for connues in (await sues(monde, ville.bac)).values())


async def test_a_bad_town_is_refused_by_each_service_with_its_field(monde: World) -> None:
    bac = await bac_neuf(monde, LE, "ville")
    fausse = donnee(siret="21000400800013")
    for party in SERVICES:
        reponse = await monde.client.post(f"{monde.addresses[party]}/pilotage/bacs/{bac}/villes", json={"villes": [fausse]})
        assert reponse.status_code == 422 and "clé" in reponse.text, reponse.text
    assert all("21000400800013" not in connues for connues in (await sues(monde, bac)).values())


async def test_a_bac_leaves_is_copied_and_comes_back_with_its_towns(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    copie = f"{ville.bac}-copie"
    await monde.pilot.copier(ville.bac, copie)
    assert await sues(monde, copie) == await sues(monde, ville.bac)
    assert await villes.montrer(monde.pilot, copie, VAL.siret) == await villes.montrer(monde.pilot, ville.bac, VAL.siret)


async def test_an_ordinary_bac_begins_with_the_shipped_towns_and_a_blank_one_with_none(monde: World) -> None:
    await monde.pilot.creer("tout-vierge", paris(LE), vierge=True)
    ordinaire = await Ville.ouvrir(monde, LE)
    assert await sues(monde, "tout-vierge") == {key: set() for key in SERVICES}
    assert all(commune("21590350100017").siret in connues for connues in (await sues(monde, ordinaire.bac)).values())


async def test_the_digest_of_the_towns_does_not_depend_on_their_order() -> None:
    a, b = ("b", "1", date(2018, 1, 1), "x"), ("b", "2", date(2018, 1, 1), "y")
    assert lignes.mark([a, b]) == lignes.mark([b, a]) != lignes.mark([a])


async def test_what_is_shown_of_a_town_is_a_file_that_gives_it_again(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    (vue,) = await villes.montrer(monde.pilot, ville.bac, VAL.siret)
    relue = lire(ecrire_yaml({"depuis": vue["depuis"], **vue["commune"]}), "montrée").donnee()
    assert relue["commune"] == vue["commune"]


class Coupure(Pilot):
    """A pilot whose line to one service is cut when it gives a town: before the service heard it, or before its answer."""

    @classmethod
    def de(cls, pilot: Pilot, casse: Party, *, entendue: bool) -> "Coupure":
        coupe = cls(pilot.client, pilot.addresses, pilot.token)
        coupe.casse, coupe.entendue = casse, entendue
        return coupe

    casse: Party
    entendue: bool

    async def _call(self, service: Party, method: str, path: str, **options: Any) -> httpx.Response:
        coupee = service is self.casse and method == "POST" and "params" not in options
        if coupee and not self.entendue:
            raise self._injoignable(service, httpx.ConnectError("coupée"))
        reponse = await super()._call(service, method, path, **options)
        if coupee:
            raise self._injoignable(service, httpx.ReadError("coupée"))
        return reponse


async def configurees(monde: World, bac: str) -> dict[Party, list[dict[str, Any]]]:
    """The towns that each service knows, each from which days."""
    return {p: (await monde.pilot._call(p, "GET", f"/bacs/{bac}/villes")).json() for p in SERVICES}


@pytest.mark.parametrize("entendue", [False, True])
@pytest.mark.parametrize("deja", [False, True])
async def test_what_fails_in_one_service_after_the_others_took_it_is_taken_back(monde: World, deja: bool, entendue: bool) -> None:
    """A town, or a later configuration of it: the four services know what they knew."""
    ville = await Ville.ouvrir(monde, LE)
    if deja:
        await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    avant = await configurees(monde, ville.bac)
    neuve = [donnee(date(2023, 10, 15), 4000) if deja else donnee()]
    for casse in SERVICES:
        with pytest.raises(PiloteErreur):
            await villes.ajouter(Coupure.de(monde.pilot, casse, entendue=entendue), ville.bac, neuve)
        assert await configurees(monde, ville.bac) == avant
    await villes.ajouter(monde.pilot, ville.bac, neuve)
    assert await configurees(monde, ville.bac) != avant


async def test_what_is_taken_back_leaves_what_somebody_enrolled_by_hand(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    chez = f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}/portail/{VAL.siret}/inscriptions"
    inscription = {"agents": [{"login": "alix", "nom": "Alix Exemple", "role": "responsable"}]}
    assert (await monde.client.post(chez, json=inscription, headers=bearer("essai"))).status_code == 201
    vide = f"/bacs/{ville.bac}/villes/{VAL.siret}"
    await monde.pilot._call(Party.CCSP, "PUT", vide, json={"villes": []})
    comptes = f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}/portail/{VAL.siret}/comptes"
    assert [c["login"] for c in (await monde.client.get(comptes, headers=bearer("essai"))).json()] == ["alix"]


async def test_a_dossier_opened_meanwhile_keeps_its_configuration(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee()])
    await etablir(ville)
    with pytest.raises(PiloteErreur) as refus:
        await monde.pilot._call(Party.COLLECTIVITE, "PUT", f"/bacs/{ville.bac}/villes/{VAL.siret}", json={"villes": []})
    assert refus.value.problem["code"] == "ville-avec-dossiers"


async def test_a_town_of_which_nobody_told_is_neither_shown_nor_taken_away(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    for acte in (villes.montrer, villes.retirer):
        with pytest.raises(PiloteErreur) as refus:
            await acte(monde.pilot, ville.bac, VAL.siret)
        assert (refus.value.problem["status"], refus.value.problem["code"]) == (404, "ville-non-donnee")
        with pytest.raises(PiloteErreur) as refus:
            await acte(monde.pilot, ville.bac, "21000400800013")
        assert (refus.value.problem["status"], refus.value.problem["code"]) == (404, "siret-inconnu")


async def test_a_town_that_one_service_only_was_told_of_is_taken_from_it(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await monde.pilot._call(Party.DGFIP, "POST", f"/bacs/{ville.bac}/villes", json={"villes": [donnee()]})
    await villes.retirer(monde.pilot, ville.bac, VAL.siret)
    assert all(VAL.siret not in connues for connues in (await sues(monde, ville.bac)).values())


async def test_the_pages_name_a_given_town_as_the_bac_does(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [donnee(nom="Val que seul ce bac connaît")])
    numero = (await etablir(ville))["numero"]
    lecture = Lecture(monde.pilot, monde.client, monde.addresses)
    (resume,) = (await repertoire.page(lecture, ville.bac, {}, await villes.noms(lecture.pilot, ville.bac))).feuille.lignes
    dossier = await lecture.dossier(ville.bac, numero)
    assert dossier is not None and (resume["ville"], dossier["ville"]) == ("Val que seul ce bac connaît",) * 2


async def test_each_service_keeps_what_it_needs_of_a_town(monde: World) -> None:
    """The town its hours, its prices and its rights; the others who it is, its delays, its zones and their FPS."""
    ville = await Ville.ouvrir(monde, LE)
    await villes.ajouter(monde.pilot, ville.bac, [VAL.donnee()])
    for siret in (VAL.siret, "21750001600019"):
        gardees = {p: (await monde.pilot._call(p, "GET", f"/bacs/{ville.bac}/villes/{siret}")).json()[0]["commune"] for p in SERVICES}
        entiere = gardees.pop(Party.COLLECTIVITE)
        assert entiere["horaires"] and entiere["zones"][0]["tarifs"]
        for ailleurs in gardees.values():
            assert (ailleurs["horaires"], ailleurs["abonnements"], ailleurs["droits"]) == ({}, [], [])
            assert [(z["code"], z["fps"], z["tarifs"], z["voies"]) for z in ailleurs["zones"]] == [
                (z["code"], z["fps"], {}, []) for z in entiere["zones"]
            ]
            assert (ailleurs["nom"], ailleurs["population"]) == (entiere["nom"], entiere["population"])


async def test_what_changes_at_a_date_is_given_to_the_four_services_and_read_again(monde: World) -> None:
    ville = await Ville.ouvrir(monde, LE)
    brut = donnee()["commune"]["zones"][0]
    zones = [{**brut, "duree_maximale": {"2018-01-01": 120, "2023-09-28": 240}}]
    rapide = {"2018-01-01": {"jours": 5}, "2023-09-29": None}
    await villes.ajouter(monde.pilot, ville.bac, [donnee(zones=zones, paiement_rapide=rapide)])
    (vue,) = await villes.montrer(monde.pilot, ville.bac, VAL.siret)
    assert vue["commune"]["zones"][0]["duree_maximale"] == zones[0]["duree_maximale"]
    assert {jour: v and v["jours"] for jour, v in vue["commune"]["paiement_rapide"].items()} == {"2018-01-01": 5, "2023-09-29": None}
    fps = await etablir(ville)
    assert fps["fin_effets"].startswith("2023-09-29T00:00:00")  # four hours after eight in the evening


@pytest.mark.xdist_group("vrai")
async def test_postgresql_gives_takes_back_and_takes_away_a_town_as_sqlite_does(monde_reel: Monde) -> None:
    pilot, bac = monde_reel.pilot, "villes-reel"
    await pilot.creer(bac, paris(LE), graine=bac)

    async def lues() -> list[list[dict[str, Any]]]:
        return [(await pilot._call(p, "GET", f"/bacs/{bac}/villes")).json() for p in SERVICES]

    avant = await lues()
    coupe = Coupure.de(pilot, Party.COLLECTIVITE, entendue=True)
    for neuve in (donnee(), donnee(date(2023, 10, 15), 4000)):
        with pytest.raises(PiloteErreur):
            await villes.ajouter(coupe, bac, [neuve])
        assert await lues() == avant
        await villes.ajouter(pilot, bac, [neuve])
        avant = await lues()
    assert all([v["depuis"] for v in un if v["siret"] == VAL.siret] == [["2018-01-01", "2023-10-15"]] for un in avant)
    await villes.retirer(pilot, bac, VAL.siret)
    assert all(VAL.siret not in {v["siret"] for v in un} for un in await lues())
    form = demande(VAL.siret, nom="Val par son espace")
    assert (await monde_reel.post(Party.ANTAI, bac, "/espaces", form)).status_code == 201
    assert (await villes.noms(pilot, bac))[VAL.siret] == "Val par son espace"
