"""The letters of the town: each from its message's own example, with what the law wants in order, and SPÉCIMEN on every page."""

from datetime import date
from typing import Any

import pytest

from collectivite.app import DEFINITION
from fps.droit.money import euros
from fps.kit.print.impression import render
from fps.messages.avis_collectivite import AvisPaiementCollectivite, AvisRectificatifCollectivite
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import Message
from fps.messages.parties_prenantes import Demandeur, PersonnePhysique
from fps.messages.rapo import AccuseReceptionRapo, DecisionRapo
from fps.parties import Channel
from tests.kit.test_letters import PHRASE, flat, heure, jour, missing_in_order, numero, pages_of

LE = date(2026, 6, 18)
DOCUMENTS = DEFINITION.documents


def pages(kind: type[Message], **champs: Any) -> list[str]:
    return pages_of(render(DOCUMENTS[kind], {**kind.exemplaire().model_dump(), **champs}, le=LE))


def test_every_letter_that_the_town_writes_to_people_has_its_document() -> None:
    assert {cls for cls in DEFINITION.emits if cls.channel is Channel.COURRIER} <= set(DOCUMENTS)


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_a_letter_of_the_town_says_specimen_three_times_a_page_and_is_reproducible(kind: type[Message]) -> None:
    contenu = kind.exemplaire().model_dump()
    premier, second = [render(DOCUMENTS[kind], contenu, le=LE) for _ in range(2)]
    assert premier == second
    assert all(page.count(flat(PHRASE)) == 3 for page in pages_of(premier))


def test_the_windscreen_notice_has_every_mention_of_r2333_120_4_in_order_in_its_two_parts() -> None:
    avis = AvisPaiementCollectivite.exemplaire()
    e, m = avis.etablissement, avis.modalites
    premiere, seconde = " ".join(pages(AvisPaiementCollectivite)).split("Modalités de paiement et contestation")
    constat = [
        "Établissement de l'avis de paiement du forfait de post-stationnement",
        e.collectivite,
        e.autorite.nom,
        e.agent,
        heure(e.date_heure_constat),
        e.lieu.voie,
        e.vehicule.immatriculation,
        e.vehicule.marque,
        euros(e.montant),
        euros(e.montant_deduit),
        heure(e.fin_effets),
        e.signature,
    ]
    assert missing_in_order(premiere, constat) == [] and numero(avis.numero_fps) in premiere
    suite = [
        m.service_paiement.nom,
        jour(m.date_limite_paiement),
        jour(m.date_notification),
        "Après 3 mois sans paiement, ou si le paiement est insuffisant",
        "titre exécutoire émis à l'encontre du titulaire du certificat d'immatriculation",
        f"{m.majoration_pourcent} %",
        euros(m.majoration_minimum),
        "recours administratif préalable est obligatoire",
        "dans le délai d'un mois",
        jour(m.date_limite_rapo),
        m.contact_rapo.nom,
        *m.pieces_rapo,
        "qui suit la date de l'avis de réception du recours, postal ou électronique, vaut décision de rejet",
        m.juridiction,
        "droit d'accès et de rectification",
    ]
    assert missing_in_order(seconde, suite) == []


def test_the_rectificatif_has_every_mention_of_r2333_120_14_in_order() -> None:
    avis = AvisRectificatifCollectivite.exemplaire()
    e = avis.etablissement
    texte = " ".join(pages(AvisRectificatifCollectivite))
    mentions = [
        "Établissement de l'avis de paiement du forfait de post-stationnement",
        e.collectivite,
        e.autorite.nom,
        e.agent,
        heure(e.date_heure_constat),
        e.lieu.voie,
        e.vehicule.immatriculation,
        e.vehicule.marque,
        e.redevable.nom_complet,
        jour(e.date_reception_rapo),
        jour(e.date_edition),
        euros(e.montant_rectifie),
        e.signature,
        jour(avis.modalites.date_limite_paiement),
        "Un second recours préalable n'est pas possible",
    ]
    assert missing_in_order(texte, mentions) == [] and numero(avis.numero_avis) in texte


def test_a_rectificatif_at_zero_asks_for_nothing_and_names_the_mandataire() -> None:
    etablissement = AvisRectificatifCollectivite.exemplaire().etablissement.model_dump() | {
        "montant_rectifie": 0,
        "mandataire": "Dominique Essai",
    }
    texte = " ".join(pages(AvisRectificatifCollectivite, etablissement=etablissement))
    assert "Aucune somme n'est due" in texte and "formé par Dominique Essai, mandataire" in texte
    assert "Comment payer" not in texte


