"""The letters: each renders from its message's own example, says what the law wants in order, and cannot pass for a real one."""

import io
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from fps.droit.money import euros
from fps.droit.numero import NumeroFps
from fps.kit.print.impression import LetterError, codes_of, printable, render, render_async, render_message, render_png
from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif, EAvisPaiement, RequeteImpression
from fps.messages.message import Message
from fps.messages.paiement import JustificatifPaiementFps, JustificatifPaiementTitre
from fps.messages.titre import AnnulationTitre, Avertissement, AvisRemboursementTitre, EmissionTitre

ANTAI = files("antai") / "documents"
DGFIP = files("dgfip") / "documents"
LE = date(2026, 6, 18)
PHRASE = "SPÉCIMEN — environnement simulé"

TEMPLATES: dict[type[Message], Traversable] = {
    AvisPaiement: ANTAI / "avis_paiement.typ",
    AvisPaiementRectificatif: ANTAI / "avis_rectificatif.typ",
    EAvisPaiement: ANTAI / "e_avis_paiement.typ",
    RequeteImpression: ANTAI / "requete_impression.typ",
    JustificatifPaiementFps: ANTAI / "justificatif_fps.typ",
    JustificatifPaiementTitre: DGFIP / "justificatif_titre.typ",
    Avertissement: DGFIP / "avertissement.typ",
    AvisRemboursementTitre: DGFIP / "avis_remboursement_titre.typ",
}
COLLECTIVE: dict[type[Message], Traversable] = {
    EmissionTitre: ANTAI / "titre_executoire.typ",
    AnnulationTitre: ANTAI / "titre_annulation.typ",
}
ELSEWHERE = {"avis_remboursement_fps.typ", "releve_reversement.typ"}  # test_letters_dgfip.py
PAGES = {AvisPaiement: 4, AvisPaiementRectificatif: 4, EAvisPaiement: 4, Avertissement: 3}
ALL = [*TEMPLATES, *COLLECTIVE]


def content_of(kind: type[Message]) -> dict[str, Any]:
    content = kind.exemplaire().model_dump()
    return {"lignes": [content]} if kind in COLLECTIVE else content


def template_of(kind: type[Message]) -> Traversable:
    return TEMPLATES.get(kind) or COLLECTIVE[kind]


def flat(text: str) -> str:
    """Compare words, not typography: one kind of apostrophe, of space, of hyphen; no line."""
    return re.sub(r"\s+", " ", text.replace("’", "'").replace("\u00a0", " ").replace("\u00ad", ""))


