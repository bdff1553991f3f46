"""The findings about flow 1: each FPS that the product transmits is computed again from what it says and from the town's own decisions."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from fps.droit.calculs import date_limite_decision_rapo
from fps.droit.calendar import PARIS
from fps.droit.money import euros
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.villes.commune import Commune
from fps.villes.zones import HorsBareme
from fps_certification.assertions.registre import Resultat, assertion, egal, jamais_refuse
from fps_certification.observation import Champs, Echange, Observation

CONTENU = {
    "siret-invalide": "Le SIRET transmis a une clé juste.",
    "numero-jour-impossible": "Le quantième du numéro est un jour de l'année.",
    "numero-deja-utilise": "Un numéro ne sert qu'à un FPS.",
    "numero-autre-siret": "Le numéro commence par le SIRET du message.",
    "cle-fausse": "La clé est celle du numéro.",
    "numero-autre-date": "L'année et le quantième du numéro sont ceux du constat.",
    "constat-futur": "Le constat n'est pas à venir.",
    "constat-hors-droit": "Le constat est fait depuis la réforme.",
    "fin-effets-avant-constat": "La fin des effets suit le constat.",
    "plaque-invalide": "La plaque a une forme de son pays.",
    "montant-nul": "Un FPS transmis n'est pas nul.",
    "minoration-sans-effet": "La minoration réduit le FPS.",
    "minoration-non-prevue": "Aucune minoration n'est transmise quand la collectivité n'en a pas déclaré.",
    "minoration-autre-que-declaree": "La minoration transmise est celle de l'espace numérique.",
    "cycle-partiel": "En cycle partiel, aucun FPS n'est transmis avant d'être impayé.",
    "contact-rapo-absent": "Le contact du recours est dans le message ou dans l'espace numérique.",
    "siret-inconnu": "Le SIRET est celui d'une collectivité.",
}
AUTOUR = timedelta(days=3)  # what is computed around an instant stays in the calendar
jamais_refuse("creation", CONTENU, CreationFps)
RECTIFICATIF = {
    "numero-avis-faux": "L'avis rectificatif a un numéro neuf de la collectivité.",
    "edition-future": "L'avis rectificatif n'est pas daté d'un jour à venir.",
    "edition-avant-rapo": "L'avis rectificatif suit la demande qu'il accepte.",
    "demande-avant-constat": "La demande acceptée suit le constat.",
    "rectificatif-sans-reduction": "L'avis rectificatif réduit le FPS.",
    "rectificatif-deja-recu": "Un FPS n'a qu'un avis rectificatif après un RAPO.",
    "modification-apres-paiement": "Un FPS payé n'est rectifié qu'à la baisse.",
    "annulation-apres-titre": "Rien n'est modifié ni annulé par le message FPS une fois le titre émis.",
    "dossier-inconnu": "L'acte porte sur un FPS transmis.",
    "autre-collectivite": "L'acte porte sur un FPS de la même collectivité.",
}
jamais_refuse("suite", RECTIFICATIF, ModificationFps, AnnulationFps)
ETATS = {
    "acte-impossible": "L'acte est de ceux que l'état du dossier permet.",
    "fps-annule": "Rien n'est transmis sur un FPS annulé.",
    "cle-fausse": "La clé de l'avis rectificatif est celle de son numéro.",
    "numero-jour-impossible": "Le quantième de l'avis rectificatif est un jour de l'année.",
}
jamais_refuse("suite-etat", ETATS, ModificationFps, AnnulationFps)


def _creations(vu: Observation) -> Iterator[tuple[Echange, Champs]]:
    """Every creation, taken or not, that can be read; one that was sent again counts once."""
    vus: set[str] = set()
    for echange in vu.messages(CreationFps):
        if echange.donnees is not None and echange.corps not in vus:
            vus.add(echange.corps)
            yield echange, echange.donnees


def _instant(donnees: Champs, champ: str) -> datetime | None:
    """An instant with its offset; None when it is none, or stands so near the ends of the calendar that no day is around it."""
    try:
        found = datetime.fromisoformat(str(donnees.get(champ)))
        lisible = found.tzinfo is not None and found - AUTOUR < found.astimezone(PARIS) < found + AUTOUR
    except (ValueError, OverflowError):
        return None
    return found if lisible else None


def _ville(vu: Observation, donnees: Champs) -> Commune | None:
    """The town as it was on the day of the finding; None when nobody told of it."""
    le = _instant(donnees, "date_heure_constat")
    ville = None if le is None else vu.annuaire.chercher_du(vu.siret, le)
    return None if ville is None or ville.par_defaut else ville


@assertion("creation/numero-26-chiffres", "Le numéro d'avis de paiement a vingt-six chiffres.")
def _vingt_six(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        numero = str(dit.get("numero_fps"))
        yield Resultat(len(numero) == 26 and numero.isdigit(), echange, "26 chiffres", numero)


@assertion("creation/cle-modulo-97", "La clé est le reste de la division du numéro par 97.")
def _cle(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        numero = str(dit.get("numero_fps"))
        if numero.isdigit():
            yield egal(echange, "cle", f"{int(numero) % 97:02d}", dit.get("cle"))


@assertion("creation/numero-siret", "Le numéro commence par le SIRET de la collectivité.")
def _numero_siret(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        numero = str(dit.get("numero_fps"))
        yield egal(echange, "les 14 premiers chiffres", vu.siret, numero[:14], {"numero_fps": vu.siret + numero[14:]})


@assertion("creation/numero-jour", "Le numéro porte l'année et le quantième du constat, à l'heure de la collectivité.")
def _numero_jour(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        if (le := _instant(dit, "date_heure_constat")) is not None:
            jour = le.astimezone(PARIS).date()
            numero = str(dit.get("numero_fps"))
            juste = {"numero_fps": f"{numero[:14]}{jour:%y}{numero[16:17]}{jour:%j}{numero[20:]}"}
            yield egal(echange, "l'année et le quantième", f"{jour:%y} {jour:%j}", f"{numero[14:16]} {numero[17:20]}", juste)


@assertion("creation/numero-unique", "Un numéro ne sert qu'à un FPS.")
def _unique(vu: Observation) -> Iterator[Resultat]:
    found = [(e, str(d.get("numero_fps"))) for e, d in _creations(vu) if e.accepte or "numero-deja-utilise" in e.codes]
    fois = Counter(numero for _, numero in found)
    for echange, numero in found:
        yield Resultat(fois[numero] == 1, echange, f"{numero} une seule fois", f"{fois[numero]} fois")


@assertion(
    "creation/montant-du-bareme", "Le FPS est celui du barème de la zone et de la catégorie le jour du constat, moins ce qui a été payé."
)
def _montant(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        if (prevu := _prevu(vu, dit)) is not None:
            deduit = _centimes(dit, "montant_deduit")
            juste = {"montant_fps": prevu - deduit}
            yield egal(echange, "montant_fps + montant_deduit", prevu, _centimes(dit, "montant_fps") + deduit, juste)


@assertion("creation/montant-au-dessus-du-plafond", "Le FPS ne dépasse pas le plafond.")
def _plafond(vu: Observation) -> Iterator[Resultat]:
    for echange, _ in vu.acceptes(CreationFps):  # ANTAI takes it all the same, and warns (hypothesis H12)
        averti = next((a for a in echange.repondu.get("avertissements") or () if a.get("code") == "montant-au-dessus-du-plafond"), None)
        recu = "aucun avertissement" if averti is None else str(averti.get("phrase"))
        yield Resultat(averti is None, echange, "un FPS sous le plafond", recu, {} if averti is None else {"montant_fps": None})


def _prevu(vu: Observation, dit: Champs) -> int | None:
    """What the town decided for that zone, that kind of vehicle and that day, in centimes; None when its file does not say it."""
    ville, le = _ville(vu, dit), _instant(dit, "date_heure_constat")
    if ville is None or le is None:
        return None
    try:
        zone = ville.zone(str((dit.get("lieu") or {}).get("zone")))
        return ville.montant_fps(zone.code, (dit.get("vehicule") or {}).get("categorie", "voiture"), ville.jour(le))
    except (HorsBareme, ValueError, KeyError):
        return None


def _centimes(dit: Champs, champ: str) -> int:
    found = dit.get(champ)
    return found if isinstance(found, int) else 0


@assertion("creation/montants-entiers", "Les sommes sont des entiers, en centimes.")
def _entiers(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        found = {champ: dit.get(champ) for champ in ("montant_fps", "montant_deduit")}
        bon = all(type(v) is int for v in found.values())
        yield Resultat(bon, echange, "des entiers, en centimes", str(found))


@assertion("creation/constat-avec-decalage", "L'instant du constat porte le décalage de Paris à ce moment.")
def _decalage(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        le = _instant(dit, "date_heure_constat")
        if le is None:
            yield Resultat(False, echange, "un instant ISO 8601 avec son décalage", str(dit.get("date_heure_constat")))
        elif (ville := _ville(vu, dit)) is not None and not ville.outre_mer:
            juste = {"date_heure_constat": le.astimezone(PARIS).isoformat()}
            yield egal(echange, "le décalage", le.astimezone(PARIS).utcoffset(), le.utcoffset(), juste)


@assertion("creation/transmis-le-jour-dit", "Le FPS est transmis dans le délai que la collectivité règle.")
def _transmis(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        le = _instant(dit, "date_heure_constat")
        if le is not None and echange.accepte:
            attente = echange.date - le
            yield Resultat(timedelta() <= attente <= timedelta(days=8), echange, "au plus huit jours après le constat", str(attente))


@assertion("creation/fin-des-effets", "Les effets du FPS finissent après la durée maximale payante de la zone.")
def _fin(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        le, fin, ville = _instant(dit, "date_heure_constat"), _instant(dit, "fin_effets"), _ville(vu, dit)
        if le is not None and fin is not None and ville is not None and not dit.get("montant_deduit"):
            minutes = _duree(ville, dit, ville.jour(le))
            if minutes is not None:
                yield Resultat(
                    fin - le >= timedelta(minutes=minutes), echange, f"au moins {minutes} minutes après le constat", str(fin - le)
                )


def _duree(ville: Commune, dit: Champs, le: date) -> int | None:
    try:
        return ville.zone(str((dit.get("lieu") or {}).get("zone"))).duree(le)
    except (HorsBareme, ValueError, KeyError, AttributeError):
        return None


@assertion("creation/minoration-declaree", "La minoration transmise est celle que la collectivité a votée.")
def _minoration(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        le, ville, recue = _instant(dit, "date_heure_constat"), _ville(vu, dit), dit.get("minoration")
        if le is None or ville is None or not isinstance(dit.get("montant_fps"), int):
            continue
        prevue = ville.minoration(dit["montant_fps"], ville.jour(le))
        attendue = None if prevue is None else (prevue.montant, prevue.delai_jours)
        yield egal(
            echange,
            "minoration (montant, jours)",
            attendue,
            None if not isinstance(recue, dict) else (recue.get("montant"), recue.get("delai_jours")),
            {"minoration": None if prevue is None else {"montant": prevue.montant, "delai_jours": prevue.delai_jours}},
        )


@assertion("creation/agent-et-autorite", "L'agent est dit par son numéro seul, avec l'autorité dont il relève.")
def _agent(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        agent: Any = dit.get("agent") or {}
        bon = str(agent.get("identifiant", "")).isdigit() and bool((agent.get("autorite") or {}).get("nom"))
        yield Resultat(bon, echange, "un numéro et une autorité", str(agent)[:200])


@assertion("creation/sans-redevable", "Le message ne dit rien du redevable : la collectivité ne le connaît pas.")
def _sans_nom(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        interdits = {"titulaire", "redevable", "nom", "prenom"} & dit.keys()
        yield Resultat(not interdits, echange, "aucun nom", str(sorted(interdits)))


@assertion("annulation/avant-le-titre", "Une annulation par le message FPS précède le titre exécutoire.")
def _annulation(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(AnnulationFps):
        yield Resultat("annulation-apres-titre" not in echange.codes, echange, "avant le titre", ", ".join(echange.codes) or "acceptée")


@assertion("rectificatif/reduit", "L'avis rectificatif porte un montant plus bas que celui du FPS.")
def _reduit(vu: Observation) -> Iterator[Resultat]:
    montants = {d.get("numero_fps"): d.get("montant_fps") for _, d in vu.acceptes(CreationFps)}
    for echange in vu.messages(ModificationFps):
        dit = echange.donnees or {}
        avant, apres = montants.get(dit.get("numero_fps")), dit.get("montant_rectifie")
        if isinstance(avant, int) and isinstance(apres, int):
            yield Resultat(apres < avant, echange, f"moins de {euros(avant)}", euros(apres))


@assertion("rectificatif/dans-le-mois", "L'avis rectificatif suit d'un mois au plus la réception du RAPO.")
def _dans_le_mois(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in vu.acceptes(ModificationFps):
        recu, edite = _instant(dit, "date_reception_rapo"), _instant(dit, "date_edition")
        if recu is not None and edite is not None and dit.get("origine") == "rapo":
            dernier = date_limite_decision_rapo(recu.astimezone(PARIS).date())
            yield Resultat(recu <= edite and edite.astimezone(PARIS).date() <= dernier, echange, f"le {dernier} au plus tard", str(edite))
