"""The certificates: deposited in the connection, activated in a perimeter, replaced with overlap; the API front says what is missing."""

from datetime import date
from typing import Any

import pytest

from fps.kit.ground.clock import paris
from fps.messages.annulation import InformationAnnulationFps
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import HEURE, auto_signe, autre_autorite, certificat
from tests.parler.espace import BOURG, LE, LILLE, PARIS, Espace, code, empreinte, revoquer

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOUS = ["emission", "rapo", "contentieux", "comptabilite", "suivi"]


# ------------------------------------------------------------------------------------------------------------- the deposit


async def test_a_deposit_needs_the_espace_and_not_the_convention(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    qui = ville.prestataire()
    depot = (await ville.deposer(qui, zones=["rouge", "rouge"], droits=["suivi", "emission"])).json()
    assert (depot["etat"], depot["zones"], depot["droits"], depot["cle"]) == ("deposee", ["rouge"], ["emission", "suivi"], empreinte(qui))
    assert code(await ville.deposer(qui)) == (409, "certificat-deja-depose")
    vus = (await ville.agent("GET", "/certificats")).json()
    assert [(v["sujet"]["siret"], v["sujet"]["nom"], v["etat"]) for v in vus] == [("73282932000074", "SI de l'éditeur Essai", "deposee")]
    assert vus[0]["sujet"]["emetteur"] and vus[0]["sujet"]["numero_serie"] and vus[0]["sujet"]["valide_au"]
    avant = await ville.traces()
    assert code(await ville.activer(qui)) == (403, "convention-absente")
    assert await ville.traces() == avant


async def test_the_same_certificate_may_be_deposited_for_several_towns(monde: World) -> None:
    lille = await Espace.conventionnee(monde)
    capitale = lille.autre(PARIS)
    await capitale.demander()
    await capitale.connecter()
    qui = await lille.actif()
    assert (await capitale.deposer(qui)).status_code == 201
    assert (await lille.mfps(qui)).json()["statut"] == "accepte"
    assert [(c["siret"], c["certificat"]["etat"]) for c in (await lille.front(qui))["collectivites"]] == [
        (LILLE, "active"),
        (PARIS, "deposee"),
    ]
    assert code(await lille.agent("POST", f"/certificats/{'0' * 64}/activation", json={})) == (404, "certificat-inconnu")


@pytest.mark.parametrize(
    ("champs", "refus"),
    [
        ({"siret": PARIS}, (403, "espace-absent")),
        ({"siret": "21690123100011"}, (403, "espace-absent")),
        ({"zones": ["mauve"]}, (422, "zone-inconnue")),
        ({"droits": []}, (422, "demande-invalide")),
        ({"droits": ["tout"]}, (422, "demande-invalide")),
        ({"prestataire": "  "}, (422, "demande-invalide")),
        ({"effet_le": "2026-06-12T08:00:00"}, (422, "demande-invalide")),
    ],
)
async def test_a_deposit_that_is_wrong_keeps_nothing(monde: World, champs: dict[str, Any], refus: tuple[int, str]) -> None:
    ville = await Espace.ouverte(monde)
    avant = await ville.traces()
    reponse = await ville.deposer(ville.prestataire(), **champs)
    assert (reponse.status_code, reponse.json()["code"]) == refus
    assert await ville.traces() == avant


async def test_a_certificate_of_another_town_or_of_a_simulated_service_is_not_deposited(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    avant = await ville.traces()
    assert code(await ville.deposer(ville.prestataire(PARIS))) == (403, "certificat-autre-collectivite")
    assert code(await ville.appeler("POST", "/certificats", json={"siret": LILLE, "prestataire": "x"})) == (401, "certificat-requis")
    assert code(await ville.deposer(auto_signe())) == (403, "certificat-auto-signe")
    assert await ville.traces() == avant
    assert (await ville.deposer(ville.prestataire(LILLE))).status_code == 201


async def test_production_in_advance_waits_for_its_instant(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = ville.prestataire()
    assert (await ville.deposer(qui, effet_le="2026-06-15T00:00:00+02:00")).status_code == 201
    assert (await ville.activer(qui)).json()["etat"] == "active"
    assert code(await ville.mfps(qui)) == (403, "certificat-pas-encore-effectif")
    assert await ville.manques(qui) == ["certificat-pas-encore-effectif"]
    await ville.aller(date(2026, 6, 15))
    assert (await ville.mfps(qui, date(2026, 6, 15))).json()["statut"] == "accepte"


# ------------------------------------------------------------------------------------------------- activated, forbidden, bounded


async def test_a_collectivite_forbids_and_allows_a_provider_at_will(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    chemin = f"/certificats/{empreinte(qui)}"
    assert (await ville.mfps(qui)).json()["statut"] == "accepte"
    assert (await ville.agent("POST", f"{chemin}/desactivation")).json()["etat"] == "desactivee"
    assert code(await ville.agent("POST", f"{chemin}/desactivation")) == (409, "certificat-deja-inactif")
    avant = await ville.traces()
    assert code(await ville.mfps(qui)) == (403, "certificat-desactive")
    assert await ville.traces() == avant
    assert (await ville.activer(qui)).json()["etat"] == "active"
    assert (await ville.mfps(qui)).json()["statut"] == "accepte"
    assert [a for a in await ville.audit() if a[0].startswith("certificat-")] == [
        ("certificat-depose", ""),
        ("certificat-active", ""),
        ("certificat-desactive", ""),
        ("certificat-desactive", "certificat-deja-inactif"),
        ("certificat-active", ""),
    ]


async def test_two_providers_work_side_by_side_each_in_its_perimeter(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    emission = await ville.actif(zones=["rouge"])
    rapo = ville.prestataire(commun="SI des recours")
    await ville.deposer(rapo, droits=["rapo"])
    await ville.activer(rapo, zones=["verte"])
    numero = (await ville.mfps(emission)).json()["numero_fps"]
    avant = await ville.traces()
    assert code(await ville.mfps(emission, zone="verte")) == (403, "certificat-hors-perimetre")
    assert code(await ville.mfps(rapo, zone="verte")) == (403, "certificat-hors-perimetre")
    # A message about a dossier has the zone of its dossier.
    for cls in (ModificationFps, AnnulationFps, InformationAnnulationFps):
        refus = await ville.envoyer(cls, rapo, numero_fps=numero)
        assert code(refus) == (403, "certificat-hors-perimetre") and "rouge" in refus.json()["detail"]
    assert await ville.traces() == avant
    chemin = f"/certificats/{empreinte(rapo)}/perimetre"
    assert (await ville.agent("PUT", chemin, json={"zones": ["rouge", "verte"]})).json()["zones"] == ["rouge", "verte"]
    annulation = {"numero_fps": numero, "date_annulation": "2026-06-12T12:00:00+02:00"}
    assert (await ville.envoyer(AnnulationFps, rapo, **annulation)).json()["statut"] == "accepte"
    assert (await ville.agent("PUT", chemin, json={"zones": []})).json()["zones"] == []
    assert code(await ville.agent("PUT", chemin, json={"zones": ["mauve"]})) == (422, "zone-inconnue")


async def test_a_certificate_never_speaks_for_a_town_that_did_not_activate_it(monde: World) -> None:
    lille = await Espace.conventionnee(monde)
    qui = await lille.actif()
    bourg = lille.autre(BOURG)
    await bourg.demander()
    await bourg.connecter()
    await bourg.convenir("partiel")
    avant = await lille.traces()
    numero = "21000200200017261163072245"
    assert code(await lille.mfps(qui, siret=BOURG, numero_fps=numero)) == (403, "certificat-autre-siret")
    assert code(await lille.mfps(qui, siret=BOURG)) == (403, "certificat-autre-siret")
    assert code(await lille.mfps(qui, numero_fps=numero)) == (403, "certificat-autre-siret")
    await bourg.deposer(qui)
    assert code(await lille.mfps(qui, siret=BOURG, numero_fps=numero)) == (403, "certificat-non-active")
    etrangers = {nom: table for nom, table in (await lille.traces()).items() if nom != "habilitations"}
    assert etrangers == {nom: table for nom, table in avant.items() if nom != "habilitations"}


async def test_the_old_and_the_new_certificates_overlap_until_an_instant(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    ancien, nouveau = await ville.actif(), ville.prestataire(commun="Nouveau SI")
    await ville.deposer(nouveau)
    remplacement = {"remplace": empreinte(ancien), "ancien_jusqu_a": "2026-06-14T00:00:00+02:00"}
    assert (await ville.activer(nouveau, **remplacement)).json()["etat"] == "active"
    for qui in (ancien, nouveau):
        assert (await ville.mfps(qui)).json()["statut"] == "accepte"
    await ville.aller(date(2026, 6, 14))
    assert code(await ville.mfps(ancien, date(2026, 6, 14))) == (403, "certificat-remplace")
    assert (await ville.mfps(nouveau, date(2026, 6, 14))).json()["statut"] == "accepte"
    etats = {v["cle"]: (v["etat"], v["remplacee_par"]) for v in (await ville.agent("GET", "/certificats")).json()}
    assert etats == {empreinte(ancien): ("remplacee", empreinte(nouveau)), empreinte(nouveau): ("active", None)}
    assert (await ville.activer(ancien)).json()["etat"] == "active"
    assert (await ville.mfps(ancien, date(2026, 6, 14))).json()["statut"] == "accepte"


@pytest.mark.parametrize("cas", ["lui-même", "inconnu", "jamais activé", "déjà passé"])
async def test_a_replacement_that_makes_no_sense_changes_nothing(monde: World, cas: str) -> None:
    ville = await Espace.conventionnee(monde)
    ancien, nouveau, depose = await ville.actif(), ville.prestataire(), ville.prestataire()
    await ville.deposer(nouveau)
    await ville.deposer(depose)
    remplace = {"lui-même": empreinte(nouveau), "inconnu": "0" * 64, "jamais activé": empreinte(depose)}.get(cas, empreinte(ancien))
    fin = {"ancien_jusqu_a": "2026-06-11T00:00:00+02:00"} if cas == "déjà passé" else {}
    avant = await ville.traces()
    assert code(await ville.activer(nouveau, remplace=remplace, **fin)) == (409, "remplacement-impossible")
    assert await ville.traces() == avant


async def test_a_certificate_revoked_in_the_middle_of_the_day_is_refused_at_once(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    assert (await ville.mfps(qui)).json()["statut"] == "accepte"
    revoquer(monde, qui)
    avant = await ville.traces()
    assert code(await ville.mfps(qui)) == (403, "certificat-revoque")
    assert code(await ville.activer(qui)) == (403, "certificat-revoque")
    assert await ville.traces() == avant
    assert [v["etat"] for v in (await ville.agent("GET", "/certificats")).json()] == ["revoquee"]
    front = await ville.front(qui)
    assert (front["identite"]["valable"], front["identite"]["code"]) == (False, "certificat-revoque")
    assert [m["code"] for m in front["manques"]] == ["certificat-revoque"]


async def test_the_reference_system_of_an_ordinary_bac_can_be_forbidden_like_any_provider(monde: World) -> None:
    ville = await Espace.vierge(monde)
    await monde.pilot.creer(f"{ville.bac}-plein", paris(LE), graine="graine")
    plein = Espace(monde, f"{ville.bac}-plein")
    vus = (await plein.administrer("GET", f"/espaces/{LILLE}/certificats")).json()
    assert [(v["cle"], v["sujet"], v["etat"], v["droits"]) for v in vus] == [("service:collectivite", None, "active", TOUS)]
    # The client of the world shows the certificate of who sends the letter: the reference system.
    url, corps = f"{monde.addresses[Party.ANTAI]}/bacs/{plein.bac}{CreationFps.path}", CreationFps.example
    await plein.administrer("POST", f"/espaces/{LILLE}/certificats/service:collectivite/desactivation")
    assert code(await monde.client.post(url, json=corps)) == (403, "certificat-desactive")
    await plein.administrer("POST", f"/espaces/{LILLE}/certificats/service:collectivite/activation", json={})
    assert (await monde.client.post(url, json=corps)).json()["statut"] == "accepte"


# -------------------------------------------------------------------------------------------------------------- the front


async def test_the_front_tells_every_missing_step_in_order_then_nothing(monde: World) -> None:
    ville = await Espace.vierge(monde)
    qui = ville.prestataire()
    rien = ["espace-absent", "convention-absente", "certificat-non-depose", "certificat-non-active"]
    assert await ville.manques(qui) == await ville.manques(qui, siret=LILLE) == rien
    await ville.demander()
    await ville.connecter()
    assert await ville.manques(qui, siret=LILLE) == rien[1:]
    await ville.deposer(qui)
    assert await ville.manques(qui) == ["convention-absente", "certificat-non-active"]
    await ville.convenir()
    assert await ville.manques(qui) == ["certificat-non-active"]
    await ville.activer(qui, zones=["rouge"], droits=TOUS)
    vu = await ville.front(qui)
    assert (vu["manques"], vu["identite"]["valable"], vu["identite"]["empreinte"]) == ([], True, empreinte(qui))
    assert (vu["horloges"]["bac"], vu["horloges"]["instant"]) == (ville.bac, "2026-06-12T20:00:00+02:00")
    (lille,) = vu["collectivites"]
    assert (lille["nom"], lille["espace"]["etat"], lille["conventions"][0]["etat"]) == ("Ville de Lille", "ouvert", "en-vigueur")
    assert (lille["certificat"]["etat"], lille["certificat"]["zones"], lille["certificat"]["droits"]) == ("active", ["rouge"], TOUS)
    assert (await ville.mfps(qui)).json()["statut"] == "accepte"
    await ville.agent("PUT", f"/certificats/{empreinte(qui)}/perimetre", json={"droits": ["suivi"]})
    assert await ville.manques(qui) == ["certificat-hors-perimetre"]


async def test_the_front_of_a_town_that_holds_its_own_certificate_speaks_of_that_town(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    vu = await ville.front(ville.prestataire(LILLE))
    assert [(c["siret"], c["certificat"]) for c in vu["collectivites"]] == [(LILLE, None)]
    assert [m["code"] for m in vu["manques"]] == ["convention-absente", "certificat-non-depose", "certificat-non-active"]


@pytest.mark.parametrize(
    "cas", ["certificat-expire", "certificat-pas-encore-valide", "certificat-auto-signe", "certificat-autorite-inconnue"]
)
async def test_the_front_tells_the_holder_of_a_certificate_that_is_not_good_what_is_wrong_with_it(monde: World, cas: str) -> None:
    ville = await Espace.ouverte(monde)
    mauvais = {
        "certificat-expire": certificat(monde.pki, du=-3 * HEURE, au=-HEURE),
        "certificat-pas-encore-valide": certificat(monde.pki, du=HEURE),
        "certificat-auto-signe": auto_signe(),
        "certificat-autorite-inconnue": certificat(monde.pki, de=autre_autorite()),
    }[cas]
    vu = await ville.front(mauvais)
    assert (vu["identite"]["valable"], vu["identite"]["code"], vu["identite"]["siret"]) == (False, cas, "73282932000074")
    assert cas in [m["code"] for m in vu["manques"]]
    assert ("front", "") in await ville.audit()
    assert code(await ville.deposer(mauvais)) == (403, cas)


async def test_the_front_asks_a_certificate_and_says_when_it_is_known_in_another_bac_only(monde: World) -> None:
    ville, autre = await Espace.conventionnee(monde), await Espace.ouverte(monde)
    qui = await ville.actif()
    assert code(await ville.appeler("GET", "/front")) == (401, "certificat-requis")
    assert await autre.manques(qui, siret=LILLE) == ["convention-absente", "certificat-autre-bac", "certificat-non-active"]
    assert code(await autre.mfps(qui)) == (403, "convention-absente")
    await autre.convenir()
    assert code(await autre.mfps(qui)) == (403, "certificat-autre-bac")


# ---------------------------------------------------------------------------------------------- VA-Pilote and the Infocentre


async def test_a_provider_follows_the_dossiers_of_its_perimeter_only(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    emission = await ville.actif()
    suivi = ville.prestataire(commun="Tableau de bord")
    await ville.deposer(suivi, droits=["suivi"], zones=["rouge"])
    await ville.activer(suivi)
    rouge = (await ville.mfps(emission)).json()["numero_fps"]
    verte = (await ville.mfps(emission, zone="verte")).json()["numero_fps"]
    vu = await ville.appeler("GET", f"/va-pilote/dossiers/{rouge}", suivi, params={"siret": LILLE})
    assert (vu.status_code, vu.json()["zone"]) == (200, "rouge")
    for numero, params in ((verte, {"siret": LILLE}), (rouge, {"siret": LILLE, "zone": "verte"})):
        assert code(await ville.appeler("GET", f"/va-pilote/dossiers/{numero}", suivi, params=params)) == (403, "certificat-hors-perimetre")
    refus = await ville.appeler("GET", f"/va-pilote/dossiers/{rouge}", suivi, params={"siret": PARIS})
    assert code(refus) == (403, "certificat-autre-siret")
    refus = await ville.appeler("GET", f"/va-pilote/dossiers/{rouge}", emission, params={"siret": LILLE})
    assert code(refus) == (403, "certificat-hors-perimetre")
    assert code(await ville.appeler("GET", f"/va-pilote/dossiers/{rouge}", params={"siret": LILLE})) == (401, "certificat-requis")
    assert (await ville.appeler("GET", "/va-pilote/relances", suivi, params={"siret": LILLE})).json() == []
    lignes = [a for a in await ville.audit() if a[0] == "va-pilote"]
    assert lignes[0] == ("va-pilote", "") and ("va-pilote", "certificat-hors-perimetre") in lignes


async def test_the_infocentre_of_a_provider_counts_its_zones_only(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    emission = await ville.actif()
    for zone in ("rouge", "rouge", "verte"):
        await ville.mfps(emission, zone=zone)
    suivi = ville.prestataire()
    assert code(await ville.appeler("GET", "/infocentre/statistiques", suivi)) == (403, "certificat-non-depose")
    await ville.deposer(suivi, droits=["suivi"], zones=["rouge"])
    assert code(await ville.appeler("GET", "/infocentre/statistiques", suivi)) == (403, "certificat-non-active")
    await ville.activer(suivi)
    for params in ({}, {"siret": LILLE}, {"zone": "rouge"}):
        lu = (await ville.appeler("GET", "/infocentre/statistiques", suivi, params=params)).json()
        assert [(x["siret"], x["zone"], x["fps"]) for x in lu] == [(LILLE, "rouge", 2)], params
    refus = await ville.appeler("GET", "/infocentre/statistiques", suivi, params={"zone": "verte"})
    assert code(refus) == (403, "certificat-hors-perimetre")
    refus = await ville.appeler("GET", "/infocentre/statistiques", suivi, params={"siret": PARIS})
    assert code(refus) == (403, "certificat-autre-siret")
    assert [x["fps"] for x in (await ville.administrer("GET", "/infocentre/statistiques")).json()] == [2, 1]
