"""A simulator in a process of its own: `fps up --detach` starts it, `fps attendre` waits for it, `fps down` stops it."""

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from fps.kit.ground.locks import take
from fps.kit.ground.settings import PORTS, Settings
from fps.kit.wire.carrier import PROBE, open_client
from fps.parties import LIBELLES, SERVICES
from fps_console.commandes.liaison import believed, settings_of
from fps_console.commandes.output import SPECIMEN, Panne, answer, cause, dump, say
from fps_console.commandes.up import DATA_DIR, LOCK_FILE, STATE_FILE, already, court

LOG_FILE: Final = "simulateur.log"
PAUSE: Final = 0.1  # seconds between two looks
START: Final = 120.0  # seconds given to a simulator to start
STOP: Final = 30.0  # seconds given to a simulator to finish what it does
PROBLEM: Final = re.compile(r"^\{\n.*?^\}", re.MULTILINE | re.DOTALL)
LINES: Final = 15  # of its log, shown when it does not start


def detach(settings: Settings, options: list[str], en_json: bool) -> int:
    """Start `fps up` with these options in a process of its own, and give the exit status once it is ready: it stays when we end.

    Raises Panne with its own reason when it ends before that.
    """
    data_dir = settings.data_dir.resolve()
    journal = data_dir / LOG_FILE
    if held(data_dir):  # its log is not ours to begin again
        raise already(settings.data_dir)
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        log = journal.open("w", encoding="utf-8")
    except OSError as error:
        raise Panne(
            f"Le dossier de données ne peut pas être écrit ({data_dir} : {cause(error)}).", "Choisissez-en un autre avec --data-dir."
        ) from error
    command = [sys.executable, "-m", "fps_console", "up", "--json", "--data-dir", str(data_dir), *options]
    with log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
    limit = time.monotonic() + START
    while (found := state(data_dir)).get("processus") != process.pid:
        if process.poll() is not None:
            raise _reason(journal, process.returncode)
        if time.monotonic() > limit:
            process.kill()
            process.wait()
            raise Panne(f"Le simulateur n'est pas prêt après {START:.0f} s.", f"Son journal : {journal}.", code="pas-pret")
        time.sleep(PAUSE)
    process.returncode = 0  # it is no longer ours: nobody waits for it here
    if en_json:
        dump({**found, "journal": str(journal)})
        return 0
    say(f"{SPECIMEN} — prêt, dans le processus {process.pid}.\n\n  Console        {found['console']}")
    for party in sorted(SERVICES, key=PORTS.__getitem__):
        say(f"  {court(party):<14} {found['services'][party]}")
    if "--lecture-seule" not in options:
        say(f"\n  Pour agir      « fps pages{_where(settings)} » donne un lien")
    say(f"\n  Journal        {journal}\n\n« fps down{_where(settings)} » l'arrête.")
    return 0


def state(data_dir: Path) -> dict[str, Any]:
    """Where the simulator of a data directory is, as it said it once it was ready; nothing while it is not."""
    try:
        found: dict[str, Any] = json.loads((data_dir / STATE_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _reason(journal: Path, status: int) -> Panne:
    """Why it ended, as it said it itself; else the end of its log."""
    said = journal.read_text("utf-8", errors="replace")
    if found := PROBLEM.search(said):
        problem = json.loads(found.group())
        return Panne(problem["title"], problem.get("que_faire") or "", code=problem["code"], statut=problem.get("code_sortie", 1))
    return Panne(f"Le simulateur s'est arrêté aussitôt (état {status}).", "\n".join([f"{journal} :", *said.splitlines()[-LINES:]]))


def _where(settings: Settings) -> str:
    return "" if settings.data_dir == DATA_DIR else f" --data-dir {shlex.quote(str(settings.data_dir))}"


def held(data_dir: Path) -> bool:
    """Whether a simulator runs, or starts, on a data directory."""
    try:
        with (data_dir / LOCK_FILE).open("a") as file:
            take(file, shared=True)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def down(settings: Settings, en_json: bool) -> int:
    """Stop the simulator of the data directory, whoever started it, and wait for its end; nothing to stop is no fault. Raises Panne."""
    data_dir, limit = settings.data_dir, time.monotonic() + STOP
    asked = None
    while held(data_dir):
        # What it writes once it is ready is its own, since it holds the directory: its number is that of nobody else.
        number = state(data_dir).get("processus")
        if number is not None and number != asked:
            asked = int(number)
            _end(asked)
        if time.monotonic() > limit:
            who = "qui démarre" if asked is None else f"(processus {asked})"
            raise Panne(f"Le simulateur {who} ne s'arrête pas.", f"Son journal, s'il en a un : {data_dir / LOG_FILE}.", code="pas-arrete")
        time.sleep(PAUSE)
    if asked is None:
        return answer(en_json, f"Aucun simulateur ne tourne sur {data_dir}.", statut="absent", processus=None)
    return answer(en_json, f"Le simulateur (processus {asked}) est arrêté.", statut="arrete", processus=asked)


def _end(number: int) -> None:
    try:
        os.kill(number, signal.SIGTERM)
    except ProcessLookupError:
        return  # it has just ended
    except PermissionError as error:
        raise Panne(
            f"Le simulateur (processus {number}) est celui de quelqu'un d'autre.", "Demandez-lui de l'arrêter.", code="pas-arrete"
        ) from error


def attendre(adresses: str | None, data_dir: Path | None, delai: float, en_json: bool) -> int:
    """Wait until the four services are ready, `delai` real seconds at most; the exit status. Raises Panne, naming who is not and why.

    What `fps up` leaves is read again each time: it may be started meanwhile.
    """
    start = time.monotonic()
    while True:
        settings = settings_of(adresses, data_dir)
        missing = asyncio.run(_missing(settings))
        spent = time.monotonic() - start
        if not missing:
            services = {party.value: settings.addresses[party] for party in SERVICES}
            return answer(en_json, f"Prêt ({spent:.1f} s).", statut="pret", secondes=round(spent, 1), services=services)
        if spent >= delai:
            raise Panne(
                f"Le simulateur n'est pas prêt après {delai:g} s.",
                "\n".join([*missing, "Démarrez-le avec « fps up », ou donnez --adresses, --data-dir, un --delai plus long."]),
                code="pas-pret",
            )
        time.sleep(min(PAUSE, max(0.0, delai - spent)))


async def _missing(settings: Settings) -> list[str]:
    """Who is not ready, and why."""
    import httpx

    try:
        context = believed(settings)
    except Panne as panne:  # its PKI is not made yet
        return [panne.phrase]
    found = []
    async with open_client(verify=context) as client:
        for party in sorted(SERVICES, key=PORTS.__getitem__):
            address = settings.addresses[party]
            try:
                answered = await client.get(f"{address}/sante/pret", timeout=PROBE)
            except httpx.HTTPError as error:
                found.append(f"{LIBELLES[party]} ne répond pas à {address} ({type(error).__name__}).")
                continue
            if answered.status_code != httpx.codes.OK:
                found.append(f"{LIBELLES[party]} n'est pas prêt ({address} : {answered.status_code}).")
    return found
