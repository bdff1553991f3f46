"""A failure card: five lines, the message that was expected beside the one that came, the exchange as it passed, how to do it again."""

import json
from collections.abc import Sequence
from typing import Any, Final

from fps_certification.observation import Echange
from fps_certification.rapports import commandes
from fps_certification.rapports.rapprochement import attendu_de_l_exemple, le_plus_proche, lignes
from fps_certification.verdict import Echec

LONG: Final = 20_000  # characters of an exchange in a report; the evidence holds it whole


def identifiant(epreuve: str, echange: Echange) -> str:
    """How an exchange is called in every report: its check, the service, its rank there."""
    return f"{epreuve}/{echange.service.value}-{echange.rang}"


def comparer(echec: Echec) -> tuple[tuple[str, str, str], ...]:
    """The nearest expected message and the received one, line against line; empty when the failure is not about a message."""
    if echec.message is None:
        return ()
    if echec.echange is None:
        connus = {} if echec.demande is None else {**echec.demande.donnees}
        return lignes(attendu_de_l_exemple(echec.message, connus | {n: v for n, v in echec.juste.items() if v is not None}), None)
    recu = echec.echange.donnees
    attendu = le_plus_proche(echec.message, recu, echec.juste)
    return lignes(attendu, recu if recu is not None else echec.echange.corps)


def curl(echec: Echec) -> str:
    """The command that shows it again: the message as it came, else the action that was asked of the product."""
    if echec.echange is not None:
        return commandes.curl_du_message(echec.echange)
    return "" if echec.demande is None else commandes.curl_de_l_action(echec.demande.action, "essai", echec.demande.donnees)


def requete(echec: Echec) -> str:
    """What was asked, as it passed: the message with its headers, else the action of the product."""
    if (e := echec.echange) is not None:
        return brute(f"{e.methode} {e.chemin}", e.entetes, e.corps)
    if (d := echec.demande) is None:
        return ""
    return f"POST /{d.action} (pilote d'essai)\n\n{_json(d.donnees)}"


def reponse(echec: Echec) -> str:
    """What was answered, as it passed."""
    if (e := echec.echange) is not None:
        return brute(str(e.statut), e.entetes_reponse, e.reponse)
    d = echec.demande
    return "" if d is None or not d.statut else f"{d.statut}\n\n{_json(d.corps)}"


def brute(premiere: str, entetes: Any, corps: str) -> str:
    """An exchange as HTTP writes it."""
    dites = [f"{nom}: {valeur}" for nom, valeur in sorted(entetes.items())]
    return "\n".join([premiere, *dites, "", corps if len(corps) <= LONG else corps[:LONG] + "…"])


def en_colonnes(paires: Sequence[tuple[str, str, str]], au_plus: int | None = None, largeur: int = 58) -> str:
    """The comparison for a terminal: expected on the left, received on the right; the same lines are only counted.

    `au_plus`: lines that differ shown, the others counted.
    """
    rendu: list[str] = [f"  {'attendu':<{largeur}}   reçu"]
    tues = montrees = 0
    for marque, gauche, droite in paires:
        if marque == "=":
            tues += 1
            continue
        if tues:
            rendu.append(f"  … {tues} ligne(s) identique(s)")
            tues = 0
        montrees += 1
        if au_plus is not None and montrees > au_plus:
            autres = sum(m != "=" for m, _, _ in paires) - au_plus
            return "\n".join([*rendu, f"  … et {autres} autre(s) ligne(s) qui diffèrent"])
        rendu.append(f"{marque} {gauche[:largeur]:<{largeur}} {marque} {droite[:largeur]}".rstrip())
    return "\n".join([*rendu, *([f"  … {tues} ligne(s) identique(s)"] if tues else [])])


def _json(valeur: Any) -> str:
    return json.dumps(valeur, ensure_ascii=False, indent=2, sort_keys=True, default=str)  # as the evidence keeps it
