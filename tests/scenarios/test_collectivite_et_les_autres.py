"""The town with the three others: what it decides is what ANTAI and the DGFiP end with, no letter is refused nor lost."""

from datetime import date
from typing import Any

import pytest

from fps.messages.paiement import PaiementFps
from fps.messages.recours_usager import Requete
from fps.parties import Party
from tests.parler.ville import AU_BOURG, IBAN, PARTIELLE, PIECES, REJET, TOTALE, Ville, deposer

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)


async def payer(ville: Ville, numero: str, montant: int) -> None:
    telepaiement = (await ville.fps(numero))["telepaiement"]
    corps = {"numero_telepaiement": telepaiement, "immatriculation": "AB-123-CD", "moyen": "internet", "montant": montant}
    url = f"{ville.world.addresses[Party.ANTAI]}/bacs/{ville.bac}{PaiementFps.path}"
    assert (await ville.world.client.post(url, json=corps)).status_code == 200


async def fin(ville: Ville, numero: str) -> tuple[str, str]:
    """What ANTAI and the town say of a FPS once every letter has arrived; none was refused, none was lost."""
    await ville.world.pilot.au_calme(ville.bac)
    assert await ville.world.pilot.lettres_mortes(ville.bac) == []
    actes = [(ligne["service"], ligne["acte"]) for ligne in await ville.world.pilot.journal(ville.bac, numero)]
    assert [a for a in actes if a[1] in ("refus", "envoi-refuse")] == []
    url = f"{ville.world.addresses[Party.ANTAI]}/bacs/{ville.bac}/dossiers/{numero}"
    dossier: dict[str, Any] = (await ville.world.client.get(url)).json()
    return dossier["etat"], (await ville.fps(numero))["etat"]


@pytest.mark.parametrize(
    ("paye", "decision", "attendu", "rendu"),
    [
        (0, PARTIELLE, ("notifie", "transmis"), 0),
        (0, TOTALE, ("annule", "annule"), 0),
        (3500, PARTIELLE, ("paye", "paye"), 2000),
        (3500, TOTALE, ("annule-a-rembourser", "annule"), 3500),
        (2450, PARTIELLE, ("paye-minore", "paye-minore"), 950),
    ],
)
async def test_a_rapo_accepted_ends_alike_at_antai_and_the_excess_is_accepted_by_the_accountant(
    paye: int, decision: dict[str, Any], attendu: tuple[str, str], rendu: int, ville: Ville
) -> None:
    numero = await ville.etablir()
    await ville.aller(date(2026, 6, 22))
    if paye:
        await payer(ville, numero, paye)
    await deposer(ville, numero)
    await ville.agir(f"/rapos/{numero}/decision", decision)
    assert await fin(ville, numero) == attendu and (await ville.fps(numero))["dette"] == rendu
    if rendu:
        await ville.agir(f"/fps/{numero}/remboursements", IBAN)
        await fin(ville, numero)
        pieces = await ville.lire(f"/fps/{numero}/remboursements")
        assert [(p["etat"], p["montant"]) for p in pieces] == [("accepte", rendu)]


async def test_a_quick_payment_and_a_withdrawal_stop_the_notice(ville: Ville) -> None:
    rapide, retire = await ville.etablir(mode_notification="pare-brise"), await ville.etablir()
    await ville.agir(f"/fps/{rapide}/paiement-rapide", {"montant": 3500, "reference": "R-1"})
    await ville.agir(f"/fps/{retire}/annulation", {"motif": "Erreur de saisie."})
    await ville.aller(date(2026, 7, 1))
    assert await fin(ville, rapide) == ("annule", "paye-rapide") and await fin(ville, retire) == ("annule", "annule")
    assert [await ville.world.pilot.courriers(ville.bac, n) for n in (rapide, retire)] == [[], []]


async def test_an_unpaid_fps_of_cycle_partiel_becomes_a_title_and_both_cycles_give_a_title_up_alike(ville: Ville) -> None:
    partiel, complet = await ville.etablir(**AU_BOURG), await ville.etablir()
    await ville.aller(date(2026, 10, 4))
    assert await fin(ville, partiel) == ("titre-emis", "impaye") and await fin(ville, complet) == ("titre-emis", "transmis")
    for numero in (partiel, complet):
        await ville.agir(f"/fps/{numero}/annulation-titre", {"motif": "Erreur reconnue."})
        assert await fin(ville, numero) == ("titre-annule", "annule")
        soldes = await ville.world.pilot.soldes(ville.bac, numero)
        assert not any(solde for comptes in soldes.values() for solde in comptes.values())


async def test_a_discharge_by_the_court_is_defended_against_executed_and_ends_at_antai(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.aller(date(2026, 6, 23))
    await deposer(ville, numero)
    await ville.agir(f"/rapos/{numero}/decision", REJET)
    natures = ("rapo", "avis-reception-rapo", "decision-rapo", "avis-paiement", "certificat-immatriculation")
    corps = {**Requete.example, "numero_fps": numero, "objet": "decision-rapo", "numero_titre": None}
    corps["pieces"] = [{**PIECES[0], "nature": nature} for nature in natures]
    cour = f"{ville.world.addresses[Party.CCSP]}/bacs/{ville.bac}"
    requete = (await ville.world.client.post(f"{cour}{Requete.path}", json=corps)).json()["numero_requete"]
    await ville.aller(date(2026, 7, 5))
    memoire = {"conteste_erreur": True, "conclusions": "Rejeter la requête.", "moyens": "L'avis est régulier."}
    await ville.agir(f"/recours/{requete}/memoire", memoire)
    await fin(ville, numero)
    assert len((await ville.lire(f"/recours/{requete}"))["depots"]) == 1
    juge = {"nature": "jugement", "sens": "decharge-totale", "motifs": "Le paiement est établi.", "fps_du": 3500}
    await ville.aller(date(2026, 8, 2))
    rendue = await ville.world.client.post(f"{cour}/requetes/{requete}/decision", json=juge)
    assert rendue.status_code == 200, rendue.text
    await ville.aller(date(2026, 8, 20))
    assert (await ville.lire(f"/recours/{requete}"))["etat"] == "a-executer"
    await ville.agir(f"/recours/{requete}/execution", {})
    assert await fin(ville, numero) == ("annule", "annule") and await ville.soldes(numero) == {}
