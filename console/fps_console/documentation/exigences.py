"""The page of the requirements: what a product must prove, where it is written, what tries it, and the plans where it counts."""

from fps.flows import FLOWS
from fps_certification.assertions import REGISTRE
from fps_certification.epreuves.lecture import epreuves
from fps_certification.exigences.exigence import Exigence
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import livres
from fps_certification.rapports.sources import source_dite
from fps_console.documentation.fiches import grid

TETE = """# Les exigences

> **SPÉCIMEN — environnement simulé.** Un verdict d'ici ne vaut certification par personne, ni homologation.

Page écrite par `fps docs` d'après `certification/fps_certification/exigences/` : ce que le produit d'une collectivité doit prouver, d'où
cela vient, ce qui l'éprouve, et les plans qui le demandent. Une **assertion** (`forme/date-invalide`) se vérifie dans tout échange du
produit, qui que ce soit qui le conduise ; une **épreuve** (*amiable-paye*) est une vie que le produit joue. Une exigence que n'appuie
qu'une hypothèse ([la liste](hypotheses.md)) ne rend jamais un produit non conforme : le verdict dit « hypothèse seule ». Ce que rien
n'éprouve dit pourquoi.
"""
SANS = "Aucun message n'y vient du produit, ni ne va à lui."
COLONNES = ("n°", "exigence", "niveau", "source", "éprouvée par", "plans")


def exigences_md() -> str:
    """docs/exigences.md."""
    toutes = exigences()
    etapes = sum(bool(etape.prouve) for vie in epreuves().values() for etape in vie.etapes)
    sans = sum(e.non_teste is not None for e in toutes)
    dits = f"{len(toutes)} exigences, {len(REGISTRE) + etapes} vérifications : {len(REGISTRE)} assertions, {etapes} étapes d'épreuves."
    blocs = [TETE, f"{dits} {sans} exigences ne sont pas éprouvées, et disent pourquoi.", "## Tout échange", _table(toutes, None)]
    for flow in FLOWS:
        titre = f"## Flux {flow.number} : {flow.nom}"
        blocs += [titre, _table(toutes, flow.number) if any(e.flux == flow.number for e in toutes) else SANS]
    return "\n\n".join(bloc.strip() for bloc in blocs) + "\n"


def _table(toutes: tuple[Exigence, ...], flux: int | None) -> str:
    plans = {plan.plan: {e.id for e in plan.portee()} for plan in livres().values()}
    rows = (
        (
            e.id,
            e.texte,
            e.niveau.value.replace("recommande", "recommandé"),
            source_dite(e.source),
            _par(e),
            ", ".join(nom for nom, siennes in plans.items() if e.id in siennes) or "—",
        )
        for e in sorted(toutes, key=lambda e: int(e.id.removeprefix("EX-")))
        if e.flux == flux
    )
    return grid(COLONNES, rows)


def _par(une: Exigence) -> str:
    if une.non_teste is not None:
        return f"rien : {une.non_teste}"
    dites = [*(f"`{nom}`" for nom in une.assertions), *(f"*{nom}*" for nom in une.epreuves)]
    return ", ".join([*dites, *(["l'exploration"] if une.exploree else [])])
