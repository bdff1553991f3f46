"""What `fps certifier --droit` does: recorded runs had again under a draft figure of the law, and what breaks by it."""

import asyncio
import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from fps.kit.ground.settings import Settings
from fps_certification.certifier import certifier, rejuger
from fps_certification.execution import Demande
from fps_certification.plans.plan import Plan, livres
from fps_certification.preuves import liasse
from fps_certification.preuves.liasse import LiasseFausse
from fps_certification.rapports.rapport import Rapport
from fps_certification.repetition import BrouillonIllisible, Casse, Changement, Passage, lire, repeter
from fps_console.commandes import executions
from fps_console.commandes.output import Panne, cause, dump, say

GZIP = b"\x1f\x8b"


def rehearse(noms: Sequence[str], brouillon: Path, settings: Settings, en_json: bool) -> int:
    """List what breaks of recorded runs (all those kept, when none is named) under a draft; 1 when something does. Raises Panne."""
    changements = _brouillon(brouillon)
    recorded = [_enregistre(nom, settings) for nom in noms] or _gardees(settings)

    async def run() -> tuple[Casse, ...]:
        from fps_simulateur.pilote.world import open_world

        async with open_world(token=secrets.token_urlsafe(16)) as world:

            async def jouer(plan: Plan) -> Rapport:
                demande = Demande(plan, f"repetition-{secrets.token_hex(3)}", prealable=False)
                return (await certifier(demande, world.client, world.addresses, world.token)).rapport

            async def relire(lue: liasse.Liasse) -> Rapport:
                return (await rejuger(lue))[1]

            passages = [
                Passage(nom, plan.plan, partial(jouer, plan) if lue is None else partial(relire, lue)) for nom, plan, lue in recorded
            ]
            return await repeter(passages, changements)

    try:
        casses = asyncio.run(run())
    except LiasseFausse as error:
        raise Panne(
            f"Une preuve ne se relit pas : {error}.", "Rejouez le plan, ou redemandez-la.", code="preuve-fausse", statut=2
        ) from error
    if en_json:
        dump({"changements": [_dit(c) for c in changements], "passages": [nom for nom, _, _ in recorded], "casse": [*map(_casse, casses)]})
    else:
        _dire(changements, recorded, casses)
    return int(bool(casses))


Enregistre = tuple[str, Plan, liasse.Liasse | None]


def _brouillon(place: Path) -> tuple[Changement, ...]:
    try:
        return lire(place.read_text("utf-8"), place.name)
    except (OSError, UnicodeDecodeError) as error:
        dit = cause(error) if isinstance(error, OSError) else "ce n'est pas de l'UTF-8"
        raise Panne(f"{place} : {dit}.", "Vérifiez ce chemin.", code="brouillon-illisible", statut=2) from error
    except BrouillonIllisible as error:
        raise Panne(f"Ce brouillon ne se lit pas :\n{error}", "Corrigez chaque ligne.", code="brouillon-illisible", statut=2) from error


def _enregistre(nom: str, settings: Settings) -> Enregistre:
    """A run by its name, its report or its evidence, or a shipped plan; what another product recorded is judged as it was recorded."""
    if nom in livres():
        return nom, livres()[nom], None
    place = Path(nom)
    if place.is_file() and place.read_bytes()[:2] == GZIP:
        try:
            lue = liasse.lire(place)
            plan = Plan.model_validate(lue.entete["plan"])
        except (LiasseFausse, ValueError, KeyError) as error:
            raise Panne(f"{place} : {error}.", "Celle-ci ne prouve rien : redemandez-la.", code="preuve-fausse", statut=2) from error
        return str(lue.entete["execution"]), plan, None if plan.bac is None else lue
    return _seul(executions.trouver(nom, settings.data_dir))


def _seul(found: Rapport) -> Enregistre:
    """A run of which only the report is kept: its checks, on the reference collectivité. Raises Panne when it played none."""
    joue = found.plan_joue
    if not joue.epreuves:
        phrase = f"{found.execution} a jugé un trafic : son rapport seul ne le rejoue pas."
        raise Panne(phrase, "Donnez sa preuve (--preuve).", code="rien-a-rejouer", statut=2)
    return found.execution, joue.model_copy(update={"bac": None, "produit": None, "produits": {}, "bacs": "par-epreuve"}), None


def _gardees(settings: Settings) -> list[Enregistre]:
    """The last kept run of each plan. Raises Panne when there is none."""
    return [_seul(found) for found in executions.dernieres(settings.data_dir) if found.plan_joue.epreuves]


def _figure(valeur: Any, unite: str) -> str:
    return f"{', '.join(valeur) if isinstance(valeur, tuple) else valeur} {unite}"


def _dit(un: Changement) -> dict[str, Any]:
    return {"nom": un.nom, "le": un.le.isoformat(), "avant": un.avant, "apres": un.apres, "unite": un.unite, "article": un.article}


def _casse(une: Casse) -> dict[str, Any]:
    dite = {"execution": une.execution, "plan": une.plan, "exigence": une.exigence.id, "texte": une.exigence.texte}
    return {**dite, "valeur": _dit(une.changement), "le": une.le or None, "phrase": une.phrase}


def _dire(changements: Sequence[Changement], recorded: Sequence[Enregistre], casses: Sequence[Casse]) -> None:
    say("Répétition sous un droit en brouillon : SPÉCIMEN, environnement simulé. Le droit installé n'est pas touché.")
    for un in changements:
        change = "inchangée" if un.apres == un.avant else f"{un.avant} → {_figure(un.apres, un.unite)}"
        say(f"  {un.nom} au {un.le:%d/%m/%Y} : {change} ({un.article})")
    for nom, plan, lue in recorded:
        comment = "rejoué sur la collectivité de référence" if lue is None else "rejugé sur ce que la preuve a enregistré du produit"
        say(f"{nom} ({plan.plan}), {comment}, comme si chaque valeur s'appliquait à ses jours :")
        siennes = [c for c in casses if c.execution == nom]
        for une in siennes:
            jour = f" le {une.le[8:]}/{une.le[5:7]}/{une.le[:4]}" if une.le else ""
            c = une.changement
            say(f"✗ {une.exigence.id} {une.exigence.texte}")
            say(f"    {c.nom} : {c.avant} → {_figure(c.apres, c.unite)} au {c.le:%d/%m/%Y}, {c.article}")
            say(f"    vu{jour}, {une.phrase}" if jour else f"    {une.phrase}")
        if not siennes:
            say("  rien ne casse.")
    say(f"{len(casses)} exigence(s) à revoir." if casses else "Rien ne casse.")
