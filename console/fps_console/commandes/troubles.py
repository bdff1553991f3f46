"""`fps troubles`: the troubles with what is expected of a product; one is provoked by its fault in a bac, or by its life, played here."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps_console.commandes.liaison import drive
from fps_console.commandes.output import Panne, answer, dump, grid, say, screen
from fps_simulateur.troubles import Trouble, trouble, troubles

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

ILLISIBLE: Final = 2


def lister(en_json: bool) -> int:
    """Every trouble, in the order of its file."""
    if en_json:
        dump({"troubles": [un.model_dump(mode="json") for un in troubles()]})
        return 0
    rows = [(un.trouble, un.phrase, un.attendu, provoque(un)) for un in troubles()]
    large = {"no_wrap": True}  # a name is copied
    grid(
        "Les troubles qu'un produit rencontre",
        [("Nom", large), "Ce qui arrive", "Attendu", ("Provoqué par", {"overflow": "fold"})],
        rows,
        on=screen(),
    )
    say("« fps troubles jouer NOM » en provoque un, et dit son texte.")
    return 0


def provoque(un: Trouble) -> str:
    """What provokes it, in a few words."""
    return f"vie {un.vie}" if un.panne is None else f"panne {un.panne['panne']}"


def jouer(nom: str, settings: Callable[[], Settings], bac: str, siret: str | None, en_json: bool) -> int:
    """Provoke a trouble; the exit status is 0, or that of `fps play` for one that is a life. Raises Panne."""
    un = _trouve(nom)
    if un.vie is not None:
        from fps_console.commandes.play import play

        if not en_json:
            say(f"{un.phrase}\n  Attendu : {un.attendu} ({un.article})\n")
        return play([un.vie], detail=not en_json, lister=False, en_json=en_json, junit=None)
    sirets, services = drive(settings(), lambda pilot: _poser(pilot, bac, un, siret))
    phrase = (
        f"Posé dans le bac « {bac} », pour {', '.join(sirets)}, chez {_dits(services)} : {un.phrase}\n"
        f"  Attendu : {un.attendu} ({un.article})\n"
        f"  Faites avancer le bac ; « fps troubles lever {un.trouble} --bac {bac} » y met fin."
    )
    return answer(en_json, phrase, bac=bac, trouble=un.trouble, attendu=un.attendu, sirets=sirets, services=services)


def lever(nom: str, settings: Callable[[], Settings], bac: str, siret: str | None, en_json: bool) -> int:
    """Take the fault of a trouble away. Raises Panne, when it is nowhere too."""
    un = _trouve(nom)
    if un.vie is not None:
        raise Panne(
            f"« {nom} » est une vie ({un.vie}) : rien n'est posé.", "Elle se joue, et rien n'en reste.", code="trouble", statut=ILLISIBLE
        )

    async def go(pilot: "Pilot") -> tuple[list[str], list[Party]]:
        from fps_simulateur.troubles import pose

        sirets = await _sirets(pilot, bac, siret)
        return sirets, await pose.lever(pilot, bac, un, sirets)

    sirets, services = drive(settings(), go)
    if not services:
        raise Panne(f"« {nom} » n'est posé nulle part dans le bac « {bac} ».", f"Posez-le : fps troubles jouer {nom} --bac {bac}.")
    return answer(
        en_json, f"Levé dans le bac « {bac} », chez {_dits(services)}.", bac=bac, trouble=un.trouble, sirets=sirets, services=services
    )


def _trouve(nom: str) -> Trouble:
    try:
        return trouble(nom)
    except ValueError as error:
        phrase = str(error) if str(error).endswith("?") else f"{error}."
        raise Panne(phrase, "« fps troubles lister » les donne.", code="trouble-inconnu", statut=ILLISIBLE) from error


async def _poser(pilot: "Pilot", bac: str, un: Trouble, siret: str | None) -> tuple[list[str], list[Party]]:
    from fps_simulateur.troubles import pose

    sirets = await _sirets(pilot, bac, siret)
    return sirets, await pose.poser(pilot, bac, un, sirets)


async def _sirets(pilot: "Pilot", bac: str, siret: str | None) -> list[str]:
    from fps_simulateur.troubles import pose

    if found := [siret] if siret else await pose.villes(pilot, bac):
        return found
    raise Panne(
        f"Aucun produit ne tient la place d'une collectivité dans le bac « {bac} » : il n'y a rien à déranger.",
        "Dites où vont ses lettres (PUT /destinations/{siret}, docs/lettres.md), ou donnez --siret.",
        code="sans-produit",
    )


def _dits(services: Sequence[Party]) -> str:
    return ", ".join(LIBELLES[service] for service in services)
