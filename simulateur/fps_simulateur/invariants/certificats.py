"""The invariant of the certificates: what one of them let in was let in while it was active (8)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from fps.confiance.habilitation import EtatHabilitation
from fps.flows import by_type
from fps.parties import Party
from fps.releves import Certificat, Changement, Entree, Releve
from fps_simulateur.invariants.registres import Rupture, instant

Etat = Certificat | Changement


class Certificats:
    """8, for one service: an inactive certificate stops every exchange, the letters that it brings, those that it would take.

    `changements`: all those of the bac, in order; then `lot` is given, in order, what each transaction let in.
    """

    def __init__(self, party: Party, ensemble: Releve[Any], changements: list[Changement]):
        self.party, self.instant = party, ensemble.instant
        self.poses = {(c.cle, c.siret): c for c in ensemble.certificats}
        self.etats = _a_l_ouverture(self.poses, changements)

    def lot(self, lignes: Sequence[Changement | Entree]) -> Iterator[Rupture]:
        """What one transaction did: nothing orders it, each state of a certificate in it is good."""
        vus = {cle: [etat] for cle, etat in self.etats.items()}
        for x in lignes:
            if isinstance(x, Changement):
                self.etats[x.certificat, x.siret] = x
                vus.setdefault((x.certificat, x.siret), []).append(x)
        for x in lignes:
            if isinstance(x, Entree):
                yield from _entree(self.party, x, vus)

    def fin(self) -> Iterator[Rupture]:
        """What the certificates are at the end is what their last act left."""
        for cle, pose in self.poses.items():
            if (dit := self.etats.get(cle)) is not None and _dit(dit) != _dit(pose):
                phrase = f"certificat {cle[0][:12]} « {pose.etat} », alors que son dernier acte le laisse « {dit.etat} »"
                rang = dit.rang if isinstance(dit, Changement) else 0
                yield Rupture(instant(self.instant), rang, self.party.value, cle[1], 8, "certificat", phrase)


def _a_l_ouverture(poses: dict[tuple[str, str], Certificat], changements: list[Changement]) -> dict[tuple[str, str], Etat]:
    """How the certificates stood when the bac opened: only what no line of the audit journal deposits was there."""
    premiers: dict[tuple[str, str], Changement] = {}
    for x in changements:
        premiers.setdefault((x.certificat, x.siret), x)
    etats: dict[tuple[str, str], Etat] = {}
    for cle, pose in poses.items():
        premier = premiers.get(cle)
        if premier is None:
            etats[cle] = pose
        elif premier.etat is not EtatHabilitation.DEPOSEE:
            libre = {"etat": EtatHabilitation.ACTIVE, "effet_le": pose.deposee_le, "remplacee_le": None}
            etats[cle] = pose.model_copy(update=libre)
    return etats


def _entree(party: Party, entree: Entree, vus: dict[tuple[str, str], list[Etat]]) -> Iterator[Rupture]:
    for siret in entree.sirets:
        etats = vus.get((entree.certificat, siret), [])
        if not any(_actif(etat, entree.date) for etat in etats):
            comment = f"« {etats[-1].etat} »" if etats else "inconnu"
            acte = f"lettre « {by_type(entree.type).nom} »" if entree.quoi == "lettre" else "retrait de lettres"
            quand = instant(entree.date or entree.lot)
            phrase = f"certificat {entree.certificat[:12]} {comment} pour le SIRET {siret}, {entree.nombre} lettre(s)"
            yield Rupture(quand, entree.rang, party.value, siret, 8, acte, phrase)


def _actif(etat: Etat, date: datetime | None) -> bool:
    if etat.etat is not EtatHabilitation.ACTIVE:
        return False
    if date is None:
        return True
    return (etat.effet_le is None or etat.effet_le <= date) and (etat.remplacee_le is None or date < etat.remplacee_le)


def _dit(etat: Etat) -> tuple[object, ...]:
    return etat.etat, etat.effet_le, etat.remplacee_le
