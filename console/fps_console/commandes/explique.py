"""`fps expliquer`: how a date or an amount of a dossier was found, as the service that computed it tells."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fps.droit.calendar import PARIS
from fps.droit.money import euros
from fps.droit.numero import NumeroFps, NumeroInvalide
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, dump, say
from fps_console.mots import recit
from fps_console.mots.champs import CHAMPS

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

# Who computes: each is asked in turn until one answers; the town and the court are asked about the last petition of the FPS.
PLACES: Final[tuple[tuple[Party, str], ...]] = (
    (Party.ANTAI, "dossiers"),
    (Party.DGFIP, "prises-en-charge"),
    (Party.CCSP, "fps"),
    (Party.COLLECTIVITE, "fps"),
)
REQUETE: Final = re.compile(r"[0-9]{8}")
AILLEURS: Final = frozenset(
    {
        "champ-inexplique",
        "fps-inconnu",
        "dossier-inconnu",
        "prise-en-charge-inconnue",
        "requete-inconnue",
        "valeur-pas-encore-connue",
    }
)
# What is counted: any other integer of an explanation is an amount, in centimes.
COMPTES: Final = re.compile(r"pourcent|taux|jour$|jours|mois|annees|heures|minutes|nombre|habitants|exercice|rang")
PAR_JOUR: Final = "astreinte_jour"  # euros a day
CONNUS: Final = re.compile(r"[a-z_.]+")


def explain(settings: Settings, numero: str, champ: str, nom: str, en_json: bool) -> int:
    """Print the derivation of a field of a FPS (26 digits) or of a petition (8 digits); raises Panne."""
    lu = numero.strip() if REQUETE.fullmatch(numero.strip()) else _numero(numero)
    service, found = drive(settings, lambda pilot: ask(pilot, nom, lu, champ))
    if en_json:
        dump({"service": service.value, **found})
        return 0
    for line in told(lu, service, found):
        say(line)
    return 0


def told(numero: str, service: Party, found: Mapping[str, Any]) -> Iterator[str]:
    """The lines of an explanation: the value and who gives it, then its derivation, or the fact that it comes from."""
    requete = "" if found["numero"] == numero else f", requête {found['numero']}"
    yield f"{champ_dit(found['champ'])} : {shown(found['champ'], found['valeur'])} ({LIBELLES[service]}{requete})"
    if found["arbre"] is not None:
        yield from tree(found["arbre"], 1)
    elif found["fait"] is not None:
        yield f"  {found['fait']['phrase']} [{found['fait']['article']}]"
    else:
        yield "  Un fait reçu par ce service : il n'y a rien à calculer."


def _numero(numero: str) -> str:
    try:
        return str(NumeroFps.lire(numero))
    except NumeroInvalide as error:
        phrase = f"« {numero[:60]} » n'est ni un numéro de FPS, ni un numéro de requête : {error.detail}"
        raise Panne(phrase, "Recopiez ses 26 chiffres (ou les 8 d'une requête).") from error


def champ_dit(nom: str) -> str:
    """A field, an input or a parameter in French words."""
    return CHAMPS.get(nom) or nom.rpartition(".")[2].replace("_", " ").capitalize()


def places(numero: str, champ: str) -> tuple[str, list[tuple[Party, str]]]:
    """The field, and whom to ask: everybody, or the service that « dgfip.date_envoi » names."""
    known = [(Party.CCSP, "requetes")] if REQUETE.fullmatch(numero) else list(PLACES)
    named, _, rest = champ.partition(".")
    found = [place for place in known if place[0].value == named]
    return (rest, found) if found else (champ, known)


async def ask(pilot: "Pilot", nom: str, numero: str, champ: str) -> tuple[Party, dict[str, Any]]:
    """The explanation and who gave it; raises Panne with what the last services said."""
    refusals: dict[str, Any] = {}
    known: dict[Party, list[str]] = {}
    demande, whom = places(numero, champ)
    for service, chemin in whom:
        response = await pilot.client.get(
            f"{pilot.addresses[service]}/bacs/{quote(nom, safe='')}/{chemin}/{numero}/explication/{quote(demande, safe='')}"
        )
        body = response.json()
        if response.status_code == 200:
            return service, body
        refusals.setdefault(str(body.get("code")), body)
        if body.get("code") == "champ-inexplique":
            known[service] = CONNUS.findall(str(body.get("detail")).partition(" : ")[2].rstrip("."))
        if body.get("code") not in AILLEURS:
            break
    # The most precise first: a value to come, then an unknown field, then an unknown dossier.
    codes = sorted(refusals, key=lambda code: (code in AILLEURS, code != "valeur-pas-encore-connue", code != "champ-inexplique"))
    problem = refusals[codes[0]]
    if codes[0] == "champ-inexplique" and known:
        lists = " ; ".join(f"{LIBELLES[service]} : {', '.join(fields)}" for service, fields in known.items())
        raise Panne(
            f"{problem.get('title')} : « {champ[:60]} ».",
            f"Demandez l'un de ceux que ce dossier connaît (« dgfip.date_envoi » vise un service) — {lists}.",
            code=codes[0],
        )
    raise Panne(f"{problem.get('title')} : {problem.get('detail')}", problem.get("que_faire") or "", problem=problem)


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
        since = f"depuis le {recit.longue(date.fromisoformat(read['depuis']))}"
        supposed = f", hypothèse {read['hypothese']}" if read["hypothese"] else ""
        yield f"{pad}  {champ_dit(read['nom']).lower()} : {shown(read['nom'], read['valeur'])} ({since} ; {read['reference']}{supposed})"
    for step in node["etapes"]:
        said = ", ".join(f"{champ_dit(n).lower()} {shown(n, v)}" for n, v in step["entrees"].items() if v is not None)
        yield f"{pad}  → {step['phrase']} : {said} → {shown(rendu(step), step['valeur'])} [{step['article']}]"
    yield f"{pad}  = {shown(rendu(node), node['valeur'])}"


def rendu(node: Mapping[str, Any]) -> str:
    """The name of what a rule gives back: a rate of an amount is an amount."""
    nom = str(node["regle"]).rpartition(".")[2]
    return "montant" if nom == "pourcent" else nom


def shown(name: str, value: Any) -> str:
    """A value as a person reads it; `name` tells an amount from a count."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict):  # a value for each day from which it counts
        return " ; ".join(f"{shown(name, v)} depuis le {shown('jour', k)}" for k, v in value.items()) or "aucun"
    if isinstance(value, list):
        return " et ".join(shown(name, v) for v in value) or "aucun"
    if isinstance(value, int):
        return str(value) if COMPTES.search(name.removesuffix(PAR_JOUR)) else euros(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return recit.longue(date.fromisoformat(value))
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        instant = datetime.fromisoformat(value).astimezone(PARIS)
        return f"{recit.longue(instant.date())} {instant:%H:%M}"
    return str(value)
