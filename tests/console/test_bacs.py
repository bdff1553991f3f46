"""The default bac: made once, and made whole again when its creation was cut short; what the doctor says of half a world."""

import secrets
from pathlib import Path

import pytest

from fps.parties import SERVICES, Party
from fps_console.commandes.doctor import Report, _bacs, _clocks
from fps_console.commandes.liaison import ensure_bac, keep_token, read_token, settings_of
from fps_console.commandes.output import Panne
from fps_console.commandes.temps import instant
from fps_simulateur.pilote.world import World


@pytest.mark.asyncio(loop_scope="session")
async def test_the_default_bac_is_made_once(desert: World) -> None:
    assert await ensure_bac(desert.pilot) is True
    assert await ensure_bac(desert.pilot) is False
    assert await desert.pilot.lister() == ["defaut"]


@pytest.mark.asyncio(loop_scope="session")
async def test_a_creation_cut_short_is_finished_with_the_same_date_and_seed(desert: World) -> None:
    half = {"nom": "defaut", "instant": "2026-03-01T08:00:00+01:00", "graine": "graine", "mode": "fige", "vitesse": 1}
    await desert.pilot._call(Party.DGFIP, "POST", "/bacs", json=half)
    assert await ensure_bac(desert.pilot) is True
    services = (await desert.pilot.etat("defaut"))["services"]
    assert {(s["instant"], s["graine"]) for s in services.values()} == {("2026-03-01T08:00:00+01:00", "graine")}
    assert set(services) == {s.value for s in SERVICES}


@pytest.mark.asyncio(loop_scope="session")
async def test_the_doctor_names_a_bac_that_is_only_half_there(desert: World, capsys: pytest.CaptureFixture[str]) -> None:
    await ensure_bac(desert.pilot)
    half = {"nom": "moitie", "instant": "2026-03-01T08:00:00+01:00", "graine": "", "mode": "fige", "vitesse": 1}
    await desert.pilot._call(Party.DGFIP, "POST", "/bacs", json=half)
    report = Report()
    await _clocks(report, desert.pilot)
    await _bacs(report, desert.pilot, await desert.pilot.lister())
    assert report.wrong == 1
    assert "PANNE  Bac « moitie » : il manque chez Collectivité, ANTAI, Juridiction du stationnement payant" in capsys.readouterr().out


@pytest.mark.asyncio(loop_scope="session")
async def test_the_doctor_tells_a_running_clock_from_a_frozen_one_and_dates_that_differ(
    desert: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await desert.pilot.creer("courant", instant("2026-03-01"), mode="courant", vitesse=3600)
    await desert.pilot.creer("fige", instant("2026-03-01"))
    await desert.pilot._call(Party.ANTAI, "POST", "/bacs/fige/instant", json={"instant": "2026-03-05T20:00:00+01:00"})
    report = Report()
    await _bacs(report, desert.pilot, await desert.pilot.lister())
    told = capsys.readouterr().out
    assert "Bac « courant » : date courante (× 3600)" in told
    assert "Bac « fige » : date figée" in told
    assert "PANNE  Bac « fige » : les services ne sont pas à la même date" in told
    assert report.wrong == 1, told


def test_the_credential_is_drawn_once_kept_and_readable_by_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FPS_PILOTAGE_TOKEN", raising=False)
    settings = settings_of(None, tmp_path)
    with monkeypatch.context() as patch, pytest.raises(UnicodeEncodeError):
        patch.setattr(secrets, "token_urlsafe", lambda size: "\ud800" * size)  # what cannot be written, as on a full disk
        keep_token(settings)
    token = keep_token(settings)
    assert len(token) >= 32 and [file.name for file in tmp_path.iterdir()] == ["pilotage.token"]
    assert keep_token(settings) == token == read_token(settings)
    path = tmp_path / "pilotage.token"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("")
    with pytest.raises(Panne, match="vide"):
        read_token(settings)
    monkeypatch.setenv("FPS_PILOTAGE_TOKEN", "de-l-environnement")
    assert read_token(settings_of(None, tmp_path)) == "de-l-environnement"


def test_the_addresses_left_by_up_are_found_unless_others_are_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FPS_ADDRESSES", raising=False)
    (tmp_path / "adresses").write_text("antai=http://127.0.0.1:9001\n")
    assert settings_of(None, tmp_path).addresses[Party.ANTAI] == "http://127.0.0.1:9001"
    assert settings_of("antai=http://autre:1/", tmp_path).addresses[Party.ANTAI] == "http://autre:1"
    monkeypatch.setenv("FPS_ADDRESSES", "antai=http://env:2")
    assert settings_of(None, tmp_path).addresses[Party.ANTAI] == "http://env:2"
    assert settings_of(None, tmp_path).addresses[Party.DGFIP] == "http://127.0.0.1:8002"
