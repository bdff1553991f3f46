"""The time told to a product under test: the instants that it asked for, the letters of time, and who has not answered them yet."""

import uuid
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Text, and_, bindparam, exists, or_, select

from fps.confiance.habilitation import Identite
from fps.errors import Conflit, Introuvable
from fps.kit.boxes import boites
from fps.kit.boxes.boites import Acheminement, Destination, LettreEnBoite
from fps.kit.boxes.reveil import REVEILS, Reveil
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Delete, Instant
from fps.kit.engine import audit
from fps.kit.engine.service import Service
from fps.kit.engine.work import IDS, Work
from fps.kit.ground.clock import PARIS
from fps.messages.temps import Temps

PLACES: Final = 1_000  # instants that a product may have asked for at a time


class ReveilPasse(Conflit):
    """Cet instant du bac est déjà passé"""

    code = "reveil-passe"
    que_faire = "Demandez un instant qui vient : l'en-tête Fps-Instant de chaque réponse dit celui du bac."


class ReveilInconnu(Introuvable):
    """Aucun réveil n'attend à cet instant"""

    code = "reveil-inconnu"
    que_faire = "Reprenez l'instant que GET /reveils a donné, pour ce SIRET et à ce service."


class TropDeReveils(Conflit):
    """Trop de réveils attendent pour cette collectivité"""

    code = "trop-de-reveils"
    que_faire = "Retirez des réveils (DELETE /reveils), ou demandez une lettre à chaque pas : PUT /destinations/{siret}, « temps »."


_R, _D, _B = tables.reveils.c, tables.destinations.c, tables.boites.c
_NOM, _SIRET, _LE = bindparam("nom", type_=Text), bindparam("siret", type_=Text), bindparam("le", type_=Instant)
_ATTENDUS: Any = (
    select(tables.reveils).where(_R.bac == _NOM, _R.siret == _SIRET, _R.passe_le.is_(None)).order_by(_R.instant).limit(PLACES + 1)
)
_DUS: Any = select(_R.siret, _R.instant).where(_R.bac == _NOM, _R.passe_le.is_(None), _R.instant <= _LE).order_by(_R.siret, _R.instant)
_PREVENUS: Any = select(_D.siret).where(_D.bac == _NOM, _D.temps)
# A letter of time is waited for as long as its product wants to be told of each step, or had asked for that instant.
_ATTENDUE: Any = and_(
    _B.bac == _NOM,
    _B.type == Temps.type,
    or_(*(_B.etat == e.value for e in boites.OUVERTES)),
    or_(_D.temps, exists().where(and_(_R.bac == _B.bac, _R.siret == _B.siret, _R.passe_le == _B.time))),
)
_OUVERTES: Any = (
    select(_B.siret, _B.numero)
    .select_from(tables.boites.join(tables.destinations, and_(_D.bac == _B.bac, _D.siret == _B.siret)))
    .where(_ATTENDUE)
    .order_by(_B.siret, _B.numero)
)
_MUETS: Any = (
    select(_B.siret, _B.numero, _B.time, _B.essais, _D.mode, tables.tentatives.c.cause)
    .select_from(
        tables.boites.join(tables.destinations, and_(_D.bac == _B.bac, _D.siret == _B.siret)).outerjoin(
            tables.tentatives,
            and_(
                tables.tentatives.c.bac == _B.bac,
                tables.tentatives.c.siret == _B.siret,
                tables.tentatives.c.numero == _B.numero,
                tables.tentatives.c.essai == _B.essais,
            ),
        )
    )
    .where(_ATTENDUE)
    .order_by(_B.siret, _B.numero)
)


async def reveils(work: Work, siret: str) -> list[Reveil]:
    """The instants that a product waits for, in order."""
    return [REVEILS.item(row) for row in await work.tx.select(_ATTENDUS, nom=work.bac.nom, siret=siret)]