def nom_de(demandeur: Demandeur) -> str:
    assert isinstance(demandeur.identite, PersonnePhysique)
    return demandeur.identite.nom


def test_the_acknowledgement_says_when_silence_is_a_rejection_and_that_the_payment_is_not_suspended() -> None:
    accuse = AccuseReceptionRapo.exemplaire()
    mentions = [accuse.collectivite, nom_de(accuse.demandeur), accuse.demandeur.adresse.voie]
    mentions += [accuse.numero_rapo, numero(accuse.numero_fps), jour(accuse.date_avis_reception), accuse.service.nom]
    mentions += [jour(accuse.date_limite_decision), "réputé rejeté", "ne suspend pas le délai de paiement"]
    assert missing_in_order(" ".join(pages(AccuseReceptionRapo)), mentions) == []


SENS = ["irrecevable", "rejet", "acceptation-partielle", "acceptation-totale"]


@pytest.mark.parametrize("sens", SENS)
def test_a_decision_names_its_motive_then_the_court_and_the_delay(sens: str) -> None:
    decision = DecisionRapo.exemplaire()
    accepte = sens.startswith("acceptation")
    champs = {} if accepte else {"montant_rectifie": None, "numero_avis": None, "pieces_remboursement": ()}
    texte = " ".join(pages(DecisionRapo, sens=sens, **champs))
    phrases = ["est irrecevable", "est rejeté", "est accepté en partie", "est accepté"]
    mentions = [decision.collectivite, nom_de(decision.demandeur), decision.demandeur.adresse.voie, phrases[SENS.index(sens)]]
    mentions += [decision.numero_rapo, numero(decision.numero_fps), jour(decision.date_decision), decision.motif]
    mentions += [euros(1500)] if accepte else []
    mentions += [jour(decision.date_limite_paiement), f"agent n° {decision.auteur.identifiant}", decision.auteur.autorite.nom, "« Signé »"]
    mentions += ["d'un mois", decision.juridiction]
    mentions += list(decision.pieces_remboursement) if accepte else []
    assert missing_in_order(texte, mentions) == []


def test_an_inadmissible_rapo_is_told_each_condition_that_is_not_met() -> None:
    manques = ("Le recours expose les faits et les moyens.", "Le mandataire produit son mandat.")
    champs = {"montant_rectifie": None, "numero_avis": None, "pieces_remboursement": ()}
    texte = " ".join(pages(DecisionRapo, sens="irrecevable", criteres_manquants=manques, **champs))
    assert missing_in_order(texte, ["est irrecevable", "Conditions non remplies", *manques]) == []


def test_a_decision_that_leaves_nothing_to_pay_prints_no_limit_of_payment() -> None:
    texte = " ".join(pages(DecisionRapo, sens="acceptation-totale", montant_rectifie=0, date_limite_paiement=None))
    assert euros(0).replace("\u00a0", " ") in texte and "Limite de paiement" not in texte


def test_the_first_notice_of_a_town_gives_its_number_of_telepaiement_and_speaks_of_no_other_notice() -> None:
    avis, texte = AvisPaiementCollectivite.exemplaire(), " ".join(pages(AvisPaiementCollectivite))
    code = avis.modalites.telepaiement
    assert " ".join(code[i : i + 4] for i in range(0, 28, 4)) in texte
    assert "avis de paiement initial" not in texte and "avis de paiement initial" in " ".join(pages(AvisRectificatifCollectivite))


@pytest.mark.parametrize("kind", [TitreAnnulationRecette, MandatRemboursement])
def test_the_accounting_document_names_its_year_its_cause_and_its_beneficiary(kind: Any) -> None:
    piece = kind.exemplaire()
    nom = "Titre d'annulation de recette" if kind is TitreAnnulationRecette else "Mandat de remboursement"
    cause = "recours administratif préalable" if piece.cause == "rapo" else "décision de la juridiction"
    adresse, iban = piece.beneficiaire.adresse, [piece.iban[i : i + 4] for i in range(0, len(piece.iban), 4)]
    mentions = [
        piece.collectivite,
        f"{piece.siret[:3]} {piece.siret[3:6]}",
        nom,
        euros(piece.montant),
        str(piece.exercice),
        str(piece.exercice_paiement),
        piece.numero_piece,
    ]
    mentions += [jour(piece.date_piece), numero(piece.numero_fps), cause, euros(piece.montant_encaisse)]
    mentions += [piece.beneficiaire.identite.nom, adresse.voie, adresse.commune, *iban, piece.motif]
    mentions += ["la recette est réduite" if kind is TitreAnnulationRecette else "le remboursement est une dépense"]
    assert missing_in_order(" ".join(pages(kind)), mentions) == []
