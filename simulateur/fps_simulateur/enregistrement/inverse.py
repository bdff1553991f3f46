"""From what an act sent to what a life says: the fields that the act would not give by itself, in the short words of the language."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from fps.parties import Party
from fps_simulateur.langue.actes import ACTES, Acte, piece

Champs = dict[str, Any]
COURTS: Final = {"immatriculation": "plaque", "pays": "pays", "marque": "marque", "categorie": "categorie"}


def acte_de(service: Party, methode: str, chemin: str, type_: str | None) -> tuple[Acte, Champs, Champs] | None:
    """The act of a request or of a letter, what its address names, and its query; None when the language has no such act."""
    adresse, _, query = chemin.partition("?")
    for un in ACTES.values():
        if type_ is not None:
            if un.message is not None and un.message.type == type_:
                return un, {}, {}
        elif un.message is None and (un.a is service or un.pilote) and un.methode == methode:
            forme = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(un.route))
            if (trouve := re.fullmatch(forme, adresse)) is not None:
                places = {nom: valeur for nom, valeur in trouve.groupdict().items() if nom != "bac"}
                return un, places, dict(parse_qsl(query)) | ({"service": service.value} if un.pilote else {})
    return None


def difference(base: Mapping[str, Any], voulu: Mapping[str, Any]) -> Champs:
    """What must be given over `base` to have `voulu`; what the base has and the other has not is null."""
    found: Champs = {}
    for nom, valeur in voulu.items():
        ancienne = base.get(nom)
        if isinstance(valeur, Mapping) and isinstance(ancienne, Mapping):
            if reste := difference(ancienne, valeur):
                found[nom] = reste
        elif nom not in base or ancienne != valeur:
            found[nom] = valeur
    return found | {nom: None for nom, valeur in base.items() if nom not in voulu and valeur is not None}


def pareils(a: Any, b: Any) -> bool:
    """Whether two bodies say the same: a null field is one that is not there."""
    return bool(sans_nuls(a) == sans_nuls(b))


def sans_nuls(valeur: Any) -> Any:
    """A value without its null fields, at every depth."""
    if isinstance(valeur, Mapping):
        return {nom: sans_nuls(v) for nom, v in valeur.items() if v is not None}
    if isinstance(valeur, list | tuple):
        return [sans_nuls(v) for v in valeur]
    return valeur


def abreger(un: Acte, avec: Champs) -> Champs:
    """The same in the short words of the language: a piece by its nature, a vehicle by its plate."""
    found = dict(avec)
    if isinstance(found.get("pieces"), list):
        found["pieces"] = [_piece(one) for one in found["pieces"]]
    vehicule = found.get("vehicule")
    if "vehicule" in un.defauts and isinstance(vehicule, Mapping) and vehicule.keys() <= COURTS.keys() and None not in vehicule.values():
        del found["vehicule"]
        found = {COURTS[nom]: valeur for nom, valeur in vehicule.items()} | found
    return found


def _piece(donnee: Any) -> Any:
    if not isinstance(donnee, Mapping) or not {"nature", "fichier"} <= donnee.keys():
        return donnee
    for courte in (str(donnee["nature"]), {"nature": donnee["nature"], "fichier": donnee["fichier"]}):
        if piece(courte) == donnee:
            return courte
    return donnee


def nommer(valeur: Any, noms: Mapping[str, str]) -> Any:
    """The value with what has a name in the dossier written by its name; `noms`: value → name."""
    if isinstance(valeur, str):
        return f"{{{noms[valeur]}}}" if valeur in noms else valeur
    if isinstance(valeur, Mapping):
        return {nom: nommer(v, noms) for nom, v in valeur.items()}
    if isinstance(valeur, list | tuple):
        return [nommer(v, noms) for v in valeur]
    return valeur


def chemin_de(valeur: str, reponse: Any, ou: str = "") -> str | None:
    """Where an answer has a value: « annexe.0.rang »; None when it has not."""
    suites = reponse.items() if isinstance(reponse, Mapping) else enumerate(reponse) if isinstance(reponse, list) else ()
    if not suites and str(reponse) == valeur and isinstance(reponse, str | int) and ou:
        return ou
    for nom, suite in suites:
        if (found := chemin_de(valeur, suite, f"{ou}.{nom}" if ou else str(nom))) is not None:
            return found
    return None
