"""A check that is played: a life whose acts of the collectivité are done by the product, each step judged, none in silence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import quote

import httpx

from fps.droit.calendar import ajouter_jours
from fps.parties import Party
from fps_certification.epreuves.lecture import epreuves
from fps_certification.prealable import certificats
from fps_certification.sujets.contrat import DEPOSER, DES_ACTES, LIRE, Action
from fps_certification.sujets.sujet import REFUS_DECLARE, Domaine, NonPrisEnCharge, Sujet, SujetEnFaute
from fps_simulateur.joueur import ActeRefuse, Deroulement, QuatreServices, VieFausse
from fps_simulateur.langue.actes import Acte
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.pilote.pilot import PiloteErreur

DU_PRODUIT = frozenset({Party.COLLECTIVITE})


@dataclass(frozen=True, slots=True)
class Pas:
    """What became of one step: `rang` from 1, the requirements that it tries, and the sentence of what was not as it must."""

    rang: int
    quoi: str
    date: date
    prouve: tuple[str, ...]
    bon: bool
    phrase: str = ""
    numero: str = ""  # of the dossier
    demandes: "tuple[Demandee, ...]" = ()  # what the product was asked during the step
    declare: bool = False  # a person said so, and no exchange shows it


@dataclass(frozen=True, slots=True)
class Demandee:
    """What a product was asked, and what it answered: 0 when it did not."""

    action: str
    donnees: Mapping[str, Any]
    statut: int = 0
    corps: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Jouee:
    """A check that was played: its steps, and what stopped it before its end, whose fault it was."""

    vie: str
    bac: str
    pas: tuple[Pas, ...]
    domaine: Domaine | None = None
    phrase: str = ""
    non_pris_en_charge: str = ""  # the action that the product does not do
    arret: str = ""  # the last action that was asked when it stopped
    numeros: tuple[str, ...] = ()  # of the FPS that it established

    @property
    def titre(self) -> str:
        """What it plays, in a sentence."""
        return epreuves()[self.vie].titre if self.vie in epreuves() else self.vie

    @property
    def jour(self) -> date | None:
        """Its last day; None when no step was played."""
        return self.pas[-1].date if self.pas else None


@dataclass
class Epreuve(Deroulement):
    """A life played with a product in the place of the reference collectivité."""

    sujet: Sujet = field(kw_only=True)
    su: dict[str, Any] = field(default_factory=dict)  # what the services show of the dossier, for the acts that follow
    declare: bool = False  # whether the step that is played rests on what a person says
    demandees: list[Demandee] = field(default_factory=list)  # of the step

    @property
    def connus(self) -> dict[str, Any]:
        """Beside the words of the lives: what ANTAI and the accountant show of the dossier."""
        return {**super().connus, **self.su}

    async def appeler(self, un: Acte, path: str, body: Any) -> httpx.Response:
        """What the collectivité does is asked of the product. Raises NonPrisEnCharge, SujetEnFaute."""
        if un.a not in DU_PRODUIT:
            return await super().appeler(un, path, body)
        if (action := DES_ACTES.get(un.nom)) is None:
            raise NonPrisEnCharge(un.nom)
        donnees = {nom: self.connus[nom] for nom in action.recoit if action is not LIRE or nom in self.connus} | dict(body or {})
        if action is LIRE:
            donnees["connexion"] = dict(zip(un.places, path.split("/")[-2:], strict=True)) | (
                {"deposer": True} if un.nom == DEPOSER else {}
            )
        return await self._agir(action, donnees)

    async def consulter(self, party: Party, path: str) -> httpx.Response:
        """What the collectivité shows is asked of the product."""
        if party not in DU_PRODUIT:
            return await super().consulter(party, path)
        return await self._agir(LIRE, {"numero": self.mots["numero"]})

    async def _agir(self, action: Action, donnees: Mapping[str, Any]) -> httpx.Response:
        self.demandees.append(Demandee(action.nom, donnees))
        answer = await self.sujet.agir(action, self.bac, donnees)
        self.declare = self.declare or answer.declaree
        corps = dict(answer.corps)
        self.demandees[-1] = replace(self.demandees[-1], statut=answer.statut, corps=corps)
        if action.nom == "etablir" and answer.statut < 300:
            self.su["etabli_le"] = self.jour.isoformat()
            corps = {"siret": donnees["siret"], **corps, "vehicule": {"immatriculation": corps["immatriculation"]}}
        return httpx.Response(answer.statut, json=corps)

    def _refuse(self, etape: Etape, party: Party, answer: httpx.Response, found: Mapping[str, Any]) -> None:
        """A person says that the product refuses: by which of its words, nobody asks."""
        if answer.status_code < 400 or found.get("code") != REFUS_DECLARE:
            super()._refuse(etape, party, answer, found)

    async def apprendre(self, etape: Etape | None = None) -> None:
        """What the services show of the dossier now, where they know it; the certificate, when a step first names it."""
        etat = await self.monde.pilot.etat(self.bac)
        self.su["aujourdhui"] = str(etat["instant"])[:10]
        for mot, party in CERTIFICATS.items():
            if mot not in self.su and etape is not None and f"{{{mot}}}" in etape.avec.values():
                self.su[mot] = await certificats.montre(self.monde, party, self.bac, str(self.connus["siret_ville"]))
        if "numero" not in self.mots:
            return
        for party, champs in SAVOIR.items():
            answer = await super().consulter(party, CHEMINS[party].format(**self.mots))
            if answer.status_code == 200:
                vu = answer.json()
                self.su |= {mot: vu[champ] for mot, champ in champs.items() if vu.get(champ) is not None}

    async def derouler(self) -> Jouee:
        """Every step, in order; one whose expectation fails is judged and the life goes on, one whose act fails ends it."""
        tous: list[Pas] = []
        for rang, etape in enumerate(self.vie.etapes, 1):
            quoi, self.declare, self.demandees = etape.acte or "attendre et regarder", False, []
            try:
                if etape.le is not None:
                    await self.monde.pilot.avancer(self.bac, await self._instant(etape.le, etape.dossier))
                await self.apprendre(etape)
                await self.etape(etape.model_copy(update={"le": None}))
            except NonPrisEnCharge as error:
                return Jouee(self.vie.vie, self.bac, tuple(tous), non_pris_en_charge=str(error))
            except SujetEnFaute as error:
                return Jouee(self.vie.vie, self.bac, tuple(tous), error.domaine, f"étape {rang}, {quoi} : {error.phrase}")
            except PiloteErreur as error:
                return Jouee(self.vie.vie, self.bac, tuple(tous), domaine_de(error), f"étape {rang}, {quoi} : {error}")
            except VieFausse as error:
                if isinstance(error, ActeRefuse) and (deja := await self._deja_la()):
                    return Jouee(self.vie.vie, self.bac, tuple(tous), Domaine.CONFIGURATION, f"étape {rang}, {quoi} : {deja}")
                tous.append(self._pas(rang, quoi, etape.prouve, str(error)))
                if isinstance(error, ActeRefuse) or not etape.prouve:
                    return Jouee(self.vie.vie, self.bac, tuple(tous), Domaine.PRODUIT, f"étape {rang}, {quoi} : {error}")
                continue
            tous.append(self._pas(rang, quoi, etape.prouve))
        return Jouee(self.vie.vie, self.bac, tuple(tous))

    async def _deja_la(self) -> str:
        """Whether a FPS that this check did not ask for is why the product refused to establish one: the sentence that says so."""
        if not self.demandees or self.demandees[-1].action != "etablir":
            return ""
        plaque = self.demandees[-1].donnees["vehicule"]["immatriculation"]
        du = ajouter_jours(self.jour, -1)  # it has its effects for hours, beyond midnight perhaps
        answer = await super().consulter(Party.ANTAI, f"/dossiers?plaque={quote(str(plaque))}&du={du}&au={self.jour}")
        siens = {mots["numero"] for mots in self.dossiers.values() if "numero" in mots}
        vus = answer.json()["elements"] if answer.status_code == 200 else ()
        autre = next((str(un["numero"]) for un in vus if un["numero"] not in siens and un["annule_le"] is None), None)
        if autre is None:
            return ""
        return (
            f"refusé, et ce bac tient déjà un FPS de {plaque}, {autre}, que l'épreuve n'a pas demandé : enrôlez le produit dans un bac "
            "neuf, où il n'a rien envoyé, et qu'un autre produit n'y envoie rien."
        )

    def _pas(self, rang: int, quoi: str, prouve: tuple[str, ...], faute: str = "") -> Pas:
        return Pas(rang, quoi, self.jour, prouve, not faute, faute, str(self.mots.get("numero", "")), tuple(self.demandees), self.declare)

    @property
    def jour(self) -> date:
        """The day of the bac, as it was last learnt."""
        return date.fromisoformat(self.su["aujourdhui"]) if "aujourdhui" in self.su else self.vie.depart


# The words that what the services show gives to the acts that follow.
SAVOIR: Mapping[Party, Mapping[str, str]] = {
    Party.ANTAI: {"du": "montant", "minore": "montant_minore", "notification": "date_notification"},
    Party.DGFIP: {"a_payer": "a_payer", "notification_avertissement": "date_notification"},
}
# The words that are the certificate which the product shows to a party, when a step first names it.
CERTIFICATS: Mapping[str, Party] = {"certificat": Party.CCSP, "certificat_antai": Party.ANTAI, "certificat_dgfip": Party.DGFIP}
CHEMINS: Mapping[Party, str] = {Party.ANTAI: "/dossiers/{numero}", Party.DGFIP: "/prises-en-charge/{numero}"}


def domaine_de(error: PiloteErreur) -> Domaine:
    """Whose fault it is that the pilot was refused: another who advances the same bac is none of the simulator's."""
    return Domaine.CONFIGURATION if error.problem.get("code") == "avance-en-cours" else Domaine.SIMULATEUR


async def jouer(monde: QuatreServices, vie: Vie, bac: str, sujet: Sujet) -> Jouee:
    """Play a check in a bac that is there, from its day on."""
    etat = await monde.pilot.etat(bac)
    depart = date.fromisoformat(str(etat["instant"])[:10])
    epreuve = Epreuve(monde, vie.model_copy(update={"depart": depart}), bac, sujet=sujet)
    jouee = await epreuve.derouler()
    arret = "" if jouee.domaine is None or not epreuve.demandees else epreuve.demandees[-1].action
    return replace(jouee, arret=arret, numeros=tuple(mots["numero"] for mots in epreuve.dossiers.values() if "numero" in mots))
