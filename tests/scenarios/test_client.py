"""The client of a bac and the pytest plugin: what an editor's own tests write, and what they read when it is wrong."""

from datetime import date, timedelta
from typing import Any

import pytest

from fps_simulateur.client import BacSync, Monde, MondeSync, Refuse, ouvrir


def test_a_title_is_reached_by_its_name_and_paid_for_what_is_due_that_day(fps: BacSync) -> None:
    dossier = fps.etablir(plaque="AB-123-CD")
    assert (fps.date, dossier.etat, len(dossier.numero)) == (date(2024, 1, 2), "transmis", 26)
    told = fps.advance("avertissement")
    assert [e["acte"] for e in told if e["acte"] == "emission-titre"] == ["emission-titre"] and dossier.courriers[-1] == "13.avertissement"
    dossier.attendre(antai={"etat": "titre-emis", "majoration": 5000}, dgfip={"a_payer": 6800})
    assert dossier.echeances[0]["libelle"] and dossier.echeances[0]["article"]
    assert fps.payer(dossier)["reste_du"] == 0
    dossier.attendre(antai={"etat": "titre-paye"}, collectivite={"etat": "titre-paye"})
    fps.verifier()


def test_what_is_due_before_the_title_depends_on_the_day_and_the_town(fps: BacSync, fps_monde: MondeSync) -> None:
    dossier = fps.etablir()
    fps.advance(timedelta(days=2))
    fps.payer(dossier)
    dossier.attendre(antai={"etat": "paye-minore", "montant_paye": 2450})
    ailleurs = fps_monde.bac(date(2024, 3, 4), ville="bourg")
    autre = ailleurs.etablir()
    assert autre.voir("collectivite")["siret"] != dossier.voir("collectivite")["siret"] and ailleurs.nom != fps.nom
    fps_monde.oublier(ailleurs)


def test_a_dossier_goes_from_its_rapo_to_the_court(fps: BacSync) -> None:
    dossier = fps.etablir()
    fps.advance("2024-01-10")
    fps.contester(dossier, date_notification_avis=date(2024, 1, 8).isoformat())
    fps.decider(dossier, "rejet")
    fps.advance("avertissement", dossier)
    requete = fps.saisir(dossier, date_notification_avertissement=dossier.voir("dgfip")["date_notification"])
    assert dossier.voir("ccsp")["numero"] == requete
    fps.advance("2024-09-02")
    fps.faire("juger", dossier, sens="rejet", motifs="Non fondée.", fps_du=3500, majoration_due=5000)
    assert any(line["acte"] == "jugement" for line in dossier.journal)


def test_a_refusal_says_its_code_its_article_and_what_to_do(fps: BacSync) -> None:
    fps.etablir(plaque="AB-123-CD")
    with pytest.raises(Refuse) as refus:
        fps.etablir(plaque="ab 123 cd")
    assert (refus.value.code, refus.value.statut) == ("fps-en-cours", 409) and refus.value.article and refus.value.que_faire
    assert all(word in str(refus.value) for word in ("établir un FPS", "fps-en-cours", refus.value.article, refus.value.que_faire))


def test_what_is_not_as_expected_is_told_with_the_number_the_day_and_each_difference(fps: BacSync) -> None:
    dossier = fps.etablir()
    with pytest.raises(AssertionError) as told:
        dossier.attendre(antai={"etat": "paye", "montant": 3500, "montant_paye": 3500})
    assert all(word in str(told.value) for word in (dossier.numero, "02/01/2024", "'transmis' au lieu de 'paye'", "montant_paye = 0"))
    assert "montant = " not in str(told.value)  # what is right is not told
    with pytest.raises(AssertionError, match="dgfip ne connaît pas ce dossier"):
        dossier.voir("dgfip")
    fps.advance("titre")
    with pytest.raises(AssertionError) as told:
        dossier.attendre(antai={"etat": "paye"}, dgfip={"etat": "solde"})  # both services, and why: what came before, what comes next
    assert [ligne.split()[0] for ligne in str(told.value).splitlines()[1:3]] == ["antai", "dgfip"]
    assert "dgfip         prise-en-charge (50,00" in str(told.value) and "L'avertissement part" in str(told.value)


def test_an_unknown_act_names_the_nearest_one_and_a_wrong_conduct_is_said_likewise_with_nothing_of_the_library(fps: BacSync) -> None:
    dossier = fps.etablir()
    for faux in (
        lambda: fps.faire("payer le titr", dossier),
        lambda: fps.etablir(usager="paie à K+6"),
        lambda: fps.faire(3, dossier),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match=r"«|acte") as dit:
            faux()
        assert "pydantic" not in str(dit.value) and "\n" not in str(dit.value) and "Etape" not in str(dit.value)
    with pytest.raises(ValueError, match=r"^« payer le titr » n'est pas un acte ; vouliez-vous dire « payer le titre » [?]$"):
        fps.faire("payer le titr", dossier)


def test_a_fps_that_a_product_sent_is_followed_by_its_number(fps: BacSync) -> None:
    fps.etablir()
    numero, cle = "21590350100017231271072001", "40"
    constat: dict[str, Any] = {"date_heure_constat": "2023-09-28T10:42:00+02:00", "fin_effets": "2023-09-28T15:42:00+02:00"}
    fps.faire("créer un FPS", numero_fps=numero, cle=cle, **constat)
    dossier = fps.suivre(numero)
    assert (dossier.numero, dossier.cle, dossier.voir()["numero"]) == (numero, cle, numero)
    fps.advance("notification", dossier)
    fps.payer(dossier)
    assert dossier.etat.startswith("paye") and "notification" in fps.raconter() and "ecriture" not in fps.raconter()
    with pytest.raises(AssertionError, match="antai ne connaît pas ce dossier"):
        fps.suivre("21590350100017231271072999")
    with pytest.raises(ValueError, match="fps up --tls"):  # nobody listens in this process
        fps.adresse("antai")


def test_two_processes_of_one_suite_name_their_bacs_apart(fps_monde: MondeSync) -> None:
    """Over HTTP they share the services: the workers of pytest-xdist each have a prefix of their own."""
    assert Monde(fps_monde._monde.services)._prefixe != Monde(fps_monde._monde.services)._prefixe


async def test_the_same_client_awaits() -> None:
    async with ouvrir() as monde:
        un, deux = await monde.bac(), await monde.bac()
        dossier = await un.etablir()
        await un.advance("prochaine")
        await un.payer(dossier)
        assert await dossier.etat() == "paye-minore" and await un.date() > await deux.date() == date(2024, 1, 2)
        await un.verifier()
