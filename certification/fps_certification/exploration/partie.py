"""One sequence, played on the product in a bac of its own: after each step, what it shows and what it sent are compared with the model."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from typing import Final

from fps.kit.ground.clock import PARIS, paris
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_certification.assertions import REGISTRE
from fps_certification.deroule import CHEMINS, Epreuve
from fps_certification.execution import TEMOINS, vu_de
from fps_certification.exigences.lecture import exigences
from fps_certification.exploration import relation
from fps_certification.exploration.gestes import PAR_NOM, Attente, Avis, Geste, retenir
from fps_certification.exploration.suivi import Champs, Suivi, montre
from fps_certification.observation import Observation
from fps_certification.sujets.contrat import DES_ACTES
from fps_certification.sujets.sujet import Domaine, Sujet, SujetEnFaute
from fps_simulateur.joueur import ActeRefuse, QuatreServices
from fps_simulateur.langue.actes import ETABLIR
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.pilote.pilot import PiloteErreur

PLAQUES: Final = ("AB-123-CD", "EF-456-GH")
CRENEAUX: Final[Mapping[str, time]] = {"matin": time(9, 5), "soir": time(19, 30)}


@dataclass(frozen=True, slots=True)
class Coup:
    """One step: a day that comes (`le`), or something done to a dossier; `geste` « etablir » makes it, `variante` says how."""

    le: date | None = None
    dossier: str = ""
    geste: str = ""
    variante: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What the product did that the model does not permit: the requirement, what was expected, what came, after which step."""

    exigence: str
    champ: str
    attendu: str
    recu: str
    rang: int
    etape: Etape  # the last step of the life that fails by itself
    observation: Observation | None = None

    @property
    def marque(self) -> tuple[str, str]:
        """By what it is the same one in a shorter sequence."""
        return self.exigence, self.champ


@cache
def des_assertions() -> Mapping[str, str]:
    """The requirement of each finding that is judged in the exchanges."""
    return {nom: e.id for e in exigences() for nom in e.assertions}


