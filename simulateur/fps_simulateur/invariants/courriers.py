"""The invariants of the letters: who is named in them, their numbers, how many there are, when they come (6, 7, 9 and 11)."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from fps.droit.numero import NumeroFps, NumeroInvalide, cle
from fps.parties import Party
from fps_simulateur.invariants.registres import Registres, Rupture, instant

AMIABLES: Final = frozenset({1, 2, 5, 8, 11})
RECEPTIONS: Final = frozenset({"reception", "refus"})


def anonymat(r: Registres) -> Iterator[Rupture]:
    """6. Nothing of the amicable flows names the redevable to the collectivité."""
    for lettre in r.lettres:
        if lettre.service is Party.COLLECTIVITE and lettre.recue and lettre.cls.flow in AMIABLES and "redevable" in _noms(lettre.corps):
            yield r.par(6, lettre, "le redevable y est nommé")


def _noms(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for nom, inside in value.items():
            yield nom
            yield from _noms(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _noms(inside)


def numeros(r: Registres) -> Iterator[Rupture]:
    """7. Numbers well formed, keys right, nothing numbered twice."""
    for rang, lettre in enumerate(r.lettres):
        numero = lettre.corps.get("numero_avis") or lettre.corps.get("numero_fps")
        if numero is not None and not _lisible(numero):
            yield r.par(7, lettre, f"numéro {numero} mal formé")
        elif numero is not None and lettre.corps.get("cle") not in (None, cle(numero)):
            yield r.par(7, lettre, f"clé {lettre.corps['cle']} au lieu de {cle(numero)}")
        if lettre.cls.__name__ == "AvisPaiementRectificatif":
            moi = f"{lettre.sujet} {rang}"
            if r.memoire.premier("avis", lettre.corps["numero_avis"], moi) != moi or lettre.corps["numero_avis"] == lettre.sujet:
                yield r.par(7, lettre, f"le numéro {lettre.corps['numero_avis']} sert déjà")
        if lettre.cls.__name__ == "EmissionTitre":
            place = lettre.corps["numero_titre"], lettre.corps["rang_annexe"]
            if r.memoire.premier("rang", f"{place[0]} {place[1]}", lettre.sujet) != lettre.sujet:
                yield r.par(7, lettre, f"le rang {place[1]} du titre {place[0]} sert déjà")


def _lisible(numero: str) -> bool:
    try:
        NumeroFps.lire(numero)
    except NumeroInvalide:
        return False
    return True


def courriers_uniques(r: Registres) -> Iterator[Rupture]:
    """9. The same letter is never sent twice to a person."""
    seen: set[tuple[Party, str, str, str]] = set()
    for lettre in r.lettres:
        if not lettre.recue:
            mark = (lettre.service, lettre.cls.type, lettre.sujet, json.dumps(lettre.corps, sort_keys=True))
            if mark in seen:
                yield r.par(9, lettre, f"« {lettre.cls.nom} » existe deux fois")
            seen.add(mark)


def jamais_avant(r: Registres) -> Iterator[Rupture]:
    """11. A service receives a letter, or refuses it, when it is written or later; an answer is written where its letter came."""
    for party, dossier in r.tous():
        for acte in dossier.actes:
            if acte.acte in RECEPTIONS and acte.lettre is not None:
                ecrite = _ecrite(r, party, acte.lettre)
                if ecrite is not None and acte.date < ecrite:
                    yield r.rupture(11, party, dossier.sujet, f"reçue avant d'être écrite ({instant(ecrite)})", acte)


def _ecrite(r: Registres, lecteur: Party, lettre: str) -> datetime | None:
    """When another service wrote a letter; None when none did."""
    for party in r.parties:
        if party is not lecteur:
            ailleurs = r.par_lettre.get((party, lettre.removesuffix("/reponse")))
            if ailleurs is not None and (ailleurs.acte == "envoi" or lettre.endswith("/reponse")):
                return ailleurs.date
    return None
