"""The report of a run as PDF/A: what the HTML page says, under the same identifiers, but the bytes of the exchanges."""

from datetime import date
from importlib.resources import files
from typing import Any, Final

from fps.kit.print.impression import render
from fps_certification.rapports.page import CLASSES, NIVEAUX, SORTS, compter
from fps_certification.rapports.rapport import Carte, EpreuveRendue, ExigenceRendue, Rapport
from fps_certification.rapports.sources import source_dite

MARQUES: Final = {"≠": "autre", "−": "manque", "+": "en trop"}


def imprimer(rapport: Rapport, le: date) -> bytes:
    """The PDF (PDF/A-2a and PDF/UA-1); the same report and day, the same bytes. Raises LetterError."""
    return render(files("fps_certification.rapports") / "rapport.typ", contenu(rapport), le=le)


def contenu(r: Rapport) -> dict[str, Any]:
    """What the pages say."""
    return {
        "titre": r.titre,
        "mention": r.mention,
        "plan": r.plan,
        "produit": r.produit,
        "execution": r.execution,
        "fps": r.versions.fps,
        "version_exigences": r.versions.exigences,
        "verdict": f"{r.etat.replace('-', ' ').capitalize()} : {compter(r)}",
        "ton": "bon" if r.code == 0 else "faux" if r.code == 1 else "peu",
        "fautes": [
            *({"ou": f"{f.epreuve} ({', '.join(filter(None, (f.domaine.value, f.produit)))})", "phrase": f.phrase} for f in r.fautes),
            *({"ou": f"Contrôle préalable, {u.controle}", "phrase": f"{u.phrase} {u.que_faire}"} for u in r.prealable if u.que_faire),
        ],
        "echecs": [_echec(e, carte, rang) for e in r.exigences for rang, carte in enumerate(e.echecs)],
        "exigences": [_exigence(e) for e in r.exigences],
        "epreuves": [_epreuve(e) for e in r.epreuves],
    }


def _echec(e: ExigenceRendue, c: Carte, rang: int) -> dict[str, Any]:
    lignes = [("Attendu", c.attendu), ("Reçu", c.recu), ("Source", source_dite(e.source))]
    lignes += [("Produit", c.produit)] if c.produit else []
    lignes += [("Où", ", ".join(filter(None, (c.verification, c.ou, c.echange)))), ("Rejouer", c.rejouer)]
    differences = [(MARQUES[u.marque], u.attendu, u.recu) for u in c.comparaison if u.marque in MARQUES]
    return {"id": f"{e.id}-{rang}", "texte": e.texte, "lignes": lignes, "differences": differences}


def _exigence(e: ExigenceRendue) -> dict[str, Any]:
    ou = f"{f'flux {e.flux}' if e.flux else 'tous'}, {NIVEAUX[e.niveau]}"
    dite = {"id": e.id, "ou": ou, "texte": e.texte, "raison": e.raison, "source": source_dite(e.source)}
    return {**dite, "sort": SORTS[e.sort], "ton": CLASSES.get(e.sort, "peu"), "preuves": f"{e.preuves} fois" if e.preuves else ""}


def _epreuve(une: EpreuveRendue) -> dict[str, Any]:
    etapes = [
        {"quoi": x.quoi, "note": " ".join(filter(None, (f"le {_jour(x.le)}", ", ".join(x.prouve)))), "bon": x.bon} for x in une.etapes
    ]
    echanges = [(x.id, x.quoi, _jour(x.le), str(x.statut or "lettre")) for x in une.echanges]
    return {"nom": une.epreuve, "titre": une.titre, "etapes": etapes, "echanges": echanges}


def _jour(le: str) -> str:
    return f"{le[8:10]}/{le[5:7]}/{le[:4]}"
