"""A product driven by commands of the shell: the action on the standard input, its answer on the standard output."""

import asyncio
import contextlib
import json
import os
import shlex
import signal
from collections.abc import Mapping
from typing import Any, Final

from fps_certification.sujets.contrat import Action
from fps_certification.sujets.pilote import DELAI, LIMITE, lue
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Reponse, SujetEnFaute

PLAINTES: Final = 300  # bytes kept of what a command says on its error output
FIN: Final = 5.0  # seconds for a command that was ended to be gone
REFUSE: Final = 3  # the status of a command that refuses: its output says why, as a problem


class Commandes:
    """`commandes`: the line of each action; those that are not named are not supported."""

    def __init__(self, commandes: Mapping[str, str], delai: float = DELAI):
        self._commandes, self._delai = dict(commandes), delai

    @property
    def nom(self) -> str:
        """How it is called in the reports."""
        return "commandes"

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Run the command; raises SujetEnFaute, NonPrisEnCharge."""
        if (ligne := self._commandes.get(action.nom)) is None:
            raise NonPrisEnCharge(action.nom)
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *shlex.split(ligne), stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
            )
        except (OSError, ValueError) as error:
            raise SujetEnFaute(Domaine.CONFIGURATION, f"« {ligne} » ne se lance pas ({error}) : corrigez la commande.") from error
        given = json.dumps({"action": action.nom, "bac": bac, **donnees}, ensure_ascii=False).encode()
        plaintes, don = asyncio.create_task(_plaintes(process.stderr)), asyncio.create_task(_donner(process.stdin, given))
        try:
            async with asyncio.timeout(self._delai):
                out = await _lire(process.stdout)
                if len(out) > LIMITE:
                    raise SujetEnFaute(Domaine.PRODUIT, f"« {ligne} » écrit plus d'un mébioctet : bornez la réponse.")
                err, _, _ = await asyncio.gather(plaintes, don, process.wait())
        except TimeoutError as error:
            raise SujetEnFaute(Domaine.PRODUIT, f"« {ligne} » n'a pas fini en {self._delai:g} s.") from error
        finally:
            await _finir(process, plaintes, don)
        if process.returncode not in (0, REFUSE):
            dit = err.decode("utf-8", "replace").strip()
            raise SujetEnFaute(Domaine.PRODUIT, f"« {ligne} » finit avec l'état {process.returncode} : {dit}")
        return lue(action, 200 if process.returncode == 0 else 409, out, f"« {ligne} »")


async def _lire(flux: asyncio.StreamReader | None) -> bytes:
    """What a command answers, up to a little more than is read of it."""
    found = b""
    while flux is not None and len(found) <= LIMITE and (part := await flux.read(1 << 16)):
        found += part
    return found


async def _plaintes(flux: asyncio.StreamReader | None) -> bytes:
    """The end of what it complains of."""
    found = b""
    while flux is not None and (part := await flux.read(1 << 16)):
        found = (found + part)[-PLAINTES:]
    return found


async def _donner(entree: asyncio.StreamWriter | None, octets: bytes) -> None:
    """Write the action; a command may not read it."""
    if entree is not None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            entree.write(octets)
            await entree.drain()
            entree.close()


async def _finir(process: asyncio.subprocess.Process, *taches: "asyncio.Task[Any]") -> None:
    """End a command and what it started, which would hold its output open; read what was left there, else its end is never seen."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for tache in taches:
        tache.cancel()
    await asyncio.gather(*taches, return_exceptions=True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FIN):
            for flux in (process.stdout, process.stderr):
                while flux is not None and await flux.read(1 << 16):
                    pass
            await process.wait()
