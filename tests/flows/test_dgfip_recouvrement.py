"""The DGFiP after the avertissement: payments in parts, relance, saisie, remise, suspension, prescription, cancellation, refunds."""

from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.dgfip import NUMERO, SIRET, Tresorerie
from tests.parler.partie import bac_neuf, code

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def averti(monde: World) -> Tresorerie:
    ici = await Tresorerie.ouvrir(monde)
    await ici.au(2026, 10, 12)
    return ici


def vehicule(plaque: str) -> Any:
    return EmissionTitre.exemplaire().vehicule.model_copy(update={"immatriculation": plaque})


async def test_a_cheque_pays_a_part_and_the_rebate_is_earned_by_the_sum(averti: Tresorerie) -> None:
    assert code(await averti.payer(1000)) == (409, "paiement-partiel-titre")
    premier = await averti.payer(1000, "cheque")
    assert (premier.json()["reste_du"], await averti.etat()) == (7000, "averti")
    await averti.au(2026, 11, 14)
    second = await averti.payer(5400, "cheque", date_envoi="2026-11-12", reference="CHQ-2")
    assert (second.json()["rabais"], second.json()["reste_du"], await averti.etat()) == (1600, 0, "paye-avec-rabais")
    assert await averti.soldes() == {"encaissements": 6400, f"a-reverser:{SIRET}": -3000, "etat": -3400}


async def test_a_cheque_sent_the_day_after_the_rebate_is_only_a_part(averti: Tresorerie) -> None:
    await averti.au(2026, 11, 14)
    assert (await averti.payer(6400, "cheque", date_envoi="2026-11-13")).json()["reste_du"] == 1600
    assert code(await averti.payer(1600, "cheque", date_envoi="2026-11-15")) == (409, "date-cheque-invalide")
    assert code(await averti.payer(1600, "internet", date_envoi="2026-11-14")) == (409, "date-cheque-invalide")
    assert (await averti.payer(1600, "internet", reference="CB-2")).json()["reste_du"] == 0
    vue = await averti.voir()
    assert (vue["etat"], vue["montant_paye"], vue["part_collectivite"]) == ("paye", 8000, 3000)


async def test_an_unpaid_title_is_reminded_then_seized_and_the_third_party_pays(averti: Tresorerie) -> None:
    for jour, etat in [((2027, 1, 10), "averti"), ((2027, 1, 11), "relance"), ((2027, 7, 9), "relance"), ((2027, 7, 10), "saisi")]:
        await averti.au(*jour)
        assert (jour, await averti.etat()) == (jour, etat)
    await averti.au(2027, 8, 9)
    vue = await averti.voir()
    assert (vue["etat"], vue["montant_paye"], vue["rabais_accorde"]) == ("paye", 8000, 0)
    await averti.au(2027, 9, 15)
    assert await averti.soldes() == {"encaissements": 5000, "etat": -5000}
    assert await averti.echeance() is None


async def test_nothing_to_seize_leads_to_the_prescription(monde: World) -> None:
    ici = await Tresorerie.ouvrir(monde, vehicule=vehicule("ZS-001-AA"))
    await ici.au(2031, 7, 10)
    assert await ici.etat() == "saisi" and "saisie-infructueuse" in await ici.actes()
    await ici.au(2031, 7, 11)
    assert (await ici.etat(), await ici.soldes(), await ici.echeance()) == ("prescrit", {}, None)
    assert code(await ici.payer(8000)) == (409, "titre-prescrit")
    await ici.annuler(3000, 5000)
    assert (await ici.etat(), await ici.soldes()) == ("annule", {})


async def test_the_avertissement_goes_to_the_tax_address(monde: World) -> None:
    ici = await Tresorerie.ouvrir(monde, vehicule=vehicule("ZA-001-AA"))
    await ici.au(2026, 10, 12)
    [lettre] = await monde.pilot.courriers(ici.bac, NUMERO)
    contenu = await monde.pilot.courrier(ici.bac, Party.DGFIP, lettre["id"])
    assert contenu["redevable"]["adresse"]["voie"] != EmissionTitre.exemplaire().redevable.adresse.voie
    assert contenu["redevable"]["identite"]["nom"] == "Spécimen"


