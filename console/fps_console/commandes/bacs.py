"""The commands `fps bac …`: worlds side by side, created, shown, copied, exported, imported and deleted."""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from fps.kit.ground.clock import civil_date, paris, wall_now
from fps.kit.ground.settings import Settings
from fps_console.commandes import enterrees
from fps_console.commandes.liaison import STATUTS, drive
from fps_console.commandes.output import Panne, answer, dump, grid, say, screen
from fps_console.commandes.progres import Octets
from fps_console.commandes.temps import instant
from fps_console.commandes.villes import lues
from fps_console.mots import recit

if TYPE_CHECKING:
    from fps.parties import Party
    from fps_simulateur.pilote.pilot import Pilot


def create(
    settings: Settings,
    nom: str,
    le: str | None,
    graine: str,
    mode: str,
    vitesse: int,
    *,
    vierge: bool = False,
    villes: Path | None = None,
    en_json: bool = False,
) -> int:
    """A new, empty bac; raises Panne."""
    when = instant(le) if le is not None else paris(civil_date(wall_now()))
    donnees = None if villes is None else lues(villes)
    drive(settings, lambda pilot: pilot.creer(nom, when, graine, mode, vitesse, vierge=vierge, villes=donnees))
    phrase = f"Le bac « {nom} » est créé, au {recit.longue(when.date())}, {when:%H:%M}."
    return answer(en_json, phrase, bac=nom, instant=when.isoformat(), graine=graine or nom, mode=mode, vitesse=vitesse, vierge=vierge)


def from_model(settings: Settings, nom: str, modele: str, *, seul: bool, en_json: bool = False) -> int:
    """A new bac that begins as another one is, or as an exported one was; raises Panne, OSError."""
    if not seul:
        raise Panne("Un modèle a déjà sa date, sa graine et ses collectivités.", "Donnez --modele seul.", statut=2)
    if Path(modele).is_file():
        return restore(settings, nom, Path(modele), en_json)
    return copy(settings, modele, nom, None, en_json)


def show_all(settings: Settings, en_json: bool) -> int:
    """The bacs and their dates; raises Panne."""

    async def read(pilot: "Pilot") -> list[dict[str, Any]]:
        return [await pilot.etat(nom) for nom in await pilot.lister()]

    states = drive(settings, read)
    if en_json:
        dump(states)
        return 0
    if not states:
        say("Aucun bac. Créez-en un : « fps bac creer NOM ».")
        return 0
    rows = [(s["bac"], _when(s["instant"]), _mode(s), s["prochaine_echeance"] or "—", s["comptes"].get("ecrites", 0)) for s in states]
    grid("Bacs à sable", ("Nom", "Date", "Horloge", "Prochaine échéance", ("Lettres", {"justify": "right"})), rows, on=screen())
    return 0


NON_SIGNE = 3  # the exit status of an import that is made, but that nothing signed vouches for
LETTRES = (
    ("Lettres écrites", "ecrites"),
    ("  reçues", "recues"),
    ("  refusées", "refusees"),
    ("  mortes", "mortes"),
    ("Lettres écartées", "ecartees"),  # dead ones that no service wrote
)


def show(settings: Settings, nom: str, en_json: bool) -> int:
    """The state of a bac; raises Panne."""
    state = drive(settings, lambda pilot: pilot.etat(nom))
    if en_json:
        dump(state)
        return 0
    counts = state["comptes"]
    say(f"Bac « {nom} »")
    say(f"  Date                {_when(state['instant'])} ({_mode(state)})")
    say(f"  Prochaine échéance  {state['prochaine_echeance'] or 'aucune'}")
    say(f"  Graine              {state['graine']}")
    for label, name in LETTRES:
        say(f"  {label:<19} {counts.get(name, 0)}")
    say(f"  {'Courriers':<19} {counts.get('courriers', 0)}")
    if state["echeances_enterrees"]["nombre"]:
        enterrees.tell(state["echeances_enterrees"], nom)
    return 0


def set_mode(settings: Settings, nom: str, mode: str, vitesse: int = 1, en_json: bool = False) -> int:
    """Freeze the date of a bac, or let it run; raises Panne."""
    state = drive(settings, lambda pilot: pilot.regler(nom, mode, vitesse))
    return answer(en_json, f"Le bac « {nom} » est au {_when(state['instant'])}, horloge {_mode(state)}.", **state)


def remove(settings: Settings, nom: str, en_json: bool = False) -> int:
    """Delete a bac; raises Panne."""
    drive(settings, lambda pilot: pilot.supprimer(nom))
    return answer(en_json, f"Le bac « {nom} » est supprimé.", bac=nom, supprime=True)


