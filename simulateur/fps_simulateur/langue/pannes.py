"""The acts that trouble a product: which services a fault is set at, under which name, and what the door of the pilot is given."""

from collections.abc import Mapping
from typing import Any, Final

from fps.flows import MESSAGES, by_type
from fps.kit.boxes.pannes import VERS
from fps.parties import Party
from fps_simulateur.langue.actes import PANNE, Acte
from fps_simulateur.langue.fautes import proche

SERVICES: Final = (Party.ANTAI, Party.DGFIP, Party.CCSP)  # those that exchange letters with the product of a town
_COURTS: Final = {f"{m.flow:02d}.{m.nom}": m.type for m in MESSAGES}


def de(un: Acte, avec: Mapping[str, Any]) -> tuple[tuple[Party, ...], str, dict[str, Any] | None]:
    """The services, the name of the rule and its body (None to take it away). Raises ValueError with the nearest word.

    A fault is set at the service that « service » names, else at the one that writes (or gets) the letters of « type », else at the three.
    Its name is « regle », else the kind of fault.
    """
    corps = dict(avec)
    service, regle = corps.pop("service", None), str(corps.pop("regle", None) or corps.get("panne", ""))
    if service is not None and service not in SERVICES:
        raise ValueError(f"« {service} » n'échange pas de lettres avec le produit{proche(str(service), SERVICES) or _liste(SERVICES)}")
    if un.nom != PANNE:
        if not regle:
            raise ValueError(f"« {un.nom} » demande « regle » : le nom de la panne à lever")
        return (Party(service),) if service else SERVICES, regle, None
    if not regle:
        raise ValueError(f"« {un.nom} » demande « panne » : ce qui doit mal aller")
    if (type_ := corps.get("type")) is None:
        return (Party(service),) if service else SERVICES, regle, corps
    corps["type"] = type_ = _COURTS.get(type_, type_)
    try:
        cls = by_type(type_)
    except KeyError:
        raise ValueError(f"« {type_} » n'est pas un type de lettre{proche(str(type_), _COURTS)}") from None
    du_type = cls.sender if corps["panne"] in VERS else cls.receiver
    if du_type not in SERVICES:
        raise ValueError(
            f"« {type_} » : cette panne ne frappe pas cette lettre, que {du_type} {'écrit' if corps['panne'] in VERS else 'reçoit'}"
        )
    return (Party(service) if service else du_type,), regle, corps


def _liste(mots: tuple[Party, ...]) -> str:
    return f" : {', '.join(mots)}"
