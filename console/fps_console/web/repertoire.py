"""The list of the dossiers of a bac: which service answers a search, one page of it in words, and its lines for a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from fps.droit.money import euros
from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import PARIS
from fps.kit.web.tableur import FORMULES
from fps.parties import Party
from fps_console.lecture import Lecture
from fps_console.mots import recit
from fps_console.web.listes import PAGE, Feuille

CHAMPS: Final = ("numero", "plaque", "ville", "etat", "du", "au", "tri", "liste")
DE_LA_ROUTE: Final = {"siret": "ville"}  # the field of the form for that of the route
LISTES: Final[Mapping[Party, str]] = {Party.COLLECTIVITE: "/fps", Party.ANTAI: "/dossiers"}
# The states by which a service finds its dossiers, in the order of a life.
ETATS: Final[Mapping[Party, Sequence[str]]] = {
    Party.COLLECTIVITE: (
        "etabli",
        "transmis",
        "refuse",
        "abandonne",
        "notifie",
        "paye-rapide",
        "paye-minore",
        "paye",
        "impaye",
        "titre-paye",
        "annule",
    ),
    Party.ANTAI: (
        "transmis",
        "abandonne",
        "apa-envoye",
        "notifie",
        "paye-minore",
        "paye",
        "impaye",
        "annule",
        "annule-a-rembourser",
        "titre-emis",
        "titre-paye",
        "titre-annule",
    ),
}
TRIS: Final = (
    ("", "les plus récents d'abord"),
    ("constat", "les plus anciens d'abord"),
    ("numero", "par numéro"),
    ("-numero", "par numéro, à rebours"),
    ("montant", "du moins cher au plus cher"),
    ("-montant", "du plus cher au moins cher"),
    ("etat", "par état"),
    ("-etat", "par état, à rebours"),
)
TRIS_ANTAI: Final = (("", "les derniers reçus d'abord"), ("constat", "les premiers reçus d'abord"), *TRIS[2:])
TRI: Final = "-constat"
COLONNES: Final = ("Numéro", "Clé", "SIRET", "Collectivité", "Immatriculation", "Constat", "Montant", "État (collectivité)", "État (ANTAI)")
LOT: Final = 200  # lines of an export that are read at once


@dataclass(frozen=True, slots=True)
class Repertoire:
    """A page of the list, and whose it is: the service that answered, because it was asked or because the other found nothing."""

    feuille: Feuille
    de: Party
    repli: bool = False


def tenue_par(demande: Mapping[str, str]) -> Party | None:
    """The service whose list is asked, by the state that is looked for or by name; None: the one that finds something."""
    nom = demande.get("etat", "").partition(".")[0] or demande.get("liste", "")
    return next((party for party in LISTES if party.value == nom), None)


def parametres(de: Party, demande: Mapping[str, str], limite: int = PAGE) -> dict[str, str | int]:
    """What is asked of the route of a service. What cannot be read is asked as it is: its refusal names the field."""
    tri = demande.get("tri", TRI)
    found: dict[str, str | int] = {"tri": tri.replace("constat", "recu") if de is Party.ANTAI else tri, "limite": limite}
    found |= {nom: demande[nom] for nom in ("plaque", "du", "au", "apres", "avant") if nom in demande}
    if "ville" in demande:
        found["siret"] = demande["ville"]
    if "numero" in demande:
        found["numero"] = numero_lu(demande["numero"])
    if etat := demande.get("etat", ""):
        found["etat"] = etat.partition(".")[2] or etat
    return found


def numero_lu(texte: str) -> str:
    """The digits of a number as somebody copied it: its spaces, its key when it is there and right, « Clé » before it."""
    serre = "".join(c for c in texte if c not in " -.\u00a0\u202f").casefold().replace("clé", "").replace("cle", "")
    if len(serre) == 28 and serre.isascii() and serre.isdigit() and f"{int(serre[:26]) % 97:02d}" == serre[26:]:
        return serre[:26]
    return serre


def sujet_lu(texte: str) -> str:
    """What a list is asked about: the number of a FPS as somebody copied it, or another subject without its spaces."""
    lu = numero_lu(texte)
    return lu if len(lu) == 26 and lu.isascii() and lu.isdigit() else "".join(texte.split())


async def page(lecture: Lecture, bac: str, demande: Mapping[str, str], noms: Mapping[str, str], limite: int = PAGE) -> Repertoire:
    """A page of the dossiers that are asked, one query of one service; the other is asked for the lines. Raises PiloteErreur.

    The town's service has every FPS from its finding on. What it has not, when no list is named, is looked for at ANTAI:
    a product sent it without the simulated town.
    """
    de = tenue_par(demande)
    found = await _lues(lecture, bac, de or Party.COLLECTIVITE, demande, noms, limite)
    if de is None and not found.lignes and "apres" not in demande and "avant" not in demande:
        ailleurs = await _lues(lecture, bac, Party.ANTAI, demande, noms, limite)
        if ailleurs.lignes:
            return Repertoire(ailleurs, Party.ANTAI, repli=True)
    return Repertoire(found, de or Party.COLLECTIVITE)


async def _lues(lecture: Lecture, bac: str, de: Party, demande: Mapping[str, str], noms: Mapping[str, str], limite: int) -> Feuille:
    lue = await lecture.get(de, bac, LISTES[de], **parametres(de, demande, limite)) or {"elements": [], "suivant": None, "precedent": None}
    autre = next(party for party in LISTES if party is not de)
    numeros = [un["numero"] for un in lue["elements"]]
    dits = await lecture.get(autre, bac, LISTES[autre], numeros=numeros) if numeros else None
    connus = {un["numero"]: un for un in (dits or {"elements": []})["elements"]}
    lignes = [_ligne(de, un, connus.get(un["numero"]), noms) for un in lue["elements"]]
    return Feuille(lignes, lue["precedent"], lue["suivant"])


def _ligne(de: Party, un: Mapping[str, Any], autre: Mapping[str, Any] | None, noms: Mapping[str, str]) -> dict[str, Any]:
    """A dossier as the service that lists it tells it, with its state at the other."""
    town, antai = (un, autre) if de is Party.COLLECTIVITE else (autre, un)
    numero = NumeroFps.lire(un["numero"])
    etats = {p: recit.etat(dit["etat"]) for p, dit in ((Party.COLLECTIVITE, town), (Party.ANTAI, antai)) if dit is not None}
    ailleurs = next((p for p in etats if p is not de), None)
    return {
        "numero": un["numero"],
        "affiche": numero.affichage,
        "cle": numero.cle,
        "siret": un["siret"],
        "ville": noms.get(un["siret"], f"SIRET {un['siret']}"),
        "plaque": un["vehicule"]["immatriculation"] if de is Party.COLLECTIVITE else un["immatriculation"],
        "constat": _constat(town, numero),
        "centimes": un["montant"],
        "montant": euros(un["montant"]),
        "etat": etats[de],
        "ailleurs": None if ailleurs is None or etats[ailleurs] == etats[de] else (ailleurs, etats[ailleurs]),
        "etats": etats,
    }


def _constat(town: Mapping[str, Any] | None, numero: NumeroFps) -> date | None:
    """The day of the finding: that of the number, in its town; else that which the town tells."""
    if numero.date_etablissement is not None or town is None:
        return numero.date_etablissement
    return datetime.fromisoformat(town["date_heure_constat"]).astimezone(PARIS).date()


async def en_lignes(lecture: Lecture, bac: str, demande: Mapping[str, str], noms: Mapping[str, str]) -> AsyncIterator[str]:
    """All that a search finds, as a French spreadsheet reads it, some lines at a time, from the first. Raises PiloteErreur."""
    cherche = {nom: valeur for nom, valeur in demande.items() if nom not in ("apres", "avant")}
    lu = await page(lecture, bac, cherche, noms, LOT)
    cherche |= {} if "etat" in cherche else {"liste": lu.de.value}
    yield "\ufeff" + _csv([COLONNES])
    while True:
        yield _csv([_valeurs(ligne) for ligne in lu.feuille.lignes])
        if lu.feuille.suivant is None:
            return
        lu = await page(lecture, bac, {**cherche, "apres": lu.feuille.suivant}, noms, LOT)


def _valeurs(ligne: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        ligne["affiche"].partition("  ")[0],  # with its spaces: a spreadsheet would round a number of 26 digits
        ligne["cle"],
        f"{ligne['siret'][:9]} {ligne['siret'][9:]}",
        ligne["ville"],
        ligne["plaque"],
        "" if ligne["constat"] is None else ligne["constat"].strftime("%d/%m/%Y"),
        f"{ligne['centimes'] // 100},{ligne['centimes'] % 100:02d}",
        ligne["etats"].get(Party.COLLECTIVITE, ""),
        ligne["etats"].get(Party.ANTAI, ""),
    )


def _csv(lignes: Sequence[Sequence[str]]) -> str:
    sortie = io.StringIO()
    writer = csv.writer(sortie, delimiter=";", lineterminator="\r\n")
    # What a spreadsheet would run is given as a text: an apostrophe is put before it.
    writer.writerows([f"'{v}" if v.startswith(FORMULES) else v for v in ligne] for ligne in lignes)
    return sortie.getvalue()
