"""The lives of the folder `vies`, day by day, and what each transition of a dossier allows and forbids."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from antai.domain import creation, paiement, registres
from antai.domain import dossier as antai
from antai.domain.avis import avis_de_paiement, envoi_le, requete_impression
from antai.domain.titre import SerieTitres, TitreCollectif, ecriture_titre, emission
from antai.domain.titre_annulation import ecriture_reglement
from collectivite.domain import forfait as ville
from collectivite.domain.etablissement import Constat as ConstatAgent
from collectivite.domain.etablissement import SerieAgent, message_fps
from collectivite.domain.refus import SerieEpuisee
from dgfip.domain import prise_en_charge as dgfip
from dgfip.domain.avertissement import avertissement
from dgfip.domain.ecritures import ecriture_paiement
from fps.droit.calculs import majoration
from fps.errors import Refus
from fps.messages.avis import AvisPaiement
from fps.messages.mfps import CreationFps
from fps.messages.parties_prenantes import Vehicule
from fps.messages.titre import EmissionTitre
from fps.regles.machine import Machine
from tests.law.cas import Cas, chaque, lire
from tests.villes import commune

RECU, ENVOI = date(2026, 6, 28), date(2026, 6, 29)
MAINTENANT = datetime.fromisoformat("2026-06-12T18:00:00+02:00")
VOITURE = Vehicule(immatriculation="AB-123-CD", pays="FR", marque="Renault", categorie="voiture")
MESSAGE = CreationFps.exemplaire()


def variante(**champs: Any) -> CreationFps:
    return CreationFps.model_validate_json(json.dumps({**CreationFps.example, **champs}))


def vivre(fps: antai.Dossier, jusquau: date) -> None:
    """What the deadlines do to a dossier, each on its day."""
    jour = RECU
    while jour <= jusquau:
        if jour == ENVOI:
            fps.envoyer_avis(jour)
        elif jour == fps.date_notification:
            fps.notifier()
        elif fps.date_limite_paiement is not None and jour == fps.date_limite_paiement + timedelta(days=1):
            fps.constater_impaye()
        elif fps.date_limite_paiement is not None and jour == fps.titre_le():
            TitreCollectif(fps.siret, jour, "2600000001").inscrire(fps)
        jour += timedelta(days=1)


def dossier_au(jour: date, *, echeances: bool = True) -> antai.Dossier:
    fps = antai.Dossier.ouvrir(MESSAGE, RECU)
    vivre(fps, jour if echeances else ENVOI)
    return fps


@chaque(lire("vies/fps.yaml"))
def test_the_life_of_a_fps_follows_the_law(cas: Cas) -> None:
    fps = dossier_au(cas["le"], echeances=cas.get("echeances", True))
    assert cas["article"]
    if "montant" not in cas:
        assert fps.etat == cas["attendu"]
        return
    if "attendu" in cas:
        minore = paiement.encaisser(fps, cas["moyen"], cas["montant"], cas["le"])
        assert (fps.etat, fps.montant_paye, fps.paye_le) == (cas["attendu"], cas["montant"], cas["le"])
        assert minore == (cas["attendu"] == "paye-minore")
        return
    avant = dict(vars(fps))
    with pytest.raises(Refus) as refus:
        paiement.encaisser(fps, cas["moyen"], cas["montant"], cas["le"])
    assert refus.value.code == cas["refus"]
    assert refus.value.article and refus.value.que_faire.endswith(".")
    assert vars(fps) == avant


@chaque(lire("vies/titre.yaml"))
def test_the_life_of_a_title_follows_the_law(cas: Cas) -> None:
    impaye = cas.get("impaye", 3000)
    due = majoration(impaye, date(2026, 10, 5))
    message = EmissionTitre.exemplaire().model_copy(update={"montant_impaye": impaye, "majoration": due, "total_du": impaye + due})
    titre = dgfip.PriseEnCharge.ouvrir(message)
    if cas["le"] >= date(2026, 10, 12):
        titre.avertir(date(2026, 10, 12))
    assert cas["article"]
    if "attendu" in cas:
        rabais = titre.payer(cas["montant"], cas["le"])
        assert (titre.etat, titre.montant_paye + rabais) == (cas["attendu"], titre.total_du)
        assert sum(titre.repartition()) == cas["montant"] and titre.repartition()[0] == impaye
        ecriture = ecriture_paiement(titre.montant_paye, rabais, cas["le"])
        assert {x.compte: x.debit for x in ecriture.lignes if x.debit}.get("etat", 0) == rabais <= due
        return
    with pytest.raises(Refus) as refus:
        titre.payer(cas["montant"], cas["le"])
    assert refus.value.code == cas["refus"]


# ------------------------------------------------------------------------------------------------------------ transitions


LIVES = [(antai.MACHINE, antai.FINAUX, antai.Etat), (dgfip.MACHINE, dgfip.FINAUX, dgfip.Etat)]


@pytest.mark.parametrize(("machine", "finaux", "etats"), LIVES, ids=["antai", "dgfip"])
def test_no_act_leaves_a_final_state_and_every_state_is_reached(machine: Machine[Any], finaux: Any, etats: Any) -> None:
    assert set(machine.etats) == set(etats) and machine.depart is next(iter(etats))
    assert machine.finaux == finaux


@chaque(list(antai.Etat))
def test_a_payment_is_possible_in_the_states_of_the_table_and_refused_by_a_precise_code_elsewhere(etat: antai.Etat) -> None:
    fps = antai.Dossier.ouvrir(MESSAGE, RECU)
    fps.etat = etat
    if antai.MACHINE.permet("payer", etat):
        fps.payer(3000, RECU, minore=False)
        assert fps.etat is antai.Etat.PAYE
    else:
        with pytest.raises(antai.PAIEMENT_REFUSE[etat]):
            fps.payer(3000, RECU, minore=False)


def test_the_same_act_twice_is_refused_and_changes_nothing() -> None:
    fps = dossier_au(ENVOI)
    avant = dict(vars(fps))
    with pytest.raises(Refus) as refus:
        fps.envoyer_avis(date(2026, 7, 1))
    assert refus.value.code == "acte-impossible" and vars(fps) == avant


def test_the_news_of_another_title_does_not_close_a_dossier() -> None:
    fps = dossier_au(date(2026, 10, 16))
    with pytest.raises(Refus) as refus:
        fps.exiger_titre("2600000002", 1)
    assert (refus.value.code, fps.etat) == ("titre-different", antai.Etat.TITRE_EMIS)
    fps.exiger_titre("2600000001", 1)
    assert fps.encaisser_titre(6400, 1600, date(2026, 11, 1), solde=True)
    assert fps.etat is antai.Etat.TITRE_PAYE


def test_an_accuse_that_comes_after_the_payment_does_not_reopen_the_fps() -> None:
    fps = ville.Forfait.etablir(MESSAGE)
    fps.payer(2100, date(2026, 6, 20), minore=True)
    fps.accuser(MAINTENANT)
    assert (fps.etat, fps.accuse_le) == (ville.Etat.PAYE_MINORE, MAINTENANT)
    with pytest.raises(Refus):
        fps.refuser("cle-fausse", MAINTENANT)
    with pytest.raises(Refus):
        fps.abandonner("vehicule-vole", MAINTENANT)
    assert fps.etat is ville.Etat.PAYE_MINORE


# -------------------------------------------------------------------------------------------------- letters, numbers, books


def test_the_notice_prints_the_dates_of_the_worked_example() -> None:
    fps = dossier_au(ENVOI)
    identite = registres.identifier("graine", VOITURE).redevable
    assert identite is not None
    avis = avis_de_paiement(fps, commune(fps.siret), antai.Constat(fps.numero, MESSAGE, identite), identite)
    m = avis.modalites
    dates = (avis.etablissement.date_envoi, m.date_notification, m.date_limite_paiement, m.date_limite_rapo)
    assert dates == (ENVOI, date(2026, 7, 5), date(2026, 10, 5), date(2026, 8, 5))
    assert m.minoration is not None and (m.minoration.montant, m.minoration.jusqu_au) == (2100, date(2026, 7, 8))
    assert set(m.minoration.canaux) == {"internet", "serveur-vocal"}
    requete = requete_impression(fps, identite)
    assert (requete.telepaiement, requete.montant, requete.destinataire) == (m.telepaiement, 3000, identite.nom_complet)
    assert AvisPaiement.model_validate_json(avis.model_dump_json()) == avis


def test_the_title_and_the_avertissement_carry_what_the_notice_said() -> None:
    fps = dossier_au(date(2026, 10, 16))
    identite = registres.identifier("graine", VOITURE).redevable
    assert identite is not None
    titre = emission(fps, commune(fps.siret), antai.Constat(fps.numero, MESSAGE, identite), identite)
    assert (titre.montant_impaye, titre.majoration, titre.total_du, titre.rang_annexe) == (3000, 5000, 8000, 1)
    prise = dgfip.PriseEnCharge.ouvrir(titre)
    prise.avertir(date(2026, 10, 23))
    lettre = avertissement(prise, dgfip.LigneRecue(fps.numero, titre))
    assert (lettre.rabais, lettre.montant_avec_rabais, lettre.date_limite_rabais) == (1600, 6400, date(2026, 11, 23))
    assert (lettre.date_notification, lettre.date_limite_recours) == (date(2026, 10, 29), date(2026, 11, 30))
    assert lettre.redevable == identite


def test_two_titles_of_one_day_follow_each_other_and_their_lines_too() -> None:
    serie = SerieTitres(2026)
    lille, paris = (TitreCollectif(siret, date(2026, 10, 16), serie.suivant()) for siret in ("21590350100017", "21750001600019"))
    assert (lille.numero, paris.numero) == ("2600000001", "2600000002")
    rangs = [lille.inscrire(dossier_au(date(2026, 10, 15))).rang for _ in range(3)]
    assert rangs == [1, 2, 3] and (lille.lignes, lille.total_impaye, lille.total_majoration) == (3, 9000, 15000)


def test_the_books_of_an_unpaid_fps_balance_from_the_notice_to_the_paid_title() -> None:
    fps = dossier_au(date(2026, 10, 16))
    le = date(2026, 11, 1)
    avant = fps.titre_regle
    assert fps.encaisser_titre(6400, 1600, le, solde=True)
    reglement = ecriture_reglement(fps.siret, avant, fps.titre_regle, le, "titre payé")
    assert reglement is not None
    ecritures = [paiement.ecriture_creance(fps, le), ecriture_titre(fps, le), reglement]
    soldes: dict[str, int] = {}
    for ligne in (ligne for ecriture in ecritures for ligne in ecriture.lignes):
        soldes[ligne.compte] = soldes.get(ligne.compte, 0) + ligne.debit - ligne.credit
    assert set(soldes.values()) == {0} and set(soldes) == {"redevable", "titre", "etat", "collectivite:21590350100017"}


def test_an_agent_draws_999_fps_a_day_and_not_one_more() -> None:
    constat = ConstatAgent("rouge", "12 rue de l'Exemple", None, VOITURE, "0072", MAINTENANT)
    serie = SerieAgent("21590350100017", MAINTENANT.date(), 72, dernier=998)
    message = message_fps(commune("21590350100017"), constat, serie, MAINTENANT)
    assert message.numero_fps == "21590350100017261163072999"
    assert (message.montant_fps, message.minoration and message.minoration.montant, message.lieu.code_postal) == (3500, 2450, "59000")
    with pytest.raises(SerieEpuisee):
        message_fps(commune("21590350100017"), constat, serie, MAINTENANT)


# --------------------------------------------------------------------------------------------------- registers and creation


@pytest.mark.parametrize(
    ("plaque", "pays", "motif"),
    [
        ("ZX-001-AA", "FR", "titulaire-non-identifie"),
        ("ZV-001-AA", "FR", "vehicule-vole"),
        ("ZM-001-AA", "FR", "marque-incoherente"),
        ("1-ABC-234", "BE", "immatriculation-etrangere"),
    ],
)
def test_a_reserved_plate_gives_its_reason_to_give_up(plaque: str, pays: str, motif: str) -> None:
    vu = registres.identifier("graine", VOITURE.model_copy(update={"immatriculation": plaque, "pays": pays}))
    assert (vu.redevable, vu.motif) == (None, motif)


def test_the_same_seed_gives_the_same_person_and_another_seed_gives_others() -> None:
    plaques = [VOITURE.model_copy(update={"immatriculation": f"AB-{n:03d}-CD"}) for n in range(1, 200)]
    une, autre = ([registres.identifier(graine, plaque) for plaque in plaques] for graine in ("a", "b"))
    assert une == [registres.identifier("a", plaque) for plaque in plaques] != autre
    noms = {vu.redevable.nom_complet for vu in une if vu.redevable}
    assert len(noms) > 60
    assert {vu.redevable.identite.nature for vu in une if vu.redevable} == {"physique", "morale"}


def test_after_a_windscreen_notice_the_quick_payment_comes_before_the_notice() -> None:
    lille = commune("21590350100017")
    assert envoi_le(MESSAGE, lille, RECU) == ENVOI
    assert envoi_le(variante(mode_notification="pare-brise"), lille, RECU) == ENVOI + timedelta(days=5)


def test_a_number_already_used_is_accepted_again_for_the_same_content_only() -> None:
    connu = antai.Constat(MESSAGE.numero_fps, MESSAGE, None)
    creation.verifier_meme_message(connu, CreationFps.exemplaire(), MAINTENANT)
    with pytest.raises(Refus) as refus:
        creation.verifier_meme_message(connu, variante(montant_fps=2900), MAINTENANT)
    assert refus.value.code == "numero-deja-utilise" and refus.value.accuse.erreurs[0].code == "numero-deja-utilise"


def test_a_town_in_cycle_partiel_does_not_create_fps_at_antai() -> None:
    siret = "21000200200017"
    with pytest.raises(Refus) as refus:
        creation.verifier_creation(variante(siret=siret), commune(siret), MAINTENANT, cycle="partiel", declaree=None)
    assert "cycle-partiel" in [erreur.code for erreur in refus.value.accuse.erreurs]


def test_the_highest_amount_is_that_of_the_zone_or_of_the_whole_town() -> None:
    lille = commune("21590350100017")
    assert creation.plafond(lille, MESSAGE) == 3500
    verte, inconnue = ({**CreationFps.example["lieu"], "zone": zone} for zone in ("verte", "mauve"))
    assert creation.plafond(lille, variante(lieu=verte)) == 2500
    assert creation.plafond(lille, variante(lieu=inconnue)) == 3500
