"""The town before the court: communication, defence, decision, execution of a discharge."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.recours_collectivite import AccuseDepotMemoire, CommunicationRequete, DecisionCollectivite, MemoireDefense, PieceDefense
from fps.messages.specimen_pdf import piece_jointe
from fps_simulateur.pilote.world import World
from tests.parler.ville import AU_BOURG, IBAN, Ville, payer, reponse_de

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)


# ------------------------------------------------------------------------------------------------------------ the court

REQUETE = CommunicationRequete.example["numero_requete"]
COMMUNICATION: dict[str, Any] = {"objet": "decision-rapo", "date_mise_a_disposition": "2026-06-15T10:00:00+02:00"}
MEMOIRE = {"conteste_erreur": True, "conclusions": "Rejeter la requête.", "moyens": "L'avis est régulier."}
DECHARGE: dict[str, Any] = {"objet": "decision-rapo", "fps_decharge": 3500, "majoration_dechargee": 0}


async def communiquer(ville: Ville, numero: str, **champs: Any) -> None:
    await ville.recevoir(CommunicationRequete, numero_fps=numero, **{**COMMUNICATION, "date_limite_defense": "2026-07-15", **champs})


async def decider(ville: Ville, numero: str, **champs: Any) -> None:
    le = ville.le.isoformat()
    notifiee = (ville.le + timedelta(days=8)).isoformat()
    dates = {"date_decision": le, "date_mise_a_disposition": f"{le}T09:00:00+02:00", "date_notification": notifiee}
    await ville.recevoir(DecisionCollectivite, numero_fps=numero, **{**DECHARGE, **dates, **champs})


@pytest.mark.parametrize(("jour", "code"), [(14, None), (15, None), (16, "defense-hors-delai")])
async def test_the_brief_and_its_pieces_leave_until_the_last_day(jour: int, code: str | None, ville: Ville) -> None:
    numero = await ville.etablir()
    await communiquer(ville, numero)
    await ville.aller(date(2026, 7, jour))
    if code:
        assert await ville.refuse(f"/recours/{REQUETE}/memoire", MEMOIRE) == code
        assert (await ville.lire(f"/recours/{REQUETE}"))["etat"] == "sans-defense"
        return
    pieces = [piece_jointe("autre", "pv.pdf"), piece_jointe("avis-paiement", "avis.pdf")]
    vu = await ville.agir(f"/recours/{REQUETE}/memoire", {**MEMOIRE, "pieces": pieces}, calme=False)
    assert (vu["etat"], vu["pieces"]) == ("communique", 2)
    assert [await ville.envois(numero, cls) for cls in (MemoireDefense, PieceDefense)] == [1, 2]


@pytest.mark.parametrize(
    ("le", "ville_de", "canal", "code"),
    [
        (date(2018, 6, 30), {}, "courrier", None),
        (date(2018, 7, 1), {}, "courrier", "voie-electronique-obligatoire"),
        (date(2018, 7, 1), {}, "telecopie", "voie-electronique-obligatoire"),
        (date(2018, 6, 30), {}, "teletransmission", "voie-electronique-fermee"),
        (date(2018, 7, 1), {}, "teletransmission", None),
        (date(2018, 7, 1), AU_BOURG, "courrier", None),
        (date(2026, 6, 15), AU_BOURG, "telecopie", None),
    ],
)
async def test_a_town_above_the_threshold_files_electronically_from_2018_07_01(
    le: date, ville_de: dict[str, Any], canal: str, code: str | None, monde: World
) -> None:
    ville = await Ville.ouvrir(monde, le)
    numero = await ville.etablir(**ville_de)
    jour = le.isoformat()
    await communiquer(ville, numero, date_mise_a_disposition=f"{jour}T10:00:00+02:00", date_limite_defense=f"{le.year}-12-31")
    reponse = await ville.poster(f"/recours/{REQUETE}/memoire", {**MEMOIRE, "canal": canal})
    assert reponse.json().get("code") == code


async def test_a_petition_is_defended_when_the_court_has_received_the_brief_and_not_when_it_refuses_it(ville: Ville) -> None:
    numero = await ville.etablir()
    await communiquer(ville, numero)
    await ville.agir(f"/recours/{REQUETE}/memoire", MEMOIRE, calme=False)
    refuse = {**AccuseDepotMemoire.example, "numero_fps": numero, "numero_depot": "D0", "recevable": False, "motif": "Pièce altérée."}
    assert await reponse_de(ville, AccuseDepotMemoire.model_validate_json(json.dumps(refuse))) == "recu"
    vu = await ville.lire(f"/recours/{REQUETE}")
    assert (vu["etat"], vu["depots"]) == ("communique", [])
    for depot in ("D1", "D1", "D2"):
        accuse = AccuseDepotMemoire.model_validate_json(
            json.dumps({**AccuseDepotMemoire.example, "numero_fps": numero, "numero_depot": depot})
        )
        assert await reponse_de(ville, accuse) == "recu"
    vu = await ville.lire(f"/recours/{REQUETE}")
    assert (vu["etat"], set(vu["depots"]) >= {"D1", "D2"}, "D0" in vu["depots"]) == ("defendu", True, False)
    assert (await ville.world.client.get(ville.url("/recours/26999999"))).json()["code"] == "recours-inconnu"


@pytest.mark.parametrize("sens", ["rejet", "desistement", "non-lieu", "incompetence"])
async def test_a_decision_without_discharge_closes_the_petition_and_leaves_the_fps(sens: str, ville: Ville) -> None:
    numero = await ville.etablir()
    await communiquer(ville, numero)
    await decider(ville, numero, sens=sens, fps_decharge=0)
    assert (await ville.lire(f"/recours/{REQUETE}"))["etat"] == "clos"
    assert await ville.refuse(f"/recours/{REQUETE}/execution", {}) == "rien-a-executer"
    assert (await ville.fps(numero))["montant_actuel"] == 3500


async def test_a_total_discharge_of_a_fps_paid_is_told_to_antai_once_and_refunded_to_the_applicant(ville: Ville) -> None:
    numero = await ville.etablir()
    await payer(ville, numero)
    await communiquer(ville, numero)
    for _ in range(2):
        await decider(ville, numero)
    vu = await ville.agir(f"/recours/{REQUETE}/execution", {})
    assert (vu["etat"], vu["notifie_le"], vu["date_limite_execution"]) == ("execute", "2026-06-23", "2026-09-23")
    assert await ville.refuse(f"/recours/{REQUETE}/execution", {}) == "rien-a-executer"
    assert await ville.envois(numero, InformationAnnulationFps) == 1
    assert (await ville.agir(f"/fps/{numero}/remboursements", IBAN))["cause"] == "juridiction"
    await ville.aller(date(2026, 9, 24))
    assert await ville.envois(numero, InformationAnnulationFps) == 1


async def test_a_decision_that_comes_before_its_communication_gives_the_same_petition(ville: Ville) -> None:
    numero, requete = await ville.etablir(), "26004299"
    await decider(ville, numero, numero_requete=requete)
    await communiquer(ville, numero, numero_requete=requete)
    vu = await ville.lire(f"/recours/{requete}")
    assert (vu["etat"], vu["requerant"] is not None, vu["sens"]) == ("a-executer", True, "decharge-totale")
    assert await ville.refuse(f"/recours/{requete}/memoire", MEMOIRE) == "defense-hors-delai"


@pytest.mark.parametrize(("jour", "executee"), [(date(2026, 9, 22), False), (date(2026, 9, 23), True)])
async def test_a_discharge_that_nobody_executes_is_on_the_last_day_of_the_three_months(jour: date, executee: bool, ville: Ville) -> None:
    numero = await ville.etablir()
    await communiquer(ville, numero)
    await decider(ville, numero, sens="decharge-partielle", fps_decharge=1000)
    await ville.aller(jour)
    vu, fps = await ville.lire(f"/recours/{REQUETE}"), await ville.fps(numero)
    assert (vu["etat"], fps["montant_actuel"]) == (("execute", 2500) if executee else ("a-executer", 3500))
    assert await ville.envois(numero, InformationAnnulationFps) == int(executee)


async def test_a_discharge_of_a_title_takes_its_majoration_and_a_late_one_finds_the_title(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.aller(date(2026, 10, 3))
    await communiquer(ville, numero, date_limite_defense="2026-12-31")
    await decider(ville, numero)
    await ville.agir(f"/recours/{REQUETE}/execution", {})
    assert [await ville.envois(numero, cls) for cls in (InformationAnnulationTitre, InformationAnnulationFps)] == [1, 0]
    assert (await ville.fps(numero))["etat"] == "annule" and await ville.soldes(numero) == {}


async def test_an_execution_after_the_town_gave_the_fps_up_tells_antai_nothing_more(ville: Ville) -> None:
    numero = await ville.etablir()
    await communiquer(ville, numero)
    await ville.agir(f"/fps/{numero}/annulation", {"motif": "Erreur."})
    await decider(ville, numero)
    assert (await ville.agir(f"/recours/{REQUETE}/execution", {}))["etat"] == "execute"
    assert await ville.envois(numero, InformationAnnulationFps) == 0
