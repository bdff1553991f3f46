"""`make kill`: lives played by four services on real servers while everything is killed; then everything is counted."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.kill.partie import Partie, jouer


def main() -> int:
    """0: nothing lost, nothing doubled, every dossier equal; 1: the differences, told; 3: no server to play on."""
    parser = argparse.ArgumentParser(prog="make kill", description="Joue des dossiers pendant que tout est tué, puis compte tout.")
    parser.add_argument("--graine", type=int, default=None, help="ce qui est tué et coupé, et quand (tirée au sort à défaut)")
    parser.add_argument("--kills", type=int, default=40, help="combien de fois un service est tué (40)")
    parser.add_argument("--dossiers", type=int, default=160, help="combien de dossiers sont joués pendant ce temps, au moins (160)")
    parser.add_argument("--bac", type=int, default=16, help="combien de vies dans un bac ; un lot y ajoute la moitié (16)")
    parser.add_argument("--repliques", "--replicas", type=int, default=1, help="combien de processus de chaque service (1)")
    parser.add_argument("--garder", type=Path, default=None, help="où laisser les journaux des quatre services")
    options = parser.parse_args()
    graine = secrets.randbelow(10**6) if options.graine is None else options.graine
    debut = time.monotonic()

    def dire(phrase: str) -> None:
        print(f"{time.monotonic() - debut:6.1f} s  {phrase}", flush=True)

    rejouer = f"--graine {graine} --kills {options.kills} --dossiers {options.dossiers} --bac {options.bac}"
    rejouer += f" --repliques {options.repliques}" if options.repliques > 1 else ""
    dire(f'graine {graine} (pour tirer les mêmes actes : make kill ARGS="{rejouer}")')
    partie = Partie(graine, options.kills, options.dossiers, min(options.bac, options.dossiers), options.repliques)
    with tempfile.TemporaryDirectory(prefix="fps-kill-") as temporaire:
        dossier = options.garder or Path(temporaire)
        dossier.mkdir(parents=True, exist_ok=True)
        try:
            differences = asyncio.run(jouer(partie, dossier, dire))
        except pytest.skip.Exception as error:
            print(f"Rien n'est joué : il faut PostgreSQL et RabbitMQ ({error.msg}).", file=sys.stderr)
            return 3
    for one in differences[:50]:
        print(f"  FAUX  {one}")
    if differences:
        print(f"{len(differences)} différence{'s' if len(differences) > 1 else ''}, graine {graine}.")
        return 1
    print("Rien n'est perdu, rien n'est doublé : chaque dossier est celui du bac calme.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
