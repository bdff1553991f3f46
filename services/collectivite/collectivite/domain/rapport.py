"""The annual report on the RAPO, presented to the assembly before 31 December of the next year (CGCT, art. R. 2333-120-15)."""

import json

from pydantic import BaseModel, Field

from collectivite.domain.rapo import CRITERES, EtatRapo
from fps.villes.communes import Commune


class RapportRapo(BaseModel):
    """Les chiffres d'une année, en nombre de dossiers et en centimes ; les colonnes sont une hypothèse (annexe II introuvable)."""

    siret: str
    collectivite: str
    annee: int
    responsable: str = Field(description="Service chargé de l'instruction")
    fps_etablis: int
    montant_etabli: int
    rapo_recus: int
    par_canal: dict[str, int]
    par_etat: dict[str, int]
    taux_recours_pour_mille: int = Field(description="RAPO pour mille FPS établis")
    taux_acceptation_pour_mille: int = Field(description="Acceptations, totales ou partielles, pour mille RAPO")
    irrecevabilites: dict[str, int] = Field(description="Nombre de RAPO où chaque critère manque")
    decisions_juridiction: dict[str, int]


def rapport(
    ville: Commune,
    annee: int,
    forfaits: tuple[int, int],
    rapos: list[tuple[str, str, int]],
    criteres: list[tuple[str, int]],
    decisions: list[tuple[str, int]],
) -> RapportRapo:
    """The report, from the counts of the year."""
    par_etat = {etat.value: sum(n for e, _, n in rapos if e == etat.value) for etat in EtatRapo}
    canaux = sorted({canal for _, canal, _ in rapos})
    recus = sum(par_etat.values())
    acceptes = par_etat[EtatRapo.ACCEPTE] + par_etat[EtatRapo.ACCEPTE_EN_PARTIE]
    manques = {c.code: sum(n for codes, n in criteres if c.code in json.loads(codes)) for c in CRITERES}
    return RapportRapo(
        siret=ville.siret,
        collectivite=ville.nom,
        annee=annee,
        responsable=ville.contact_rapo.nom,
        fps_etablis=forfaits[0],
        montant_etabli=forfaits[1],
        rapo_recus=recus,
        par_canal={canal: sum(n for _, c, n in rapos if c == canal) for canal in canaux},
        par_etat=par_etat,
        taux_recours_pour_mille=round(1000 * recus / forfaits[0]) if forfaits[0] else 0,
        taux_acceptation_pour_mille=round(1000 * acceptes / recus) if recus else 0,
        irrecevabilites=manques,
        decisions_juridiction=dict(decisions),
    )
