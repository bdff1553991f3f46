"""The commands that do one exchange again: ready to be pasted in a shell, whatever the product sent."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

from fps.kit.ground.settings import PORTS
from fps.parties import Party
from fps_certification.observation import Echange

UTILES: Final = ("content-type", "idempotency-key")  # the headers that a service reads of a message


def curl_du_message(echange: Echange) -> str:
    """Send the same bytes to the same door: `$ANTAI` (or the other service), `$BAC`, and the certificate of the product, by its files."""
    return _message(echange.service, echange.methode, echange.chemin, echange.entetes, echange.corps)


def curl_de_l_action(action: str, bac: str, donnees: Mapping[str, Any]) -> str:
    """Ask the product the same action again, at `$PILOTE`."""
    corps = json.dumps({"bac": bac, **donnees}, ensure_ascii=False, sort_keys=True, default=str)
    lignes = ["curl -sS", f"  -X POST -H 'Content-Type: application/json' --data-raw {shlex.quote(corps)}"]
    return " \\\n".join([*lignes, f'  "${{PILOTE:-http://127.0.0.1:9000}}/{action}"'])


def _message(service: Party, methode: str, chemin: str, entetes: Mapping[str, str], corps: str) -> str:
    nom = service.value.upper()
    brut = corps.removeprefix("base64:") if corps.startswith("base64:") else None
    avant = "" if brut is None else f"printf %s {brut} | base64 -d | "
    lignes = [f"{avant}curl -sS ${{CERTIFICAT:+--cert $CERTIFICAT --key $CLE}} ${{RACINE:+--cacert $RACINE}}", f"  -X {methode}"]
    lignes += [f"  -H {shlex.quote(f'{cle.title()}: {entetes[cle]}')}" for cle in UTILES if cle in entetes]
    if corps:
        lignes.append("  --data-binary @-" if brut is not None else f"  --data-raw {shlex.quote(corps)}")
    adresse = f"${{{nom}:-https://127.0.0.1:{PORTS[service]}}}/bacs/${{BAC:-essai}}"
    return " \\\n".join([*lignes, f'  "{adresse}"{shlex.quote(chemin)}'])
