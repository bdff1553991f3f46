"""A product driven by hand: a person is told the next thing to do, and what it causes is recognised when it comes among the exchanges."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from fps.droit.money import euros
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.plaques import identiques
from fps.messages.recours_collectivite import MemoireDefense
from fps.parties import LIBELLES, Party
from fps_certification.observation import Echange, Observation
from fps_certification.sujets.contrat import CONNEXIONS, ETATS, LIRE, Action
from fps_certification.sujets.sujet import REFUS_DECLARE, Champs, Domaine, NonPrisEnCharge, Reponse, SujetEnFaute
from fps_simulateur.pilote.pilot import Pilot

TEMOINS: Final = (Party.ANTAI, Party.DGFIP, Party.CCSP)
PAS: Final = 0.5  # seconds between two looks at the exchanges
DELAI: Final = 1800.0  # seconds that a person has for one thing
FAIT, REFUSE, NE_SAIT_PAS = "fait", "refuse", "ne-sait-pas"
_RETRAITS: Final = (AnnulationFps, InformationAnnulationFps)
# What each action makes the product send; an action that is not here causes no exchange, or not always: a person says when it is done.
CAUSES: Final[Mapping[str, tuple[MessageClass, ...]]] = {
    "etablir": (CreationFps,),
    "encaisser": _RETRAITS,
    "baisser": (ModificationFps,),
    "annuler": _RETRAITS,
    "abandonner-titre": (InformationAnnulationTitre,),
    "defendre": (MemoireDefense,),
    "executer": (InformationAnnulationTitre, InformationAnnulationFps),
    "rembourser": (TitreAnnulationRecette, MandatRemboursement),
}
_DECISIONS: Final[Mapping[str, tuple[MessageClass, ...]]] = {
    "acceptation-totale": _RETRAITS,
    "acceptation-partielle": (ModificationFps,),
}


@dataclass(frozen=True, slots=True)
class AFaire:
    """The next thing to do: a terminal says it, a page may show it. `donnees`: what to type; `attend`: what is watched for.

    `choix`: what a person may answer; when `attend` is empty, only an answer ends it.
    """

    etape: int
    bac: str
    jour: str
    action: str
    consigne: str
    donnees: Champs = field(default_factory=dict)
    attend: tuple[str, ...] = ()
    a: tuple[str, ...] = ()
    choix: tuple[str, ...] = (FAIT, REFUSE, NE_SAIT_PAS)

    def json(self) -> Champs:
        """As data."""
        return asdict(self)


class Interlocuteur(Protocol):
    """Who is in front of the product: a terminal, a page, a test."""

    async def demander(self, quoi: AFaire) -> None:
        """Tell what is to be done."""

    async def repondre(self) -> str | None:
        """The next answer, one of `choix`; None when nobody will ever answer."""

    async def reconnaitre(self, echange: Echange) -> None:
        """Tell what came."""


@dataclass
class Personne:
    """`pilot` reads the exchanges beside what is recorded: only what the person did, and what came of it, is the product's answer."""

    pilot: Pilot
    siret: str
    qui: Interlocuteur
    delai: float = DELAI
    pas: float = PAS
    nom: str = "un produit conduit à la main"
    _etape: int = 0

    async def agir(self, action: Action, bac: str, donnees: Mapping[str, Any]) -> Reponse:
        """Tell it, and wait for what it causes, or for an answer; raises SujetEnFaute, NonPrisEnCharge."""
        self._etape += 1
        depuis = {party: await self._dernier(party, bac) for party in TEMOINS}
        classes = _DECISIONS.get(str(donnees.get("sens")), ()) if action.nom == "decider-rapo" else CAUSES.get(action.nom, ())
        classes = () if donnees.get("essai") else classes  # what is filed in a test session is no message of a flow
        etat = await self.pilot.etat(bac)
        a = tuple(dict.fromkeys(LIBELLES[cls.receiver] for cls in classes))
        attend = tuple(f"{cls.flow:02d}.{cls.nom}" for cls in classes)
        connexion = donnees.get("connexion")
        choix = (*CONNEXIONS, NE_SAIT_PAS) if connexion else ETATS if action is LIRE else (FAIT, REFUSE, NE_SAIT_PAS)
        dit = {nom: valeur for nom, valeur in donnees.items() if valeur not in (None, {}, [])}
        quoi = AFaire(self._etape, bac, str(etat["instant"]), action.nom, consigne(action, connexion), dit, attend, a, choix)
        await self.qui.demander(quoi)
        vient = asyncio.ensure_future(anext(self._guetter(bac, depuis, action, classes, donnees)))
        try:
            return await asyncio.wait_for(self._attendre(quoi, action, donnees, vient), self.delai)
        except TimeoutError as error:
            le = datetime.fromisoformat(quoi.jour)
            manque = " ou ".join(f"« {un} »" for un in attend) or "une réponse"
            phrase = f"{manque} n'est pas venu en {self.delai:g} s ; le bac est au {le:%d/%m/%Y} : {quoi.consigne}"
            raise SujetEnFaute(Domaine.PRODUIT, phrase) from error
        finally:
            vient.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await vient

    async def _attendre(self, quoi: AFaire, action: Action, donnees: Mapping[str, Any], vient: "asyncio.Future[Echange]") -> Reponse:
        muet = False
        while True:
            dit = None if muet else asyncio.ensure_future(self.qui.repondre())
            try:
                attendus: set[asyncio.Future[Any]] = {vient} if dit is None else {vient, dit}
                await asyncio.wait(attendus, return_when=asyncio.FIRST_COMPLETED)
                if vient.done():
                    await self.qui.reconnaitre(vient.result())
                    return _faite(action, donnees, vient.result())
                found = None if dit is None else dit.result()
            finally:
                if dit is not None and not dit.done():
                    dit.cancel()
            if found is None:
                if not quoi.attend:
                    raise NonPrisEnCharge(action.acte or action.sens)
                muet = True
            elif found == NE_SAIT_PAS:
                raise NonPrisEnCharge(action.acte or action.sens)
            elif found == REFUSE:
                return Reponse(409, {"code": REFUS_DECLARE}, declaree=True)
            elif action is LIRE:
                return Reponse(200, {"etat": found}, declaree=True)
            elif not quoi.attend:
                return Reponse(200, dict(donnees), declaree=True)

    async def _dernier(self, party: Party, bac: str) -> int:
        return int(max((vu["rang"] for vu in await self.pilot.echanges(party, bac)), default=0))

    async def _guetter(
        self, bac: str, depuis: dict[Party, int], action: Action, classes: tuple[MessageClass, ...], donnees: Mapping[str, Any]
    ) -> AsyncIterator[Echange]:
        """The exchanges of the product that this action causes; a trouble of the service is none: it will be sent again."""
        while classes:
            for party in dict.fromkeys(cls.receiver for cls in classes):
                vus = await self.pilot.echanges(party, bac, depuis[party])
                depuis[party] = max((vu["rang"] for vu in vus), default=depuis[party])
                for echange in Observation.du_produit(self.siret, vus).messages(*classes):
                    if echange.statut < 500 and echange.statut != 429 and _cause(action, donnees, echange):
                        yield echange
            await asyncio.sleep(self.pas)
        await asyncio.Event().wait()