async def demander(work: Work, siret: str, instant: datetime, motif: str, qui: Identite | str) -> Reveil:
    """Ask for a turn at an instant of the bac; the same twice is asked once. Raises ReveilPasse, TropDeReveils, CommuneInconnue."""
    work.ville(siret)
    if instant <= work.now:
        raise ReveilPasse(f"{instant.astimezone(PARIS):%d/%m/%Y %H:%M:%S} ; le bac est au {work.now:%d/%m/%Y %H:%M:%S}.", "instant")
    if len(await reveils(work, siret)) >= PLACES:
        raise TropDeReveils(f"{PLACES} attendent pour le SIRET {siret}.")
    await work.find_or_add(Destination(siret, Acheminement.REFERENCE, None, 0, work.now, audit.nommer(qui)))
    found = await work.find_or_add(Reveil(siret, instant, motif, audit.nommer(qui)))
    found.motif, found.passe_le = motif, None
    return found


async def renoncer(work: Work, siret: str, instant: datetime) -> None:
    """Ask for it no longer; raises ReveilInconnu."""
    if not any(x.instant == instant for x in await reveils(work, siret)):
        raise ReveilInconnu(f"{instant.astimezone(PARIS).isoformat()}, SIRET {siret}.")
    work.batch.ops.append(Delete(tables.reveils, ("bac", "siret", "instant"), [(work.bac.nom, siret, instant)]))


async def prevenir(service: Service, bac: str) -> int:
    """Tell the instant of the bac to who asked for it, and once more what was not answered; gives how many letters wait for an answer.

    The same instant is told once to a product, whoever asks again.
    """
    async with service.reading(bac) as reading:
        nom, now = reading.work.bac.nom, reading.work.now
        dus: dict[str, list[datetime]] = {}
        for siret, instant in await reading.tx.select(_DUS, nom=nom, le=now):
            dus.setdefault(siret, []).append(instant)
        sirets = sorted({row[0] for row in await reading.tx.select(_PREVENUS, nom=nom)} | set(dus))
        ouvertes = await reading.tx.select(_OUVERTES, nom=nom)
    if not sirets and not ouvertes:
        return 0

    async def run(work: Work) -> int:
        for siret, numero in ouvertes:
            await _relancer(work, siret, numero)
        for siret in sirets:
            await _dire(service, work, siret, dus.get(siret, []))
        return len(ouvertes) + len(sirets)

    found = await service.ask(bac, run)
    service.database.after(partial(service.extension(Boites).sonnette.sonner, bac, {*sirets, *(s for s, _ in ouvertes)}))
    return found


async def _relancer(work: Work, siret: str, numero: int) -> None:
    lettre, destination = await work.find(LettreEnBoite, siret, numero), await work.find(Destination, siret)
    if lettre is not None and destination is not None and lettre.etat in boites.OUVERTES:
        lettre.relancer(work.now if destination.mode is Acheminement.ADRESSE else None)


async def _dire(service: Service, work: Work, siret: str, dus: list[datetime]) -> None:
    destination = await work.find(Destination, siret)
    if destination is None:
        return
    motifs = []
    for instant in dus:
        reveil = await work.find(Reveil, siret, instant)
        if reveil is not None:
            reveil.passe_le = work.now
            motifs.append(reveil.motif)
    message = Temps(
        siret=siret,
        bac=work.bac.nom,
        instant=work.now,
        motif="reveil" if dus else "avance",
        reveil=" ; ".join(filter(None, motifs))[:200] or None,
    )
    id = uuid.uuid5(IDS, f"{work.graine}/{service.party}/temps/{siret}/{message.instant.isoformat()}/{message.motif}")
    await boites.mettre(work, destination, str(id), message)


async def muets(tx: Transaction, bac: str) -> list[dict[str, Any]]:
    """The letters of time that nobody has answered yet, with what came of the last try."""
    return [
        {
            "siret": siret,
            "position": numero,
            "instant": time.astimezone(PARIS).isoformat(),
            "mode": mode,
            "essais": essais,
            "cause": cause or "",
        }
        for siret, numero, time, essais, mode, cause in await tx.select(_MUETS, nom=bac)
    ]