def copy(settings: Settings, source: str, cible: str, le: str | None = None, en_json: bool = False) -> int:
    """Copy a bac, history included, as it is, or as it was or will be at a date; raises Panne."""
    if le is None:
        drive(settings, lambda pilot: pilot.copier(source, cible))
        return answer(en_json, f"Le bac « {cible} » est la copie de « {source} ».", bac=cible, source=source)
    from fps_simulateur.pilote.fourche import copier

    when = instant(le)
    drive(settings, lambda pilot: copier(pilot, source, cible, when))
    phrase = f"Le bac « {cible} » est « {source} » au {recit.longue(when.date())}, {when:%H:%M}."
    return answer(en_json, phrase, bac=cible, source=source, instant=when.isoformat())


def export(settings: Settings, nom: str, fichier: Path | None, en_json: bool = False) -> int:
    """Write everything of a bac, as it is read; compressed when the name of the file ends in .gz. Raises Panne, OSError."""

    async def write(pilot: "Pilot") -> None:
        from fps_simulateur.pilote.transfert import exporter

        with Octets("écrits") as progres, _written(fichier) as out:
            async for some in exporter(pilot, nom, progres.dire):
                out.write(some)

    drive(settings, write)
    if fichier is None:
        return 0
    return answer(en_json, f"Le bac « {nom} » est écrit dans {fichier}.", bac=nom, fichier=fichier)


@contextmanager
def _written(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its name once it is whole."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.partiel")
    try:
        with part.open("wb") as file:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:  # neither name nor date: the same world is the same file
                    yield cast("BinaryIO", packed)
            else:
                yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def restore(settings: Settings, nom: str, fichier: Path, en_json: bool = False) -> int:
    """Take an exported bac back under a name; NON_SIGNE when journals of it came without a signed head. Raises Panne, OSError."""

    with _read(fichier) as (file, total):  # before anybody is called: a file that is not there is told without a simulator

        async def read(pilot: "Pilot") -> "dict[Party, int]":
            from fps_simulateur.pilote import transfert

            debut = file.read(transfert.TETE)
            file.seek(0)
            if transfert.est_un_flot(debut):
                with Octets("envoyés", total) as progres:
                    return await transfert.importer(pilot, nom, file, progres.dire)
            # of the first version: one document
            return await transfert.importer_document(pilot, nom, _document(fichier, file.read()))

        sans_ancre = {service.value: number for service, number in drive(settings, read).items() if number}
    phrase = f"Le bac « {nom} » est repris de {fichier}."
    if sans_ancre:
        nombre = sum(sans_ancre.values())
        journaux = "1 journal est venu" if nombre == 1 else f"{nombre} journaux sont venus"
        phrase += (
            f"\n{journaux} sans tête signée ({', '.join(f'{s} : {n}' for s, n in sans_ancre.items())}) : leur chaîne a été rejouée, mais "
            "rien ne dit que leur fin n'a pas été coupée ou récrite.\n"
            "Un export d'une version antérieure n'en portait pas ; sinon, refaites-le depuis le simulateur qui l'a écrit."
        )
    return answer(en_json, phrase, bac=nom, fichier=fichier, sans_ancre=sans_ancre) or (NON_SIGNE if sans_ancre else 0)


@contextmanager
def _read(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """A file as it was before it was compressed, and its bytes when they are known."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            file.seek(0)
            yield file, path.stat().st_size
            return
        file.seek(0)
        try:
            with gzip.GzipFile(fileobj=file) as packed:
                yield cast("BinaryIO", packed), 0
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise _pas_un_export(f"{path} est abîmé ou coupé.") from error


def _document(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _pas_un_export(f"{path} n'est pas un fichier JSON.") from error
    if not isinstance(content, dict):
        raise _pas_un_export(f"{path} n'est pas un export de bac.")
    return content


def _pas_un_export(phrase: str) -> Panne:
    """A file that no simulator wrote, or that was damaged since: told as the services tell it."""
    que_faire = "Refaites-le avec « fps bac exporter NOM FICHIER »."
    return Panne(phrase, que_faire, code="export-invalide", statut=STATUTS["export-invalide"])


def _when(text: str) -> str:
    return f"{datetime.fromisoformat(text):%d/%m/%Y %H:%M}"


def _mode(state: dict[str, Any]) -> str:
    return "figée" if state["mode"] == "fige" else f"courante, × {state['vitesse']}"
