"""The towns of a bac as a service keeps them: their rows, the digest that finds them again without a statement, what is checked of them."""

from collections import OrderedDict
from collections.abc import Iterable
from functools import cache
from typing import Final

from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.data.sql import Row
from fps.kit.wire.envelope import digest
from fps.parties import Party
from fps.villes.annuaire import Annuaire, Version
from fps.villes.catalogue import livrees
from fps.villes.communes import Commune

COLUMNS: Final = tuple(tables.villes.columns.keys())
KEPT: Final = 128  # directories in memory: bacs of the same towns have the same one


def rows(bac: str, annuaire: Annuaire) -> list[Row]:
    """The rows of a directory, in the order of their keys."""
    lines: Iterable[Row] = ((bac, v.commune.siret, v.depuis, v.commune.model_dump_json(by_alias=True)) for v in annuaire.versions())
    return sorted(lines, key=lambda row: row[1:3])


def retenues(party: Party, versions: Iterable[Version]) -> list[Version]:
    """What a service keeps of these towns: the town's own everything, the others what they need (ADR 0026)."""
    if party is Party.COLLECTIVITE:
        return list(versions)
    return [Version(version.depuis, version.commune.sans_la_rue()) for version in versions]


def entered(party: Party, annuaire: Annuaire, bac: str) -> tuple[list[Row], str]:
    """What a service keeps of the towns with which a bac begins: their rows, and the digest of these."""
    lines, marked = _shipped(party) if annuaire is livrees() else _kept(party, annuaire)
    return [(bac, *line[1:]) for line in lines], marked


def _kept(party: Party, annuaire: Annuaire) -> tuple[list[Row], str]:
    lines = rows("", Annuaire.de(retenues(party, annuaire.versions())))
    return lines, mark(lines)


@cache
def _shipped(party: Party) -> tuple[list[Row], str]:
    """Written once: most bacs begin with the shipped towns."""
    return _kept(party, livrees())


def mark(lines: Iterable[Row]) -> str:
    """The digest of the rows of a directory, whatever their bac and their order."""
    texts = sorted(f"{siret} {depuis.isoformat()} {document}" for _, siret, depuis, document in lines)
    return digest("\n".join(texts))


def read(lines: Iterable[Row]) -> Annuaire:
    """The directory of these rows; raises ValidationError, ValueError for what is not a town."""
    return Annuaire.de(Version(depuis, commune(siret, document)) for _, siret, depuis, document in sorted(lines, key=lambda row: row[1:3]))


def commune(siret: str, document: str) -> Commune:
    """The configuration that a row keeps; raises ValueError when it is that of another town."""
    found = Commune.model_validate_json(document)
    if found.siret != siret:
        raise ValueError(f"{siret}: the document is that of {found.siret}")
    return found


async def load(tx: Transaction, bac: str) -> list[Row]:
    """The rows of the towns of a bac."""
    return list(await tx.load(tables.villes, [(bac,)], ("bac",)))


class Directories:
    """The directories of a service, by their digest: read once, whatever the bacs and the batches that need them."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Annuaire] = OrderedDict()

    def keep(self, marked: str, annuaire: Annuaire) -> None:
        """Remember what these rows say, for who wrote them: a digest is that of its content, whatever becomes of the transaction."""
        self._known[marked] = annuaire
        self._known.move_to_end(marked)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)

    async def of(self, tx: Transaction, bac: str, marked: str | None) -> Annuaire:
        """The towns of a bac, whose row has this digest; None is a bac of before: it knows the shipped towns."""
        if marked is None:
            return livrees()
        found = self._known.get(marked)
        if found is None:
            lines = await load(tx, bac)
            if mark(lines) != marked:
                raise RuntimeError(f"{bac}: the towns are not those that its digest tells")
            found = read(lines)
        self.keep(marked, found)
        return found
