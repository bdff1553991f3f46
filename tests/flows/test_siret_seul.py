"""A SIRET alone is enough: nobody told anything of this town to any party, it is enrolled and lives from its FPS to its refund."""

from datetime import date
from typing import Any

import pytest

from fps.droit.numero import NumeroFps, siret_valide
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Row
from fps.kit.engine import villes as lignes
from fps.kit.ground.clock import paris
from fps.kit.wire.carrier import bearer
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Party
from fps.villes.annuaire import Annuaire
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World
from tests.parler.espace import Espace, code, demande
from tests.parler.ville import DEMANDE, VOITURE, Ville
from tests.situations.joueur import Situation

pytestmark = pytest.mark.asyncio(loop_scope="session")
SIRET, POSTE, FAUX = "21690123100011", "35600000009075", "21690123100012"
LE = date(2023, 9, 28)
NEUVE = {"siret": SIRET, "zone": "unique", "voie": "1 rue de l'Exemple"}


async def blanc(monde: World, nom: str, siret: str = SIRET, *, vierge: bool = True) -> Espace:
    """A bac that was told nothing of this town."""
    await monde.pilot.creer(nom, paris(LE), graine=nom, vierge=vierge)
    return Espace(monde, nom, siret)


async def connues(monde: World, bac: str) -> dict[Party, list[str]]:
    return {p: [v["siret"] for v in (await monde.pilot._call(p, "GET", f"/bacs/{bac}/villes")).json()] for p in SERVICES}


@pytest.mark.parametrize(("siret", "type_"), [(SIRET, "commune"), (POSTE, "epci"), ("20005478100022", "syndicat-mixte")])
async def test_the_espace_of_any_valid_siret_opens_with_what_its_form_declares(monde: World, siret: str, type_: str) -> None:
    ville = await blanc(monde, f"seul-{siret}", siret)
    ouvert = await ville.demander(nom="Ville d'Exemple", type=type_, population=3500)
    assert (ouvert.status_code, ouvert.json()["etat"], ouvert.json()["nom"]) == (201, "ouvert", "Ville d'Exemple")
    assert await connues(monde, ville.bac) == {key: [] for key in SERVICES} | {Party.ANTAI: [siret]}
    (vue,) = (await monde.pilot._call(Party.ANTAI, "GET", f"/bacs/{ville.bac}/villes/{siret}")).json()
    commune = vue["commune"]
    adresse = demande(siret)["adresse"]
    assert (commune["nom"], commune["type"], commune["population"]) == ("Ville d'Exemple", type_, 3500)
    assert {k: commune["adresse"][k] for k in adresse} == adresse


async def test_a_wrong_key_opens_nothing(monde: World) -> None:
    ville = await blanc(monde, "seul-faux", FAUX)
    assert code(await ville.demander()) == (422, "siret-invalide")
    assert await connues(monde, ville.bac) == {key: [] for key in SERVICES}


async def test_without_a_name_the_contact_gives_its_own_and_a_new_request_says_it_again(monde: World) -> None:
    ville = await blanc(monde, "seul-nom")
    await ville.controler("espace", "refus")
    assert (await ville.demander()).json()["nom"] == "Direction du stationnement"
    await ville.controler("espace", "automatique")
    redemande = await ville.demander(nom="Métropole d'Exemple", type="epci")
    assert (redemande.status_code, redemande.json()["nom"]) == (201, "Métropole d'Exemple")


async def test_an_editor_of_a_siret_alone_goes_from_its_certificate_to_a_title(monde: World) -> None:
    """Its zones and its amounts are its own: ANTAI, which was told none, finds nothing strange."""
    ville = await blanc(monde, "seul-editeur")
    inconnu = await ville.envoyer(CreationFps, ville.prestataire(), numero_fps=f"{SIRET}231271072001", siret=SIRET)
    assert code(inconnu) == (403, "espace-absent")
    assert (await ville.demander()).status_code == 201
    await ville.connecter()
    await ville.convenir("complet")
    qui = ville.prestataire()
    assert (await ville.deposer(qui, zones=["Gare sud"])).status_code == 201
    assert (await ville.activer(qui)).status_code == 200
    numero = NumeroFps.composer(SIRET, LE, autorite=1, dispositif=72, ordre=1)
    dates = {"date_heure_constat": f"{LE}T08:00:00+00:00", "fin_effets": f"{LE}T13:00:00+00:00"}
    corps: dict[str, Any] = {"numero_fps": str(numero), "cle": numero.cle, "siret": SIRET, "minoration": None}
    corps |= {"montant_fps": 6000, "montant_deduit": 0, "lieu": {**CreationFps.example["lieu"], "zone": "Gare sud"}}
    accuse = await ville.envoyer(CreationFps, qui, **corps, **dates)
    assert (accuse.status_code, accuse.json()["statut"], accuse.json().get("avertissements", [])) == (200, "accepte", []), accuse.text
    ailleurs = {"lieu": {**CreationFps.example["lieu"], "zone": "Gare nord"}}
    assert code(await ville.envoyer(CreationFps, qui, **corps | ailleurs, **dates)) == (403, "certificat-hors-perimetre")
    await ville.aller(date(2024, 2, 15))
    prise = (await monde.client.get(f"{monde.addresses[Party.DGFIP]}/bacs/{ville.bac}/prises-en-charge/{numero}")).json()
    assert (prise["siret"], prise["montant_impaye"]) == (SIRET, 6000)