def pages_of(pdf: bytes) -> list[str]:
    return [flat(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(kind: type[Message], content: Mapping[str, Any] | None = None) -> str:
    return flat(" ".join(pages_of(render(template_of(kind), content or content_of(kind), le=LE))))


def jour(le: date | None) -> str:
    assert le is not None
    months = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
    return f"{'1er' if le.day == 1 else le.day} {months[le.month - 1]} {le.year}"


def heure(instant: datetime) -> str:
    return f"{jour(instant.date())} à {instant:%H h %M}"


def numero(digits: str) -> str:
    return flat(NumeroFps.lire(digits).affichage).split(" Clé")[0]


def missing_in_order(text: str, mentions: list[str]) -> list[str]:
    """Return the mentions that do not come after the one before."""
    place, lost = 0, []
    for mention in mentions:
        found = text.find(flat(mention), place)
        if found < 0:
            lost.append(mention)
        else:
            place = found + len(flat(mention))
    return lost


def test_every_template_of_antai_and_dgfip_is_rendered_here() -> None:
    served = {file.name for folder in (ANTAI, DGFIP) for file in folder.iterdir() if file.name.endswith(".typ")} - ELSEWHERE
    assert served - {template_of(kind).name for kind in ALL} == {"avis.typ", "facture.typ", "convention.typ"}, (
        "avis.typ holds the pieces shared by the three notices; facture.typ and convention.typ print no message: "
        "test_antai_documents.py, test_espace_convention.py"
    )


@pytest.mark.parametrize("kind", ALL)
def test_a_letter_renders_from_the_example_of_its_message(kind: type[Message]) -> None:
    reader = PdfReader(io.BytesIO(render(template_of(kind), content_of(kind), le=LE)))
    assert len(reader.pages) == PAGES.get(kind, 1)
    assert kind.exemplaire().sujet[-3:] in flat(reader.pages[0].extract_text())


@pytest.mark.parametrize("kind", ALL)
def test_the_same_content_gives_the_same_bytes_and_another_date_others(kind: type[Message]) -> None:
    first, again, later = (render(template_of(kind), content_of(kind), le=le) for le in (LE, LE, date(2026, 6, 19)))
    assert first == again
    assert first != later


@pytest.mark.parametrize("kind", ALL)
def test_each_page_says_specimen_in_its_banner_its_watermark_and_its_foot(kind: type[Message]) -> None:
    for page in pages_of(render(template_of(kind), content_of(kind), le=LE)):
        assert page.count(flat(PHRASE)) == 3


@pytest.mark.parametrize("kind", ALL)
def test_a_letter_is_archivable_tagged_french_and_dated_of_the_bac(kind: type[Message]) -> None:
    reader = PdfReader(io.BytesIO(render(template_of(kind), content_of(kind), le=LE)))
    root: Any = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", xmp, re.DOTALL)
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert root["/MarkInfo"]["/Marked"].value is True
    assert str(root["/Lang"]).startswith("fr")
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == LE


def test_the_avis_has_the_two_parts_and_every_mention_of_r2333_120_4_in_order() -> None:
    avis = AvisPaiement.exemplaire()
    e = avis.etablissement
    first, second = text_of(AvisPaiement).split("Modalités de paiement et contestation")
    assert "Établissement de l'avis de paiement du forfait de post-stationnement" in first
    part_1 = first.split("Établissement de l'avis de paiement du forfait de post-stationnement")[1]
    assert not missing_in_order(
        part_1,
        [
            e.collectivite,
            "Autorité dont relève l'agent assermenté",
            e.autorite.nom,
            e.autorite.adresse.voie,
            "Numéro d'identification de l'agent assermenté",
            e.agent,
            heure(e.date_heure_constat),
            e.lieu.voie,
            e.vehicule.immatriculation,
            e.vehicule.marque,
            e.redevable.nom_complet,
            e.redevable.adresse.voie,
            f"Date d'envoi de l'avis de paiement {jour(e.date_envoi)}",
            f"Montant du FPS dû {euros(e.montant)}",
            f"Ce FPS a cessé de produire ses effets le {heure(e.fin_effets)}",
            "« Signé »",
        ],
    )
    m = avis.modalites
    assert not missing_in_order(
        second,
        [
            m.service_paiement.nom,
            "Comment payer",
            "Par internet",
            "Par téléphone",
            "chèque",
            "guichet",
            "buraliste",
            f"au plus tard le {jour(m.date_limite_paiement)}",
            f"délai de {m.delai_paiement_mois} mois",
            "titre exécutoire émis à l'encontre du titulaire du certificat d'immatriculation",
            f"{m.majoration_pourcent} % du montant restant dû, sans pouvoir être inférieure à {euros(m.majoration_minimum)}",
            "Un recours administratif préalable est obligatoire",
            "à peine d'irrecevabilité",
            m.contact_rapo.nom,
            m.contact_rapo.adresse.voie,
            "délai d'un mois à compter de la notification",
            jour(m.date_limite_rapo),
            "lettre recommandée avec demande d'avis de réception",
            *m.pieces_rapo,
            "L'absence de réponse dans le délai d'un mois",
            "vaut décision de rejet",
            "contestée dans le délai d'un mois devant la juridiction compétente",
            m.juridiction,
            "droit d'accès et de rectification",
            m.droits_donnees.nom,
        ],
    )


def test_the_avis_prints_number_key_and_minored_amount_with_its_limit() -> None:
    avis = AvisPaiement.exemplaire()
    minoration = avis.modalites.minoration
    assert minoration is not None
    text = text_of(AvisPaiement)
    assert f"{numero(avis.numero_fps)} Clé {avis.cle}" in text
    assert " ".join(re.findall("....", avis.modalites.telepaiement)) in text
    assert f"Montant minoré : {flat(euros(minoration.montant))} si vous payez au plus tard le {jour(minoration.jusqu_au)}" in text
    assert "uniquement par internet ou téléphone" in text


def test_an_avis_without_minored_amount_does_not_speak_of_it() -> None:
    content = content_of(AvisPaiement)
    content["modalites"]["minoration"] = None
    assert "minoré" not in text_of(AvisPaiement, content)


def test_the_law_of_the_day_shows_in_the_avis() -> None:
    content = content_of(AvisPaiement)
    content["modalites"] |= {
        "majoration_pourcent": 25,
        "majoration_minimum": 123456,
        "paiement_prealable": True,
        "juridiction": "Commission",
    }
    text = text_of(AvisPaiement, content)
    assert "25 % du montant restant dû, sans pouvoir être inférieure à 1 234,56 €" in text
    assert "Commission, sous réserve du paiement préalable du montant du FPS" in text


def test_the_avertissement_has_its_mentions_in_order_with_rebate_and_limits() -> None:
    a = Avertissement.exemplaire()
    text = text_of(Avertissement)
    assert not missing_in_order(
        text.split("Le forfait de post-stationnement impayé")[1],
        [
            a.beneficiaire.nom,
            a.beneficiaire.contact.adresse.voie,
            numero(a.numero_fps),
            heure(a.date_heure_constat),
            a.lieu.voie,
            a.vehicule.immatriculation,
            a.vehicule.marque,
            a.redevable.nom_complet,
            a.redevable.adresse.voie,
            euros(a.montant_impaye),
            f"Majoration, due à l'État {euros(a.majoration)}",
            f"Total dû {euros(a.total_du)}",
            a.ordonnateur,
            f"{jour(a.date_titre)}, n° {a.numero_titre[:2]} {a.numero_titre[2:]}, ligne {a.rang_annexe}",
            a.comptable.nom,
            f"{euros(a.montant_avec_rabais)} si vous payez volontairement dans le mois qui suit l'envoi",
            jour(a.date_limite_rabais),
            f"rabais de {euros(a.rabais)}",
            "Par internet",
            "Le titre exécutoire peut être contesté",
            "délai d'un mois à compter de la notification",
            jour(a.date_limite_recours),
            a.juridiction.nom,
            "droit d'accès et de rectification",
            a.droits_donnees.nom,
        ],
    )


def test_the_titre_lists_its_annexe_and_adds_it_up() -> None:
    line = content_of(EmissionTitre)["lignes"][0] | {"rang_annexe": 7, "montant_impaye": 3000, "majoration": 5000, "total_du": 8000}
    other = line | {"rang_annexe": 8, "montant_impaye": 30000, "majoration": 6000, "total_du": 36000}
    text = text_of(EmissionTitre, {"lignes": [line, other]})
    assert not missing_in_order(text, ["impayés 2", "330,00 €", "110,00 €", "440,00 €", "7. Avis", "80,00 €", "8. Avis", "360,00 €"])


def test_a_titre_whose_lines_disagree_is_not_printed() -> None:
    line = content_of(EmissionTitre)["lignes"][0]
    for wrong in (line | {"numero_titre": "2600000043"}, line | {"total_du": 8001}):
        with pytest.raises(LetterError, match=r"titre_executoire\.typ"):
            render(COLLECTIVE[EmissionTitre], {"lignes": [line, wrong]}, le=LE)


@pytest.mark.parametrize("kind", [AvisPaiement, AvisPaiementRectificatif, EAvisPaiement, RequeteImpression, Avertissement])
def test_the_codes_read_back_from_the_printed_page(kind: type[Message]) -> None:
    wanted = codes_of(TEMPLATES[kind], content_of(kind))
    read = {
        code.text
        for page in render_png(TEMPLATES[kind], content_of(kind), le=LE, ppi=150)
        for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(page)).convert("L"))
    }
    assert read == set(wanted.values())


