"""The letters of the DGFiP that came with recovery and refunds: mentions in order, SPÉCIMEN, same bytes."""

from datetime import date
from importlib.resources import files

from dgfip.api.reversements import RELEVE, contenu
from dgfip.domain.reversement import Reversement
from fps.droit.money import euros
from fps.kit.print.impression import render
from fps.messages.comptable import AvisRemboursementFps
from tests.kit.test_letters import PHRASE, flat, jour, missing_in_order, numero, pages_of
from tests.villes import commune

AVIS = files("dgfip") / "documents" / "avis_remboursement_fps.typ"
LE = date(2027, 3, 15)
COMPTE = Reversement("21590350100017", "2027-02", LE, 12, 42000, 1, 3500, 1000, 37500, LE)


def test_the_notice_of_a_refund_says_who_pays_what_for_which_document() -> None:
    avis = AvisRemboursementFps.exemplaire()
    texte = flat(" ".join(pages_of(render(AVIS, avis.model_dump(), le=LE))))
    mentions = [
        "Avis de remboursement",
        euros(avis.montant_rembourse),
        numero(avis.numero_fps),
        avis.collectivite,
        avis.numero_piece,
        avis.reference,
        avis.comptable.nom,
    ]
    assert missing_in_order(texte, mentions) == []


def test_the_statement_of_a_month_says_what_was_collected_taken_back_and_paid() -> None:
    texte = flat(" ".join(pages_of(render(RELEVE, contenu(COMPTE, commune(COMPTE.siret)), le=LE))))
    mentions = ["Relevé de reversement : février 2027", "Ville de Lille", euros(42000), euros(3500), euros(1000), euros(37500)]
    assert missing_in_order(texte, mentions) == []
    assert jour(LE) in texte


def test_these_letters_are_specimens_with_the_same_bytes_for_the_same_data() -> None:
    for modele, donnees in ((AVIS, AvisRemboursementFps.exemplaire().model_dump()), (RELEVE, contenu(COMPTE, commune(COMPTE.siret)))):
        pdf = render(modele, donnees, le=LE)
        assert pdf == render(modele, donnees, le=LE)
        assert all(page.count(flat(PHRASE)) == 3 for page in pages_of(pdf))
