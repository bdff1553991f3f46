"""The law as dated values: `droit(le).delai_paiement_mois`; every value keeps its reference, and nothing is answered outside its dates."""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Generic, TypeVar, overload

from fps.donnees import lire_yaml
from fps.droit.explication import noter
from fps.errors import MessageRefuse

T = TypeVar("T")
FICHIERS = ("delais.yaml", "montants.yaml", "periodes.yaml", "procedure.yaml", "reglages.yaml")


class HorsDuDroit(MessageRefuse, LookupError):
    """Aucune règle n'est connue à cette date"""

    code = "hors-du-droit"
    que_faire = "Corrigez la date : le forfait de post-stationnement existe depuis le 1er janvier 2018."


class DroitMalEcrit(ValueError):
    """A YAML file of the law does not follow the form."""


@dataclass(frozen=True, slots=True)
class Valeur:
    """One value from one date on, with what it rests on; `valeur` None means: no longer in force."""

    depuis: date
    valeur: int | bool | str | date | tuple[str, ...] | None
    reference: str
    confiance: str
    href: str | None = None
    hypothese: str | None = None


@dataclass(frozen=True, slots=True)
class Historique:
    """A parameter through time."""

    nom: str
    description: str
    unite: str
    valeurs: tuple[Valeur, ...]

    def en_vigueur(self, le: date) -> Valeur:
        """The value in force that day; raises HorsDuDroit before the first one and after a repeal."""
        valeur = self.connue(le)
        if valeur is None:
            raise HorsDuDroit(f"{self.nom} ({self.description}) : rien n'est connu au {le:%d/%m/%Y}.")
        return valeur

    def connue(self, le: date) -> Valeur | None:
        """The value in force that day, if there is one; nothing is told to who explains a date."""
        rang = bisect_right([valeur.depuis for valeur in self.valeurs], le)
        return None if rang == 0 or self.valeurs[rang - 1].valeur is None else self.valeurs[rang - 1]

    def change_apres(self, le: date) -> date | None:
        """The first day after this one when the value is another; None when it stays."""
        return next((valeur.depuis for valeur in self.valeurs if valeur.depuis > le), None)


class Parametre(Generic[T]):
    """A typed attribute of Droit, read from the YAML files under its own name."""

    def __init__(self, type_: type[T]) -> None:
        self.type_ = type_

    def __set_name__(self, owner: type, name: str) -> None:
        self.nom = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Parametre[T]": ...
    @overload
    def __get__(self, instance: "Droit", owner: type) -> T: ...
    def __get__(self, instance: "Droit | None", owner: type) -> "Parametre[T] | T":
        if instance is None:
            return self
        source = instance.source(self.nom)
        valeur = source.valeur
        noter(self.nom, valeur, instance.le, source.depuis, source.reference, source.hypothese)
        if type(valeur) is not self.type_:
            raise DroitMalEcrit(f"{self.nom} : {valeur!r} n'est pas de type {self.type_.__name__}.")
        return valeur


