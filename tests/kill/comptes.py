"""What is counted in the four databases at the end: nothing lost, nothing doubled, and each dossier what it is in the calm bac."""

import contextlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import asyncpg

from fps.parties import SERVICES, Party

Ligne = dict[str, Any]
Tables = Mapping[Party, Mapping[str, list[Ligne]]]  # the rows of one bac, table by table
# What belongs to the machine that runs, not to the life that is lived.
MACHINE: Final = {"audit", "audit_tetes", "bacs", "chains", "counts", "outbox", "dead_letters", "tentatives", "sessions"} | {
    *("avances", "reponses_gardees", "ancres", "habilitations", "destinations", "comptes_nominatifs", "gestes")
}
# Of a letter in a box, what the tries of a postman whose reader was killed leave; and the act that many of them write.
ESSAIS: Final = {"essais", "echecs", "prochain", "close_le"}
SOUFFRANCE: Final = "envoi-en-souffrance"
# What the order of arrival chooses: ranks, identifiers, fingerprints, the keys of numbers, the machine's time.
ORDRE: Final = {"bac", "position", "rang", "rang_annexe", "rang_titre", "id", "digest", "hash", "sceau", "wall_time", "traceparent"} | {
    *("cle", "cle_avis", "empreinte", "taille", "dernier", "numero")
}
NUMEROS: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|anonyme/[0-9a-f]+|kill-[0-9a-f]+|VIR-[0-9]{4}-[0-9A-F]{12}|(?<![0-9])[0-9]{6,}|(?<=MD-)[0-9-]+|(?<=TA-)[0-9-]+"
)


async def lire(urls: Mapping[Party, str], bac: str) -> Tables:
    """Every row of a bac."""
    found: dict[Party, dict[str, list[Ligne]]] = {}
    for party in SERVICES:
        connection = await asyncpg.connect(urls[party].replace("+asyncpg", ""), timeout=20)
        try:
            names = await connection.fetch(
                "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'bac' ORDER BY 1"
            )
            found[party] = {
                name: [dict(row) for row in await connection.fetch(f'SELECT * FROM "{name}" WHERE bac = $1', bac)] for (name,) in names
            }
        finally:
            await connection.close()
    return found


def fautes(tables: Tables) -> Iterator[str]:
    """What cannot be in a quiet bac, whatever was lived there."""
    yield from _lettres(tables)
    for party, one in tables.items():
        for what in ("outbox", "dead_letters"):
            yield from (f"{party} : {what} : {row['type']} {row['id']}" for row in one[what])
        yield from _livres(party, one["ecritures"])
    clocks = {party.value: str(one["bacs"][0]["instant"]) for party, one in tables.items()}
    if len(set(clocks.values())) > 1:
        yield f"les horloges ne sont pas ensemble : {clocks}"
    today = max(clocks.values())[:10]
    for party, one in tables.items():
        yield from (f"{party} : échéance passée : {row}" for row in one["deadlines"] if str(row["due"]) <= today)


def _lettres(tables: Tables) -> Iterator[str]:
    """Each letter that a journal says was written is kept by its reader, once; nobody keeps what nobody wrote."""
    ecrites, courriers, recues = Counter[str](), Counter[str](), Counter[str]()
    for one in tables.values():
        for row in one["journal"]:
            if row["acte"] in ("envoi", "courrier"):
                ecrites[json.loads(row["data"])["id"]] += 1
        courriers.update(row["id"] for row in one["courriers"])
        recues.update(row["id"] for name in ("inbox", "boites") for row in one[name])
    arrivees = recues + courriers
    for id_, combien in ecrites.items():
        if combien > 1:
            yield f"lettre écrite {combien} fois : {id_}"
        if arrivees[id_] != 1:
            yield f"lettre {'perdue' if not arrivees[id_] else f'gardée {arrivees[id_]} fois'} : {id_}"
    yield from (f"courrier que personne n'a écrit : {id_}" for id_ in courriers if id_ not in ecrites)
    for id_ in recues:
        if id_.endswith("/reponse") and id_.removesuffix("/reponse") not in ecrites:
            yield f"réponse à une lettre que personne n'a écrite : {id_}"
    yield from _chiffres(tables, ecrites)


def _livres(party: Party, ecritures: list[Ligne]) -> Iterator[str]:
    soldes: defaultdict[tuple[str, int], int] = defaultdict(int)
    for row in ecritures:
        soldes[row["subject"], row["rang"]] += row["debit"] - row["credit"]
    yield from (f"{party} : écriture en déséquilibre de {solde} centimes : {at}" for at, solde in soldes.items() if solde)


def _chiffres(tables: Tables, ecrites: Mapping[str, int]) -> Iterator[str]:
    """The figures that the bac shows are its rows; those of the post count what services write, not what people send."""
    shown, rows = Counter[str](), Counter[str]()
    for one in tables.values():
        for row in one["counts"]:
            if row["nom"] in ("courriers", "recues", "refusees", "deposees", "mortes"):
                shown[row["nom"]] += row["valeur"]
        rows["courriers"] += len(one["courriers"])
        rows["deposees"] += len(one["boites"])
        rows["mortes"] += len(one["dead_letters"])
        rows.update({"recu": "recues", "refuse": "refusees"}[row["outcome"]] for row in one["inbox"] if row["id"] in ecrites)
    if +shown != +rows:
        yield f"le bac dit {dict(shown)}, ses lignes sont {dict(+rows)}"


def signature(tables: Tables, noms: Mapping[str, str]) -> Counter[str]:
    """Every row of the lives of a bac, as it is in any bac that lives them; `noms`: what the numbers that the services gave are."""
    found: Counter[str] = Counter()
    for party, one in tables.items():
        for name, rows in one.items():
            if name not in MACHINE:
                kept = [
                    {k: v for k, v in row.items() if name != "boites" or k not in ESSAIS} for row in rows if row.get("acte") != SOUFFRANCE
                ]
                found.update(f"{party}.{name} {_sans_ordre(row, noms)}" for row in kept)
    return found


def ecarts(calme: Counter[str], vu: Counter[str]) -> list[str]:
    """What one bac has and not the other."""
    return [f"en moins : {x}" for x in sorted((calme - vu).elements())] + [f"en trop : {x}" for x in sorted((vu - calme).elements())]


def _sans_ordre(value: Any, noms: Mapping[str, str]) -> str:
    return json.dumps(_pareil(value, noms), ensure_ascii=False, sort_keys=True)


def _pareil(value: Any, noms: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        kept = {k: _pareil(v, noms) for k, v in value.items() if k not in ORDRE}
        if "numero" in value:  # of the dossier for most, else one that the order gives
            kept["numero"] = noms.get(str(value["numero"]), "#")
        return kept
    if isinstance(value, list):
        return sorted((_pareil(v, noms) for v in value), key=str)
    if isinstance(value, (int, bool)) or value is None:
        return value
    text = str(value)
    if text[:1] in ("[", "{"):
        with contextlib.suppress(ValueError):
            return _pareil(json.loads(text), noms)
    return noms.get(text) or NUMEROS.sub(lambda m: noms.get(m[0], "#"), text)
