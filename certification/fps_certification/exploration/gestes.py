"""What may be done to a dossier: by its redevable, the bank, the court, the product; and, of the product, whether the model wants it done.

The law is not written here a second time: dates and amounts come from `fps.droit`, the rest from what the services show. What neither of
them decides is free: the product may do it or refuse, but what it says then and what it does must agree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from fps_certification.exploration.suivi import PLUS_RIEN, Champs, Rapo, Suivi

AMIABLES: Final = frozenset({"apa-envoye", "notifie", "impaye"})
PAYES: Final = frozenset({"paye", "paye-minore"})
PAYABLES: Final = frozenset({"apa-envoye", "notifie"})
TITRES: Final = frozenset({"titre-emis", "titre-paye"})
BENEFICIAIRE: Final = {
    "qualite": "titulaire",
    "identite": {"nature": "physique", "nom": "Spécimen", "prenom": "Camille"},
    "adresse": {"voie": "3 allée des Inventés", "code_postal": "59000", "commune": "Lille"},
}


class Avis(StrEnum):
    """What the model wants of an act of the product."""

    OUI = "oui"
    NON = "non"
    LIBRE = "libre"


@dataclass(frozen=True, slots=True)
class Attente:
    """What is expected of an act of the product: `code`, that of the refusal that the reference system gives; `apres`, what ANTAI shows."""

    avis: Avis
    code: str = ""
    apres: Champs | None = None


@dataclass(frozen=True, slots=True)
class Geste:
    """One thing that may be done; `juger` is None when the product has no part in it."""

    nom: str
    acte: str
    variantes: tuple[str, ...]
    possible: Callable[[Suivi, date, str], bool]
    avec: Callable[[Suivi, date, str], Champs]
    juger: Callable[[Suivi, date, str], Attente] | None = None
    garder: Mapping[str, str] | None = None


def _non(code: str) -> Attente:
    return Attente(Avis.NON, code)


def _du(s: Suivi) -> int:
    return 0 if s.antai is None else int(s.antai["montant"])


def _moins(s: Suivi) -> int:
    """A smaller amount, in centimes, that leaves something due."""
    return max(_du(s) - 1000, 500)


# ------------------------------------------------------------------------------------------------------------ the redevable, the bank


def _payer(s: Suivi, le: date, variante: str) -> Champs:
    a = s.antai or {}
    montant = a.get("montant_minore") if variante.startswith("minore") else a.get("montant")
    moyen = variante.partition("-")[2]
    return {"montant": montant, "moyen": moyen, "reference": f"P{s.references + 1}"}


def _payable(s: Suivi, le: date, variante: str) -> bool:
    if s.antai is None or not s.antai["montant"]:
        return False
    if variante.startswith("minore"):
        return bool(s.antai["montant_minore"])
    return s.etat in PAYABLES or (s.etat in {"impaye", "paye"} and variante == "plein-cheque")


def _payer_titre(s: Suivi, le: date, variante: str) -> Champs:
    a_payer = (s.dgfip or {}).get("a_payer", 0)
    partie, _, moyen = variante.partition("-")
    montant = a_payer if partie == "tout" else 1000
    return {"montant": montant, "moyen": moyen, "reference": f"T{s.references + 1}"}


def _titre_payable(s: Suivi, le: date, variante: str) -> bool:
    return s.dgfip is not None and s.dgfip["a_payer"] > 1000 and s.etat in TITRES


def _cheque(titre: bool) -> Callable[[Suivi, date, str], bool]:
    return lambda s, le, v: bool(s.cheques) and s.cheques[-1].startswith("T" if titre else "P") and s.etat not in PLUS_RIEN


# --------------------------------------------------------------------------------------------------------------------------- the court


def _saisissable(s: Suivi, le: date, variante: str) -> bool:
    d = s.dgfip
    return (
        not s.requete
        and d is not None
        and d["etat"] == "averti"
        and d["date_notification"] is not None
        and le.isoformat() >= d["date_notification"]
    )


def _saisir(s: Suivi, le: date, variante: str) -> Champs:
    return {"date_notification_avertissement": (s.dgfip or {})["date_notification"]}


def _juger(s: Suivi, le: date, variante: str) -> Champs:
    d = s.dgfip or {}
    if variante == "rejet":
        return {"sens": "rejet", "motifs": "La requête n'est pas fondée."}
    dit = {"fps_du": d["montant_impaye"] - d["fps_annule"], "majoration_due": d["majoration"]}
    return {"sens": "decharge-totale", "motifs": "Le véhicule était cédé."} | dit


def _executer(s: Suivi, le: date, variante: str) -> Attente:
    if s.jugee != "decharge-totale":
        return _non("rien-a-executer")
    if s.executee or s.etat in PLUS_RIEN or s.etat not in TITRES:
        return Attente(Avis.LIBRE)
    return Attente(Avis.OUI, apres={"etat": "titre-annule"})


# ------------------------------------------------------------------------------------------------------------------------- the product


def _deposer(s: Suivi, le: date, variante: str) -> Champs:
    connue = s.le("date_notification")
    dit = {"date_notification_avis": None if connue is None else min(connue, le)}
    return dit if s.rapo is None else dit | {"expose": "Encore moi."}  # the same letter again would get the same answer


def _juger_depot(s: Suivi, le: date, variante: str) -> Attente:
    if s.etat in TITRES:
        return _non("rapo-apres-titre" if s.rapo is None else "rapo-deja-depose")
    if s.rapo is not None:
        return _non("rapo-deja-depose")
    if s.etat in PLUS_RIEN or s.etat == "annule-a-rembourser":
        return _non("rapo-sans-objet")
    if s.etat == "transmis":
        return _non("rapo-avant-avis")
    return Attente(Avis.LIBRE) if s.etat == "impaye" else Attente(Avis.OUI)


def _decider(s: Suivi, le: date, variante: str) -> Champs:
    dit: Champs = {"sens": variante, "motif": "Après examen des pièces."}
    return dit | {"montant_rectifie": _moins(s)} if variante == "acceptation-partielle" else dit


def _juger_decision(s: Suivi, le: date, variante: str) -> Attente:
    rapo = s.rapo
    if rapo is None:
        return _non("rapo-inconnu")
    if rapo.decide or rapo.tu(le):
        return _non("rapo-deja-decide")
    if s.etat in PLUS_RIEN or s.etat in TITRES or s.etat == "annule-a-rembourser":
        return Attente(Avis.LIBRE)
    if not rapo.avant and variante == "rejet":  # it is rejected in the one way or the other
        return Attente(Avis.LIBRE)
    if rapo.avant == (variante == "irrecevable"):
        return _non("rapo-recevable" if rapo.avant else "rapo-irrecevable")
    if variante == "acceptation-totale":
        return Attente(Avis.OUI, apres={"etat": "annule-a-rembourser" if s.etat in PAYES else "annule"})
    if variante == "acceptation-partielle":
        return Attente(Avis.OUI, apres={"etat": s.etat, "montant": _moins(s)})
    return Attente(Avis.OUI, apres={"etat": s.etat, "montant": _du(s)})


def _juger_baisse(s: Suivi, le: date, variante: str) -> Attente:
    if s.etat in TITRES:
        return _non("acte-apres-titre")
    if s.etat in PAYES:
        return _non("modification-apres-paiement")
    if s.etat == "transmis":
        return _non("modification-avant-avis")
    if s.etat not in AMIABLES:
        return _non("acte-impossible")
    if s.titre_imminent(le):
        return Attente(Avis.LIBRE)
    if s.baisse:
        return _non("modification-deja-faite")
    if s.rapo is not None and s.rapo.decide.startswith("acceptation"):
        return Attente(Avis.LIBRE)
    return Attente(Avis.OUI, apres={"etat": s.etat, "montant": _moins(s)})


def _juger_annulation(s: Suivi, le: date, variante: str) -> Attente:
    if s.etat in TITRES:
        return _non("acte-apres-titre")
    if s.etat in PLUS_RIEN or s.etat == "annule-a-rembourser":
        return Attente(Avis.LIBRE) if s.etat == "titre-annule" else _non("acte-impossible")
    if s.titre_imminent(le):
        return Attente(Avis.LIBRE)
    return Attente(Avis.OUI, apres={"etat": "annule-a-rembourser" if s.etat in PAYES else "annule"})


def _juger_abandon(s: Suivi, le: date, variante: str) -> Attente:
    if s.etat == "titre-emis" and s.part_due:
        return Attente(Avis.OUI, apres={"etat": "titre-annule"})
    if s.etat in TITRES or s.etat == "titre-annule":
        return Attente(Avis.LIBRE)
    return _non("acte-impossible" if s.etat in PLUS_RIEN else "aucun-titre") if s.etat != "impaye" else Attente(Avis.LIBRE)


def _a_rendre(s: Suivi) -> int:
    return 0 if s.antai is None else max(int(s.antai["a_rembourser"]) - s.rendu, 0)


def _rembourser(s: Suivi, le: date, variante: str) -> Champs:
    return {} if s.rapo is not None or s.requete else {"beneficiaire": BENEFICIAIRE}


def _juger_remboursement(s: Suivi, le: date, variante: str) -> Attente:
    if _a_rendre(s):
        return Attente(Avis.OUI)
    return Attente(Avis.LIBRE) if s.etat in TITRES or s.etat == "titre-annule" else _non("rien-a-rembourser")


def _revisable(s: Suivi, le: date, variante: str) -> bool:
    """Nobody tells the product of the title: until every delay is over, it may not know."""
    return _oui(s, le, variante) and (s.etat not in TITRES or s.titre_certain(le))


def _abandonnable(s: Suivi, le: date, variante: str) -> bool:
    """Once a cheque bounces after every delay the title is a matter of hours: whichever the product believes, ANTAI may refuse it."""
    return _oui(s, le, variante) and not s.titre_imminent(le)


def _oui(s: Suivi, le: date, variante: str) -> bool:
    return s.antai is not None and s.etat != "abandonne"


GESTES: Final[tuple[Geste, ...]] = (
    Geste("payer", "payer le FPS", ("plein-internet", "plein-cheque", "minore-internet"), _payable, _payer),
    Geste("rejeter", "chèque du FPS impayé", ("",), _cheque(titre=False), lambda s, le, v: {"reference": s.cheques[-1]}),
    Geste("payer-titre", "payer le titre", ("tout-internet", "partie-internet", "tout-cheque"), _titre_payable, _payer_titre),
    Geste("rejeter-titre", "chèque du titre impayé", ("",), _cheque(titre=True), lambda s, le, v: {"reference": s.cheques[-1]}),
    Geste("rendre-pli", "rendre le pli", ("",), lambda s, le, v: s.etat in {"apa-envoye", "notifie"}, lambda s, le, v: {}),
    Geste(
        "saisir",
        "saisir la juridiction",
        ("",),
        _saisissable,
        _saisir,
        garder={"requete": "numero_requete", "numero_requete": "numero_requete"},
    ),
    Geste("juger", "juger", ("decharge-totale", "rejet"), lambda s, le, v: bool(s.requete) and not s.jugee and s.etat in TITRES, _juger),
    Geste("executer", "exécuter la décision", ("",), lambda s, le, v: bool(s.jugee), lambda s, le, v: {}, _executer),
    Geste("rapo", "déposer un RAPO", ("",), _oui, _deposer, _juger_depot),
    Geste(
        "decider",
        "décider le RAPO",
        ("rejet", "acceptation-totale", "acceptation-partielle", "irrecevable"),
        _oui,
        _decider,
        _juger_decision,
    ),
    Geste(
        "baisser",
        "baisser le FPS",
        ("",),
        lambda s, le, v: _revisable(s, le, v) and _du(s) > 500,
        lambda s, le, v: {"montant": _moins(s), "date_demande": le, "motif": "Ticket retrouvé."},
        _juger_baisse,
    ),
    Geste("annuler", "annuler le FPS", ("",), _revisable, lambda s, le, v: {"motif": "Véhicule en règle."}, _juger_annulation),
    Geste("abandonner", "abandonner le titre", ("",), _abandonnable, lambda s, le, v: {"motif": "Erreur reconnue."}, _juger_abandon),
    Geste("rembourser", "rembourser", ("",), _oui, _rembourser, _juger_remboursement),
)
PAR_NOM: Final[Mapping[str, Geste]] = {geste.nom: geste for geste in GESTES}


def retenir(s: Suivi, geste: Geste, variante: str, le: date, avec: Mapping[str, Any], reponse: Mapping[str, Any]) -> None:
    """What an act that was accepted makes of the dossier, that no service shows."""
    match geste.nom:
        case "payer" | "payer-titre":
            s.references += 1
            if variante.endswith("cheque"):
                s.cheques.append(str(avec["reference"]))
        case "rejeter" | "rejeter-titre":
            s.cheques.pop()
            s.rejets += 1
        case "rapo":
            limite = s.limite_rapo
            s.rapo = Rapo(le, avant=limite is None or le <= limite)
        case "decider":
            if s.rapo is not None:
                s.rapo = replace(s.rapo, decide=variante)
        case "baisser":
            s.baisse = True
        case "saisir":
            s.requete = str(reponse["numero_requete"])
        case "juger":
            s.jugee, s.jugee_le = variante, le
        case "executer":
            s.executee = True
        case "rembourser":
            s.rendu += _a_rendre(s)
