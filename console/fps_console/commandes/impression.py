"""`fps impression`: what the print shop is ordered to print, the file of a batch, its mentions, and two versions of a document."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fps.droit.money import euros
from fps.kit.ground.settings import Settings
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, answer, dump, grid, say, screen

if TYPE_CHECKING:
    from fps.messages.avis import RequeteImpression
    from fps_simulateur.pilote.pilot import Pilot


def lister(settings: Settings, bac: str, siret: str | None, lot: str | None, en_json: bool) -> int:
    """The requêtes d'impression of a bac, of one town or of all, of one batch or of all. Raises Panne."""
    found = drive(settings, lambda pilot: _requetes(pilot, bac, siret, lot))
    if en_json:
        dump({"bac": bac, "requetes": [one.model_dump(mode="json") for one in found]})
        return 0
    rows = [
        (f"{one.date_envoi:%d/%m/%Y}", one.lot, one.numero_avis, one.modele, one.destinataire, str(one.pages), euros(one.montant))
        for one in found
    ]
    columns = ("Envoi", "Lot", ("Avis", {"min_width": 26}), "Modèle", "Destinataire", ("Pages", {"justify": "right"}), "Montant")
    grid(f"Requêtes d'impression du bac « {bac} »", columns, rows, on=screen())
    say(f"{len(found)} requête{'s' if len(found) > 1 else ''}, {sum(one.pages for one in found)} pages.")
    return 0


async def _requetes(pilot: "Pilot", bac: str, siret: str | None, lot: str | None) -> "list[RequeteImpression]":
    from fps_simulateur.impression import salle

    return [one async for one in salle.requetes(pilot, bac, siret) if lot in (None, one.lot)]


def ecrire_lot(settings: Settings, bac: str, lot: str, siret: str | None, sortie: Path, en_json: bool) -> int:
    """Write the file of a batch as the print shop gets it, and beside it each notice that it prints, in PDF. Raises Panne, OSError."""

    async def go(pilot: "Pilot") -> tuple[bytes, dict[str, bytes]]:
        from fps_simulateur.impression import salle

        fichier = await salle.lot(pilot, bac, lot, siret)
        avis = [await salle.avec_avis(pilot, bac, one) for one in salle.lire_lot(fichier)]
        return fichier, {f"{one.requete.numero_avis}.pdf": one.pdf for one in avis}

    import hashlib

    fichier, documents = drive(settings, go)
    sortie.mkdir(parents=True, exist_ok=True)
    for nom, octets in {f"{lot}.ndjson": fichier, **documents}.items():
        (sortie / nom).write_bytes(octets)
    empreinte = hashlib.sha256(fichier).hexdigest()
    phrase = f"Le lot {lot} est écrit dans {sortie} : {len(documents)} avis, empreinte SHA-256 {empreinte}."
    return answer(en_json, phrase, bac=bac, lot=lot, nombre=len(documents), empreinte=empreinte, dossier=sortie)


def valider(settings: Settings, bac: str, siret: str | None, lot: str | None, fichier: Path | None, en_json: bool) -> int:
    """Check each order and the notice that it prints; 1 when something is wrong. Raises Panne, OSError."""

    async def go(pilot: "Pilot") -> list[tuple[str, list[str]]]:
        from fps_simulateur.impression import salle

        demandees = await _requetes(pilot, bac, siret, lot) if octets is None else salle.lire_lot(octets)
        return [(one.numero_avis, salle.fautes(await salle.avec_avis(pilot, bac, one))) for one in demandees]

    from fps_simulateur.impression.salle import LotFaux

    octets = None if fichier is None else fichier.read_bytes()
    try:
        vus = drive(settings, go)
    except LotFaux as error:
        raise Panne(f"{fichier} : {error}.", "Refaites-le : « fps impression lot ».", code="lot-faux", statut=2) from error
    fausses = [(numero, fautes) for numero, fautes in vus if fautes]
    if en_json:
        dump({"bac": bac, "validees": len(vus), "fausses": [{"numero_avis": n, "fautes": f} for n, f in fausses]})
    else:
        _dire(vus, fausses)
    return 1 if fausses else 0


def _dire(vus: Sequence[Any], fausses: Sequence[tuple[str, list[str]]]) -> None:
    for numero, fautes in fausses:
        say(f"FAUX  avis {numero}")
        for faute in fautes:
            say(f"        {faute}")
    pluriel = "s" if len(vus) > 1 else ""
    say(f"{len(vus)} requête{pluriel} vérifiée{pluriel}, {len(fausses) or 'aucune'} fausse{'s' if len(fausses) > 1 else ''}.")


def comparer(avant: Path, apres: Path, html: Path | None, en_json: bool) -> int:
    """Two versions of a document as pictures; 1 when they differ, 2 when one is no PDF. Raises Panne, OSError."""
    from fps_simulateur.impression.difference import comparer as voir
    from fps_simulateur.impression.difference import page
    from fps_simulateur.impression.pdf import PdfIllisible

    try:
        pages = voir(avant.read_bytes(), apres.read_bytes())
    except PdfIllisible as error:
        raise Panne(f"Un de ces fichiers ne se lit pas : {error}.", "Donnez deux PDF.", code="pdf-illisible", statut=2) from error
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(page(pages, avant.name, apres.name), "utf-8")
    differentes = [une for une in pages if une.zones]
    if en_json:
        dump({"avant": str(avant), "apres": str(apres), "pages": [{"page": une.rang, "zones": une.zones} for une in pages]})
    elif not differentes:
        say(f"{len(pages)} page{'s' if len(pages) > 1 else ''} : pareilles.")
    else:
        for une in differentes:
            say(f"Page {une.rang} : {len(une.zones)} endroit{'s' if len(une.zones) > 1 else ''} ({une.part:.2%} de la page).")
    return 1 if differentes else 0