def test_the_codes_carry_the_payment_address_and_the_telepayment_number_with_the_amount() -> None:
    avis = AvisPaiement.exemplaire()
    codes = codes_of(TEMPLATES[AvisPaiement], avis.model_dump())
    assert codes == {"qr": avis.modalites.url_paiement, "data_matrix": f"{avis.numero_fps}{avis.cle};{avis.etablissement.montant:08d}"}
    assert codes["qr"].startswith("http://localhost:8001/")


@pytest.mark.parametrize("kind", ALL)
def test_a_missing_field_stops_the_letter_by_its_name(kind: type[Message]) -> None:
    content = content_of(kind)
    inner = content["lignes"][0] if kind in COLLECTIVE else content
    del inner["numero_fps"]
    with pytest.raises(LetterError, match="numero_fps"):
        render(template_of(kind), content, le=LE)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("montant_paye", "1800", "entier de centimes"), ("montant_paye", 18.0, "entier de centimes"), ("numero_fps", "123", "26 chiffres")],
)
def test_a_value_of_the_wrong_type_stops_the_letter(field: str, value: object, said: str) -> None:
    with pytest.raises(LetterError, match=said):
        render(TEMPLATES[JustificatifPaiementFps], content_of(JustificatifPaiementFps) | {field: value}, le=LE)


