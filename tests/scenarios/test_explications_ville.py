"""The town explains each date and amount of its views, whatever the life of the FPS, and the tree gives it again."""

from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from collectivite.api.forfaits import ForfaitVu
from collectivite.api.rapos import RapoVu
from collectivite.api.recours import RecoursVu
from collectivite.api.remboursements import RemboursementVu
from collectivite.api.suivi import Suivi
from fps.droit.calendar import PARIS
from fps.kit.ground.clock import paris
from fps.messages.recours_collectivite import CommunicationRequete, DecisionCollectivite
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.explications import Explications, calcules, champs, depuis
from tests.parler.ville import AU_BOURG, IBAN, LILLE, PARTIELLE, Ville, deposer, payer

pytestmark = pytest.mark.asyncio(loop_scope="session")
JOUR = date(2026, 6, 15)
TOUJOURS = {
    "montant",
    "montant_actuel",
    "montant_normal",
    "montant_paye",
    "creance",
    "dette",
    "rembourse",
    "a_payer",
    "a_rembourser",
    "fin_effets",
    "date_envoi",
    "date_notification",
    "date_limite_paiement",
    "date_limite_rapo",
    "titre_le",
}
MINORE = {"minoration_montant", "minore_jusqu_au", "montant_minore"}
RENDU = {"remboursement.montant", "remboursement.genre", "remboursement.exercice", "remboursement.exercice_paiement"}


async def naitre(monde: World, le: date = JOUR) -> Ville:
    return await Ville.ouvrir(monde, le)


@pytest_asyncio.fixture(loop_scope="session")
async def ville(monde: World) -> Ville:
    return await naitre(monde)


async def lues(ville: Ville, chemin: str) -> Any:
    reponse = await ville.world.client.get(ville.url(chemin))
    return reponse.json() if reponse.status_code == 200 else None


async def expliquees(ville: Ville, numero: str, requete: str = "") -> dict[str, dict[str, Any]]:
    """Every explanation of a FPS, equal to what each view of the town shows."""
    rapo, recours = await lues(ville, f"/rapos/{numero}"), await lues(ville, f"/recours/{requete}")
    pieces = await ville.lire(f"/fps/{numero}/remboursements")
    vues = [
        await ville.fps(numero),
        await ville.lire("/suivi", numero=numero, immatriculation="AB-123-CD"),
        *([{"rapo": rapo}] if rapo else []),
        *([{"recours": recours}] if recours else []),
        *([{"remboursement": max(pieces, key=lambda p: p["date_piece"])}] if pieces else []),
    ]
    return await Explications(ville.world, Party.COLLECTIVITE, ville.bac, f"/fps/{numero}").toutes(*vues)


async def test_every_date_and_amount_of_the_views_of_the_town_is_explained(ville: Ville) -> None:
    numero = await ville.etablir()
    connus = set(await Explications(ville.world, Party.COLLECTIVITE, ville.bac, f"/fps/{numero}").connus())
    parties = ((RapoVu, "rapo."), (RecoursVu, "recours."), (RemboursementVu, "remboursement."))
    montres = {*champs(ForfaitVu), *champs(Suivi), *(c for vue, nom in parties for c in champs(vue, nom))}
    assert {"creance", "a_payer", "rapo.date_limite_decision", "recours.date_limite_execution", "remboursement.montant"} <= montres
    assert len(montres) == 46 and montres - connus == set()


