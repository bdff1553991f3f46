"""The invoice of ANTAI to a collectivité for a month: one flat price a notice, at the price of its day (hypothesis H58)."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel, ConfigDict

from antai.domain.avis import Nature
from antai.domain.refus import MoisInvalide
from fps.droit import HorsDuDroit, droit
from fps.villes.communes import Commune


class LigneFacture(BaseModel):
    """Les avis d'une nature à un prix, en centimes ; le partage du prix est absent quand aucun texte ne le donne."""

    model_config = ConfigDict(frozen=True)

    nature: Nature
    nombre: int
    prix: int
    dont_traitement: int | None
    dont_affranchissement: int | None
    montant: int
    reference: str


class Facture(BaseModel):
    """La facture d'un mois, en centimes ; provisoire jusqu'à la fin du mois."""

    model_config = ConfigDict(frozen=True)

    numero: str
    siret: str
    collectivite: str
    mois: str
    date_facture: date
    provisoire: bool
    lignes: tuple[LigneFacture, ...]
    nombre: int
    total: int
    total_traitement: int | None
    total_affranchissement: int | None


def bornes(mois: str, le: date) -> tuple[date, date]:
    """The first and last days of a month AAAA-MM that has begun; raises MoisInvalide."""
    annee, _, rang = mois.partition("-")
    premier = date(int(annee), int(rang), 1) if int(annee) >= 2018 and 1 <= int(rang) <= 12 else None
    if premier is None or premier > le:
        raise MoisInvalide(f"Mois {mois}.", "mois")
    return premier, premier.replace(day=monthrange(premier.year, premier.month)[1])


def facture(ville: Commune, mois: str, comptes: Iterable[tuple[str, date, int]], le: date) -> Facture:
    """The invoice of the notices counted by kind and day; same kind and same price make one line."""
    _, dernier = bornes(mois, le)
    groupes: dict[tuple[Nature, int, int | None, int | None, str], int] = {}
    for nature, jour, nombre in comptes:
        cle = (Nature(nature), *_prix(jour))
        groupes[cle] = groupes.get(cle, 0) + nombre
    lignes = tuple(
        LigneFacture(
            nature=nature, nombre=n, prix=prix, dont_traitement=part, dont_affranchissement=port, montant=n * prix, reference=reference
        )
        for (nature, prix, part, port, reference), n in sorted(groupes.items(), key=lambda x: (x[0][0], x[0][1]))
    )
    connu = all(ligne.dont_traitement is not None for ligne in lignes)
    return Facture(
        numero=f"F-{ville.siret}-{mois.replace('-', '')}",
        siret=ville.siret,
        collectivite=ville.nom,
        mois=mois,
        date_facture=min(dernier, le),
        provisoire=le <= dernier,
        lignes=lignes,
        nombre=sum(ligne.nombre for ligne in lignes),
        total=sum(ligne.montant for ligne in lignes),
        total_traitement=sum(ligne.nombre * (ligne.dont_traitement or 0) for ligne in lignes) if connu else None,
        total_affranchissement=sum(ligne.nombre * (ligne.dont_affranchissement or 0) for ligne in lignes) if connu else None,
    )


def _prix(jour: date) -> tuple[int, int | None, int | None, str]:
    loi = droit(jour)
    reference = loi.source("facture_apa").reference
    try:
        return loi.facture_apa, loi.facture_apa_traitement, loi.facture_apa_affranchissement, reference
    except HorsDuDroit:
        return loi.facture_apa, None, None, reference