class Droit:
    """The law as it stands one day."""

    paiement_rapide_jours = Parametre(int)
    apa_envoi_jours = Parametre(int)
    notification_postale_jours_francs = Parametre(int)
    avertissement_notification_jours_francs = Parametre(int)
    delai_paiement_mois = Parametre(int)
    rapo_delai_mois = Parametre(int)
    rapo_decision_mois = Parametre(int)
    rapo_notification_maximum_jours = Parametre(int)
    titre_attente_jours = Parametre(int)
    avertissement_envoi_jours = Parametre(int)
    rabais_delai_mois = Parametre(int)
    recours_delai_mois = Parametre(int)
    recours_outre_mer_mois = Parametre(int)
    recours_etranger_mois = Parametre(int)
    regularisation_mois = Parametre(int)
    telecopie_confirmation_jours = Parametre(int)
    notification_electronique_jours = Parametre(int)
    defense_mois = Parametre(int)
    execution_mois = Parametre(int)
    prescription_annees = Parametre(int)
    relance_annulation_jours = Parametre(int)
    relance_titre_jours = Parametre(int)
    saisie_jours = Parametre(int)
    saisie_versement_jours = Parametre(int)
    remboursement_fps_jours = Parametre(int)
    remboursement_titre_jours = Parametre(int)
    reversement_jour = Parametre(int)
    greffe_examen_jours = Parametre(int)
    cassation_mois = Parametre(int)
    rectification_mois = Parametre(int)
    execution_juridictionnelle_mois = Parametre(int)
    eavis_papier_jours = Parametre(int)
    pli_retour_jours = Parametre(int)
    constat_anciennete_jours = Parametre(int)
    espace_controle_jours = Parametre(int)
    convention_signature_jours = Parametre(int)
    convention_annees = Parametre(int)
    report_jour_ouvrable = Parametre(bool)
    delais_juridiction_francs = Parametre(bool)
    delais_juridiction_jour_ouvrable = Parametre(bool)
    cachet_juridiction = Parametre(bool)

    delais_proroges_jusqu_au = Parametre(date)
    prorogation_maximum_mois = Parametre(int)
    rejet_implicite_suspendu_jusqu_au = Parametre(date)
    prescription_suspendue_jusqu_au = Parametre(date)
    avis_repris_le = Parametre(date)
    titres_repris_le = Parametre(date)

    majoration_pourcent = Parametre(int)
    majoration_minimum = Parametre(int)
    rabais_pourcent = Parametre(int)
    amende_abus_maximum = Parametre(int)
    facture_apa = Parametre(int)
    facture_apa_traitement = Parametre(int)
    facture_apa_affranchissement = Parametre(int)

    juridiction = Parametre(str)
    juridiction_sigle = Parametre(str)
    paiement_prealable = Parametre(bool)
    depot_electronique_obligatoire = Parametre(bool)
    depot_electronique_seuil_habitants = Parametre(int)
    voie_electronique_ouverte = Parametre(bool)
    teletransmission_convention_annees = Parametre(int)
    homologation_essai_jours = Parametre(int)
    minoration_canaux = Parametre[tuple[str, ...]](tuple)
    ordonnateur = Parametre(str)

    telepaiement_echecs_maximum = Parametre(int)
    telepaiement_verrou_minutes = Parametre(int)
    compte_echecs_maximum = Parametre(int)
    compte_verrou_minutes = Parametre(int)
    compte_verrou_maximum_minutes = Parametre(int)
    compte_session_minutes = Parametre(int)
    connexions_par_minute = Parametre(int)
    ecritures_anonymes_par_minute = Parametre(int)
    espaces_par_heure = Parametre(int)
    attentes_par_appelant = Parametre(int)
    piece_taille_maximum = Parametre(int)
    piece_types_admis = Parametre[tuple[str, ...]](tuple)
    portail_code_jours = Parametre(int)
    idempotence_heures = Parametre(int)

    def __init__(self, le: date) -> None:
        self.le = le
        self._sources: dict[str, Valeur] = {}

    def source(self, nom: str) -> Valeur:
        """The value of this name in force that day, with its reference; raises HorsDuDroit."""
        if nom not in self._sources:
            historique = parametres().get(nom)
            if historique is None:
                raise HorsDuDroit(f"{nom} : aucun paramètre de ce nom.")
            self._sources[nom] = historique.en_vigueur(self.le)
        return self._sources[nom]


@lru_cache(maxsize=4096)
def droit(le: date) -> Droit:
    """The law of that day (Europe/Paris)."""
    return Droit(le)


def noms() -> tuple[str, ...]:
    """The names of every parameter that Droit types."""
    return tuple(nom for nom, attribut in vars(Droit).items() if isinstance(attribut, Parametre))


@cache
def parametres() -> dict[str, Historique]:
    """Every parameter of the YAML files, by name; raises DroitMalEcrit."""
    lus: dict[str, Historique] = {}
    for fichier in FICHIERS:
        for nom, brut in lire_yaml(files(__name__).joinpath(fichier).read_text("utf-8")).items():
            if nom in lus:
                raise DroitMalEcrit(f"{nom} est écrit deux fois.")
            lus[nom] = _historique(nom, brut)
    return lus


@contextmanager
def provisoire(historique: Historique) -> Iterator[None]:
    """Another history of one parameter, in this process, as long as it lasts: a draft is tried. The files are not touched."""
    lus = parametres()
    installe = lus[historique.nom]
    try:
        lus[historique.nom] = historique
        droit.cache_clear()
        yield
    finally:
        lus[historique.nom] = installe
        droit.cache_clear()


def type_de(nom: str) -> type:
    """The type of the values of a parameter; raises KeyError."""
    found: type = vars(Droit)[nom].type_
    return found


def _historique(nom: str, brut: dict[str, Any]) -> Historique:
    try:
        valeurs = tuple(_valeur(depuis, ligne) for depuis, ligne in sorted(brut["valeurs"].items()))
        historique = Historique(nom, brut["description"], brut["unite"], valeurs)
    except (KeyError, TypeError, AttributeError) as erreur:
        raise DroitMalEcrit(f"{nom} : {erreur!r}") from erreur
    if not valeurs or set(brut) != {"description", "unite", "valeurs"}:
        raise DroitMalEcrit(f"{nom} : description, unite et valeurs, rien d'autre.")
    return historique


def _valeur(depuis: date, ligne: dict[str, Any]) -> Valeur:
    valeur = ligne["valeur"]
    if not isinstance(depuis, date) or ligne["confiance"] not in ("haute", "moyenne", "basse"):
        raise DroitMalEcrit(f"{depuis} : une date et une confiance (haute, moyenne, basse) sont attendues.")
    if ligne["confiance"] == "basse" and "hypothese" not in ligne:
        raise DroitMalEcrit(f"{depuis} : une valeur de confiance basse cite son hypothèse.")
    return Valeur(**{**ligne, "depuis": depuis, "valeur": tuple(valeur) if isinstance(valeur, list) else valeur})
