"""The rectificatif, the electronic notice and the qualities of the redevable: what the three notices of ANTAI say differently."""

from datetime import date

import pytest

from fps.droit.money import euros
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif, EAvisPaiement
from tests.kit.test_letters import content_of, heure, jour, missing_in_order, numero, text_of


def test_the_rectificatif_follows_r2333_120_14_and_sends_to_the_judge_without_a_second_rapo() -> None:
    avis = AvisPaiementRectificatif.exemplaire()
    e = avis.etablissement
    text = text_of(AvisPaiementRectificatif)
    assert not missing_in_order(
        text.split("Établissement de l'avis de paiement du forfait de post-stationnement")[1],
        [
            e.collectivite,
            e.autorite.nom,
            e.agent,
            heure(e.date_heure_constat),
            e.lieu.voie,
            e.vehicule.immatriculation,
            e.vehicule.marque,
            e.redevable.nom_complet,
            f"réception du recours administratif préalable {jour(e.date_reception_rapo)}",
            f"Date d'établissement de l'avis rectificatif {jour(e.date_edition)}",
            f"Montant rectifié {euros(e.montant_rectifie)}",
            "« Signé »",
        ],
    )
    assert "un second recours préalable n'est pas possible" in text
    assert f"à compter de sa notification (au plus tard le {jour(avis.modalites.date_limite_recours)})" in text
    assert f"n° {numero(avis.numero_fps)}" in text
    assert f"{numero(avis.numero_avis)} Clé {avis.cle}" in text


def test_a_rectificatif_of_the_town_alone_says_no_word_of_a_rapo_received_and_leaves_it_open() -> None:
    content = content_of(AvisPaiementRectificatif)
    content["rapo_ouvert"] = True
    content["etablissement"]["date_reception_rapo"] = None
    content["modalites"] |= {"date_limite_rapo": date(2026, 7, 24), "date_limite_recours": None}
    text = text_of(AvisPaiementRectificatif, content)
    assert "La collectivité réduit d'elle-même le montant du forfait" in text
    assert "fait suite à un recours" not in text and "Date de réception du recours" not in text and "second recours" not in text
    assert "Un recours administratif préalable est obligatoire (RAPO)" in text and text.count(jour(date(2026, 7, 24))) == 3


@pytest.mark.parametrize(
    ("qualite", "mention"),
    [
        ("titulaire", "du titulaire du certificat d'immatriculation"),
        ("locataire", "du locataire de longue durée du véhicule"),
        ("acquereur", "de l'acquéreur du véhicule"),
    ],
)
def test_the_avis_names_the_quality_of_the_redevable_in_good_french(qualite: str, mention: str) -> None:
    content = content_of(AvisPaiement)
    content["etablissement"]["redevable"]["qualite"] = qualite
    text = text_of(AvisPaiement, content)
    assert f"Identité et adresse {mention}" in text and f"à l'encontre {mention}." in text


def test_a_rectificatif_at_zero_asks_for_nothing() -> None:
    content = content_of(AvisPaiementRectificatif)
    content["etablissement"]["montant_rectifie"] = 0
    text = text_of(AvisPaiementRectificatif, content)
    assert "Aucune somme n'est due" in text
    assert "Carte de paiement" not in text


def test_an_electronic_avis_that_was_not_read_has_no_date_limit() -> None:
    text = text_of(EAvisPaiement)
    assert "aucun délai ne court avant" in text
    assert "Montant minoré : 21,00 € si vous payez dès maintenant, et au plus tard 9 jours après la lecture de cet avis" in text
    assert jour(AvisPaiement.exemplaire().modalites.date_limite_paiement) not in text
