"""Which acts a dossier may live now, by whom, and what each gives when nobody says it: read in what the services show of the dossier."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from fps.droit.numero import NumeroFps, telepaiement, telepaiement_titre
from fps.kit.ground.clock import PARIS
from fps.parties import Party
from fps_console.lecture import Lecture
from fps_simulateur.langue.actes import VUES
from fps_simulateur.pilote.lectures import sujets_de

Champs = Mapping[str, Any]
VIDE: Final[Champs] = {}
AMIABLES: Final = frozenset({"etabli", "transmis", "notifie"})
ENVOYES: Final = frozenset({"apa-envoye", "notifie"})
AVERTIS: Final = frozenset({"averti", "relance", "saisi"})
A_JUGER: Final = frozenset({"regularisation", "en-etat", "reponse-tardive"})
JUGEES: Final = frozenset({"jugee", "notifiee"})
EXECUTION: Final = frozenset({"execution-demandee", "execution-juridictionnelle"})
RUE, VILLE, USAGER, ANTAI, DGFIP, CCSP = "L'agent", "La collectivité", "L'usager", "L'ANTAI", "Le comptable public", "La juridiction"


@dataclass(frozen=True, slots=True)
class DossierPartout:
    """A dossier as each service shows it; empty where it is not known."""

    numero: str
    jour: date
    ville: Champs = field(default_factory=dict)
    antai: Champs = field(default_factory=dict)
    titre: Champs = field(default_factory=dict)
    rapo: Champs = field(default_factory=dict)
    requete: Champs = field(default_factory=dict)
    recours: Champs = field(default_factory=dict)
    cheques: Mapping[Party, str] = field(default_factory=dict)

    @property
    def vivant(self) -> bool:
        """Whether something may still be contested: neither cancelled nor given up."""
        return self.antai.get("etat", self.ville.get("etat")) not in ("annule", "titre-annule", "abandonne", "refuse")

    @property
    def mots(self) -> dict[str, Any]:
        """What the names of the acts stand for: the numbers of the dossier."""
        lu = NumeroFps.lire(self.numero)
        vehicule = self.ville.get("vehicule") or {}
        found: dict[str, Any] = {
            "numero": self.numero,
            "numero_fps": self.numero,
            "cle": lu.cle,
            "siret": self.numero[:14],
            "siret_ville": self.numero[:14],
            "immatriculation": vehicule.get("immatriculation") or self.antai.get("immatriculation"),
            "telepaiement": telepaiement(self.numero),
        }
        if self.titre:
            titre, rang = self.titre["numero_titre"], self.titre["rang"]
            found |= {"numero_titre": titre, "telepaiement_titre": telepaiement_titre(titre, rang)}
        if self.requete:
            found |= {"requete": self.requete["numero"], "numero_requete": self.requete["numero"]}
        return found


async def lire(
    lecture: Lecture,
    bac: str,
    numero: str,
    journal: list[dict[str, Any]] | None = None,
    *,
    etat: Mapping[str, Any] | None = None,
    vues: Mapping[str, Any] = MappingProxyType({}),
) -> DossierPartout:
    """What the four services show of a dossier today. `journal`, `etat` of its bac, `vues`: what is known already. Raises PiloteErreur."""
    lines = await lecture.pilot.journal(bac, numero) if journal is None else journal
    requetes = [s for s in sujets_de(lines) if s != numero]
    routes = {
        "ville": (Party.COLLECTIVITE, VUES[Party.COLLECTIVITE].format(numero=numero)),
        "antai": (Party.ANTAI, VUES[Party.ANTAI].format(numero=numero)),
        "titre": (Party.DGFIP, VUES[Party.DGFIP].format(numero=numero)),
        "rapo": (Party.COLLECTIVITE, f"/rapos/{numero}"),
    }
    if requetes:
        routes |= {"requete": (Party.CCSP, f"/requetes/{requetes[-1]}"), "recours": (Party.COLLECTIVITE, f"/recours/{requetes[-1]}")}
    a_lire = {nom: route for nom, route in routes.items() if nom not in vues}
    lues = await asyncio.gather(*(lecture.get(party, bac, path) for party, path in a_lire.values()))
    instant = (await lecture.pilot.etat(bac) if etat is None else etat)["instant"]
    jour = datetime.fromisoformat(instant).astimezone(PARIS).date()
    found = {**vues, **dict(zip(a_lire, lues, strict=True))}
    return DossierPartout(numero, jour, **{nom: vue or VIDE for nom, vue in found.items()}, cheques=_cheques(lines))


def _cheques(lines: list[dict[str, Any]]) -> Mapping[Party, str]:
    """The cheques that a bank may still return: who cashed each, with its reference, that ANTAI tells to the town."""
    found: dict[Party, str] = {}
    for line in lines:
        service, dit = Party(line["service"]), line["donnees"]
        if line["acte"] == "cheque-impaye":
            found.pop(service, None)
        elif dit.get("moyen") == "cheque":
            found[service] = dit.get("reference", "")
        elif service is Party.COLLECTIVITE and found.get(Party.ANTAI) == "":
            found[Party.ANTAI] = dit.get("reference", "")
    return found


def _jugeable(e: DossierPartout) -> bool:
    """A petition that the registry has examined, and whose defence is there or late (CGCT, art. R. 2333-120-27)."""
    etat = e.requete.get("etat")
    return etat in A_JUGER or (etat == "communiquee" and e.requete.get("defense_le") is not None)


# Who does each act on a dossier, and when its state lets it be done. What is in no line is never offered first.
POSSIBLES: Final[Mapping[str, tuple[str, Callable[[DossierPartout], Any]]]] = {
    "payer le FPS": (USAGER, lambda e: e.antai.get("etat") in ENVOYES),
    "payer le titre": (USAGER, lambda e: e.titre.get("etat") in AVERTIS),
    "payer avec la notice": (USAGER, lambda e: e.ville.get("etat") in ("etabli", "transmis") and not e.antai.get("date_envoi")),
    "payer à la collectivité": (USAGER, lambda e: e.ville.get("cycle") == "partiel" and e.ville.get("etat") == "notifie"),
    "déposer un RAPO": (USAGER, lambda e: not e.rapo and e.vivant and _avise(e)),
    "déposer un RAPO par lettre": (USAGER, lambda e: not e.rapo and e.vivant and _avise(e)),
    "lire l'e-avis": (USAGER, lambda e: e.antai.get("electronique") and not e.antai.get("lu_le")),
    "saisir la juridiction": (USAGER, lambda e: not e.requete and e.vivant and (_decide(e) or e.titre.get("etat") in AVERTIS)),
    "répondre à la juridiction": (USAGER, lambda e: e.requete.get("etat") in ("regularisation", "renonciation")),
    "demander une remise": (USAGER, lambda e: e.titre.get("etat") in AVERTIS and _reste(e) > 0),
    "demander l'exécution": (USAGER, lambda e: e.requete.get("etat") == "notifiee" and e.recours.get("etat") == "a-executer"),
    "baisser le FPS": (VILLE, lambda e: e.ville.get("etat") in AMIABLES and not e.titre),
    "annuler le FPS": (VILLE, lambda e: e.ville.get("etat") in AMIABLES | {"impaye"} and not e.titre),
    "abandonner le titre": (VILLE, lambda e: e.titre.get("etat") in AVERTIS | {"pris-en-charge"}),
    "renvoyer un acte refusé": (VILLE, lambda e: any(a["etat"] == "refuse" for a in e.ville.get("actes", ()))),
    "demander les pièces du RAPO": (VILLE, lambda e: e.rapo.get("etat") == "depose" and not e.rapo.get("demandees_le") and _manquants(e)),
    "décider le RAPO": (VILLE, lambda e: e.rapo.get("etat") == "depose"),
    "rembourser": (VILLE, lambda e: (e.ville.get("dette") or 0) > 0),
    "compenser": (VILLE, lambda e: (e.ville.get("dette") or 0) > 0),
    "chèque de la collectivité impayé": (VILLE, lambda e: e.ville.get("cycle") == "partiel" and e.ville.get("montant_paye")),
    "défendre": (VILLE, lambda e: e.recours.get("etat") in ("communique", "defendu")),
    "exécuter la décision": (VILLE, lambda e: e.recours.get("etat") == "a-executer"),
    "régler les frais": (VILLE, lambda e: e.recours.get("frais") and not e.recours.get("frais_regles_le")),
    "rendre le pli": (ANTAI, lambda e: e.antai.get("etat") in ENVOYES and not e.antai["electronique"] and not e.antai["pli_revenu_le"]),
    "chèque du FPS impayé": (ANTAI, lambda e: e.antai.get("etat") in ("paye", "paye-minore") and Party.ANTAI in e.cheques),
    "rendre le double paiement": (ANTAI, lambda e: e.antai.get("trop_percu")),
    "répondre de l'annulation": (ANTAI, lambda e: e.antai.get("requete_en_attente")),
    "chèque du titre impayé": (DGFIP, lambda e: e.titre.get("montant_paye") and Party.DGFIP in e.cheques),
    "décider la remise": (DGFIP, lambda e: e.titre.get("etat") in AVERTIS and _reste(e) > 0),
    "suspendre le recouvrement": (DGFIP, lambda e: e.titre.get("etat") in AVERTIS and not e.titre.get("suspendu_le")),
    "reprendre le recouvrement": (DGFIP, lambda e: e.titre.get("suspendu_le")),
    "juger": (CCSP, _jugeable),
    "rectifier la décision": (CCSP, lambda e: e.requete.get("etat") in JUGEES),
    "ouvrir la décision": (CCSP, lambda e: e.requete.get("etat") == "jugee"),
    "se pourvoir": (CCSP, lambda e: e.requete.get("etat") == "notifiee" and not e.requete.get("pourvoi_le")),
    "prononcer une astreinte": (CCSP, lambda e: e.requete.get("etat") == "execution-juridictionnelle"),
    "classer l'exécution": (CCSP, lambda e: e.requete.get("etat") in EXECUTION),
}
# Who does the acts of the bac itself.
DU_BAC: Final[Mapping[str, str]] = {
    "établir un FPS": RUE,
    "contrôler": RUE,
    "constater après un contrôle": RUE,
    "payer au parcmètre": USAGER,
    "accorder un droit": VILLE,
    "assermenter un agent": VILLE,
}


def _avise(e: DossierPartout) -> Any:
    return e.antai.get("date_envoi") or e.ville.get("etat") == "notifie"


def _decide(e: DossierPartout) -> bool:
    return e.rapo.get("etat") in ("irrecevable", "rejete", "rejete-implicitement", "accepte-en-partie")


def _reste(e: DossierPartout) -> int:
    return int(e.titre.get("majoration") or 0) - int(e.titre.get("majoration_remise") or 0) - int(e.titre.get("majoration_annulee") or 0)


def _manquants(e: DossierPartout) -> list[str]:
    return [c["code"] for c in e.rapo.get("criteres", ()) if c["rempli"] is False]


def du_jour(nom: str, instant: datetime) -> dict[str, Any]:
    """What an act of the bac gives by default at an instant: an hour at the meter, a month of a right."""
    local = instant.astimezone(PARIS)
    match nom:
        case "payer au parcmètre":
            return {"debut": local.isoformat(), "fin": (local + timedelta(hours=1)).isoformat(), "zone": None}
        case "accorder un droit":
            return {"depuis": local.date().isoformat(), "jusqu_au": (local.date() + timedelta(days=30)).isoformat(), "zones": []}
        case "assermenter un agent":
            return {"assermente_le": local.date().isoformat()}
    return {}


def usuels(nom: str, e: DossierPartout) -> dict[str, Any]:
    """What an act gives by default of this dossier: the sum that is due, the dates that its letters say."""
    jour, antai, ville, titre = e.jour.isoformat(), e.antai, e.ville, e.titre
    match nom:
        case "payer le FPS":
            minore = antai.get("minoration_jusqu_au") and jour <= antai["minoration_jusqu_au"] and antai.get("montant_minore")
            du = (antai["montant_minore"] if minore else antai["montant"]) if antai else None
            return {"montant": None if du is None else max(du - antai["montant_paye"], 0) or antai["montant"]}
        case "payer le titre":
            return {"montant": titre.get("a_payer") or titre.get("total_du")}
        case "payer avec la notice" | "payer à la collectivité":
            return {"montant": ville.get("creance") or ville.get("montant_actuel")}
        case "baisser le FPS":
            return {"date_demande": jour, "montant": None}
        case "déposer un RAPO par lettre":
            return {"date_avis_reception": jour, "date_cachet_poste": jour}
        case "demander les pièces du RAPO":
            return {"manquants": _manquants(e), "avant_le": (e.jour + timedelta(days=15)).isoformat()}
        case "décider le RAPO":
            return {"sens": "acceptation-totale", "motif": "Le stationnement était payé."}
        case "demander une remise":
            return {"montant": _reste(e) or None}
        case "décider la remise":
            return {"montant_accorde": _reste(e) or None}
        case "juger":
            majoration = titre.get("majoration", 0)
            sommes = {"fps_decharge": 0, "majoration_dechargee": 0, "fps_du": antai.get("montant"), "majoration_due": majoration}
            return {"sens": "decharge-totale", "motifs": "Le stationnement était payé.", **sommes}
        case "saisir la juridiction":
            return _requete(e)
        case "répondre de l'annulation":
            return {"numero_requete": antai.get("requete_en_attente")}
        case "rembourser" | "compenser":
            return {"montant": ville.get("dette") or None}
        case "chèque du FPS impayé":
            return {"reference": e.cheques.get(Party.ANTAI)}
        case "chèque du titre impayé":
            return {"reference": e.cheques.get(Party.DGFIP)}
        case "chèque de la collectivité impayé":
            return {"reference": None}
    return {}


def _requete(e: DossierPartout) -> dict[str, Any]:
    """The petition that this dossier allows: against its title, else against the decision on its RAPO."""
    if e.titre:
        return {
            "objet": "titre",
            "numero_titre": e.titre["numero_titre"],
            "date_notification_avertissement": e.titre.get("date_notification"),
            "pieces": ["avertissement"],
        }
    expres = e.rapo.get("decide_par") is not None
    return {
        "objet": "decision-rapo",
        "numero_titre": None,
        "date_notification_avertissement": None,
        "date_decision_rapo": e.rapo.get("decide_le") if expres else None,
        "montant_fps": e.antai.get("montant"),
        "conclusions": "Être déchargé du forfait de post-stationnement.",
        "pieces": ["avis-paiement", "rapo", "avis-reception-rapo", *(["decision-rapo"] if expres else [])],
    }
