"""The registers of parking under the one form of each plate: those of before were under what somebody had typed (AB123CD, AB 123 CD)."""

import json
import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RETENUS = 20
LETTRE, DEPARTEMENT, PAYS = "[A-HJ-NP-TV-Z]", "(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])", "([1-7][0-9]?|[1-4][0-9]{2}|[567]00)"
# The French series as this revision knows them, their groups touching: released, it imports nothing that may change.
SERIES = [
    (re.compile(forme), ecrite)
    for forme, ecrite in (
        (rf"WW(?!000)([0-9]{{3}})({LETTRE}{{2}})", "WW-{0}-{1}"),
        (rf"W(?!000)([0-9]{{3}})({LETTRE}{{2}})", "W-{0}-{1}"),
        (rf"(?!SS)({LETTRE}{{2}})(?!000)([0-9]{{3}})(?!SS)({LETTRE}{{2}})", "{0}-{1}-{2}"),
        (rf"({LETTRE}{{1,2}})([1-9][0-9]{{1,2}})({LETTRE})", "{0} {1} {2}"),
        (rf"([UES])?{PAYS}(CMD|CD)([1-9][0-9]{{0,3}})(973)?([XZ])?", "{0} {1} {2} {3} {4} {5}"),
        (rf"{PAYS}(C)([1-9][0-9]{{0,2}}){DEPARTEMENT}([XZ])?", "{0} {1} {2}.{3} {4}"),
        (rf"([UES]){PAYS}(K)([1-9][0-9]{{0,2}})([XZ])?", "{0} {1} {2} {3} {4}"),
        (rf"{PAYS}(K)([1-9][0-9]{{2,3}})([XZ])?", "{0} {1} {2} {3}"),
        (rf"([1-9][0-9]{{0,3}})({LETTRE}{{1,3}}|IT){DEPARTEMENT}", "{0} {1} {2}"),
        (rf"{DEPARTEMENT}([DRNE])([1-9][0-9]{{3}})([A-HJ-NP-Z]{{1,2}})", "{0}{1}-{2}{3}"),
        (r"([0-9]{8})", "{0}"),
    )
]
SAISIE = re.compile("[A-Z0-9][A-Z0-9 -]{0,14}")  # what was accepted then; anything else is of later, under its form already
REGISTRES = sa.table("stationnements", *(sa.column(c) for c in ("bac", "siret", "immatriculation", "paiements", "droits", "forfaits")))
C = REGISTRES.c


def cle(immatriculation: str) -> str:
    """What a register is looked up by: the French plate as the arrêtés write it, else its letters and digits (A-Z, 0-9)."""
    if SAISIE.fullmatch(immatriculation) is None:
        return immatriculation
    nue = immatriculation.replace(" ", "").replace("-", "")
    for lue in (nue, nue.replace("O", "0").replace("I", "1")):
        for forme, ecrite in SERIES:
            if (trouve := forme.fullmatch(lue)) is not None:
                return " ".join(ecrite.format(*(part or "" for part in trouve.groups())).split())
    return nue


def reunir(registres: Sequence[Any]) -> dict[str, str]:
    """The lists of one plate, those of all its writings: each payment once, the last right of each nature, in the order of their dates."""
    paiements: dict[str, Any] = {}
    droits: dict[str, Any] = {}
    forfaits: dict[str, Any] = {}
    for registre in registres:
        for paiement in json.loads(registre.paiements):
            paiements.setdefault(paiement["reference"], paiement)
        for droit in json.loads(registre.droits):
            connu = droits.get(droit["nature"])
            if connu is None or (connu["jusqu_au"], connu["depuis"]) < (droit["jusqu_au"], droit["depuis"]):
                droits[droit["nature"]] = droit
        for forfait in json.loads(registre.forfaits):
            forfaits.setdefault(forfait["numero"], forfait)
    return {
        "paiements": json.dumps(sorted(paiements.values(), key=lambda p: str(p["debut"]))[-RETENUS:], separators=(",", ":")),
        "droits": json.dumps(sorted(droits.values(), key=lambda d: str(d["depuis"])), separators=(",", ":")),
        "forfaits": json.dumps(sorted(forfaits.values(), key=lambda f: str(f["debut"]))[-RETENUS:], separators=(",", ":")),
    }


def upgrade() -> None:
    """Write each register again under its plate; two registers of one plate become one."""
    base = op.get_bind()
    plaques: dict[tuple[str, str, str], list[str]] = {}
    for bac, siret, immatriculation in base.execute(sa.select(C.bac, C.siret, C.immatriculation).order_by(C.immatriculation)).all():
        plaques.setdefault((bac, siret, cle(immatriculation)), []).append(immatriculation)
    for (bac, siret, plaque), ecrites in plaques.items():
        if ecrites == [plaque]:
            continue
        ici = (C.bac == bac) & (C.siret == siret) & C.immatriculation.in_(ecrites)
        reunis = reunir(base.execute(sa.select(REGISTRES).where(ici).order_by(C.immatriculation)).all())
        base.execute(sa.delete(REGISTRES).where(ici))
        base.execute(sa.insert(REGISTRES).values(bac=bac, siret=siret, immatriculation=plaque, **reunis))
