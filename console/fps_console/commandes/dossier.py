"""`fps dossier` and `fps courriers`: the life of one dossier, its sums, what is due and its letters; the letters of a bac in a file."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fps.droit.numero import NumeroFps, NumeroInvalide
from fps.flows import by_type
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes import avance, documents
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import SPECIMEN, Panne, dump, grid, say, screen
from fps_console.commandes.play_html import rapport
from fps_console.lecture import Lecture, lettre
from fps_console.mots import recit

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot


def _numero(dossier: str) -> str:
    """A number as people write it, with or without its spaces; raises Panne."""
    try:
        return str(NumeroFps.lire(dossier))
    except NumeroInvalide as error:
        raise Panne(f"« {dossier[:40]} » n'est pas le numéro d'un FPS.", "Il a 26 chiffres, sans sa clé.") from error


def dossier(settings: Settings, nom: str, numero: str, en_json: bool, *, developpeur: bool = False, html: Path | None = None) -> int:
    """Tell one dossier: where it stands, what is due and why, its letters, what happened; in a page too, with its documents.

    Raises Panne when nobody knows it, OSError.
    """
    numero = _numero(numero)

    async def go(pilot: "Pilot") -> int:
        found = await Lecture(pilot, pilot.client, pilot.addresses).dossier(nom, numero)
        if found is None:
            que_faire = "« fps bac lister » donne les bacs ; un numéro se lit dans la réponse à POST /fps, ou sur la page du bac."
            raise Panne(f"Aucun dossier ne porte le numéro {numero} dans le bac « {nom} ».", que_faire, code="dossier-inconnu")
        if html is not None:
            joints = await documents.lire(pilot, nom, found["journal"], imprimes=True)
            titre = f"Dossier {found['affiche']} : {found['etat']}"
            dite = {"vie": numero, "titre": titre, "fichier": f"bac « {nom} »", "raison": "", "journal": found["journal"]}
            await asyncio.to_thread(_page, html, rapport([dite], [joints], f"{found['ville']}, véhicule {found['plaque']}"))
        if en_json:
            dump(_json(nom, found))
        else:
            _raconter(found, developpeur)
        return 0

    return drive(settings, go)


def _page(fichier: Path, texte: str) -> None:
    fichier.parent.mkdir(parents=True, exist_ok=True)
    fichier.write_text(texte, "utf-8")


def _json(nom: str, found: Mapping[str, Any]) -> dict[str, Any]:
    letters = [{k: v for k, v in c.items() if k not in ("le", "a")} for c in found["courriers"]]
    kept = {k: found[k] for k in ("numero", "ville", "plaque", "etat", "montant", "echeances", "journal")}
    return {"bac": nom, **kept, "faits": dict(found["faits"]), "annulations": found["annulations"], "courriers": letters}


def _raconter(found: Mapping[str, Any], developpeur: bool) -> None:
    on = screen()
    say(f"{SPECIMEN}\n")
    say(f"Dossier {found['affiche']} — {found['ville']}, véhicule {found['plaque']} : {found['etat']}\n")
    grid("Dates et sommes", ("Quoi", "Combien, quand"), found["faits"], on=on)
    for phrase in found["annulations"]:
        say(phrase)
    coming = [
        (f"{date.fromisoformat(e['le']):%d/%m/%Y}", LIBELLES[Party(e["service"])], e["libelle"], e["article"]) for e in found["echeances"]
    ]
    if coming:
        grid("À venir, si personne ne fait rien", ("Date", "Qui", "Ce qui arrive", "Texte"), coming, on=on)
    else:
        say("Rien n'est attendu : seul l'acte de quelqu'un changerait ce dossier.")
    if found["courriers"]:
        rows = [(f"{c['le']:%d/%m/%Y}", c["libelle"], LIBELLES[Party(c["de"])], c["a"]) for c in found["courriers"]]
        grid("Courriers", ("Date", "Courrier", "De", "À"), rows, on=on)
    if developpeur:
        _journal(found["journal"])
    else:
        avance.table("Ce qui s'est passé", recit.courtes(found["journal"]), found["contenus"], on)


def _journal(lines: Sequence[Mapping[str, Any]]) -> None:
    """Each line of the four journals as it is kept: its rank and its hash, then its data, which no screen shortens."""
    say("Journal des quatre services")
    for line in lines:
        le = datetime.fromisoformat(line["date"])
        say(f"{le:%d/%m/%Y %H:%M} {line['service']} rang {line['rang']} {line['acte']} — {line['article']} ({line['empreinte'][:12]}…)")
        say(f"  {json.dumps(line['donnees'], ensure_ascii=False, sort_keys=True)}")


def courriers(settings: Settings, nom: str, numero: str | None, archive: Path | None, dossier: Path | None, en_json: bool) -> int:
    """List the letters that people received, of a dossier or of a whole bac; with a file or a directory, print each in it. Raises Panne."""
    numero = None if numero is None else _numero(numero)

    async def go(pilot: "Pilot") -> int:
        letters = [lettre(c) async for c in _lettres(pilot, nom, numero)]
        letters.sort(key=lambda c: (c["le"], c["sujet"], c["flux"], c["id"]))
        written = 0
        if archive is not None:
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
                async for name, content in _fichiers(pilot, nom, letters):
                    packed.writestr(zipfile.ZipInfo(name, documents.LU), content, zipfile.ZIP_DEFLATED)
                    written += 1
        if dossier is not None:
            async for name, content in _fichiers(pilot, nom, letters):
                (dossier / name).parent.mkdir(parents=True, exist_ok=True)
                (dossier / name).write_bytes(content)
                written += 1
        if en_json:
            dump({"bac": nom, "courriers": [{k: v for k, v in c.items() if k not in ("le", "a")} for c in letters], "fichiers": written})
            return 0
        rows = [(f"{c['le']:%d/%m/%Y}", c["libelle"], LIBELLES[Party(c["de"])], c["a"], c["sujet"]) for c in letters]
        grid(f"Courriers du bac « {nom} »", ("Date", "Courrier", "De", "À", ("Dossier", {"min_width": 26})), rows, on=screen())
        say(f"{len(letters)} courrier{'s' if len(letters) > 1 else ''}" + (f", {written} fichiers écrits." if written else "."))
        return 0

    return drive(settings, go)


async def _lettres(pilot: "Pilot", nom: str, numero: str | None) -> AsyncIterator[dict[str, Any]]:
    from fps_simulateur.pilote.lectures import sujets_de

    if numero is not None:
        for sujet in await pilot.sujets(nom, numero):
            for one in await pilot.courriers(nom, sujet):
                yield one
        return
    seen: set[str] = set()
    async for line in pilot.faits(nom, dict.fromkeys(SERVICES, 0)):
        for sujet in sujets_de([line] if line["acte"] == "courrier" or "numero_requete" in line["donnees"] else []):
            if sujet not in seen:
                seen.add(sujet)
                for one in await pilot.courriers(nom, sujet):
                    yield one


async def _fichiers(pilot: "Pilot", nom: str, letters: Sequence[Mapping[str, Any]]) -> AsyncIterator[tuple[str, bytes]]:
    """Each letter as a file: what it says in JSON, and what is printed of it when it has a form on paper."""
    for c in letters:
        service, name = Party(c["service"]), f"{c['sujet']}/{c['le']:%Y-%m-%d}-{by_type(c['type']).type}-{c['id'][:8]}"
        content = await pilot.courrier(nom, service, c["id"])
        yield f"{name}.json", (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
        if c["imprimable"]:
            yield f"{name}.pdf", await pilot.pdf(nom, service, c["id"])