async def test_the_court_and_the_dgfip_enrol_a_siret_of_which_nobody_told(monde: World) -> None:
    ville = await blanc(monde, "seul-ailleurs")
    court = f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}/teletransmission/{SIRET}"
    vue = (await monde.client.get(court, headers=bearer("essai"))).json()
    assert vue["manques"][0]["code"] == "cahier-des-charges-non-accepte"
    assert (await monde.client.post(f"{court}/cahier-des-charges", headers=bearer("essai"))).json()["cahier_accepte_le"] == LE.isoformat()
    faux = await monde.client.get(court.replace(SIRET, FAUX), headers=bearer("essai"))
    assert (faux.status_code, faux.json()["code"]) == (404, "siret-inconnu")


async def test_the_dossiers_of_a_siret_alone_keep_the_default_configuration_when_another_is_given(monde: World) -> None:
    """In an ordinary bac the reference system is enrolled at the three parties for whoever opened the espace."""
    espace = await blanc(monde, "seul-ordinaire", vierge=False)
    ville = Ville(monde, espace.bac, LE)
    assert (await espace.demander(nom="Ville d'Exemple")).status_code == 201
    await espace.connecter()
    await espace.convenir("complet")
    numero = await ville.etablir(**NEUVE)
    assert (await ville.fps(numero))["montant"] == 2500
    await ville.aller(date(2023, 10, 2))
    await monde.pilot.au_calme(ville.bac)
    antai = f"{monde.addresses[Party.ANTAI]}/bacs/{ville.bac}/dossiers/{numero}"
    assert (await monde.client.get(antai)).json()["etat"] == "apa-envoye"
    with pytest.raises(PiloteErreur) as refus:  # its dossiers keep the configuration of their day
        await villes.ajouter(monde.pilot, ville.bac, [autre(None)])
    assert refus.value.problem["code"] == "ville-avec-dossiers"
    await villes.ajouter(monde.pilot, ville.bac, [autre("2023-10-03")])
    await ville.aller(date(2023, 10, 3))
    second = await ville.agir("/fps", {**DEMANDE, **NEUVE, "vehicule": {**VOITURE, "immatriculation": "AB-999-CD"}})
    assert ((await ville.fps(numero))["montant"], second["montant"]) == (2500, 1700)


def autre(depuis: str | None) -> dict[str, Any]:
    """The default town with an amount of its own."""
    commune = Annuaire().commune(SIRET, LE).model_dump(mode="json", by_alias=True)
    zone = {**commune["zones"][0], "fps": {"2018-01-01": {"voiture": 1700}}}
    return {"depuis": depuis, "commune": {**commune, "nom": "Ville configurée", "hypotheses": [], "zones": [zone]}}


async def test_a_given_configuration_takes_the_place_of_what_the_form_declared(monde: World) -> None:
    ville = await blanc(monde, "seul-puis-donnee")
    assert (await ville.demander(nom="Ville d'Exemple")).status_code == 201
    await villes.ajouter(monde.pilot, ville.bac, [autre(None)])
    assert await connues(monde, ville.bac) == {key: [SIRET] for key in SERVICES}
    assert (await ville.appeler("GET", f"/espaces/{SIRET}/etat")).json()["nom"] == "Ville configurée"
    with pytest.raises(PiloteErreur) as refus:
        await villes.ajouter(monde.pilot, ville.bac, [autre(None)])
    assert refus.value.problem["code"] == "ville-existante"


