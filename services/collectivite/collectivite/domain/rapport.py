"""The annual report on the RAPO, presented to the assembly before 31 December of the next year (CGCT, art. R. 2333-120-15, annexe II)."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, Field

from collectivite.domain.rapo import CRITERES, EtatRapo
from fps.villes.communes import Commune

Residence = Literal["hors-collectivite", "dans-la-collectivite", "ensemble"]
EXPLICITES: Final = frozenset({EtatRapo.IRRECEVABLE, EtatRapo.REJETE, EtatRapo.ACCEPTE, EtatRapo.ACCEPTE_EN_PARTIE})
REJETS: Final = frozenset({EtatRapo.REJETE, EtatRapo.REJETE_IMPLICITEMENT})
ADMIS: Final = frozenset({EtatRapo.ACCEPTE, EtatRapo.ACCEPTE_EN_PARTIE})
ANNULATIONS: Final = frozenset({"decharge-totale", "decharge-partielle"})


class Indicateurs(BaseModel):
    """Les neuf colonnes de l'annexe II, en nombre de RAPO ou de décisions ; le délai en jours, arrondi au plus proche."""

    recus: int
    delai_moyen_jours: int | None = Field(description="De l'avis de réception à la décision, silence compris ; vide sans décision")
    decisions_explicites: int
    decisions_implicites: int
    irrecevables: int
    rejetes: int = Field(description="Par décision expresse ou par le silence")
    admis: int = Field(description="Avis de paiement annulés ou rectifiés")
    rejets_juridiction: int
    annulations_juridiction: int = Field(description="Décharges, totales ou partielles")


class LigneIndicateurs(BaseModel):
    """Une ligne du tableau de l'annexe II : ses valeurs, leur évolution depuis l'année précédente, leur rapport aux avis délivrés."""

    residence: Residence = Field(description="Où réside l'auteur du RAPO, d'après son adresse")
    valeurs: Indicateurs
    evolution_pour_mille: dict[str, int | None] = Field(description="Vide quand l'année précédente n'a rien à comparer")
    pour_mille_avis: dict[str, int | None] = Field(description="Pour mille avis de paiement délivrés dans l'année")


class MotifIrrecevabilite(BaseModel):
    """Une condition qui manquait aux RAPO jugés irrecevables, et à combien (annexe II, 6°)."""

    code: str
    phrase: str
    article: str
    nombre: int


class RapportRapo(BaseModel):
    """Le rapport d'une année, en nombre de dossiers et en centimes (CGCT, annexe II)."""

    siret: str
    collectivite: str
    annee: int
    responsable: str = Field(description="Service chargé de l'instruction")
    tiers_contractant: str | None = Field(description="Tiers contractant auteur du rapport (annexe II, 2°)")
    equivalents_temps_plein: float | None = Field(description="Moyens humains (annexe II, 3°) ; vide si la collectivité ne les dit pas")
    moyens_financiers: int | None = Field(description="Moyens financiers, en centimes (annexe II, 4°)")
    fps_etablis: int = Field(description="Avis de paiement délivrés")
    montant_etabli: int
    rapo_recus: int
    par_canal: dict[str, int]
    par_etat: dict[str, int]
    taux_recours_pour_mille: int = Field(description="RAPO pour mille FPS établis")
    taux_acceptation_pour_mille: int = Field(description="Acceptations, totales ou partielles, pour mille RAPO")
    irrecevabilites: dict[str, int] = Field(description="Nombre de RAPO où chaque critère manque")
    decisions_juridiction: dict[str, int]
    indicateurs: tuple[LigneIndicateurs, ...] = Field(description="Le tableau de l'annexe II, 5°")
    motifs_irrecevabilite: tuple[MotifIrrecevabilite, ...]


@dataclass(frozen=True, slots=True)
class RapoCompte:
    """What the report reads of one RAPO."""

    etat: str
    canal: str
    code_postal: str
    pays: str
    recu_le: date
    decide_le: date | None
    manques: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JugementCompte:
    """What the report reads of one decision of the court; `code_postal`: of the author of the RAPO, None without RAPO."""

    sens: str
    code_postal: str | None
    pays: str | None


@dataclass(frozen=True, slots=True)
class Annee:
    """What happened in one year: the RAPO received, the decisions of the court, the notices and what they are worth."""

    rapos: Sequence[RapoCompte]
    jugements: Sequence[JugementCompte]
    avis: int
    montant: int


def reside(ville: Commune, code_postal: str | None, pays: str | None) -> bool:
    """Whether who gives that address lives in the town: its postcode is one of those of the town (hypothesis H126)."""
    return pays == "FR" and code_postal in {ville.adresse.code_postal, *(code for zone in ville.zones for code in zone.codes_postaux)}


