"""A product driven by commands of the shell: the action on the standard input, its answer on the standard output."""

import asyncio
import contextlib
import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

from fps_certification.sujets.contrat import Action
from fps_certification.sujets.pilote import DELAI, LIMITE, lue
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Reponse, SujetEnFaute

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
            process = await asyncio.create_subprocess_exec(*shlex.split(ligne), stdin=pipe, stdout=pipe, stderr=pipe)
        except (OSError, ValueError) as error:
            raise SujetEnFaute(Domaine.CONFIGURATION, f"« {ligne} » ne se lance pas ({error}) : corrigez la commande.") from error
        given = json.dumps({"action": action.nom, "bac": bac, **donnees}, ensure_ascii=False).encode()
        try:
            out, err = await asyncio.wait_for(process.communicate(given), self._delai)
        except TimeoutError as error:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            raise SujetEnFaute(Domaine.PRODUIT, f"« {ligne} » n'a pas fini en {self._delai:g} s.") from error
        if process.returncode not in (0, REFUSE):
            dit = err[-300:].decode("utf-8", "replace").strip()
            raise SujetEnFaute(Domaine.PRODUIT, f"« {ligne} » finit avec l'état {process.returncode} : {dit}")
        if len(out) > LIMITE:
            raise SujetEnFaute(Domaine.PRODUIT, f"« {ligne} » écrit plus d'un mébioctet : bornez la réponse.")
        return lue(action, 200 if process.returncode == 0 else 409, out, f"« {ligne} »")