async def test_a_remise_reduces_the_majoration_only(averti: Tresorerie) -> None:
    base = f"/prises-en-charge/{NUMERO}/remise"
    assert code(await averti.poster(f"{base}/decision", {"montant_accorde": 1})) == (409, "remise-non-demandee")
    assert code(await averti.poster(base, {"montant": 5001, "motif": "Revenus"})) == (409, "remise-excessive")
    assert (await averti.poster(base, {"montant": 4000, "motif": "Revenus"})).status_code == 201
    assert code(await averti.poster(base, {"montant": 4000, "motif": "Revenus"})) == (409, "remise-deja-demandee")
    assert code(await averti.poster(f"{base}/decision", {"montant_accorde": 4001})) == (409, "remise-excessive")
    assert (await averti.poster(f"{base}/decision", {"montant_accorde": 0})).json()["etat"] == "refusee"
    assert (await averti.poster(base, {"montant": 4000, "motif": "Nouveaux justificatifs"})).status_code == 201
    assert (await averti.poster(f"{base}/decision", {"montant_accorde": 4000})).json()["etat"] == "accordee"
    vue = await averti.voir()
    assert (vue["net_du"], vue["rabais"], vue["a_payer"]) == (4000, 800, 3200)
    assert (await averti.payer(3200)).status_code == 200
    assert await averti.soldes() == {"encaissements": 3200, f"a-reverser:{SIRET}": -3000, "etat": -200}
    assert code(await averti.poster(base, {"montant": 1, "motif": "Encore"})) == (409, "titre-deja-paye")


async def test_a_suspension_stops_the_recovery_until_it_starts_again(averti: Tresorerie) -> None:
    base, motif = f"/prises-en-charge/{NUMERO}", {"motif": "Annulation à l'examen"}
    assert code(await averti.poster(f"{base}/reprise", motif)) == (409, "suspension-inexistante")
    assert (await averti.poster(f"{base}/suspension", motif)).json()["suspendu_le"] == "2026-10-12"
    assert code(await averti.poster(f"{base}/suspension", motif)) == (409, "suspension-deja-decidee")
    await averti.au(2027, 9, 1)
    assert await averti.etat() == "averti"
    assert (await averti.poster(f"{base}/reprise", motif)).json()["suspendu_le"] is None
    await averti.au(2027, 10, 30)
    assert await averti.etat() == "averti"
    await averti.au(2027, 10, 31)  # sixty days after it started again (hypothesis H64)
    assert await averti.etat() == "relance"


async def test_a_total_cancellation_before_the_avertissement_leaves_nothing(dgfip: Tresorerie) -> None:
    await dgfip.annuler(3000, 5000)
    assert (await dgfip.etat(), await dgfip.soldes(), await dgfip.echeance()) == ("annule", {}, None)
    assert code(await dgfip.payer(8000)) == (409, "titre-annule")


async def test_a_cancellation_that_comes_before_its_title_waits_for_it(monde: World) -> None:
    nom = await bac_neuf(monde, date(2026, 10, 5), "tresorerie")
    ici = Tresorerie(monde, nom)
    assert await ici.recevoir(AnnulationTitre.exemplaire(), "trop-tot") == 1
    assert await ici.recevoir(EmissionTitre.exemplaire(), "emission") == 0
    assert await ici.recevoir(AnnulationTitre.exemplaire(), "trop-tot") == 0
    assert await ici.etat() == "annule"


async def test_the_majoration_alone_is_cancelled_before_the_avertissement(dgfip: Tresorerie) -> None:
    await dgfip.annuler(0, 5000)
    await dgfip.au(2026, 10, 12)
    vue = await dgfip.voir()
    assert (vue["etat"], vue["a_payer"], vue["rabais"]) == ("averti", 3000, 0)
    assert (await dgfip.payer(3000)).json()["reste_du"] == 0


