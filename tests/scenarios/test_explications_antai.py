"""Every date and amount that ANTAI shows of a dossier has its explanation, whatever the life of the dossier."""

import json
from datetime import date
from typing import Any

import pytest

from antai.api.vues import DossierVu
from fps.messages.annulation import FpsImpaye
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_console.commandes.explique import tree
from fps_simulateur.pilote.world import World
from tests.parler.antai import NUMERO, Antai
from tests.parler.explications import Explications, calcules, champs, depuis

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOURG, PARTIEL = "21000200200017", "21000200200017261163072245"
IMPAYE = {
    "beneficiaire": {**FpsImpaye.example["beneficiaire"], "siret": BOURG, "nom": "Bourg-l'Exemple"},
    "numero_fps": PARTIEL,
    "date_heure_constat": "2026-06-12T10:42:00+02:00",
}


async def expliquees(antai: Antai, numero: str = NUMERO) -> dict[str, dict[str, Any]]:
    """The explanations of a dossier, held to what its view shows."""
    explications = Explications(antai.world, Party.ANTAI, antai.bac, f"/dossiers/{numero}")
    return await explications.toutes(await antai.dossier(numero))


async def test_every_date_and_amount_of_the_views_is_known(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde)
    connus = set(await Explications(monde, Party.ANTAI, antai.bac, f"/dossiers/{NUMERO}").connus())
    assert set(champs(DossierVu)) <= connus


async def test_the_reduced_amount_is_explained_as_the_view_shows_it_that_day(antai: Antai) -> None:
    await antai.aller(date(2026, 7, 8))
    found = await expliquees(antai)
    assert found["montant_minore"]["valeur"] == 2100 and depuis(found["montant_minore"]["arbre"])[0] == "minore_payable"
    assert {"date_envoi", "date_notification", "minoration_jusqu_au", "date_limite_rapo"} <= calcules(found)
    await antai.aller(date(2026, 7, 9))
    found = await expliquees(antai)
    assert "montant_minore" not in found and found["minoration_montant"]["valeur"] == 2100


async def test_a_windscreen_notice_in_cycle_complet_delays_the_sending_and_says_why(monde: World) -> None:
    antai = await Antai.avec_un_fps(monde, mode_notification="pare-brise")
    await antai.aller(date(2026, 7, 6))
    found = await expliquees(antai)
    assert (found["date_envoi"]["valeur"], depuis(found["date_envoi"]["arbre"])) == ("2026-07-04", ["date_envoi_apres_notice"])
    assert depuis(found["date_limite_paiement"]["arbre"]) == [
        "date_limite_paiement",
        "date_notification_postale",
        "date_envoi_apres_notice",
    ]


async def test_an_electronic_notice_read_or_never_read_says_from_where_its_delays_run(monde: World) -> None:
    vehicule = {**CreationFps.example["vehicule"], "immatriculation": "ZE-001-AA"}
    lu = await Antai.avec_un_fps(monde, vehicule=vehicule)
    await lu.aller(date(2026, 7, 20))
    found = await expliquees(lu)
    assert found["montant_minore"]["valeur"] == 2100 and "minoration_jusqu_au" not in found
    await lu.faire(f"/dossiers/{NUMERO}/lecture")
    found = await expliquees(lu)
    arbre = found["minoration_jusqu_au"]["arbre"]
    assert depuis(arbre) == ["date_limite_minoration_lue", "date_notification_electronique"]
    assert "H48" in arbre["article"] and any(ligne.strip() == "lecture = 20 juillet 2026" for ligne in tree(arbre, 0)), "not a sending"
    jamais = await Antai.avec_un_fps(monde, vehicule=vehicule)
    await jamais.aller(date(2026, 8, 4))
    found = await expliquees(jamais)
    assert depuis(found["date_envoi"]["arbre"]) == ["date_envoi_eavis_non_lu", "date_envoi_apa"]
    assert depuis(found["minoration_jusqu_au"]["arbre"])[1:] == ["date_envoi_eavis_non_lu", "date_envoi_apa"]


async def test_a_title_paid_in_part_and_cancelled_in_part_tells_what_is_left(antai: Antai) -> None:
    await antai.aller(date(2026, 10, 16))
    await antai.titre_paye(2500, 2500, 0, reste=5500)
    assert (await antai.annuler_titre(1000, 0)).json()["statut"] == "accepte"
    found = await expliquees(antai)
    assert found["titre_reste_du"]["valeur"] == 4500 and depuis(found["titre_reste_du"]["arbre"]) == ["reste_du_titre", "restes_du_titre"]
    assert {"date_titre", "majoration"} <= calcules(found) and found["titre_fps_annule"]["fait"] is not None
    lignes = "\n".join(tree(found["majoration"]["arbre"], 0))
    assert "Retenir au moins le minimum : montant 6,00\u00a0€, minimum 50,00\u00a0€ → 50,00\u00a0€" in lignes
    etapes = [e["entrees"]["nombre"] for e in found["date_titre"]["arbre"]["etapes"]]
    assert etapes == [1, 10], "the day after the limit, then the ten days"


async def test_what_is_paid_then_reduced_tells_what_is_to_give_back(antai: Antai) -> None:
    await antai.aller(date(2026, 7, 8))
    await antai.payer(3000)
    await antai.rectifier(1200)
    found = await expliquees(antai)
    assert found["a_rembourser"]["valeur"] == 1800 and "a_rembourser" in calcules(found)
    assert found["montant"]["arbre"] is None and "avis rectificatif" in found["montant"]["fait"]["phrase"]


@pytest.mark.parametrize("recu_le", [date(2026, 9, 13), date(2026, 12, 1)], ids=["à temps", "tard"])
async def test_a_dossier_of_cycle_partiel_is_explained_from_what_the_town_told(monde: World, recu_le: date) -> None:
    antai = await Antai.ouvrir(monde, recu_le)
    corps = json.loads(json.dumps(IMPAYE))
    assert (await antai.envoyer(FpsImpaye, **corps)).json()["statut"] == "accepte"
    await antai.aller(date(2026, 12, 2))
    found = await expliquees(antai, PARTIEL)
    assert depuis(found["date_limite_paiement"]["arbre"]) == ["date_limite_paiement", "date_notification_pare_brise"]
    if recu_le == date(2026, 9, 13):
        assert depuis(found["majoration"]["arbre"])[:3] == ["majoration", "emission_titre_le", "date_limite_paiement"]
        assert [(e["article"], e["valeur"]) for e in found["date_titre"]["arbre"]["etapes"]] == [("Hypothèse H27", "2026-09-13")]
    else:
        assert found["date_titre"]["valeur"] == "2026-12-01" and "flux 11" in found["date_titre"]["fait"]["phrase"]
        assert "majoration" in calcules(found)