def _cause(action: Action, donnees: Mapping[str, Any], echange: Echange) -> bool:
    """Whether this exchange is the one that the action must cause: by its plate for a new FPS, else by its number."""
    dit = echange.donnees or {}
    if action.nom == "etablir":
        voulue = (donnees.get("vehicule") or {}).get("immatriculation")
        recue = (dit.get("vehicule") or {}).get("immatriculation")
        return voulue is None or not isinstance(recue, str) or identiques(str(voulue), recue)
    if "requete" in action.recoit:
        return dit.get("numero_requete") in (None, donnees.get("requete"))
    return dit.get("numero_fps") in (None, donnees.get("numero"))


def _faite(action: Action, donnees: Mapping[str, Any], echange: Echange) -> Reponse:
    """What the product did, as its message says it. Raises SujetEnFaute when a message has no number to go on with."""
    if action.nom != "etablir":
        return Reponse(200, {**donnees, **(echange.donnees or {})})
    dit = echange.donnees or {}
    numero = str(dit.get("numero_fps"))
    if len(numero) != 26 or not numero.isdigit():
        raise SujetEnFaute(Domaine.PRODUIT, f"le FPS transmis n'a pas de numéro qui se lise ({echange.ou}).")
    plaque = (dit.get("vehicule") or {}).get("immatriculation") or (donnees.get("vehicule") or {}).get("immatriculation")
    return Reponse(200, {"numero": numero, "immatriculation": str(plaque)})


def consigne(action: Action, connexion: Mapping[str, Any] | None = None) -> str:
    """What is to be done, in one sentence; `connexion`: what is to be read is where a connection stands."""
    if connexion and connexion.get("deposer"):
        return f"Faites déposer au produit son certificat à {LIBELLES[Party(connexion['service'])]}, et lisez s'il se dit connecté."
    if connexion:
        return f"Faites contrôler au produit sa connexion à {LIBELLES[Party(connexion['service'])]} (API front), et lisez ce qu'il en dit."
    return "Lisez dans le produit où en est ce FPS." if action is LIRE else action.sens.split(" ; ")[0].rstrip(".") + "."


def lignes(donnees: Mapping[str, Any], avant: str = "") -> Iterator[tuple[str, str]]:
    """What is to be typed, field by field, as a person reads it: amounts in euros, lists by their number."""
    for nom, valeur in donnees.items():
        if isinstance(valeur, Mapping):
            yield from lignes(valeur, f"{avant}{nom}, ")
        elif isinstance(valeur, list | tuple):
            yield f"{avant}{nom}", f"{len(valeur)} élément(s)"
        elif isinstance(valeur, int) and not isinstance(valeur, bool) and nom.startswith("montant"):
            yield f"{avant}{nom}".replace("_", " "), euros(valeur)
        elif isinstance(valeur, bool):
            yield f"{avant}{nom}".replace("_", " "), "oui" if valeur else "non"
        else:
            yield f"{avant}{nom}".replace("_", " "), str(valeur)
