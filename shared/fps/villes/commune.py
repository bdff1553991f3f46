"""A town: who it is, how it is reached, its cycle, its delays, its zones, what it grants to who pays soon."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from fps.droit.calculs import Cycle, montant_fps
from fps.droit.calendar import PARIS, jour_civil
from fps.messages.formats import Centimes, Court, Ligne, Siret, Url
from fps.messages.mfps import Minoration, ModeNotification
from fps.messages.parties_prenantes import Adresse, Autorite, Beneficiaire, Categorie, Contact, ContactRapo
from fps.villes.abonnements import COURANTS, Abonnement, DroitNonPrevu, DroitPrevu, droits_vendus
from fps.villes.autorites import AutoriteCommune, AutoriteInconnue
from fps.villes.horaires import HeuresPayantes, Horaires
from fps.villes.joindre import Joindre, JoindreRapo
from fps.villes.lecture import DepuisLaReforme, Lecture
from fps.villes.lieux import situer
from fps.villes.moyens import MoyensRapo
from fps.villes.par_date import ParDate, valeur_au
from fps.villes.prestataires import Prestataire, emetteur, fautes, perimetre
from fps.villes.reductions import PaiementRapide, Reduction
from fps.villes.territoires import TERRITOIRES, Territoire, territoire_de
from fps.villes.zones import HorsBareme, Zone

Habitants = Annotated[int, Field(ge=0, le=100_000_000)]
PAR_DEFAUT: Final = "H124"  # the hypothesis of a configuration that nobody gave


class Source(Lecture):
    """Où a été lu ce qu'un fichier dit d'une ville réelle : page ou décision publique, et sa date quand elle en a une."""

    pour: Annotated[tuple[Court, ...], Field(min_length=1)]
    titre: Ligne
    le: date | None = None
    url: Url | None = None


def _situee(lus: dict[str, Any]) -> Territoire:
    """A town that does not tell its territory is where its postcode is; `lus`: the fields read before."""
    adresse = lus.get("adresse")
    return territoire_de(adresse.code_postal) if isinstance(adresse, Adresse) else "metropole"


class Commune(Lecture):
    """Une commune simulée."""

    siret: Siret
    nom: Ligne
    type: Literal["commune", "epci", "syndicat-mixte"]
    population: Habitants
    cycle: Cycle
    mode_notification: ModeNotification
    autorite_agents: AutoriteCommune = Field(alias="autorite")
    adresse: Adresse
    joindre: Joindre = Field(alias="contact")
    joindre_rapo: JoindreRapo = Field(alias="contact_rapo")
    autres_autorites: tuple[AutoriteCommune, ...] = ()
    prestataires: tuple[Prestataire, ...] = ()
    territoire: Territoire = Field(default_factory=_situee, description="À défaut, celui du code postal de l'adresse")
    rapides: ParDate[PaiementRapide | None] | None = Field(default=None, alias="paiement_rapide")
    reductions: ParDate[Reduction | None] | None = Field(default=None, alias="minoration")
    envoi_messages_jours: Annotated[int, Field(ge=0, le=30)] = 0
    envoi_avis_jours: Annotated[int, Field(ge=0, le=90)] = 0
    moyens_rapo: MoyensRapo | None = None
    horaires: dict[DepuisLaReforme, Horaires] = Field(default_factory=dict)
    hypotheses: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)]
    abonnements: tuple[Abonnement, ...] = ()
    droits: tuple[DroitPrevu, ...] = ()

    @model_validator(mode="after")
    def _coherente(self) -> "Commune":
        codes = [zone.code for zone in self.zones]
        if doubles := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"la zone « {doubles[0]} » est décrite deux fois")
        for zone in self.zones:
            for depuis, horaires in (zone.horaires or self.horaires).items():
                if horaires.minutes_par_an < max(zone.durees.values()):
                    raise ValueError(f"zone « {zone.code} », au {depuis:%d/%m/%Y} : la durée maximale dépasse une année d'heures payantes")
        for nom, zones in [(a.nom, a.zones) for a in self.abonnements] + [(d.nom, d.zones) for d in self.droits]:
            if inconnues := sorted(set(zones) - set(codes)):
                raise ValueError(f"« {nom} » : la zone « {inconnues[0]} » n'existe pas")
        for faute in fautes(self.prestataires, [a.indicatif for a in self.autorites], codes):
            raise ValueError(faute)
        return self

    @property
    def par_defaut(self) -> bool:
        """Whether its tariffs and its zones are nobody's: what a SIRET alone gives (hypothesis H124)."""
        return PAR_DEFAUT in self.hypotheses

    def sans_la_rue(self) -> "Commune":
        """What the other parties keep of a town: who it is, its delays, its zones and their FPS; neither hours, prices nor rights."""
        zones = tuple(zone.sans_la_rue() for zone in self.zones)
        return self.model_copy(update={"zones": zones, "horaires": {}, "abonnements": (), "droits": (), "sources": ()})

    @property
    def autorites(self) -> tuple[AutoriteCommune, ...]:
        """The authorities of the sworn agents, the town's own first."""
        return self.autorite_agents, *self.autres_autorites

    def autorite_de(self, code_zone: str, indicatif: int | None = None) -> AutoriteCommune:
        """That of this digit, else that of the provider that establishes the FPS of a zone, else the town's; raises AutoriteInconnue."""
        emet = emetteur(self.prestataires, code_zone)
        chiffre = emet.autorite if indicatif is None and emet is not None else indicatif
        if chiffre is None:
            return self.autorite_agents
        for autorite in self.autorites:
            if autorite.indicatif == chiffre:
                return autorite
        connus = ", ".join(f"{a.indicatif} ({a.nom})" for a in self.autorites)
        raise AutoriteInconnue(f"Chiffre {chiffre} ; {self.nom} : {connus}.", "autorite")

    def nommer(self, autorite: AutoriteCommune) -> Autorite:
        """An authority as the messages name it."""
        return Autorite(nom=autorite.nom, adresse=self.adresse)

    @property
    def autorite(self) -> Autorite:
        """The town's own authority as the messages name it."""
        return self.nommer(self.autorite_agents)

    @property
    def contact(self) -> Contact:
        """The town as the messages name it."""
        joindre = self.joindre
        ecrire = {"adresse_electronique": joindre.adresse_electronique, "url": joindre.url, "telephone": joindre.telephone}
        return Contact(nom=self.nom, adresse=self.adresse, **ecrire)

    @property
    def contact_rapo(self) -> ContactRapo:
        """Where a RAPO is sent, when neither a zone nor a provider says otherwise."""
        return self.joindre_rapo.contact(self.adresse)

    def contact_rapo_de(self, code_zone: str) -> ContactRapo:
        """Where a RAPO against a FPS of that zone is sent: the zone says it, else the provider that receives them there, else the town."""
        de_la_zone = next((zone.joindre_rapo for zone in self.zones if zone.code == code_zone), None)
        des_prestataires = (p.contact_rapo for p in self.prestataires if p.couvre(code_zone))
        trouve = de_la_zone or next((contact for contact in des_prestataires if contact is not None), self.joindre_rapo)
        return trouve.contact(self.adresse)

    def perimetre(self, nom: str, siret: str | None, zones: Sequence[str], droits: Iterable[str]) -> tuple[str, ...]:
        """The zones that somebody who works for the town may be given, none meaning all; `siret`: that of the certificate.

        Free for the town itself, and for who says no provider; raises PrestataireNonDeclare, PrestataireHorsPerimetre.
        """
        if not self.prestataires or siret == self.siret or nom == self.nom:
            return tuple(zones)
        return perimetre(self.prestataires, nom, siret, zones, droits)

    @property
    def beneficiaire(self) -> Beneficiaire:
        """The town as the beneficiary of a title."""
        return Beneficiaire(siret=self.siret, nom=self.nom, contact=self.contact)

    @property
    def outre_mer(self) -> bool:
        """Whether the town is overseas: its civil hour and the distances before the court follow."""
        return TERRITOIRES[self.territoire].outre_mer

    @property
    def fuseau(self) -> str | None:
        """The name of the time zone of a town overseas; None where the hour is that of Paris."""
        return TERRITOIRES[self.territoire].fuseau.key if self.outre_mer else None

    def jour(self, instant: datetime) -> date:
        """The civil day of an instant in the town (H127)."""
        return jour_civil(instant, self.fuseau)

    def rapide(self, le: date) -> PaiementRapide | None:
        """The quick payment after a windscreen notice of that day; None: the town leaves it to the convention."""
        return None if self.rapides is None else valeur_au(self.rapides, le)

    def paiement_rapide_jours(self, le: date) -> int:
        """How many days the quick payment of a finding of that day lasts; 0: the town leaves it to the convention."""
        rapide = self.rapide(le)
        return rapide.jours if rapide else 0

    def heures(self, code_zone: str) -> HeuresPayantes:
        """The paying hours of a zone, its own or those of the town; raises HorsBareme."""
        return HeuresPayantes(self.zone(code_zone).horaires or self.horaires, self.territoire)

    def interruptions(self, code_zone: str, depart: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """The free times that the longest paid duration of a zone goes through from `depart` (CGCT, art. R. 2333-120-6)."""
        heures = self.heures(code_zone)
        libres = heures.interruptions(depart, self.zone(code_zone).duree(heures.jour(depart)))
        return tuple((de.astimezone(PARIS), a.astimezone(PARIS)) for de, a in libres)

    def droit(self, nature: str) -> DroitPrevu:
        """A right as the town gives it, else as towns commonly do, else a subscription that it sells; raises DroitNonPrevu."""
        donnes = (*self.droits, *COURANTS, *droits_vendus(self.abonnements))
        for droit in donnes:
            if droit.nature == nature:
                return droit
        connus = ", ".join(sorted({d.nature for d in donnes}))
        raise DroitNonPrevu(f"« {nature} » n'est pas un droit de {self.nom} ({connus}).", "nature")

    def source(self, quoi: str) -> str:
        """Where a part of this file was read (`fps`, `tarifs`, `horaires`…); a simulated decision when it is not told."""
        lue = next((s for s in self.sources if quoi in s.pour), None)
        if lue is None:
            return f"Délibération simulée, {self.nom}"
        return f"{lue.titre} ({lue.le:%d/%m/%Y})" if lue.le else f"{lue.titre} (page sans date)"

    def zone(self, code: str) -> Zone:
        """The zone of this code; raises HorsBareme."""
        for zone in self.zones:
            if zone.code == code:
                return zone
        raise HorsBareme(f"La zone « {code[:40]} » n'existe pas à {self.adresse.commune}.", "lieu.zone")

    def situer(self, voie: str | None, code_postal: str | None, code: str | None = None) -> Zone:
        """The zone of this code, else of a street, a postcode or both; raises HorsBareme, ZoneIntrouvable, ZoneAmbigue."""
        if code is not None:
            return self.zone(code)
        return situer(self.zones, voie, code_postal, self.nom)

    def montant_fps(self, code_zone: str, categorie: Categorie, le: date, deja_paye: Centimes = 0) -> int:
        """The FPS due that day in that zone, in centimes (CGCT, art. L. 2333-87, I and R. 2333-120-5); raises HorsBareme."""
        return montant_fps(self.zone(code_zone).bareme(categorie, le), deja_paye)

    def fps_maximum(self, le: date) -> int | None:
        """The highest FPS of the whole town, in centimes, of all that were set by that day; None when it gave none."""
        if self.par_defaut:
            return None
        return max((m for zone in self.zones for depuis, fps in zone.fps.items() if depuis <= le for m in fps.values()), default=None)

    def reduction(self, le: date) -> Reduction | None:
        """What the town grants to who pays soon a FPS found that day; None when it grants nothing."""
        return None if self.reductions is None else valeur_au(self.reductions, le)

    def minoration(self, montant: int, le: date) -> Minoration | None:
        """The reduced amount of a FPS of `montant` centimes found that day, None when the town grants none, or nothing less."""
        reduction = self.reduction(le)
        return None if reduction is None else reduction.minoration(montant)
