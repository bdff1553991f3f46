"""Who works for a town: its providers, the zones and the rights of each, where a RAPO against their FPS goes."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Annotated, Final, Literal

from pydantic import Field

from fps.errors import Conflit
from fps.messages.formats import Court, Ligne, Siret
from fps.villes.autorites import Indicatif
from fps.villes.joindre import JoindreRapo
from fps.villes.lecture import Lecture

LOI: Final = "CGCT, art. L. 2333-87, II"
# The rights of `fps.confiance.habilitation.Permission`, which reads the towns: a test compares.
Droit = Literal["emission", "rapo", "contentieux", "comptabilite", "suivi"]


class PrestataireNonDeclare(Conflit):
    """La collectivité ne déclare pas ce prestataire"""

    code = "prestataire-non-declare"
    article = LOI
    que_faire = "Écrivez son nom comme la collectivité le déclare, ou ajoutez-le aux prestataires de sa configuration."


class PrestataireHorsPerimetre(Conflit):
    """Le périmètre demandé dépasse celui que la collectivité donne à ce prestataire"""

    code = "prestataire-hors-perimetre"
    article = LOI
    que_faire = "Demandez les zones et les droits que la collectivité déclare pour lui, ou changez sa configuration."


class Prestataire(Lecture):
    """Un tiers contractant : ce qu'il fait pour la collectivité, dans quelques zones ou dans toutes."""

    nom: Ligne
    siret: Siret | None = Field(default=None, description="Le sien ; son certificat le porte")
    zones: tuple[Court, ...] = Field(default=(), description="Aucune veut dire toutes")
    droits: Annotated[tuple[Droit, ...], Field(min_length=1)]
    autorite: Indicatif | None = Field(default=None, description="Chiffre que portent les numéros de ses agents ; à défaut, le premier")
    contact_rapo: JoindreRapo | None = Field(default=None, description="Où les RAPO contre les FPS de ses zones sont adressés")

    def couvre(self, zone: str) -> bool:
        """Whether it works in that zone."""
        return not self.zones or zone in self.zones

    def est(self, nom: str, siret: str | None) -> bool:
        """Whether it is who is named so, or whose certificate bears that SIRET."""
        return nom.casefold() == self.nom.casefold() or (siret is not None and siret == self.siret)


def fautes(prestataires: Sequence[Prestataire], indicatifs: Sequence[int], zones: Sequence[str]) -> Iterator[str]:
    """What a town file may not say of its authorities and its providers."""
    yield from (f"le chiffre d'autorité {i} est donné deux fois" for i in sorted({i for i in indicatifs if indicatifs.count(i) > 1}))
    for p in prestataires:
        if inconnues := sorted(set(p.zones) - set(zones)):
            yield f"« {p.nom} » : la zone « {inconnues[0]} » n'existe pas{_proche(inconnues[0], zones)}"
        if p.autorite is not None and p.autorite not in indicatifs:
            connus = ", ".join(map(str, sorted(indicatifs)))
            yield f"« {p.nom} » : {p.autorite} n'est le chiffre d'aucune autorité de la collectivité ({connus})"
        if p.contact_rapo is not None and "rapo" not in p.droits:
            yield f"« {p.nom} » : un contact pour les RAPO, sans le droit « rapo »"
    for un, autre in combinations(prestataires, 2):
        if un.est(autre.nom, autre.siret):
            yield f"le prestataire « {autre.nom} » est décrit deux fois"
        elif un.contact_rapo and autre.contact_rapo and (commune := next((z for z in zones if un.couvre(z) and autre.couvre(z)), None)):
            yield f"« {un.nom} » et « {autre.nom} » reçoivent tous deux les RAPO de la zone « {commune} »"


def emetteur(prestataires: Iterable[Prestataire], zone: str) -> Prestataire | None:
    """The only provider that establishes FPS in that zone; None when the town does it, or when several do."""
    trouves = [p for p in prestataires if "emission" in p.droits and p.couvre(zone)]
    return trouves[0] if len(trouves) == 1 else None


def perimetre(
    prestataires: Sequence[Prestataire], nom: str, siret: str | None, zones: Sequence[str], droits: Iterable[str]
) -> tuple[str, ...]:
    """The zones that a provider may be given, its own when none is asked; raises PrestataireNonDeclare, PrestataireHorsPerimetre."""
    trouve = next((p for p in prestataires if p.est(nom, siret)), None)
    if trouve is None:
        connus = [p.nom for p in prestataires]
        raise PrestataireNonDeclare(f"« {nom[:80]} »{_proche(nom, connus)} ; déclarés : {', '.join(connus)}.", "prestataire")
    if refuses := sorted(set(droits) - set(trouve.droits)):
        detail = f"« {trouve.nom} » n'a pas le droit « {refuses[0]} » ({', '.join(trouve.droits)})."
        raise PrestataireHorsPerimetre(detail, "droits")
    if trouve.zones and (dehors := [zone for zone in zones if zone not in trouve.zones]):
        detail = f"La zone « {dehors[0][:40]} » n'est pas de celles de « {trouve.nom} » ({', '.join(trouve.zones)})."
        raise PrestataireHorsPerimetre(detail, "zones")
    return tuple(zones) or trouve.zones


def _proche(mot: str, connus: Iterable[str]) -> str:
    proches = difflib.get_close_matches(mot, connus, 1)
    return f", vouliez-vous dire « {proches[0]} » ?" if proches else ""
