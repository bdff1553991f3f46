"""The towns that somebody knows, by SIRET, each with its configurations by date: what a bac keeps, and a rule receives."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from fps.droit.calendar import paris_date
from fps.droit.numero import siret_valide
from fps.villes.communes import Commune, CommuneInconnue
from fps.villes.defaut import de_ce_siret

DEPUIS: Final = date(2018, 1, 1)  # the first day of the reform, from which a configuration counts when no other is said


@dataclass(frozen=True, slots=True)
class Version:
    """The configuration of a town from a day on, until the next one."""

    depuis: date
    commune: Commune


@dataclass(frozen=True, slots=True)
class Annuaire:
    """The towns of a bac; their versions are in the order of their dates, and none is empty."""

    villes: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)

    @classmethod
    def de(cls, versions: Iterable[Version]) -> "Annuaire":
        """The directory of these configurations; two of one town on one day are a fault of the caller: the last one stays."""
        trouvees: dict[str, dict[date, Version]] = {}
        for version in versions:
            trouvees.setdefault(version.commune.siret, {})[version.depuis] = version
        return cls({siret: tuple(par_date[d] for d in sorted(par_date)) for siret, par_date in trouvees.items()})

    def __iter__(self) -> Iterator[str]:
        return iter(self.villes)

    def versions(self) -> Iterator[Version]:
        """Every configuration of every town."""
        for connues in self.villes.values():
            yield from connues

    def connait(self, siret: str) -> bool:
        """Whether somebody has told something of the town of this SIRET."""
        return siret in self.villes

    def admet(self, siret: str) -> bool:
        """Whether this SIRET may be that of a town: its key is right (ADR 0026)."""
        return siret in self.villes or siret_valide(siret)

    def chercher(self, siret: str, le: date) -> Commune | None:
        """The town of this SIRET as it is configured that day; before its first configuration, that one.

        A town of which nobody told anything is the default one (hypothesis H124); None for what is no SIRET.
        """
        versions = self.villes.get(siret)
        if versions is None:
            return de_ce_siret(siret) if siret_valide(siret) else None
        trouvee = versions[0]
        for version in versions[1:]:
            if version.depuis <= le:
                trouvee = version
        return trouvee.commune

    def chercher_du(self, siret: str, instant: datetime) -> Commune | None:
        """The town of this SIRET as it is configured on its own civil day of an instant, None when there is none."""
        ville = self.chercher(siret, paris_date(instant))
        return None if ville is None else self.chercher(siret, ville.jour(instant))

    def commune(self, siret: str, le: date) -> Commune:
        """The town of this SIRET as it is configured that day; raises CommuneInconnue."""
        trouvee = self.chercher(siret, le)
        if trouvee is None:
            raise CommuneInconnue(f"{siret[:20]} n'est pas un SIRET : la clé de ses 14 chiffres est fausse.", "siret")
        return trouvee

    def au(self, le: date) -> tuple[Commune, ...]:
        """Every town as it is configured that day, in the order of the directory."""
        return tuple(self.commune(siret, le) for siret in self.villes)

    def avec(self, version: Version) -> "Annuaire":
        """The same with this configuration, in the place of that of the same day when there is one; in the order of the SIRETs."""
        return Annuaire.de(sorted((*self.versions(), version), key=lambda v: v.commune.siret))

    def sans(self, siret: str) -> "Annuaire":
        """The same without this town."""
        return Annuaire({connu: versions for connu, versions in self.villes.items() if connu != siret})
