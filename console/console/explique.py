"""`fps explain`: how a date or an amount of a dossier was found, as the service that computed it tells."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from console import mots
from console.liaison import drive
from console.output import Panne, dump, say
from fps.kit.settings import Settings
from fps.money import euros
from fps.numero import NumeroFps, NumeroInvalide
from fps.parties import LIBELLES, Party

if TYPE_CHECKING:
    from console.pilot import Pilot

# Who computes: each is asked in turn until one answers.
PLACES: Final[tuple[tuple[Party, str], ...]] = ((Party.ANTAI, "dossiers"), (Party.DGFIP, "prises-en-charge"))
AILLEURS: Final = frozenset({"champ-inexplique", "fps-inconnu", "dossier-inconnu", "prise-en-charge-inconnue", "valeur-pas-encore-connue"})
MONTANTS: Final = re.compile(r"montant|majoration|rabais|impaye|total|du$|minimum|paye|bareme|amende|facture")
CONNUS: Final = re.compile(r"[a-z_]+")
UNITES: Final = re.compile(r"pourcent|jours|mois|annees|minutes|nombre|taux")

CHAMPS: Final[Mapping[str, str]] = {
    "date_limite_paiement": "Payer avant le",
    "date_limite_rapo": "RAPO avant le",
    "date_envoi": "Date d'envoi",
    "date_notification": "Date de notification",
    "minoration_jusqu_au": "Montant minoré jusqu'au",
    "minoration_montant": "Montant minoré",
    "date_titre": "Date du titre exécutoire",
    "total_du": "Total dû",
    "montant_avec_rabais": "Montant avec rabais",
    "date_limite_rabais": "Rabais jusqu'au",
    "date_limite_recours": "Recours avant le",
    "date_prescription": "Prescrit le",
    "reception": "Réception",
    "impaye": "Impayé",
    "deja_paye": "Déjà payé",
    "bareme": "Barème",
    "majoration_due": "Majoration",
    "rabais_accorde": "Rabais",
    "report_jour_ouvrable": "Report au jour ouvrable",
    "reduction_pourcent": "Réduction, en %",
    "majoration_pourcent": "Majoration, en %",
    "rabais_pourcent": "Rabais, en %",
    "delai_paiement_mois": "Délai de paiement, en mois",
    "rapo_delai_mois": "Délai du RAPO, en mois",
    "rabais_delai_mois": "Délai du rabais, en mois",
    "recours_delai_mois": "Délai de recours, en mois",
    "notification_postale_jours_francs": "Notification postale, en jours francs",
    "titre_attente_jours": "Attente avant le titre, en jours",
    "prescription_annees": "Prescription, en années",
    "actif": "En vigueur",
    "depart": "Départ",
}


def explain(settings: Settings, numero: str, champ: str, nom: str, en_json: bool) -> int:
    """Print the derivation of a field; raises Panne."""
    try:
        lu = str(NumeroFps.lire(numero))
    except NumeroInvalide as error:
        raise Panne(f"« {numero[:60]} » n'est pas un numéro de FPS : {error.detail}", "Recopiez ses 26 chiffres.") from error
    service, found = drive(settings, lambda pilot: ask(pilot, nom, lu, champ))
    if en_json:
        dump({"service": service.value, **found})
        return 0
    say(f"{champ_dit(found['champ'])} : {shown(found['champ'], found['valeur'])} ({LIBELLES[service]})")
    if found["arbre"] is None:
        say("  Un fait reçu par ce service : il n'y a rien à calculer.")
    else:
        for line in tree(found["arbre"], 1):
            say(line)
    return 0


def champ_dit(nom: str) -> str:
    """A field, an input or a parameter in French words."""
    return CHAMPS.get(nom, nom.replace("_", " ").capitalize())


async def ask(pilot: "Pilot", nom: str, numero: str, champ: str) -> tuple[Party, dict[str, Any]]:
    """The explanation and who gave it; raises Panne with what the last services said."""
    refusals: dict[str, Any] = {}
    known: set[str] = set()
    for service, chemin in PLACES:
        response = await pilot.client.get(
            f"{pilot.addresses[service]}/bacs/{quote(nom, safe='')}/{chemin}/{numero}/explication/{quote(champ, safe='')}"
        )
        body = response.json()
        if response.status_code == 200:
            return service, body
        refusals.setdefault(str(body.get("code")), body)
        if body.get("code") == "champ-inexplique":
            known.update(CONNUS.findall(str(body.get("detail")).partition(" : ")[2]))
        if body.get("code") not in AILLEURS:
            break
    # The most precise first: a value to come, then an unknown field, then an unknown dossier.
    codes = sorted(refusals, key=lambda code: (code in AILLEURS, code != "valeur-pas-encore-connue", code != "champ-inexplique"))
    problem = refusals[codes[0]]
    if codes[0] == "champ-inexplique" and known:
        raise Panne(
            f"{problem.get('title')} : « {champ[:60]} ».", f"Demandez l'un de ceux que ce dossier connaît : {', '.join(sorted(known))}."
        )
    raise Panne(f"{problem.get('title')} : {problem.get('detail')}", problem.get("que_faire") or "")


def tree(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    """The lines of a derivation: the rule, what it read, its steps, then where its inputs come from."""
    pad = "  " * depth
    yield f"{pad}{node['phrase']} [{node['article']}]"
    for name, value in node["entrees"].items():
        if value is not None:
            yield f"{pad}  {champ_dit(name).lower()} = {shown(name, value)}"
            if name in node["origines"]:
                yield from tree(node["origines"][name], depth + 2)
    for read in node["lu"]:
        since = f"depuis le {mots.longue(date.fromisoformat(read['depuis']))}"
        supposed = f", hypothèse {read['hypothese']}" if read["hypothese"] else ""
        yield f"{pad}  {champ_dit(read['nom']).lower()} : {shown(read['nom'], read['valeur'])} ({since} ; {read['reference']}{supposed})"
    for step in node["etapes"]:
        said = ", ".join(f"{champ_dit(n).lower()} {shown(n, v)}" for n, v in step["entrees"].items() if v is not None)
        yield f"{pad}  → {step['phrase']} : {said} → {shown(node['regle'], step['valeur'])} [{step['article']}]"
    yield f"{pad}  = {shown(node['regle'].rpartition('.')[2], node['valeur'])}"


def shown(name: str, value: Any) -> str:
    """A value as a person reads it; `name` tells an amount from a count."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, list):
        return " et ".join(shown(name, v) for v in value)
    if isinstance(value, int):
        return euros(value) if MONTANTS.search(name) and not UNITES.search(name) else str(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return mots.longue(date.fromisoformat(value))
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        instant = datetime.fromisoformat(value)
        return f"{mots.longue(instant.date())} {instant:%H:%M}"
    return str(value)
