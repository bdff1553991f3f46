"""The terminal in front of a product that is driven by hand: what to do next, what came of it, and the answer that is typed."""

import asyncio
import json
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from fps_certification.observation import Echange
from fps_certification.sujets.personne import FAIT, NE_SAIT_PAS, REFUSE, AFaire, lignes
from fps_console.commandes.output import say

TOUCHES: Final = {"": FAIT, "o": FAIT, "f": FAIT, "r": REFUSE, "n": NE_SAIT_PAS}


def retenir(etat: Path, quoi: AFaire) -> None:
    """Keep the next thing to do as data: whole, or not there."""
    etat.parent.mkdir(parents=True, exist_ok=True)
    neuf = etat.with_suffix(".neuf")
    neuf.write_text(json.dumps(quoi.json(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    neuf.replace(etat)


class Terminal:
    """Tells and asks; `etat` is the file where the next thing to do is kept as data, for a page or a program. `en_json`: told so too."""

    def __init__(self, etat: Path, *, en_json: bool = False, entree: Iterable[str] | None = None):
        self._etat, self._en_json = etat, en_json
        self._entree = sys.stdin if entree is None else entree
        self._lues: asyncio.Queue[str | None] = asyncio.Queue()
        self._fil: threading.Thread | None = None
        self._quoi: AFaire | None = None

    async def demander(self, quoi: AFaire) -> None:
        """Tell what is to be done, and keep it."""
        self._quoi = quoi
        retenir(self._etat, quoi)
        if self._en_json:
            say(json.dumps(quoi.json(), ensure_ascii=False))
            return
        say(f"\n── {quoi.etape}. À faire, le {datetime.fromisoformat(quoi.jour):%d/%m/%Y} dans le bac « {quoi.bac} »")
        say(quoi.consigne)
        for nom, valeur in lignes(quoi.donnees):
            say(f"    {nom} : {valeur}")
        if quoi.attend:
            say(f"J'attends {' ou '.join(f'« {un} »' for un in quoi.attend)}, à : {', '.join(quoi.a)}.")
        say(self._aide(quoi))

    def _aide(self, quoi: AFaire) -> str:
        if REFUSE not in quoi.choix:
            etats = ", ".join(f"{rang} {etat}" for rang, etat in enumerate(quoi.choix, 1))
            return f"Répondez par un numéro ({etats}), ou n : le produit ne le montre pas."
        fait = "" if quoi.attend else "Entrée : c'est fait · "
        return f"({fait}r : le produit le refuse · n : il ne sait pas le faire)"

    async def repondre(self) -> str | None:
        """What is typed next that is an answer; None once the input is closed."""
        if self._fil is None:
            self._fil = threading.Thread(target=self._lire, args=(asyncio.get_running_loop(),), daemon=True)
            self._fil.start()
        while (tape := await self._lues.get()) is not None:
            if (found := self._comprise(tape.strip().lower())) is not None:
                return found
            if self._quoi is not None:
                say(f"« {tape.strip()[:40]} » n'est pas une réponse. {self._aide(self._quoi)}")
        self._lues.put_nowait(None)
        return None

    def _comprise(self, tape: str) -> str | None:
        choix = () if self._quoi is None else self._quoi.choix
        if REFUSE in choix:
            return TOUCHES.get(tape)
        if tape == "n":
            return NE_SAIT_PAS
        rang = int(tape) if tape.isdigit() else 0
        return tape if tape in choix else choix[rang - 1] if 1 <= rang <= len(choix) else None

    def _lire(self, loop: asyncio.AbstractEventLoop) -> None:
        with suppress(RuntimeError, ValueError):  # the loop is closed: the run is over
            for ligne in self._entree:
                loop.call_soon_threadsafe(self._lues.put_nowait, ligne)
            loop.call_soon_threadsafe(self._lues.put_nowait, None)

    async def reconnaitre(self, echange: Echange) -> None:
        """Tell what came."""
        if not self._en_json:
            comment = "accepté" if echange.accepte else f"refusé : {', '.join(sorted(echange.codes)) or echange.statut}"
            say(f"  reçu : {echange.ou}, {comment}")
