"""What a test of pytest written from a report calls: a check played in the bac of the fixture `fps`, one requirement of it judged."""

from typing import Any

import httpx

from fps_certification.certifier import du_plan
from fps_certification.deroule import jouer
from fps_certification.execution import vu_de
from fps_certification.exigences.lecture import exigences
from fps_certification.plans.plan import Plan, pilotes
from fps_certification.rapports.carte import en_colonnes
from fps_certification.rapports.rapport import rapport
from fps_certification.rapports.sources import source_dite
from fps_certification.sujets.reference import Reference
from fps_certification.sujets.sujet import Sujet
from fps_certification.verdict import Sort, rendre
from fps_simulateur.langue.modele import lire


def eprouver(fps: Any, vie: str, exigence: str, pilote: str | None = None, modele: str | None = None) -> None:
    """Play a life (YAML, as `fps play` reads it) on the product, in the bac of the fixture; raises AssertionError with the failure card.

    `fps`: the fixture of `fps_simulateur`; `pilote`: the address of the product, or « emission=…,rapo=… » of a duel, else the
    reference one; `modele`: the bac where the product is enrolled, a copy of which is played. Nothing that was not seen is counted as
    good: what nothing proved fails too.
    """
    __tracebackhide__ = True
    fps.conduire(lambda bac: juger(bac, vie, exigence, pilote, modele))


async def juger(bac: Any, texte: str, id_: str, adresse: str | None = None, modele: str | None = None) -> None:
    """The same, awaited."""
    [vie] = lire(texte, "essai")
    une = next(e for e in exigences() if e.id == id_)
    plan = Plan.model_validate({"plan": "essai", "titre": "Un essai", "exigences": (id_,)} | ({} if adresse is None else pilotes(adresse)))
    monde, nom, siret = bac.monde.services, bac.nom, str(bac.deroulement.connus["siret_ville"])
    if modele is not None:
        nom = f"{nom}-copie"
        await monde.pilot.copier(modele, nom)
    await monde.pilot.observer(nom)
    async with httpx.AsyncClient(trust_env=False) as client:
        sujet: Sujet = Reference(monde) if adresse is None else du_plan(plan, client)
        jouee = await jouer(monde, vie, nom, sujet)
    vue = await vu_de(monde, nom, siret)
    if modele is not None:
        await monde.pilot.supprimer(nom)
    found = rapport(rendre(plan, [(jouee, vue)]), plan, sujet.nom, nom)
    rendue = found.exigences[0]
    if rendue.sort is Sort.CONFORME:
        return
    lignes = [f"{id_} : {une.texte}", f"source : {source_dite(une.source)}"]
    for carte in rendue.echecs:
        lignes += [f"attendu : {carte.attendu}", f"reçu : {carte.recu}", f"où : {carte.verification}, {carte.ou}"]
        if carte.comparaison:
            lignes.append(en_colonnes([(u.marque, u.attendu, u.recu) for u in carte.comparaison]))
    if not rendue.echecs:
        lignes.append(f"non prouvé : {rendue.raison or jouee.phrase}")
    raise AssertionError("\n".join(lignes))