async def test_a_paid_title_that_is_cancelled_is_refunded_and_taken_back_from_the_next_reversal(averti: Tresorerie) -> None:
    await averti.payer(6400)
    await averti.au(2026, 11, 15)
    assert (await averti.voir(f"/reversements/{SIRET}/2026-10"))["verse"] == 3000
    await averti.au(2027, 2, 15)
    await averti.annuler(3000, 5000)
    vue = await averti.voir()
    assert (vue["etat"], vue["a_rembourser"]) == ("a-rembourser", 6400)
    assert code(await averti.payer(100)) == (409, "titre-en-remboursement")
    await averti.annuler(3000, 5000)  # the same line again changes nothing
    assert (await averti.voir())["a_rembourser"] == 6400
    await averti.au(2027, 3, 15)
    mois = await averti.voir(f"/reversements/{SIRET}/2027-02")
    assert (mois["precompte"], mois["verse"], mois["annulations"]) == (3000, 0, 1)
    await averti.au(2027, 5, 16)
    vue = await averti.voir()
    assert (vue["etat"], vue["montant_rembourse"], vue["a_rembourser"]) == ("annule", 6400, 0)
    assert (await averti.courriers())[-1] == "fps.16.avis-remboursement.v1"
    assert await averti.soldes() == {"encaissements": -3000, f"a-reverser:{SIRET}": 3000}  # still owed by the town: the next précompte
    assert await averti.echeance() is None
    releve = f"{averti.world.addresses[Party.DGFIP]}/bacs/{averti.bac}/reversements/{SIRET}/2027-02/releve"
    assert (await averti.world.client.get(releve)).content.startswith(b"%PDF-")


async def test_a_partial_cancellation_after_a_payment_with_rebate_gives_back_the_difference(averti: Tresorerie) -> None:
    await averti.payer(6400)
    await averti.annuler(0, 5000)
    vue = await averti.voir()
    assert (vue["etat"], vue["a_rembourser"], vue["part_collectivite"]) == ("a-rembourser", 3400, 3000)
    await averti.annuler(1000, 0, ordre=4)
    assert (await averti.voir())["a_rembourser"] == 4400
    await averti.au(2027, 1, 12)
    vue = await averti.voir()
    assert (vue["etat"], vue["montant_rembourse"]) == ("paye", 4400)
    assert {c: v for c, v in (await averti.soldes()).items() if c in ("redevable", "etat")} == {}


async def test_a_partial_cancellation_that_leaves_what_was_paid_settles_the_title(averti: Tresorerie) -> None:
    await averti.payer(2000, "guichet")
    await averti.annuler(1000, 5000)
    assert await averti.etat() == "paye"
    assert await averti.soldes() == {"encaissements": 2000, f"a-reverser:{SIRET}": -2000}


async def test_two_lines_of_one_titre_d_annulation_about_the_same_fps_are_both_applied(averti: Tresorerie) -> None:
    await averti.annuler(1000, 0, rang_annexe=1)
    await averti.annuler(500, 0, rang_annexe=2)
    await averti.annuler(500, 0, rang_annexe=2)  # the same line again changes nothing
    assert ((await averti.voir())["net_du"], await averti.refus()) == (6500, [])


async def test_a_partial_cancellation_of_a_prescribed_title_moves_what_was_paid_to_the_state(monde: World) -> None:
    ici = await Tresorerie.ouvrir(monde, vehicule=vehicule("ZS-001-AA"))
    await ici.au(2026, 10, 12)
    await ici.payer(2000, "guichet")
    await ici.au(2031, 7, 11)
    assert (await ici.etat(), await ici.soldes()) == ("prescrit", {})
    await ici.annuler(1500, 0)
    assert (await ici.etat(), await ici.soldes()) == ("prescrit", {f"a-reverser:{SIRET}": 500, "etat": -500})


async def test_a_false_cancellation_is_refused_with_its_code(averti: Tresorerie) -> None:
    await averti.annuler(3001, 0, ordre=5)
    await averti.annuler(3000, 5000, ordre=6, numero_titre="2600000043")
    await averti.annuler(1000, 0, ordre=7)
    await averti.annuler(2000, 0, ordre=7)
    assert await averti.refus() == ["annulation-excessive", "annulation-autre-titre", "annulation-differente"]
    assert (await averti.voir())["net_du"] == 7000


