"""Each thing that was asked of a bac, as a step of a life: its day, its act, what it gives that the act would not give by itself."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final

import httpx

from fps.kit.ground.clock import PARIS, paris
from fps.messages.message import MessageClass
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur.enregistrement.inverse import Champs, abreger, acte_de, chemin_de, difference, nommer, pareils
from fps_simulateur.joueur import Deroulement, QuatreServices, VieFausse, demande
from fps_simulateur.langue.actes import Acte, fusion
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.langue.villes import FichierVille
from fps_simulateur.pilote.gestes import Geste, Gestes, refus

NOMMES: Final = ("numero", "cle", "immatriculation", "telepaiement", "numero_titre", "telepaiement_titre", "requete", "controle")
MONTRES: Final = (Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP)


class Transcription:
    """The life that is being written, from a bac where its gestures are done again."""

    def __init__(self, monde: QuatreServices, gestes: Gestes, nom: str, bac: str):
        made = gestes.creation or {}
        if made.get("vierge"):
            raise refus("Il a commencé sans rien d'enrôlé, et une vie commence avec ses collectivités.")
        self.gestes, naissance = gestes, gestes.naissance.astimezone(PARIS)
        au_soir = naissance == paris(naissance.date())
        self.depart = naissance.date() if au_soir else naissance.date() - timedelta(days=1)
        self.instant = paris(self.depart)
        self.ville = _ville(gestes, made)
        self.graine = str(made.get("graine") or made.get("nom") or "")
        self.vie = Vie.model_construct(vie=nom, titre="", depart=self.depart, ville=self.ville, etapes=())
        self.deroulement = Deroulement(monde, self.vie, bac)
        self.etapes: list[Champs] = []
        self.perdus: list[tuple[int, str]] = []  # before which step, what the language cannot say
        self._reponses: list[tuple[int, str, Any]] = []  # of which step, about which dossier

    async def noter(self, geste: Geste, reponse: httpx.Response) -> None:
        """One gesture, with the answer it got when it was done again."""
        trouve = acte_de(geste.service, geste.methode, geste.chemin, geste.type)
        if trouve is None:
            self.perdus.append((len(self.etapes), str(geste)))
            return
        un, places, query = trouve
        corps = dict(query) if un.methode == "GET" else dict(geste.corps or {}) | (query if un.pilote else {})
        etape: Champs = {"le": jour(geste.date)} if geste.date != self.instant else {}
        self.instant = geste.date
        if (dossier := self._dossier(places, corps)) not in (None, self.deroulement.courant):
            etape["dossier"] = self.deroulement.courant = str(dossier)
        etape["acte"] = un.nom
        if un.message is not None and {"numero_telepaiement", "numero_fps"} <= un.message.example.keys():
            await self._voir(Party.DGFIP)
        avec = self._lettre(un, un.message, corps) if un.message is not None else self._demande(un, places, corps)
        if avec:
            etape["avec"] = avec
        self._reponse(un, etape, reponse)
        self.etapes.append(etape)

    def _dossier(self, places: Mapping[str, str], corps: Mapping[str, Any]) -> str | None:
        """Which of the known dossiers a gesture is about."""
        tele = str(corps.get("numero_telepaiement") or "")[:26]
        cites = {places.get("numero"), places.get("requete"), corps.get("numero_fps"), corps.get("numero"), tele} - {None, ""}
        for nom, mots in self.deroulement.dossiers.items():
            if cites & {mots.get("numero"), mots.get("requete")}:
                return nom
        return None

    async def _voir(self, party: Party) -> Champs | None:
        try:
            return await self.deroulement.voir(party)
        except VieFausse:  # it does not know this dossier
            return None

    def _lettre(self, un: Acte, message: MessageClass, corps: Champs) -> Champs:
        base = self.deroulement._lettre(message, Etape(acte=un.nom))
        return self._court(un, difference(base, corps))

    def _demande(self, un: Acte, places: Mapping[str, str], corps: Champs) -> Champs:
        """What the life gives to an act that is no letter; the town by its name, the zone only when the act would send another."""
        mots = self.deroulement.connus
        voulu = {**corps, **{nom: _comme(un.defauts.get(nom), valeur) for nom, valeur in places.items() if nom in un.defauts}}
        villes = {commune.siret: nom for nom, commune in par_nom().items()}
        nom = villes.get(str(voulu.get("siret")))
        ailleurs: Champs = (
            {"ville": nom} if nom and un.defauts.get("siret") == "{siret_ville}" and voulu["siret"] != mots["siret_ville"] else {}
        )
        avec = {**ailleurs, **difference(demande(un, ailleurs, mots), voulu)}
        avec = fusion(avec, difference(demande(un, avec, mots), voulu))  # what is not sent by default once another field is given
        for champ in [champ for champ, valeur in avec.items() if valeur is None]:
            sans = {k: v for k, v in avec.items() if k != champ}
            if pareils(demande(un, sans, mots), voulu):
                avec = sans
        for place, valeur in places.items():
            if place not in un.defauts and str(mots.get(place)) != valeur and (un.pilote or not self._garder(place, valeur)):
                avec[place] = valeur
        return self._court(un, avec)

    def _court(self, un: Acte, avec: Champs) -> Champs:
        mots = self.deroulement.mots
        noms = {str(mots[nom]): nom for nom in reversed(NOMMES) if mots.get(nom)}
        found: Champs = nommer(abreger(un, avec), noms)
        return found

    def _garder(self, nom: str, valeur: str) -> bool:
        """Keep, from the answer that first said it, what a later act names; False when no answer did."""
        for rang, dossier, reponse in reversed(self._reponses):
            if dossier == self.deroulement.courant and (ou := chemin_de(valeur, reponse)) is not None:
                self.etapes[rang].setdefault("garder", {})[nom] = ou
                self.deroulement.mots[nom] = valeur
                return True
        return False

    def _reponse(self, un: Acte, etape: Champs, reponse: httpx.Response) -> None:
        try:
            found = reponse.json()
        except ValueError:
            found = {}
        if reponse.status_code >= 400:
            codes = [e.get("code") for e in (found.get("accuse") or {}).get("erreurs") or []]
            etape["refus"] = str((codes or [found.get("code")])[0])
            return
        if un.etablit:
            self.deroulement._nommer(Etape(acte=un.nom), found)
        self._reponses.append((len(self.etapes), self.deroulement.courant, found))

    async def finir(self, fin: datetime) -> None:
        """The last day, and the state of each dossier there: what the life expects."""
        if fin > self.instant or not self.etapes:  # a life where nothing was kept has a day at least
            self.etapes.append({"le": jour(fin)})
        for nom in self.deroulement.dossiers:
            self.deroulement.courant = nom
            vus = {party.value: await self._voir(party) for party in MONTRES}
            self.etapes.append({"dossier": nom, **{party: {"etat": vu["etat"]} for party, vu in vus.items() if vu is not None}})


def _comme(defaut: Any, valeur: str) -> Any:
    """A part of an address as the act gives it: a number when it gives one."""
    return int(valeur) if isinstance(defaut, int) and valeur.isdigit() else valeur


def _ville(gestes: Gestes, made: Mapping[str, Any]) -> str | FichierVille:
    """The town of the life: that of the first FPS, else the first that the bac was given, else Lille."""
    noms = {commune.siret: nom for nom, commune in par_nom().items()}
    donnees = [ville["commune"] | {"depuis": ville.get("depuis")} for ville in made.get("villes") or ()]
    sirets = (g.corps.get("siret") or str(g.corps.get("numero_fps", ""))[:14] for g in gestes.suite() if isinstance(g.corps, dict))
    for siret in chain(filter(None, sirets), (ville["siret"] for ville in donnees)):
        for ville in donnees:
            if ville["siret"] == siret:
                return FichierVille.model_validate(ville)
        if siret in noms and made.get("villes") is None:
            return noms[siret]
    return "lille"


def jour(instant: datetime) -> date | str:
    """A moment as a life says it: a date for that evening, else the hour."""
    ici = instant.astimezone(PARIS)
    if ici == paris(ici.date()):
        return ici.date()
    simple = ici.replace(tzinfo=None, fold=0)  # what is written says no fold
    sans_doute = not (ici.second or ici.microsecond) and simple.replace(tzinfo=PARIS).utcoffset() == ici.utcoffset()
    return simple.isoformat(timespec="minutes") if sans_doute else ici.isoformat()
