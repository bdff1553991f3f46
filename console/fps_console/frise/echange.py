"""The letter of an act as it travelled: its body, its envelope, its HTTP or AMQP form, the answer, and the exchange that was observed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.faults import Malformed
from fps.kit.wire.envelope import PACK_TYPE, Letter, canonical, digest, pack, parse
from fps.messages.message import MessageClass
from fps.parties import SERVICES, Channel, Party
from fps_console.frise.instant import Acte, Frise
from fps_simulateur.pilote.pilot import Pilot

MARGE: Final = timedelta(minutes=5)  # around the instants that journals say: an exchange is kept after its answer, on another machine


@dataclass(frozen=True, slots=True)
class Echange:
    """What is known of a letter on its way. `corps` is empty when nobody has received it yet."""

    cls: MessageClass
    id: str
    corps: str
    conforme: bool | None  # whether the body has the digest that its sender's journal keeps; None when nobody wrote it here
    enveloppe: Mapping[str, Any] | None
    forme: str  # the request, or the message of the broker, as it is written
    issue: str
    reponse: str
    recue: str
    observes: tuple[Mapping[str, Any], ...]

    @property
    def lisible(self) -> str:
        """The body, laid out."""
        return _etale(self.corps)

    @property
    def reponse_lisible(self) -> str:
        """The answer, laid out."""
        return _etale(self.reponse)


async def lire(pilot: Pilot, bac: str, frise: Frise, acte: Acte) -> Echange | None:
    """The exchange of an act; None when it is no letter. Raises PiloteErreur."""
    cls = acte.message
    if cls is None:
        return None
    ecrit = next((a for a in frise.actes if a.lettre == acte.lettre and a.ligne["acte"] in ("envoi", "courrier")), None)
    if ecrit is not None and ecrit.ligne["acte"] == "courrier":
        contenu = await pilot.courrier(bac, ecrit.service, acte.lettre)
        return Echange(cls, acte.lettre, json.dumps(contenu, ensure_ascii=False), None, None, "", "", "", "", ())
    chez = cls.receiver if cls.receiver in SERVICES else acte.service
    recue = await pilot.lettre_recue(bac, chez, acte.lettre)
    corps = "" if recue is None else str(recue["corps"])
    conforme = None
    if ecrit is not None and corps:
        corps = cls.model_validate_json(corps).model_dump_json()  # as its sender wrote it: its reader keeps it in canonical order
        conforme = digest(corps) == ecrit.ligne["donnees"]["empreinte"]
    lettre = None if ecrit is None else _lettre(bac, ecrit, corps or "{}")
    return Echange(
        cls,
        acte.lettre,
        corps,
        conforme,
        None if lettre is None else {**lettre.event(), "data": "…"},
        "" if lettre is None or not corps else forme(lettre, cls),
        "" if recue is None else str(recue["issue"]),
        "" if recue is None else str(recue["reponse"] or ""),
        "" if recue is None else str(recue["date"]),
        await _observes(pilot, bac, chez, cls, acte.lettre, corps, _passage(frise, acte)),
    )


def _passage(frise: Frise, acte: Acte) -> tuple[datetime, datetime | None]:
    """When a letter was on its way, by the clock of the machine: from who wrote it to who received it, if somebody did."""
    siens = [a for a in frise.actes if a.lettre == acte.lettre]
    instants = [datetime.fromisoformat(a.ligne["wall_time"]) for a in siens]
    recue = any(a.ligne["acte"] == "reception" for a in siens)
    return min(instants) - MARGE, max(instants) + MARGE if recue else None


def forme(lettre: Letter, cls: MessageClass) -> str:
    """A letter alone, as its sender writes it: the request of its channel, or its message for the broker."""
    if cls.channel is Channel.AMQP:
        return f"routing_key: {cls.routing_key}\ncontent_type: {PACK_TYPE}\ndelivery_mode: 2\n\n{pack([lettre]).decode()}"
    prefix = "" if lettre.bac == DEFAUT else f"/bacs/{lettre.bac}"
    entetes = {
        "Content-Type": "application/json",
        "Ce-Source": lettre.source,
        "Idempotency-Key": lettre.id,
        "Ce-Rang": str(lettre.rang),
        "Ce-Time": lettre.time.isoformat(),
    }
    dits = "\n".join(f"{nom}: {valeur}" for nom, valeur in entetes.items())
    return f"POST {prefix}{cls.path} HTTP/1.1\n{dits}\n\n{lettre.body}"


def _lettre(bac: str, ecrit: Acte, corps: str) -> Letter:
    """The letter as its sender wrote it: its line in the journal has all but its trace and its tries."""
    line, service = ecrit.ligne, Party(ecrit.ligne["service"])
    return Letter(
        id=ecrit.lettre,
        bac=bac,
        type=line["donnees"]["type"],
        source=f"/services/{service}",
        subject=line["sujet"],
        rang=line["rang"],
        time=datetime.fromisoformat(line["date"]),
        wall_time=datetime.fromisoformat(line["wall_time"]),
        body=corps,
    )


async def _observes(
    pilot: Pilot, bac: str, chez: Party, cls: MessageClass, cle: str, corps: str, passage: tuple[datetime, datetime | None]
) -> tuple[Mapping[str, Any], ...]:
    """The exchanges that an observed bac kept of this letter: by its key, in a batch, or by what it says."""
    if cls.channel is Channel.REPONSE:
        cle = cle.removesuffix("/reponse")
        chez = cls.sender
    found = []
    for vu in await pilot.echanges_entre(chez, bac, *passage):
        sien = vu["entetes"].get("idempotency-key") == cle or cle in vu["corps"]
        if sien or (corps and vu["chemin"].partition("?")[0] == cls.path and _pareil(vu["corps"], corps)):
            found.append(vu)
    return tuple(found)


def _pareil(brut: str, corps: str) -> bool:
    try:
        return canonical(parse(brut)) == canonical(parse(corps))
    except Malformed:
        return False


def _etale(texte: str) -> str:
    try:
        return json.dumps(json.loads(texte), ensure_ascii=False, indent=1)
    except ValueError:
        return texte
