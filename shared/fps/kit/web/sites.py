"""Where people find the pages of the services: the letters name them by symbols, that become public addresses when they are shown."""

from collections.abc import Mapping
from typing import TypeVar

from fps.kit.ground.bac_path import DEFAUT
from fps.kit.ground.settings import Settings
from fps.messages.message import Message
from fps.parties import SERVICES, SITES, Party

M = TypeVar("M", bound=Message)


def adresses(settings: Settings, bac: str) -> Mapping[Party, str]:
    """The address of each service for the people of a bac, without a slash at the end."""
    prefixe = "" if bac == DEFAUT else f"/bacs/{bac}"
    return {party: f"{(settings.public_addresses or settings.addresses)[party]}{prefixe}" for party in SERVICES}


def montrer(corps: str, settings: Settings, bac: str) -> str:
    """The JSON text of a letter as its reader sees it: with addresses that lead somewhere."""
    for party, adresse in adresses(settings, bac).items():
        corps = corps.replace(SITES[party], adresse)
    return corps


def montree(message: M, settings: Settings, bac: str) -> M:
    """The letter as its reader sees it."""
    return type(message).model_validate_json(montrer(message.model_dump_json(), settings, bac))
