"""A run of the certification as a work of the pages: what is to be done next, what was judged so far, what is kept of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from fps.kit.ground.settings import Settings
from fps_certification.deroule import Jouee
from fps_certification.execution import Demande, controler
from fps_certification.observation import Echange, Observation
from fps_certification.prealable.constat import Constat
from fps_certification.preuves.refus import refusee
from fps_certification.preuves.reprise import Journal
from fps_certification.rapports.rapport import Rapport, rapport
from fps_certification.sujets.personne import AFaire
from fps_certification.verdict import rendre
from fps_console.commandes import executions
from fps_console.commandes.a_la_main import retenir
from fps_console.commandes.certifier import Choix, Passage, a_faire, demande_de, eprouver, passage_de, sondes_de
from fps_console.commandes.sorties import Sorties, ecrire
from fps_console.web.chantiers import Chantier
from fps_console.web.formes import Refus, Refuse
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.pilot import Pilot

ENSEMBLE: Final = 2  # checks at once: the services of « fps up » answer the pages too
# What may be downloaded of a run: the name of the file, what it is, its media type.
PIECES: Final[Mapping[str, tuple[str, str]]] = {
    "rapport.html": ("Rapport, à lire hors ligne", "text/html"),
    "rapport.json": ("Rapport, en données", "application/json"),
    "junit.xml": ("Rapport JUnit, pour l'intégration continue", "application/xml"),
    "preuve.gz": ("Preuve signée, que « fps verifier » relit", "application/gzip"),
    "certificat.pdf": ("Certificat de conformité (PDF/A)", "application/pdf"),
    "badge.svg": ("Badge", "image/svg+xml"),
}


@dataclass(eq=False, kw_only=True)
class Epreuve(Chantier):
    """A run that goes on, or just ended. `produit`: how it is called until its report says it."""

    choix: Choix
    demande: Demande
    passage: Passage
    settings: Settings
    produit: str
    constats: Sequence[Constat] = ()
    vues: list[tuple[Jouee, Observation]] = field(default_factory=list)
    a_faire: AFaire | None = None
    rapport: Rapport | None = None
    reponses: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    _dit: tuple[int, int, Rapport] | None = None

    def so_far(self) -> Rapport:
        """The verdict on what was seen until now, by the functions that give the last one."""
        if self.rapport is not None:
            return self.rapport
        plan = self.demande.plan
        if self._dit is None or self._dit[:2] != (len(self.vues), len(self.constats)):
            found = rapport(rendre(plan, list(self.vues), tuple(self.constats)), plan, self.produit, self.demande.execution)
            self._dit = len(self.vues), len(self.constats), found
        return self._dit[2]

    async def demander(self, quoi: AFaire) -> None:
        """Keep as data what is to be done, then show it: who reads the page and then the data reads one step, not the one before."""
        while not self.reponses.empty():
            self.reponses.get_nowait()
        if isinstance(self.passage, Journal):
            await asyncio.to_thread(retenir, a_faire(self.passage), quoi)
        self.a_faire = quoi
        self.reveiller()

    async def repondre(self) -> str:
        """What somebody clicks."""
        found = await self.reponses.get()
        self.a_faire = None
        self.reveiller()
        return found

    async def reconnaitre(self, echange: Echange) -> None:
        """Show what came."""
        self.a_faire = None
        comment = "accepté" if echange.accepte else f"refusé : {', '.join(sorted(echange.codes)) or echange.statut}"
        self.dire(f"Reçu : {echange.ou}, {comment}")

    def repond(self, etape: str, choix: str) -> None:
        """Take an answer; raises Refuse when that is no longer what is asked."""
        quoi = self.a_faire
        if self.finie or quoi is None or str(quoi.etape) != etape:
            phrase = "Ce qui était demandé est déjà fait, ou l'exécution a pris fin."
            raise Refuse(Refus("Cette étape est passée", phrase, "", "Regardez ce qui est à faire maintenant.", "etape-passee", 409))
        if choix not in quoi.choix:
            raise Refuse(Refus("Choisissez une réponse", "", "", "Prenez l'une de celles qui sont proposées.", "reponse-inconnue", 422))
        self.dire(f"Étape {quoi.etape}, {quoi.consigne} Répondu : {choix.replace('-', ' ')}.")
        self.reponses.put_nowait(choix)


def preparer(choix: Choix, settings: Settings) -> Epreuve:
    """A run that is ready to start: its plan read, its passage taken up. Raises Panne."""
    choix = replace(choix, parallele=ENSEMBLE)
    demande, passage = passage_de(choix, demande_de(choix), settings)
    plan = demande.plan
    nom = demande.execution
    produit = "un produit conduit à la main" if choix.a_la_main else "collectivité de référence" if plan.bac is None else f"bac {plan.bac}"
    lieu = "collectivité de référence" if plan.bac is None else f"bac « {plan.bac} »"
    adresse, total = f"/certification/executions/{nom}", len(plan.epreuves)
    return Epreuve(
        nom,
        "epreuve",
        f"{plan.plan}, {lieu}",
        lieu,
        adresse,
        total,
        choix=choix,
        demande=demande,
        passage=passage,
        settings=settings,
        produit=produit,
    )


async def mener(epreuve: Epreuve, pilot: Pilot) -> None:
    """Play it through the services that run, then keep its report and its pieces. Raises Panne, PiloteErreur."""

    def dire(nom: str) -> None:
        epreuve.fait += 1
        epreuve.quoi = nom
        epreuve.reveiller()

    def voir(constats: Sequence[Constat], vues: Sequence[tuple[Jouee, Observation]]) -> None:
        epreuve.constats, epreuve.vues = constats, list(vues)
        epreuve.reveiller()

    vers: tuple[Any, Any, str] = (pilot.client, pilot.addresses, pilot.token)
    qui = epreuve if epreuve.choix.a_la_main else None
    found = await eprouver(epreuve.choix, epreuve.demande, epreuve.settings, vers, epreuve.passage, qui, dire, voir)
    place = executions.pieces(epreuve.settings.data_dir, found.rapport.execution)
    place.mkdir(parents=True, exist_ok=True)
    (place / "rapport.json").write_text(found.rapport.model_dump_json(indent=2), "utf-8")
    prouvee = refusee(found.rapport) is None
    sorties = Sorties(
        place / "junit.xml",
        place / "preuve.gz" if prouvee else None,
        place / "rapport.html",
        place / "certificat.pdf" if prouvee else None,
        place / "badge.svg",
    )
    await asyncio.to_thread(lambda: ecrire([found], sorties, epreuve.settings, en_json=True))
    epreuve.rapport, epreuve.a_faire = found.rapport, None


async def prealable(choix: Choix, settings: Settings, pilot: Pilot) -> tuple[Constat, ...]:
    """What comes before a plan, looked at alone. Raises Panne."""
    return await controler(demande_de(choix), Ailleurs(pilot), sondes_de(settings))


def pieces_de(donnees: Path, execution: str) -> list[tuple[str, str, int]]:
    """What may be downloaded of a run: the file, what it is, its bytes."""
    place = executions.pieces(donnees, execution)
    return [(nom, dit, (place / nom).stat().st_size) for nom, (dit, _) in PIECES.items() if (place / nom).is_file()]


def commentaires_de(donnees: Path, execution: str) -> list[str] | None:
    """What was said of a run, signed with its evidence; None when it has no evidence that can be read."""
    from fps_certification.preuves.liasse import LiasseFausse, lire

    place = executions.pieces(donnees, execution) / "preuve.gz"
    try:
        return [str(un) for un in lire(place).fin.get("commentaires", ())] if place.is_file() else None
    except LiasseFausse:
        return None


def commenter(donnees: Path | None, execution: str, texte: str) -> None:
    """Sign with the evidence of a run what somebody says of it. Raises Refuse."""
    from fps_certification.preuves import liasse, signature

    place = None if donnees is None else executions.pieces(donnees, execution) / "preuve.gz"
    if donnees is None or place is None or not place.is_file():
        phrase = "Un commentaire est signé avec la preuve : cette exécution n'en a pas."
        raise Refuse(Refus("Rien à signer", phrase, "", "Éprouvez le plan jusqu'à sa preuve.", "sans-preuve", 409))
    try:
        liasse.commenter(place, texte, signature.cle(donnees))
    except ValueError as error:
        que_faire = "Vérifiez-la : « Vérifier une preuve » dit ce qui y est changé."
        raise Refuse(Refus("Cette preuve ne peut pas être signée de nouveau", str(error), "", que_faire, "preuve-fausse", 409)) from None
