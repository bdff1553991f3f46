"""The acts of one evening: what each must read before it is done, then letters by the lot and the others one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fps.droit.numero import NumeroFps, telepaiement
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps.villes.commune import Commune
from fps_simulateur.langue.actes import acte
from fps_simulateur.population.conduites import GesteVoulu
from fps_simulateur.population.executant import Champs, Executant
from fps_simulateur.population.rue import SOIR, Constat

PAYABLES: Final = frozenset({"averti", "relance", "saisi"})
INSTRUITES: Final = frozenset({"deposee", "regularisation", "communiquee", "en-etat", "reponse-tardive"})


@dataclass(frozen=True, slots=True)
class ActePrevu:
    """An act that is to be done of a FPS."""

    constat: Constat
    geste: GesteVoulu


class Soiree:
    """What is done of a town on one evening, when the clock of the bac has been moved there."""

    def __init__(self, executant: Executant, ville: Commune, jour: date):
        self.executant, self.ville, self.jour = executant, ville, jour

    async def faire(self, prevus: Sequence[ActePrevu]) -> None:
        """Every act that is still to be done; raises GesteRefuse."""
        lettres: dict[str, list[tuple[Champs, Champs]]] = {}
        autres: list[tuple[str, Champs, Champs]] = []
        for prevu in prevus:
            mots = self._mots(prevu.constat)
            avec = await self._lu(prevu, mots)
            if avec is None:
                continue
            if acte(prevu.geste.acte).message is not None:
                lettres.setdefault(prevu.geste.acte, []).append((mots, avec))
            else:
                autres.append((prevu.geste.acte, mots, avec))
        for nom, some in lettres.items():
            await self.executant.lettres(acte(nom), some)
        for nom, mots, avec in autres:
            await self.executant.faire(acte(nom), mots, avec)

    def _mots(self, constat: Constat) -> Champs:
        numero = constat.numero
        return {
            "numero": numero,
            "numero_fps": numero,
            "cle": NumeroFps.lire(numero).cle,
            "siret": self.ville.siret,
            "siret_ville": self.ville.siret,
            "zone_ville": constat.zone,
            "immatriculation": constat.plaque,
            "telepaiement": telepaiement(numero),
        }

    async def _lu(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What an act gives, once read what it depends on; None when the dossier has moved on and there is nothing to do."""
        geste = prevu.geste
        lire = getattr(self, f"_{geste.selon}") if geste.selon else None
        if lire is None:
            return geste.avec
        found: Champs | None = await lire(prevu, mots)
        return None if found is None else {**geste.avec, **found}

    # ------------------------------------------------------------------------------------------------------- the town

    async def _notice(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What the notice of the windscreen asks this evening."""
        vu = await self.executant.voir(Party.COLLECTIVITE, mots)
        if vu is None or vu["etat"] not in ("etabli", "transmis"):
            return None
        rapide = self.ville.rapide(prevu.constat.jour)
        du = int(vu["montant_actuel"])
        return {"montant": rapide.somme(du, prevu.constat.instant, paris(self.jour, SOIR)) if rapide else du}

    async def _ville(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What is still due to a town in cycle partiel."""
        vu = await self.executant.voir(Party.COLLECTIVITE, mots)
        payable = vu is not None and vu["creance"] and vu["paye_le"] is None and self.jour.isoformat() <= vu["date_limite_paiement"]
        return {"montant": vu["creance"]} if vu is not None and payable else None

    async def _dette(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """Whether the town has something to give back."""
        vu = await self.executant.voir(Party.COLLECTIVITE, mots)
        return {} if vu is not None and vu["dette"] > 0 else None

    # --------------------------------------------------------------------------------------------- ANTAI, the accountant

    async def _reste(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What is still due of a FPS, reduced perhaps by a rectificatif, whose number is then paid."""
        if self.ville.cycle == "partiel":
            return await self._ville(prevu, mots)
        vu = await self.executant.voir(Party.ANTAI, mots)
        if vu is None or vu["etat"] not in ("apa-envoye", "notifie") or not vu["montant"]:
            return None
        return {"montant": vu["montant"], "numero_telepaiement": telepaiement(vu["numero_avis"] or mots["numero"])}

    async def _titre(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """The title to be paid or abandoned."""
        prise = await self.executant.voir(Party.DGFIP, mots)
        if prise is None or prise["etat"] not in PAYABLES or not prise["a_payer"]:
            return None
        if prevu.geste.acte != "payer le titre":
            return {}
        return {"montant": prise["a_payer"], "numero_telepaiement": prise["numero_telepaiement"]}

    async def _paye(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """Whether a title was paid."""
        prise = await self.executant.voir(Party.DGFIP, mots)
        return {} if prise is not None and prise["etat"].startswith("paye") else None

    async def _remise(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """The remission that is asked: half of the majoration."""
        prise = await self.executant.voir(Party.DGFIP, mots)
        return {"montant": prise["majoration"] // 2} if prise is not None and prise["etat"] in PAYABLES else None

    async def _moitie(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What was asked is granted."""
        demandee = await self._remise(prevu, mots)
        return None if demandee is None else {"montant_accorde": demandee["montant"]}

    async def _rien(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """Nothing is granted."""
        return None if await self._remise(prevu, mots) is None else {"montant_accorde": 0}

    # ------------------------------------------------------------------------------------------------------- the court

    async def _avertissement(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What a petition against a title copies from its avertissement."""
        prise = await self.executant.voir(Party.DGFIP, mots)
        if prise is None or prise["etat"] not in PAYABLES:
            return None
        mots["numero_titre"] = prise["numero_titre"]
        return {"date_notification_avertissement": prise["date_notification"]}

    async def _rapo(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """Nothing more than what the decision on the RAPO says."""
        return {}

    async def _requete(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """The petition of the FPS, as long as it is not closed; its number is a word of the acts that follow."""
        async for requete in self.executant.lister(Party.CCSP, numero_fps=mots["numero"]):
            repond = prevu.geste.acte == "répondre à la juridiction"
            if requete["etat"] == "regularisation" if repond else requete["etat"] in INSTRUITES:
                mots |= {"requete": requete["numero"], "numero_requete": requete["numero"], "objet_requete": requete["objet"]}
                return {"objet": "regularisation"} if repond else {}
        return None

    async def _defense(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """A petition that was communicated to the town, and not defended yet."""
        if await self._requete(prevu, mots) is None:
            return None
        recours = await self._recours(mots)
        ouverte = recours is not None and recours["etat"] == "communique" and self.jour.isoformat() <= recours["date_limite_defense"]
        return {} if ouverte else None

    async def _recours(self, mots: Champs) -> Champs | None:
        return await self.executant.lire(Party.COLLECTIVITE, acte("consulter le recours").route.format(requete=mots["requete"]))

    async def _juger(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """What the judge reads of the sums."""
        if await self._requete(prevu, mots) is None:
            return None
        prise = await self.executant.voir(Party.DGFIP, mots)
        vu = await self.executant.voir(Party.COLLECTIVITE, mots)
        if vu is None:
            return None
        fps, majoration = (prise["montant_impaye"], prise["majoration"]) if prise is not None else (vu["montant_actuel"], 0)
        if mots["objet_requete"] == "decision-rapo":  # its author never tells a title: the judge has no majoration before him
            majoration = 0
        found: dict[str, Any] = {"motifs": MOTIFS[prevu.geste.avec["sens"]], "fps_du": fps, "majoration_due": majoration}
        if prevu.geste.avec["sens"] == "decharge-partielle":
            found |= {"majoration_dechargee": majoration} if majoration else {"fps_decharge": fps // 2}
        return found

    async def _executer(self, prevu: ActePrevu, mots: Champs) -> Champs | None:
        """A discharge that the town has not executed."""
        async for requete in self.executant.lister(Party.CCSP, numero_fps=mots["numero"]):
            mots["requete"] = requete["numero"]
            recours = await self._recours(mots)
            if recours is not None and recours["etat"] == "a-executer":
                return {}
        return None


MOTIFS: Final = {
    "rejet": "La requête n'est pas fondée.",
    "decharge-totale": "Le stationnement était payé.",
    "decharge-partielle": "La majoration n'est pas due.",
}