async def test_a_hundred_espaces_open_without_reading_again_the_towns_that_were_there(monde: World) -> None:
    """Each opening writes its own town; neither it nor what follows loads the others."""
    ville = await blanc(monde, "seul-cent")
    await ville.administrer("GET", "/espaces")  # the empty directory is read once
    sirets = [s for s in (f"210004008{nic:05d}" for nic in range(1, 1200)) if siret_valide(s)][:100]
    lus: list[str] = []
    vraie = lignes.load

    async def compter(tx: Transaction, bac: str) -> list[Row]:
        lus.append(bac)
        return await vraie(tx, bac)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lignes, "load", compter)
        for rang, siret in enumerate(sirets):
            assert (await ville.autre(siret).demander(nom=f"Ville {rang}")).status_code == 201
            assert (await ville.appeler("GET", f"/espaces/{siret}/etat")).json()["nom"] == f"Ville {rang}"
    assert lus.count(ville.bac) == 0
    assert (await connues(monde, ville.bac))[Party.ANTAI] == sorted(sirets)
    async with monde.services[Party.ANTAI].service.database.read() as tx:
        assert lignes.read(await lignes.load(tx, ville.bac)).villes.keys() == set(sirets)


FINS: dict[str, list[dict[str, Any]]] = {
    "remboursé après le RAPO": [
        {"le": date(2023, 10, 10), "acte": "payer le FPS", "avec": {"montant": 2500, "moyen": "internet"}},
        {"acte": "déposer un RAPO"},
        {"acte": "décider le RAPO", "avec": {"agent": "90", "sens": "acceptation-totale", "motif": "Le paiement était valable."}},
        {"acte": "rembourser", "avec": {"iban": "FR7699999000010000000000115"}},
        {"le": date(2023, 12, 15), "recus": {"10.avis-remboursement": 1}},
    ],
    "déchargé par la juridiction": [
        {"le": date(2024, 2, 10), "dgfip": {"etat": "averti", "total_du": 7500}},
        {
            "acte": "saisir la juridiction",
            "avec": {"date_notification_avertissement": date(2024, 1, 29)},
            "garder": {"requete": "numero_requete", "numero_requete": "numero_requete"},
        },
        {"le": date(2024, 2, 12), "ccsp": {"etat": "communiquee"}},
        {
            "le": date(2024, 3, 1),
            "acte": "défendre",
            "avec": {
                "conteste_erreur": True,
                "conclusions": "Rejeter la requête.",
                "moyens": "Rien n'était payé.",
                "pieces": [{"nature": "autre", "fichier": "pv.pdf"}],
            },
            "ccsp": {"etat": "communiquee"},
        },
        {
            "le": date(2024, 6, 1),
            "acte": "juger",
            "avec": {"sens": "decharge-totale", "motifs": "Le véhicule était cédé.", "fps_du": 2500, "majoration_due": 5000},
        },
        {"le": date(2024, 6, 20), "acte": "exécuter la décision"},
        {"antai": {"etat": "titre-annule"}, "dgfip": {"etat": "annule"}},
    ],
}


@pytest.mark.parametrize("fin", FINS)
async def test_the_reference_system_lives_a_siret_alone_to_the_end(monde: World, fin: str) -> None:
    """In an ordinary bac it is enrolled at the three parties for whoever opened the espace, told or not."""
    espace = await blanc(monde, f"seul-fin-{len(fin)}", vierge=False)
    assert (await espace.demander(nom="Ville d'Exemple")).status_code == 201
    await espace.connecter()
    await espace.convenir("complet")
    situation = Situation(monde, espace.bac)
    await situation.faire({"acte": "établir un FPS", "avec": NEUVE})
    for etape in FINS[fin]:
        await situation.faire(etape)
    assert all(SIRET not in sus for party, sus in (await connues(monde, espace.bac)).items() if party is not Party.ANTAI)


async def test_the_reference_system_files_at_the_court_for_a_siret_alone_in_an_ordinary_bac_until_another_is_declared(monde: World) -> None:
    ville = await blanc(monde, "seul-depot", vierge=False)
    court = f"{monde.addresses[Party.CCSP]}/bacs/{ville.bac}/teletransmission/{SIRET}"
    vue = (await monde.client.get(court, headers=bearer("essai"))).json()
    assert (vue["manques"], vue["systeme"]) == ([], "Système de référence")
    autre = {"systeme": "Exemple Recours", "version": "2.1"}
    declaree = (await monde.client.put(f"{court}/systeme", json=autre, headers=bearer("essai"))).json()
    assert (declaree["systeme"], [m["code"] for m in declaree["manques"]]) == ("Exemple Recours", ["homologation-autre-version"])
    assert (await monde.client.get(court, headers=bearer("essai"))).json() == declaree
