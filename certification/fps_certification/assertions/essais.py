"""The findings about the test session of the court (homologation): what is filed at its trial addresses, whoever drove the product."""

import base64
import binascii
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from fps_certification.assertions.registre import Resultat, assertion
from fps_certification.observation import Echange, Observation

_ESSAI: Final = re.compile(r"/teletransmission/\d{14}/essais/(memoire|piece)")
ALTEREE: Final = "piece-alteree"


def _depots(vu: Observation, quoi: str = "memoire|piece") -> list[Echange]:
    lus = ((e, _ESSAI.fullmatch(e.chemin.partition("?")[0])) for e in vu.echanges if e.methode == "POST")
    return [e for e, lu in lus if lu is not None and re.fullmatch(quoi, lu[1])]


def _fichier(echange: Echange) -> tuple[bytes, str]:
    """The bytes of the piece that was filed, none when they cannot be read, and the fingerprint that was announced."""
    piece = (echange.donnees or {}).get("piece")
    dit = piece if isinstance(piece, dict) else {}
    try:
        return base64.b64decode(str(dit.get("contenu")), validate=True), str(dit.get("empreinte"))
    except (binascii.Error, ValueError):
        return b"", str(dit.get("empreinte"))


@assertion("essai/certificat", "Chaque dépôt d'essai montre le certificat que la séance nomme.")
def _certificat(vu: Observation) -> Iterator[Resultat]:
    for echange in _depots(vu):
        yield Resultat("essai-autre-certificat" not in echange.codes, echange, "le certificat de la séance", echange.qui)


def _recu(vu: Observation, quoi: str, attendu: str) -> Iterator[Resultat]:
    if not (depots := _depots(vu, quoi)):
        return
    pris = next((e for e in depots if e.accepte), None)
    refus = ", ".join(sorted({code for e in depots for code in e.codes} - {ALTEREE}))
    yield Resultat(pris is not None, pris or depots[-1], attendu, "reçu" if pris else f"refusé ({refus})")


@assertion("essai/memoire-recu", "Le mémoire d'essai est reçu, sous les numéros de la séance.")
def _memoire(vu: Observation) -> Iterator[Resultat]:
    yield from _recu(vu, "memoire", "un mémoire d'essai reçu")


@assertion("essai/piece-recue", "La pièce d'essai est reçue, sous les numéros de la séance.")
def _piece(vu: Observation) -> Iterator[Resultat]:
    yield from _recu(vu, "piece", "une pièce d'essai reçue")


@assertion("essai/taille-accusee", "La taille que l'accusé rend est celle du fichier déposé.")
def _taille(vu: Observation) -> Iterator[Resultat]:
    for echange in _depots(vu, "piece"):
        if echange.accepte:
            envoyee, dite = len(_fichier(echange)[0]), (echange.repondu.get("accuse") or {}).get("taille")
            yield Resultat(dite == envoyee, echange, f"{envoyee} octets", f"{dite} octets")


@assertion("essai/empreinte-juste", "Un fichier d'essai dont l'empreinte est fausse est celui qui devait être refusé, et aucun autre.")
def _empreinte(vu: Observation) -> Iterator[Resultat]:
    for echange in _depots(vu, "piece"):
        octets, empreinte = _fichier(echange)
        juste = hashlib.sha256(octets).hexdigest() == empreinte
        yield Resultat(juste or ALTEREE in echange.codes, echange, "l'empreinte du fichier, ou un refus", empreinte)


@assertion("essai/deux-fois-la-meme-cle", "Un même dépôt d'essai est envoyé deux fois sous la même Idempotency-Key.")
def _deux_fois(vu: Observation) -> Iterator[Resultat]:
    if not (depots := _depots(vu)):
        return
    vus = Counter((e.chemin, e.entetes.get("idempotency-key"), e.corps) for e in depots if e.accepte and "idempotency-key" in e.entetes)
    double = any(nombre > 1 for nombre in vus.values())
    yield Resultat(double, depots[0], "un dépôt deux fois, sous la même clé", "vu" if double else "aucun")


@assertion("essai/alteration-refusee", "Un fichier changé depuis que son empreinte a été prise est envoyé, et refusé.")
def _alteration(vu: Observation) -> Iterator[Resultat]:
    if depots := _depots(vu, "piece"):
        refuse = next((e for e in depots if ALTEREE in e.codes), None)
        yield Resultat(refuse is not None, refuse or depots[-1], "un fichier changé, refusé", "refusé" if refuse else "aucun n'est venu")