def test_an_instant_without_offset_stops_the_letter() -> None:
    content = content_of(JustificatifPaiementFps)
    content["date_heure_paiement"] = content["date_heure_paiement"].replace(tzinfo=None)
    with pytest.raises(LetterError, match="sans fuseau"):
        render(TEMPLATES[JustificatifPaiementFps], content, le=LE)


def test_an_instant_is_printed_at_the_time_of_paris() -> None:
    content = content_of(JustificatifPaiementFps)
    content["date_heure_paiement"] = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert "1er janvier 2027 à 00 h 30" in text_of(JustificatifPaiementFps, content)


def test_a_name_that_the_font_cannot_draw_does_not_stop_the_letter() -> None:
    assert printable("Zoe\u0308 Łukasz 李 😀") == "Zoë Łukasz \ufffd \ufffd"
    content = content_of(RequeteImpression) | {"destinataire": "Łukasz 李 #strong[x] $ \\ *"}
    assert "Łukasz \ufffd #strong[x] $ \\ *" in text_of(RequeteImpression, content), "and what looks like Typst stays a text"


def test_every_character_said_printable_is_in_the_font() -> None:
    every = "".join(chr(n) for n in range(0x20, 0x2F00) if printable(chr(n)) == chr(n) != "\ufffd")
    assert {"é", "œ", "€", "Ÿ", "—", "’", "Ω", "Ж"} <= set(every)
    lines = [every[i : i + 60] for i in range(0, len(every), 60)]
    render(TEMPLATES[JustificatifPaiementFps], content_of(JustificatifPaiementFps) | {"collectivite": " ".join(lines)}, le=LE)


def test_a_message_without_template_is_refused() -> None:
    with pytest.raises(LetterError, match="AvisPaiement n'a pas de modèle"):
        render_message(AvisPaiement.exemplaire(), {}, le=LE)


async def test_rendering_off_the_event_loop_gives_the_same_bytes() -> None:
    message = JustificatifPaiementFps.exemplaire()
    with ThreadPoolExecutor(1) as pool:
        assert (
            render_message(message, TEMPLATES, le=LE)
            == await render_async(message, TEMPLATES, le=LE)
            == await render_async(message, TEMPLATES, le=LE, executor=pool)
        )


def test_a_template_and_its_own_pieces_may_live_anywhere(tmp_path: Path) -> None:
    (tmp_path / "pieces.typ").write_text("#let bonjour = [Bonjour]\n")
    template = tmp_path / "essai.typ"
    template.write_text('#import "commun.typ": *\n#import "pieces.typ": *\n#show: courrier.with(titre: "Essai")\n#bonjour #d.nom\n')
    assert "Bonjour Camille" in pages_of(render(template, {"nom": "Camille"}, le=LE))[0]