async def test_a_fps_is_explained_from_its_tariff_to_its_last_day(ville: Ville) -> None:
    numero = await ville.etablir()
    found = await expliquees(ville, numero)
    assert calcules(found) == TOUJOURS | MINORE
    assert depuis(found["montant"]["arbre"]) == ["montant_fps", "bareme", "paris_date"]
    assert {x["nom"] for x in found["montant"]["arbre"]["origines"]["bareme"]["lu"]} == {"bareme", "plafond"}
    assert depuis(found["a_payer"]["arbre"]["origines"]["minore"])[:3] == ["minore_payable", "montant_minore", "montant_fps"]
    assert depuis(found["minore_jusqu_au"]["arbre"])[:2] == ["date_limite_minoration", "date_envoi_apa"]
    voie = ["date_limite_paiement", "date_notification_postale", "date_envoi_apa", "paris_date"]
    assert depuis(found["date_limite_paiement"]["arbre"]) == voie and depuis(found["titre_le"]["arbre"]) == ["emission_titre_le", *voie]
    assert found["date_heure_constat"]["fait"]["article"] == "CGCT, art. L. 2333-87, II"
    minore_jusqu_au = date.fromisoformat(found["minore_jusqu_au"]["valeur"])
    await ville.aller(minore_jusqu_au)
    assert (await expliquees(ville, numero))["a_payer"]["valeur"] == 2450
    await ville.passer(1)
    found = await expliquees(ville, numero)
    assert found["a_payer"]["valeur"] == 3500 and "montant_minore" not in found
    assert depuis(found["a_payer"]["arbre"])[:3] == ["meilleur_prix", "reste_du", "montant_actuel"]


async def test_the_latest_proof_of_payment_lowers_the_amount_and_starts_the_effects(ville: Ville) -> None:
    debut = paris(JOUR).astimezone(PARIS).replace(hour=16)
    qui = {"siret": LILLE, "immatriculation": "AB-123-CD"}
    paye = {
        **qui,
        "reference": "P-1",
        "zone": "rouge",
        "debut": debut.isoformat(),
        "fin": debut.replace(hour=17).isoformat(),
        "montant": 200,
    }
    await ville.agir("/stationnements/paiements", paye)
    numero = await ville.etablir()
    found = await expliquees(ville, numero)
    assert (found["montant"]["valeur"], found["montant_deduit"]["valeur"], found["montant_deduit"]["arbre"]) == (3300, 200, None)
    assert found["montant"]["arbre"]["entrees"] == {"bareme": 3500, "deja_paye": 200}
    assert found["fin_effets"]["valeur"] == debut.replace(hour=21).isoformat()
    await ville.agir(
        "/stationnements/paiements",
        paye | {"reference": "P-2", "debut": debut.replace(hour=21).isoformat(), "fin": debut.replace(hour=22).isoformat()},
    )
    assert (await expliquees(ville, numero))["fin_effets"]["arbre"] is not None


async def test_a_windscreen_notice_gives_the_days_of_the_quick_payment_before_the_notice_leaves(ville: Ville) -> None:
    numero = await ville.etablir(mode_notification="pare-brise")
    found = await expliquees(ville, numero)
    assert found["date_limite_paiement_rapide"]["valeur"] == "2026-06-20"
    assert depuis(found["date_envoi"]["arbre"]) == ["date_envoi_apres_notice", "paris_date"]
    assert [x["nom"] for x in found["date_envoi"]["arbre"]["lu"]] == ["paiement_rapide_jours"]


async def test_in_cycle_partiel_everything_runs_from_the_windscreen(ville: Ville) -> None:
    numero = await ville.etablir(**AU_BOURG)
    found = await expliquees(ville, numero)
    assert depuis(found["date_limite_paiement"]["arbre"]) == ["date_limite_paiement", "date_notification_pare_brise"]
    assert "date_limite_paiement_rapide" not in found