def indicateurs(rapos: Sequence[RapoCompte], jugements: Iterable[JugementCompte]) -> Indicateurs:
    """The nine columns (CGCT, annexe II, 5°)."""
    etats, sens = Counter(r.etat for r in rapos), Counter(j.sens for j in jugements)
    delais = [(r.decide_le - r.recu_le).days for r in rapos if r.decide_le is not None and r.etat in EXPLICITES | REJETS]
    return Indicateurs(
        recus=len(rapos),
        delai_moyen_jours=(2 * sum(delais) + len(delais)) // (2 * len(delais)) if delais else None,
        decisions_explicites=sum(etats[e] for e in EXPLICITES),
        decisions_implicites=etats[EtatRapo.REJETE_IMPLICITEMENT],
        irrecevables=etats[EtatRapo.IRRECEVABLE],
        rejetes=sum(etats[e] for e in REJETS),
        admis=sum(etats[e] for e in ADMIS),
        rejets_juridiction=sens["rejet"],
        annulations_juridiction=sum(sens[s] for s in ANNULATIONS),
    )


def _ligne(residence: Residence, ville: Commune, annee: Annee, avant: Annee) -> LigneIndicateurs:
    def compter(a: Annee) -> Indicateurs:
        if residence == "ensemble":
            return indicateurs(a.rapos, [j for j in a.jugements if j.code_postal is not None])
        ici = residence == "dans-la-collectivite"
        jugements = [j for j in a.jugements if j.code_postal is not None and reside(ville, j.code_postal, j.pays) == ici]
        return indicateurs([r for r in a.rapos if reside(ville, r.code_postal, r.pays) == ici], jugements)

    valeurs, passees = compter(annee), compter(avant)
    dits, anciens = valeurs.model_dump(), passees.model_dump()
    return LigneIndicateurs(
        residence=residence,
        valeurs=valeurs,
        evolution_pour_mille={nom: _pour_mille((n or 0) - anciens[nom], anciens[nom]) if anciens[nom] else None for nom, n in dits.items()},
        pour_mille_avis={nom: _pour_mille(n, annee.avis) for nom, n in dits.items() if nom != "delai_moyen_jours"},
    )


def _pour_mille(part: int, tout: int) -> int | None:
    """Rounded half away from zero; None of nothing."""
    if not tout:
        return None
    arrondi = (2000 * abs(part) + tout) // (2 * tout)
    return arrondi if part >= 0 else -arrondi


def rapport(ville: Commune, annee: int, dite: Annee, avant: Annee) -> RapportRapo:
    """The report of a year, compared with the one before."""
    par_etat = {etat.value: sum(r.etat == etat for r in dite.rapos) for etat in EtatRapo}
    acceptes, recus = sum(par_etat[e] for e in ADMIS), len(dite.rapos)
    refuses = Counter(code for r in dite.rapos if r.etat == EtatRapo.IRRECEVABLE for code in r.manques)
    moyens = ville.moyens_rapo
    return RapportRapo(
        siret=ville.siret,
        collectivite=ville.nom,
        annee=annee,
        responsable=ville.contact_rapo.nom,
        tiers_contractant=None if moyens is None else moyens.tiers_contractant,
        equivalents_temps_plein=None if moyens is None else moyens.equivalents_temps_plein,
        moyens_financiers=None if moyens is None else moyens.budget,
        fps_etablis=dite.avis,
        montant_etabli=dite.montant,
        rapo_recus=recus,
        par_canal=dict(sorted(Counter(r.canal for r in dite.rapos).items())),
        par_etat=par_etat,
        taux_recours_pour_mille=_pour_mille(recus, dite.avis) or 0,
        taux_acceptation_pour_mille=_pour_mille(acceptes, recus) or 0,
        irrecevabilites={c.code: sum(c.code in r.manques for r in dite.rapos) for c in CRITERES},
        decisions_juridiction=dict(sorted(Counter(j.sens for j in dite.jugements).items())),
        indicateurs=tuple(_ligne(residence, ville, dite, avant) for residence in ("hors-collectivite", "dans-la-collectivite", "ensemble")),
        motifs_irrecevabilite=tuple(
            MotifIrrecevabilite(code=c.code, phrase=c.phrase, article=c.article, nombre=refuses[c.code])
            for c in CRITERES
            if refuses[c.code]
        ),
    )


def manques(irrecevabilites: str, a_verifier: str) -> tuple[str, ...]:
    """The codes of what a RAPO lacks, from its two columns."""
    return (*json.loads(irrecevabilites), *json.loads(a_verifier))