@dataclass
class Partie:
    """A sequence that is played; `journal`: the steps as the language of the lives writes them."""

    monde: QuatreServices
    sujet: Sujet
    bac: str
    ville: str
    depart: date
    source: str | None = None  # the bac that is copied
    refusees: set[str] = field(default_factory=set)  # actions that the product does not do
    suivis: dict[str, Suivi] = field(default_factory=dict)
    journal: list[Etape] = field(default_factory=list)
    coups: list[Coup] = field(default_factory=list)

    async def ouvrir(self) -> None:
        """The bac, observed, at the first day; raises PiloteErreur."""
        pilot = self.monde.pilot
        if self.source is not None:
            await pilot.copier(self.source, self.bac)
            self.depart = datetime.fromisoformat((await pilot.etat(self.bac))["instant"]).date()
        else:
            await pilot.creer(self.bac, paris(self.depart), graine=f"exploration-{self.depart}")
        await pilot.observer(self.bac)
        self.jour, self.repere = self.depart, ""
        vie = Vie.model_construct(vie="exploration", titre="", ville=self.ville, depart=self.depart, etapes=())
        self.jeu = Epreuve(self.monde, vie, self.bac, sujet=self.sujet)

    async def fermer(self, *, coupee: bool = False) -> None:
        """Nothing of it stays."""
        with suppress(PiloteErreur):
            if coupee:
                await self.monde.pilot.au_calme(self.bac)
            await self.monde.pilot.supprimer(self.bac)

    async def jouer(self, coup: Coup) -> Difference | None:
        """One step; one that is no longer possible does nothing.

        Raises PiloteErreur, NonPrisEnCharge, SujetEnFaute (when it is not the product's)."""
        self.coups.append(coup)
        try:
            if coup.le is not None:
                return await self._venir(coup.le)
            if coup.geste == "etablir":
                return await self._etablir(coup)
            return await self._agir(coup)
        except SujetEnFaute as error:
            if error.domaine is not Domaine.PRODUIT:
                raise
            return self._difference("EX-856", "reponse", "une réponse du contrat", error.phrase)

    async def _venir(self, le: date) -> Difference | None:
        if le <= self.jour:
            return None
        await self.monde.pilot.conduire(self.bac, paris(le))
        self.jour = le
        self.journal.append(Etape(le=le))
        return await self.regarder()

    async def _etablir(self, coup: Coup) -> Difference | None:
        plaque, _, creneau = coup.variante.partition(" ")
        constat = datetime.combine(self.jour, CRENEAUX[creneau], PARIS)
        if coup.dossier in self.suivis or any(s.plaque == plaque and s.constat >= constat for s in self.suivis.values()):
            return None
        etape = Etape(dossier=coup.dossier, acte=ETABLIR, avec={"plaque": plaque, "date_heure_constat": constat.isoformat()})
        refus = await self._faire(etape)
        if refus is not None:
            self.jeu.dossiers.pop(coup.dossier, None)
            encore = any(s.plaque == plaque and (constat - s.constat).days < 1 for s in self.suivis.values())
            return None if encore else self._difference("EX-852", ETABLIR, "un FPS établi", refus.texte)
        self.suivis[coup.dossier] = Suivi(coup.dossier, plaque, constat)
        return await self.regarder()

    async def _agir(self, coup: Coup) -> Difference | None:
        geste, s = PAR_NOM[coup.geste], self.suivis.get(coup.dossier)
        if s is None or not geste.possible(s, self.jour, coup.variante):
            return None
        attente = None if geste.juger is None else geste.juger(s, self.jour, coup.variante)
        avec, avant = geste.avec(s, self.jour, coup.variante), montre(s.antai)
        refus = await self._faire(Etape(dossier=s.nom, acte=geste.acte, avec=avec, garder=dict(geste.garder or {})))
        if refus is None:
            retenir(s, geste, coup.variante, self.jour, avec, self.jeu.reponse)
        if attente is not None and (ecart := self._juger(geste, attente, refus)) is not None:
            return ecart
        await self._lire(s)
        apres = avant if refus is not None else (attente.apres if attente is not None else None) or {}
        if attente is not None and s.antai is not None:
            for champ, valeur in apres.items():
                if s.antai[champ] != valeur:
                    fait = "fait" if refus is None else "refusé"
                    dit = f"l'ANTAI montre « {champ} » = {valeur} quand le produit a {fait} « {geste.acte} »"
                    return self._difference("EX-854", geste.nom, dit, f"{champ} = {s.antai[champ]}", {"antai": apres})
        return await self.regarder()

    def _juger(self, geste: Geste, attente: Attente, refus: "RefusDuProduit | None") -> Difference | None:
        if attente.avis is Avis.OUI and refus is not None:
            self.journal[-1] = self.journal[-1].model_copy(update={"refus": None})
            return self._difference("EX-852", geste.nom, f"« {geste.acte} » fait", refus.texte)
        if attente.avis is Avis.NON and refus is None:
            self.journal[-1] = self.journal[-1].model_copy(update={"refus": attente.code, "garder": {}})
            return self._difference("EX-853", geste.nom, f"« {geste.acte} » refusé ({attente.code})", "fait")
        return None

    async def _faire(self, etape: Etape) -> "RefusDuProduit | None":
        """Do an act, and write it down; gives the refusal, None when it was done. A 404 is a refusal too."""
        try:
            await self.jeu.etape(etape)
        except ActeRefuse as error:
            code = str(error.probleme.get("code") or "")
            codes = [str(e.get("code")) for e in error.probleme.get("erreurs") or []]
            self.journal.append(etape.model_copy(update={"refus": code or next(iter(codes), ""), "garder": {}}))
            return RefusDuProduit(f"refusé : {error.statut} {code} {error.probleme.get('detail') or ''}".strip())
        self.journal.append(etape)
        return None

    async def regarder(self) -> Difference | None:
        """What the product shows of each dossier, beside what the services show."""
        for s in self.suivis.values():
            await self._lire(s)
        for s in self.suivis.values():
            if "lire" in self.refusees:
                return None
            self.jeu.courant = s.nom
            vu = (await self.jeu.consulter(Party.COLLECTIVITE, "")).json()
            for exigence, champ, attendu, recu in relation.ecarts(s, vu):
                dit = f"{s.nom} : {champ} = {attendu} quand l'ANTAI montre « {s.etat} »"
                return self._difference(exigence, champ, dit, f"{champ} = {recu}", {"collectivite": {champ: attendu}}, s.nom)
        return None

    async def _lire(self, s: Suivi) -> None:
        mots = self.jeu.dossiers[s.nom]
        s.antai = await self._vue(Party.ANTAI, CHEMINS[Party.ANTAI].format(**mots))
        if s.antai is not None and s.antai["date_titre"] is not None:
            s.dgfip = await self._vue(Party.DGFIP, CHEMINS[Party.DGFIP].format(**mots))

    async def _vue(self, party: Party, chemin: str) -> Champs | None:
        answer = await self.monde.client.get(f"{self.monde.addresses[party]}/bacs/{self.bac}{chemin}")
        found: Champs | None = answer.json() if answer.status_code == 200 else None
        return found

    async def relire(self) -> Difference | None:
        """The messages of the product and the letters that it was sent, by every finding of the certification."""
        vu = await vu_de(self.monde, self.bac, par_nom()[self.ville].siret, dict.fromkeys(TEMOINS, 0))
        for nom, exigence in des_assertions().items():
            for resultat in REGISTRE[nom].evaluer(vu):
                if not resultat.bon:
                    return self._difference(exigence, nom, resultat.attendu, resultat.recu, vu=vu)
        return None

    def _difference(
        self,
        exigence: str,
        champ: str,
        attendu: str,
        recu: str,
        attentes: Champs | None = None,
        dossier: str = "",
        vu: Observation | None = None,
    ) -> Difference:
        derniere = self.journal[-1] if self.journal else Etape()
        if dossier and dossier != derniere.dossier and derniere.acte is not None:
            derniere = Etape(dossier=dossier)
            self.journal.append(derniere)
        update: Champs = {**(attentes or {}), "prouve": (exigence,)}
        if dossier:
            update["dossier"] = dossier
        self.journal[-1:] = [derniere.model_copy(update=update)]
        return Difference(exigence, champ, attendu, recu, len(self.coups), self.journal[-1], vu)


@dataclass(frozen=True, slots=True)
class RefusDuProduit:
    """What a product answered when it refused."""

    texte: str


def actions(gestes: Iterable[Geste]) -> Mapping[str, str]:
    """The action of the contract that each act of the product asks for."""
    return {geste.nom: DES_ACTES[geste.acte].nom for geste in gestes if geste.juger is not None}
