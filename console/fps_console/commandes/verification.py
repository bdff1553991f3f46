"""`fps journal verifier`, `fps audit verifier`, `fps audit ancres`: the journals, their signed heads, and the copies of these."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, cause, dump, say
from fps_console.commandes.progres import Lus
from fps_simulateur.pilote import verifications
from fps_simulateur.pilote.verifications import Gardee

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

SANS_BAC = "?"
REMEDE = "Comparez avec un export (« fps bac exporter ») ou une sauvegarde d'avant : ce qui a été changé ne se répare pas ici."
Constats = list[dict[str, Any]]


def journals(settings: Settings, nom: str, numero: str | None, gardees: Path | None, en_json: bool) -> int:
    """Verify the journals of the dossiers of a bac, or of one; 1 when something is not as it was written. Raises Panne."""
    kept = _kept(gardees, nom)

    async def read(pilot: "Pilot") -> tuple[Constats, int, int]:
        if numero is not None:
            found = await pilot.verifier(nom, numero)
            lines = sum(one["lignes"] for one in found.values())
            return (
                [{"service": s.value, **c} for s, one in found.items() for c in one["constats"]] + await _lost(pilot, kept, nom),
                lines,
                0,
            )
        with Lus(nom, "actes lus") as progres:
            found = await verifications.dossiers(pilot, nom, progres.dire)
        signed, attend = await _signed(pilot, nom)
        own = [c for c in signed if c["journal"] != "audit"]
        return [*_all(found), *own, *await _lost(pilot, kept, nom)], sum(one["lus"] for one in found.values()), attend

    constats, lines, attend = drive(settings, read)
    what = f"Le journal du dossier {numero}" if numero else f"Le journal des dossiers du bac « {nom} »"
    return _tell(constats, f"{what} est intact : {lines} actes, {len(SERVICES)} services.", attend, {"bac": nom, "actes": lines}, en_json)


def audit(settings: Settings, nom: str | None, gardees: Path | None, en_json: bool) -> int:
    """Verify the audit journals of one bac, or of all of them, and their signed heads; 1 when something is wrong. Raises Panne."""

    async def read(pilot: "Pilot") -> tuple[Constats, int, int]:
        names = [nom] if nom is not None else [*await pilot.lister(), SANS_BAC]
        constats: Constats = []
        lines = 0
        for name in names:
            found = await pilot.verifier_audit(name)
            lines += sum(one["lignes"] for one in found.values())
            signed, _ = await _signed(pilot, name)
            own = [c for c in signed if c["journal"] != "dossier"]
            wrong = [*_all(found), *own, *await _lost(pilot, _kept(gardees, name), name)]
            constats += [{"bac": name, **c} for c in wrong]
        return constats, lines, len(names)

    constats, lines, bacs = drive(settings, read)
    whole = f"Le journal d'audit est intact : {lines} lignes, {bacs} bac{'s' if bacs > 1 else ''}, {len(SERVICES)} services."
    return _tell(constats, whole, 0, {"lignes": lines, "bacs": bacs}, en_json)


def anchors(settings: Settings, nom: str, en_json: bool = False) -> int:
    """Have the heads signed now, and write every signed head of a bac, one JSON a line (or all in one): to keep elsewhere. Raises Panne."""

    async def write(pilot: "Pilot") -> None:
        await verifications.signer(pilot, nom)
        between = "[\n"
        async for one in verifications.ancres(pilot, nom):
            line = json.dumps(one)
            sys.stdout.write(f"{between}{line}" if en_json else f"{line}\n")
            between = ",\n"
        if en_json:
            say("[]" if between.startswith("[") else "\n]")

    drive(settings, write)
    return 0


async def _signed(pilot: "Pilot", nom: str) -> tuple[Constats, int]:
    """What the signed heads say against the lines of a bac, and how many acts are not signed yet."""
    found = await verifications.tetes(pilot, nom)
    return _all(found), sum(one["non_signes"] for one in found.values())


def _all(found: Mapping[Party, Any]) -> Constats:
    return [{"service": party.value, **constat} for party, one in found.items() for constat in one["constats"]]


async def _lost(pilot: "Pilot", kept: Sequence[Gardee], nom: str) -> Constats:
    if not kept:
        return []
    lost = await verifications.manquantes(kept, verifications.ancres(pilot, nom))
    phrase = "cette ancre, gardée ailleurs, n'est plus dans la base, ou n'y est plus la même"
    return [{"service": one.service, "journal": "ancres", "sujet": "", "rang": one.numero, "phrase": phrase} for one in lost]


def _kept(path: Path | None, nom: str) -> list[Gardee]:
    """The anchors of a bac that a file keeps; raises Panne."""
    if path is None:
        return []
    try:
        with path.open(encoding="utf-8") as file:
            whole = file.read(1) == "["  # one document, as --json writes it
            file.seek(0)
            lines = json.load(file) if whole else (json.loads(line) for line in file if line.strip())
            found = [Gardee.de(one) for one in lines if one["bac"] == nom]
    except OSError as error:
        raise Panne(f"{path} ne peut pas être lu ({cause(error)}).") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Panne(f"{path} n'est pas un fichier d'ancres.", "« fps audit ancres > FICHIER » en écrit un.") from error
    if not found:
        raise Panne(f"{path} ne contient aucune ancre du bac « {nom} ».", "Donnez --bac, ou un autre fichier.")
    return found


def phrase_de(one: Mapping[str, Any]) -> str:
    """A finding in words: the service, where its chain is cut, what is wrong there."""
    bac = f", bac « {one['bac']} »" if "bac" in one else ""
    where = {"dossier": f"dossier {one['sujet']}, rang {one['rang']}", "audit": f"audit, ligne {one['rang']}"}
    place = where.get(one["journal"], f"ancre {one['rang']}")
    return f"{LIBELLES[Party(one['service'])]}{bac}, {place} : {one['phrase']}."


def _tell(constats: Constats, whole: str, attend: int, chiffres: dict[str, Any], en_json: bool) -> int:
    if en_json:
        dump(chiffres | {"intact": not constats, "non_signes": attend, "constats": constats})
        return 1 if constats else 0
    for one in constats:
        say(phrase_de(one))
    if constats:
        say(REMEDE)
        return 1
    say(whole)
    if attend:
        say(f"{attend} actes, écrits depuis la dernière ancre, ne sont pas encore signés.")
    return 0
