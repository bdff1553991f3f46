"""The findings about the defence by télétransmission: each piece is read again, byte for byte, and the filings are counted."""

import base64
import binascii
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from fps.messages.annulation import InformationAnnulationFps
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.regles.defense import DEBUTS
from fps_certification.assertions.registre import Resultat, assertion
from fps_certification.assertions.suites import aboutis
from fps_certification.observation import Observation

LIMITE: Final = 500_000  # bytes of a piece (CGCT, art. R. 2333-120-32 bis; hypothesis H91)


@assertion("defense/piece-entiere", "Une pièce est un PDF, un JPEG ou un PNG de 500 000 octets au plus, avec l'empreinte de son fichier.")
def _entiere(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(PieceDefense):
        piece = (echange.donnees or {}).get("piece")
        fautes = _fautes(piece if isinstance(piece, dict) else {})
        yield Resultat(not fautes, echange, "une pièce entière, du type et de l'empreinte annoncés", ", ".join(fautes) or "elle l'est")


def _fautes(piece: dict[str, Any]) -> list[str]:
    try:
        octets = base64.b64decode(str(piece.get("contenu")), validate=True)
    except (binascii.Error, ValueError):
        return ["son contenu n'est pas en base 64"]
    debut = DEBUTS.get(str(piece.get("type_media")))
    tous = (
        (not octets, "elle est vide"),
        (len(octets) > LIMITE, f"{len(octets)} octets"),
        (debut is None or not octets.startswith(debut), f"ce n'est pas un « {piece.get('type_media')} »"),
        (hashlib.sha256(octets).hexdigest() != piece.get("empreinte"), "son empreinte est celle d'un autre fichier"),
    )
    return [phrase for faux, phrase in tous if faux]


@assertion("defense/rangs-des-pieces", "Les pièces d'une défense ont les rangs 1, 2, 3…, chacun une fois.")
def _rangs(vu: Observation) -> Iterator[Resultat]:
    rangs: dict[str, set[int]] = defaultdict(set)
    for echange, dit in vu.acceptes(PieceDefense):
        vus, rang = rangs[str(dit.get("numero_requete"))], dit.get("rang")
        yield Resultat(rang == len(vus) + 1, echange, f"le rang {len(vus) + 1}", f"le rang {rang}")
        if isinstance(rang, int):
            vus.add(rang)


@assertion("defense/memoire-accepte", "Chaque mémoire déposé finit par être accepté.")
def _memoire(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, MemoireDefense)


@assertion("annulation-informee/fps-avant-titre", "Une décharge d'avant tout titre est dite par l'information d'annulation du FPS.")
def _avant_titre(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, InformationAnnulationFps, origine="juridiction")