async def test_a_fps_is_refunded_by_a_titre_d_annulation_the_same_year_and_a_mandat_the_next(averti: Tresorerie) -> None:
    piece = {"date_piece": "2026-10-12", "montant": 1000}
    accuse = await averti.envoyer(TitreAnnulationRecette, **piece)
    assert (accuse.status_code, accuse.json()["statut"]) == (200, "accepte")
    assert code(await averti.envoyer(TitreAnnulationRecette, **{**piece, "montant": 900})) == (409, "piece-deja-recue")
    assert (await averti.envoyer(TitreAnnulationRecette, **piece, numero_piece="TA-2")).status_code == 200
    await averti.au(2026, 12, 11)
    vues = await averti.voir(f"/remboursements/{NUMERO}")
    assert [(v["montant"], v["rembourse_le"]) for v in vues] == [(1000, "2026-12-11")] * 2
    assert "fps.10.avis-remboursement.v1" in await averti.courriers()
    lettres = [x for x in await averti.world.pilot.courriers(averti.bac, NUMERO) if x["type"] == "fps.10.avis-remboursement.v1"]
    avis = [await averti.world.pilot.courrier(averti.bac, Party.DGFIP, lettre["id"]) for lettre in lettres]
    assert len({a["reference"] for a in avis}) == 2 and all("Ville de Lille" in a["comptable"]["nom"] for a in avis)
    await averti.au(2027, 2, 22)
    trop = await averti.envoyer(MandatRemboursement, montant=101, montant_encaisse=2100)
    assert [e["code"] for e in trop.json()["accuse"]["erreurs"]] == ["remboursement-excessif"]
    assert code(trop) == (422, "remboursement-excessif")
    assert (await averti.envoyer(MandatRemboursement, montant=100, montant_encaisse=2100)).json()["statut"] == "accepte"


FAUTES: list[tuple[MessageClass, dict[str, Any], str]] = [
    (TitreAnnulationRecette, {"exercice_paiement": 2025}, "titre-annulation-autre-exercice"),
    (MandatRemboursement, {"exercice": 2026, "date_piece": "2026-10-01"}, "mandat-meme-exercice"),
    (TitreAnnulationRecette, {"date_piece": "2026-10-13"}, "piece-future"),
    (TitreAnnulationRecette, {"exercice": 2025, "exercice_paiement": 2025}, "exercice-different"),
    (TitreAnnulationRecette, {"siret": "21750001600019"}, "siret-different"),
    (TitreAnnulationRecette, {"siret": "21690123100012"}, "siret-inconnu"),
    (TitreAnnulationRecette, {"numero_fps": "21590350100017263999072245"}, "numero-invalide"),
]


@pytest.mark.parametrize("champs", [{"montant": 2101}, {"montant": 3501, "montant_encaisse": 3501}, {"montant": 99_999_999}])
async def test_a_refund_above_what_was_collected_or_above_any_fps_of_the_town_has_its_own_code(
    averti: Tresorerie, champs: dict[str, Any]
) -> None:
    refus = await averti.envoyer(TitreAnnulationRecette, **{"date_piece": "2026-10-12", **champs})
    assert code(refus) == (422, "remboursement-excessif")
    assert {e["code"] for e in refus.json()["accuse"]["erreurs"]} == {"remboursement-excessif"}


async def test_an_accounting_document_that_hides_what_was_collected_is_malformed(averti: Tresorerie) -> None:
    corps = {champ: valeur for champ, valeur in TitreAnnulationRecette.example.items() if champ != "montant_encaisse"}
    refus = await averti.poster(TitreAnnulationRecette.path, corps)
    assert (refus.status_code, [e["champ"] for e in refus.json()["erreurs"]]) == (422, ["montant_encaisse"])


@pytest.mark.parametrize(("cls", "champs", "attendu"), FAUTES, ids=[x[2] for x in FAUTES])
async def test_a_false_accounting_document_is_refused_by_its_accuse(
    averti: Tresorerie, cls: MessageClass, champs: dict[str, Any], attendu: str
) -> None:
    refus = await averti.envoyer(cls, **champs)
    assert code(refus) == (422, "piece-comptable-refusee")
    erreurs = refus.json()["accuse"]["erreurs"]
    assert attendu in [e["code"] for e in erreurs] and all(e["article"] and e["que_faire"].endswith(".") for e in erreurs)


async def test_what_was_never_refunded_nor_reversed_is_unknown(averti: Tresorerie) -> None:
    adresse = f"{averti.world.addresses[Party.DGFIP]}/bacs/{averti.bac}"
    assert code(await averti.world.client.get(f"{adresse}/remboursements/{NUMERO}")) == (404, "remboursement-inconnu")
    assert code(await averti.world.client.get(f"{adresse}/reversements/{SIRET}/2020-01")) == (404, "reversement-inconnu")
    assert await averti.voir(f"/reversements/{SIRET}") == []
