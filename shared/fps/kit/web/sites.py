"""Where people find the pages of the services: the letters name them by symbols, that become public addresses when they are shown."""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.settings import Settings
from fps.messages.formats import LONGUEUR_URL
from fps.messages.message import Message
from fps.parties import SERVICES, SITES, Party

M = TypeVar("M", bound=Message)
SYMBOLE: Final = ".invalid"
ADRESSES: Final = frozenset({"url", "url_paiement"})  # the fields of the letters that hold an address


def adresses(settings: Settings, bac: str) -> Mapping[Party, str]:
    """The address of each service for the people of a bac, without a slash at the end."""
    prefixe = "" if bac == DEFAUT else f"/bacs/{bac}"
    return {party: f"{(settings.public_addresses or settings.addresses)[party]}{prefixe}" for party in SERVICES}


def montrer(corps: str, settings: Settings, bac: str) -> str:
    """The JSON text of a letter as its reader sees it: with addresses that lead somewhere, in the fields of addresses and nowhere else."""
    if SYMBOLE not in corps:
        return corps
    lettre = json.loads(corps)
    sites = {SITES[party]: adresse for party, adresse in adresses(settings, bac).items()}
    waiting = [lettre]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for nom in ADRESSES & one.keys():
                one[nom] = _adresse(one[nom], sites)
        waiting += [x for x in (one.values() if isinstance(one, dict) else one) if isinstance(x, dict | list)]
    return json.dumps(lettre, ensure_ascii=False, separators=(",", ":"))


def _adresse(valeur: Any, sites: Mapping[str, str]) -> Any:
    """The public address of a symbolic one, when its field is long enough for it."""
    for symbole, adresse in sites.items():
        if isinstance(valeur, str) and (valeur == symbole or valeur.startswith(f"{symbole}/")):
            longue = adresse + valeur.removeprefix(symbole)
            return longue if len(longue) <= LONGUEUR_URL else valeur
    return valeur


def montree(message: M, settings: Settings, bac: str) -> M:
    """The letter as its reader sees it."""
    return type(message).model_validate_json(montrer(message.model_dump_json(), settings, bac))