async def test_a_rapo_accepted_in_part_after_a_reduced_payment_is_refunded_with_every_amount_explained(ville: Ville) -> None:
    numero = await ville.etablir()
    await payer(ville, numero)
    await ville.aller(date(2026, 6, 20))
    await deposer(ville, numero, date_notification_avis="2026-06-20")
    found = await expliquees(ville, numero)
    # The month runs from the date that the applicant reads on its notice, which the town does not compute.
    assert found["rapo.date_limite"]["arbre"] is None and found["rapo.date_limite"]["fait"] is not None
    assert found["rapo.date_limite_decision"]["valeur"] == "2026-07-20" and "rapo.date_limite_decision" in calcules(found)
    await ville.agir(f"/rapos/{numero}/decision", PARTIELLE)
    found = await expliquees(ville, numero)
    origines = found["dette"]["arbre"]["origines"]
    assert found["dette"]["valeur"] == 2000 and depuis(origines["verse"]) == ["verse_net", "somme_paiements"]
    assert origines["du"]["entrees"] == {"etabli": 3500, "rectifie": 1500, "eteint": False, "acquis": 0}
    assert found["rapo.decide_le"]["arbre"] is None and found["montant_rectifie"]["valeur"] == 1500 and "minore_jusqu_au" not in found
    await ville.agir(f"/fps/{numero}/remboursements", {**IBAN, "montant": 500})
    found = await expliquees(ville, numero)
    assert calcules(found) >= RENDU and found["remboursement.genre"]["valeur"] == "TA"
    assert found["remboursement.montant"]["arbre"]["entrees"] == {"trop": 2000, "demande": 500}
    assert depuis(found["remboursement.montant"]["arbre"])[:2] == ["somme_a_rendre", "trop_percu"]
    await ville.aller(date(2027, 1, 4))
    await ville.agir(f"/fps/{numero}/remboursements", IBAN)
    found = await expliquees(ville, numero)
    assert (found["remboursement.genre"]["valeur"], found["remboursement.exercice"]["valeur"]) == ("MD", 2027)
    assert found["remboursement.genre"]["arbre"]["entrees"] == {"paye_le": "2026-06-15", "le": "2027-01-04"}
    assert found["remboursement.montant"]["arbre"]["entrees"] == {"trop": 1500, "demande": None}
    assert (found["rembourse"]["valeur"], found["dette"]["valeur"]) == (2000, 0)


async def test_silence_is_a_rejection_on_a_day_that_is_explained(ville: Ville) -> None:
    numero = await ville.etablir()
    await deposer(ville, numero)
    await ville.aller(date(2026, 7, 17))
    found = await expliquees(ville, numero)
    assert (found["rapo.decide_le"]["valeur"], depuis(found["rapo.decide_le"]["arbre"])) == ("2026-07-16", ["date_limite_decision_rapo"])


async def test_the_limit_to_execute_a_decision_runs_from_the_notification_that_the_court_tells(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.passer(1)
    commun = {"numero_fps": numero, "siret": LILLE, "numero_requete": "26000001", "objet": "decision-rapo"}
    await ville.recevoir(
        CommunicationRequete, **commun, date_mise_a_disposition="2026-06-15T09:00:00+02:00", date_limite_defense="2026-07-15"
    )
    decharge = {"sens": "decharge-partielle", "fps_decharge": 1000, "majoration_dechargee": 0}
    recue = {"date_decision": "2026-06-15", "date_mise_a_disposition": "2026-06-15T09:00:00+02:00", "date_notification": "2026-06-23"}
    await ville.recevoir(DecisionCollectivite, **commun, **decharge, **recue)
    found = await expliquees(ville, numero, "26000001")
    assert found["recours.date_limite_execution"]["valeur"] == "2026-09-23"
    assert depuis(found["recours.date_limite_execution"]["arbre"]) == ["date_limite_execution", "date_notification_decision"]
    assert {"recours.fps_decharge", "recours.date_decision", "recours.communique_le"} <= set(found) - calcules(found)
    await ville.agir("/recours/26000001/execution", {})
    found = await expliquees(ville, numero, "26000001")
    assert (found["montant_actuel"]["valeur"], found["creance"]["valeur"]) == (2500, 2500)


async def test_an_unknown_fps_and_a_value_to_come_are_refused(ville: Ville) -> None:
    numero = await ville.etablir()
    for dossier, champ, code in ((numero, "paye_le", "valeur-pas-encore-connue"), (numero[:-3] + "999", "montant", "fps-inconnu")):
        answer = await Explications(ville.world, Party.COLLECTIVITE, ville.bac, f"/fps/{dossier}").demander(champ)
        assert answer.json()["code"] == code and answer.json()["que_faire"].endswith(".")
