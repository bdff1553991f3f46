"""An import, field by field: what a column may not hold is refused at its place, what reads a row is asked, and all comes or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table, func, select

from fps.kit.data import tables
from fps.kit.data.sql import Instant
from fps.kit.engine import archive, bacs, reprise
from fps.kit.engine.archive import exported
from fps.kit.engine.releve import Releveur
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.ground.clock import paris
from fps.kit.ground.faults import Malformed
from fps.messages.mfps import CreationFps
from fps.parties import SERVICES, Party
from fps_simulateur.pilote.world import World
from tests.console.simulator import DEMANDE
from tests.kit.toy import COMPTES, DEFINITION, Compte, emission_letter, numero, toy
from tests.parler.exports import ecrit, lu
from tests.parler.partie import bac_neuf

MONDE = pytest.mark.asyncio(loop_scope="session")
INSTANT, JOUR = "2026-06-15T10:00:00+00:00", "2026-06-15"
FAUX_TEXTES: tuple[Any, ...] = (3, 1.5, True, [], {}, "\ud800", "a\0b", "a\u202eb", "a\x85b", "\ufffe")
FAUX_ENTIERS: tuple[Any, ...] = ("3", "", 1.5, True, False, 2**62, -(2**62) - 1, 2**70, [], {})
FAUX_OUI_NON: tuple[Any, ...] = ("true", "", 2, -1, 1.0, 0.0, [], {})
FAUX_INSTANTS: tuple[Any, ...] = (
    "", "x", 1718222400, True, [], "1718222400", "2026-13-01T00:00:00+00:00", "2026-06-15T10:00:00", "2026-06-15",
    "1899-12-31T23:59:59+00:00", "2200-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59+00:00",
)  # fmt: skip
FAUX_JOURS: tuple[Any, ...] = ("", "x", 20260615, True, [], "2026-13-01", "2026-02-29", "1899-12-31", "2200-01-01", INSTANT)


def genre(column: Column[Any]) -> tuple[Any, tuple[Any, ...]]:
    """A value that the column of this type takes, and those that it does not."""
    kind = column.type
    if isinstance(kind, Instant):
        return INSTANT, FAUX_INSTANTS
    if isinstance(kind, Date):
        return JOUR, FAUX_JOURS
    if isinstance(kind, Boolean):
        return True, FAUX_OUI_NON
    if isinstance(kind, BigInteger | Integer):
        return 1, FAUX_ENTIERS
    return "x", FAUX_TEXTES


def prise(service: Service, tables_lues: dict[str, Any], nom: str = "retour") -> reprise.Reprise:
    """An export of these tables, not read yet: what refuses a line before its values are looked at does not stand before."""
    document = {"service": service.party.value, "tables": tables_lues}
    return bacs.taken(service, nom, partial(archive.read_document, document, service.party.value), "essai")


async def place(service: Service, tables_lues: dict[str, Any]) -> str:
    """Where the reading of an export stops; nothing when it goes to its end."""
    try:
        await prise(service, tables_lues).verifier()
    except Malformed as error:
        assert error.code == "export-invalide" and error.erreurs[0]["phrase"]
        return str(error.erreurs[0]["champ"])
    return ""


def seule(table: Table, **valeurs: Any) -> dict[str, Any]:
    """One row of a table, of which each column has a value that its type takes, or the one that is given."""
    columns = [c for c in exported(table) if c.name in valeurs or not c.nullable or table.name == "bacs"]
    row = [valeurs[c.name] if c.name in valeurs else genre(c)[0] for c in columns]
    return {table.name: {"colonnes": [c.name for c in columns], "lignes": [row]}}


@MONDE
async def test_each_column_of_each_table_refuses_at_its_place_what_its_type_is_not(monde: World) -> None:
    """The type of a column is read before what its row means: the row need mean nothing."""
    wrong, tried = [], 0
    for party in SERVICES:
        service = monde.services[party].service
        for table in (*bacs.tables_of(service), tables.ancres):
            for column in exported(table):
                attendu = f"tables.{table.name}.lignes.0.{column.name}"
                for valeur in (*genre(column)[1], *(() if column.nullable else (None,))):
                    tried += 1
                    if (found := await place(service, seule(table, **{column.name: valeur}))) != attendu:
                        wrong.append((party, attendu, valeur, found))
    assert wrong == [] and tried > 8_000, (tried, wrong[:20])


LETTRE = {"type": CreationFps.type, "subject": CreationFps.example["numero_fps"], "body": CreationFps.exemplaire().model_dump_json()}
VILLES, DIGEST, AUTRE = tables.villes.c, "0" * 64, "1" * 26
# By table: a row that its reader takes, then what of it is changed, and the column that the refusal names ("": the whole row).
LIGNES: dict[str, tuple[dict[str, Any], tuple[tuple[dict[str, Any], str], ...]]] = {
    "bacs": (
        {"mode": "fige", "vitesse": 1, "vierge": None, "villes": None, "instant": INSTANT},
        (
            ({"mode": "x"}, "mode"),
            ({"vitesse": 0}, "vitesse"),
            ({"vitesse": 2_678_401}, "vitesse"),
            ({"instant": "1989-12-31T00:00:00+00:00"}, "instant"),
            ({"instant": "2199-12-31T23:59:59+00:00"}, "instant"),
        ),
    ),
    **{
        nom: (
            LETTRE | {"etat": "attente"} if nom == "boites" else LETTRE,
            (({"type": "x"}, "type"), ({"body": "{}"}, "body"), ({"body": "x"}, "body"), ({"subject": AUTRE}, "subject")),
        )
        for nom in ("outbox", "courriers", "boites")
    },
    "inbox": (
        LETTRE | {"outcome": "recu", "answer": None},
        (
            ({"type": "x"}, "type"),
            ({"body": "[]"}, "body"),
            ({"subject": AUTRE}, "subject"),
            ({"outcome": "x"}, "outcome"),
            ({"answer": "x"}, "answer"),
            ({"answer": "[]"}, "answer"),
        ),
    ),
    "journal": (
        {"rang": 1, "data": "{}"},
        (
            ({"data": "x"}, "data"),
            ({"data": "[]"}, "data"),
            ({"data": "null"}, "data"),
            ({"rang": -1}, "rang"),
            ({"rang": 1 << 40}, "rang"),
        ),
    ),
    "chains": ({"rang": 1}, (({"rang": -1}, "rang"), ({"rang": 1 << 40}, "rang"))),
    "deadlines": ({"kind": None}, (({"kind": "x"}, "kind"), ({"kind": ""}, "kind"))),
    "dead_letters": (
        {"sens": "echeance", "envelope": '{"subject": "1", "kind": "x", "due": "2026-06-15"}'},
        (
            ({"sens": "x"}, "sens"),
            ({"envelope": "x"}, "envelope"),
            ({"envelope": "[]"}, "envelope"),
            ({"envelope": '{"subject": "1", "kind": "x", "due": "2026-13-15"}'}, "envelope"),
            ({"envelope": '{"subject": "1", "due": "2026-06-15"}'}, "envelope"),
        ),
    ),
    "audit": ({"rang": 1, "details": "{}"}, (({"details": "[]"}, "details"), ({"details": "x"}, "details"), ({"rang": -1}, "rang"))),
    "audit_tetes": ({"rang": 1}, (({"rang": -1}, "rang"), ({"rang": 1 << 40}, "rang"))),
    "villes": ({}, (({"document": "x"}, "document"), ({"document": "{}"}, "document"), ({"siret": "1"}, "document"))),
    "gestes": ({"methode": "POST", "chemin": "/fps"}, (({"methode": "PATCH"}, "methode"), ({"chemin": "fps"}, "chemin"))),
}


def test_every_table_that_has_a_reader_of_its_rows_is_tried() -> None:
    assert set(LIGNES) == set(reprise.ROWS)


@MONDE
async def test_each_row_is_read_by_who_reads_it_and_refused_at_its_place(monde: World) -> None:
    wrong: list[Any] = []
    tried, bac = 0, await bac_neuf(monde, date(2026, 6, 15), vierge=True)
    for party in SERVICES:
        service = monde.services[party].service
        async with service.database.read() as tx:
            [(siret, document), *_] = await tx.select(select(VILLES.siret, VILLES.document).where(VILLES.bac == bac))
        for table in bacs.tables_of(service):
            if table.name not in LIGNES:
                continue
            bonne, fausses = LIGNES[table.name]
            if table.name == "deadlines":
                if not service.kinds:
                    continue
                bonne = {"kind": min(service.kinds)}
            if table.name == "villes":
                bonne = {"siret": siret, "document": document}
            if (found := await place(service, seule(table, **bonne))).startswith(f"tables.{table.name}.lignes"):
                wrong.append((party, table.name, "the right row", found))
            for fausse, colonne in fausses:
                tried += 1
                if (found := await place(service, seule(table, **bonne | fausse))) != f"tables.{table.name}.lignes.0.{colonne}":
                    wrong.append((party, table.name, fausse, found))
    assert wrong == [] and tried > 150, (tried, wrong)


@MONDE
async def test_a_case_file_that_its_own_class_does_not_take_is_refused(monde: World) -> None:
    """A state that is none, an amount or a list that is not one: the columns are text, what reads them is asked."""
    tried = 0
    for party in SERVICES:
        service = monde.services[party].service
        for record in service.records.values():
            lus = [nom for nom, read in record._read if read is not None]
            for nom in lus:
                tried += 1
                found = await place(service, seule(record.table, **{nom: "\n"}))
                assert found.startswith(f"tables.{record.table.name}.lignes.0"), (party, nom, found)
    assert tried > 50


@MONDE
async def test_an_export_made_before_the_plates_were_kept_is_searched_by_plate_once_it_is_taken_back(monde: World) -> None:
    """What its version wrote otherwise is written again with its rows: the plates of the lists, the register of a town."""
    bac = await bac_neuf(monde, date(2026, 6, 12))
    ville, antai = (f"{monde.addresses[p]}" for p in (Party.COLLECTIVITE, Party.ANTAI))
    assert (await monde.client.post(f"{ville}/bacs/{bac}/fps", json=DEMANDE)).status_code == 201
    await monde.pilot.avancer(bac, paris(date(2026, 6, 14)))
    for url, liste, table in ((ville, "/fps", "forfaits"), (antai, "/dossiers", "dossiers")):
        document = lu((await monde.client.get(f"{url}/pilotage/bacs/{bac}/export")).content)
        place = document["tables"][table]["colonnes"].index("plaque")
        for row in (document["tables"][table]["colonnes"], *document["tables"][table]["lignes"]):
            del row[place]
        if table == "forfaits":
            change(document, "stationnements", 0, immatriculation="ab o23-cd")
            assert document["tables"]["stationnements"]["lignes"]
        entete = {"Content-Type": "application/x-ndjson"}
        repris = await monde.client.post(f"{url}/pilotage/bacs/{bac}-r/import", content=ecrit(document), headers=entete)
        assert repris.status_code == 201, repris.text
        for ecrite in ("AB-123-CD", "ab 123"):
            trouves = (await monde.client.get(f"{url}/bacs/{bac}-r{liste}", params={"plaque": ecrite})).json()["elements"]
            assert len(trouves) == 1, (table, ecrite)
        if table == "forfaits":
            relu = lu((await monde.client.get(f"{url}/pilotage/bacs/{bac}-r/export")).content)
            assert [one["immatriculation"] for one in lignes(relu, "stationnements")] == ["AB-023-CD"]


# ---------------------------------------------------------------------------------------------- all of it or nothing, on each engine


class Part(BaseModel):
    total: int


@dataclass(frozen=True)
class Montre:
    """What the page of the toy shows of a compte, which cannot be more than a million."""

    total: int

    @classmethod
    def voir(cls, compte: Compte, today: date) -> "Montre":
        if compte.total > 1_000_000:
            raise ValueError(compte.total)
        return cls(compte.total)


async def ensemble(work: Work) -> Part:
    rows = await work.tx.load(COMPTES.table, [(work.bac.nom,)], ("bac",))
    if any(row[2] == 13 for row in rows):
        raise ZeroDivisionError
    return Part(total=sum(row[2] for row in rows))


async def dossiers(work: Work, sujets: Sequence[str]) -> dict[str, Part]:
    rows = await work.tx.load(COMPTES.table, [(work.bac.nom, sujet) for sujet in sujets])
    return {row[1]: Part(total=row[2]) for row in rows if 1 / (row[2] - 17)}


AVEC = replace(DEFINITION, vues={Compte: Montre.voir}, releve=Releveur(ensemble, dossiers))


def lignes(document: dict[str, Any], table: str) -> Iterator[dict[str, Any]]:
    for row in document["tables"][table]["lignes"]:
        yield dict(zip(document["tables"][table]["colonnes"], row, strict=True))


def change(document: dict[str, Any], table: str, rang: int, **valeurs: Any) -> None:
    one = document["tables"][table]
    for nom, valeur in valeurs.items():
        one["lignes"][rang][one["colonnes"].index(nom)] = valeur


def table_de_trop(document: dict[str, Any]) -> None:
    document["tables"]["x"] = {"colonnes": [], "lignes": []}


CASSES: dict[str, tuple[Any, str]] = {
    "the page of the last dossier": (lambda d: change(d, "comptes", -1, total=1_000_001), "tables"),
    "the whole of its statement": (lambda d: change(d, "comptes", 0, total=13), "tables"),
    "the statement of its first dossier": (lambda d: change(d, "comptes", 0, total=17), "tables"),
    "the statement of its last dossier": (lambda d: change(d, "comptes", -1, total=17), "tables"),
    "a row twice": (lambda d: d["tables"]["comptes"]["lignes"].append(d["tables"]["comptes"]["lignes"][1]), "tables.comptes.lignes.5"),
    "an act twice": (lambda d: d["tables"]["journal"]["lignes"].append(d["tables"]["journal"]["lignes"][1]), "tables.journal.lignes.20"),
    "two bacs": (lambda d: d["tables"]["bacs"]["lignes"].append(d["tables"]["bacs"]["lignes"][0]), "tables.bacs.lignes"),
    "no bac": (lambda d: d["tables"]["bacs"]["lignes"].clear(), "tables.bacs.lignes"),
    "no journal": (lambda d: d["tables"].pop("journal"), "tables"),
    "a table of elsewhere": (table_de_trop, "tables"),
    "a column of elsewhere": (lambda d: d["tables"]["comptes"]["colonnes"].__setitem__(1, "x"), "tables.comptes.colonnes"),
    "a column twice": (
        lambda d: d["tables"]["comptes"].update(colonnes=["numero_fps", "total", "lettres", "lettres"], lignes=[]),
        "tables.comptes.colonnes",
    ),
    "a column that is no text": (lambda d: d["tables"]["comptes"]["colonnes"].__setitem__(1, 3), "tables.comptes.colonnes"),
    "a value too few": (lambda d: d["tables"]["comptes"]["lignes"][2].pop(), "tables.comptes.lignes.2"),
    "a row that is none": (lambda d: d["tables"]["comptes"]["lignes"].__setitem__(2, "x"), "tables.comptes.lignes.2"),
    "an act that was written again": (lambda d: change(d, "journal", 3, data='{"total": 1}'), f"dossier.{numero(0)}.rang 4"),
    "towns that are not its own": (lambda d: change(d, "bacs", 0, villes=DIGEST), "tables.bacs.lignes.0.villes"),
}


async def test_what_is_refused_leaves_no_row_whatever_reads_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written two rows at a time: what is found late comes after all else was stored in the same transaction."""
    monkeypatch.setattr(reprise, "LIGNES", 2)
    monkeypatch.setattr(reprise, "PAGE", 2)
    async with toy(database_url, definition=AVEC) as service:
        await service.receive([emission_letter(n) for n in range(5)])
        flot = b"".join([some async for some in bacs.dump(service, "essai")])
        wrong = []
        for nom, (casse, attendu) in CASSES.items():
            document = lu(flot)
            casse(document)
            repris = prise(service, document["tables"])
            champ = ""
            try:
                await repris.verifier()
                await bacs.restore(service, repris)
            except Malformed as error:
                champ = str(error.erreurs[0]["champ"])
            async with service.database.read() as tx:
                restes = [t.name for t in bacs.tables_of(service) if await _nombre(tx, t)]
            if champ != attendu or restes:
                wrong.append((nom, champ, restes))
        assert wrong == []
        repris = prise(service, lu(flot)["tables"])
        await repris.verifier()
        await bacs.restore(service, repris)
        async with service.database.read() as tx:
            assert await _nombre(tx, COMPTES.table) == 5
        with pytest.raises(bacs.BacExistant):
            await bacs.restore(service, prise(service, lu(flot)["tables"]))


async def _nombre(tx: Any, table: Table) -> int:
    return int((await tx.select(select(func.count()).select_from(table).where(table.c.bac == "retour")))[0][0])
