"""The letters of an editor's box in words: their states, their tries as they passed on the wire, what each signature is worth."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from fps.flows import by_type
from fps.kit.boxes.boites import EtatLettre
from fps.kit.boxes.signature import EN_TETE, SignatureFausse, ouvrir
from fps.kit.ground.clock import PARIS
from fps.parties import LIBELLES, Party
from fps_console.mots import recit

ETATS: Final[Mapping[EtatLettre, str]] = {
    EtatLettre.ATTENTE: "en attente",
    EtatLettre.ACQUITTEE: "acquittée",
    EtatLettre.REFUSEE: "refusée",
    EtatLettre.EN_SOUFFRANCE: "en souffrance",
    EtatLettre.RENDUE: "rendue au système de référence",
}
MODES: Final[Mapping[str, str]] = {
    "adresse": "envoyées à son adresse",
    "retrait": "à prendre dans la boîte",
    "reference": "au système de référence",
}
RESULTATS: Final[Mapping[str, str]] = {
    "acquittee": "acquittée",
    "refusee": "refusée",
    "echec": "échec",
    "interdite": "adresse interdite",
}
A_FAIRE: Final = (EtatLettre.ATTENTE, EtatLettre.EN_SOUFFRANCE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a signature is worth, recomputed now: `bonne` is None when there was none to read."""

    bonne: bool | None
    phrase: str


def juger(essai: Mapping[str, Any], lettre: Mapping[str, Any], bac: str, service: Party, cles: Mapping[str, Any]) -> Verdict:
    """Whether a try bore the signature of its service over the very body that left, for this letter, this bac and this address."""
    envoye = essai["envoye"]
    if envoye is None:
        return Verdict(
            None, "Rien n'est parti à cet essai, ou une version d'avant n'en gardait rien : il n'y a pas de signature à vérifier."
        )
    signature = envoye["entetes"].get(EN_TETE.lower(), "")
    corps = lettre["corps"] if envoye["corps"] is None else envoye["corps"]
    try:
        dit = ouvrir(signature, corps.encode(), cles)
    except SignatureFausse as error:
        fait = " Une panne avait changé le corps." if envoye["corps"] is not None else ""
        return Verdict(False, f"La signature n'est pas celle de ce corps par une clé que {LIBELLES[service]} publie ({error}).{fait}")
    attendu = {"iss": service.value, "jti": lettre["id"], "url": envoye["url"], "bac": bac, "type": lettre["type"]}
    autres = [nom for nom, valeur in attendu.items() if dit.get(nom) != valeur]
    if autres:
        return Verdict(False, f"La signature est bonne, mais elle dit autre chose que cet envoi : {', '.join(autres)}.")
    le = datetime.fromtimestamp(int(dit["iat"]), PARIS)
    return Verdict(True, f"Faite par {LIBELLES[service]} le {le:%d/%m/%Y à %H:%M:%S} (temps réel), sur ce corps, pour cette adresse.")


def requete(essai: Mapping[str, Any], lettre: Mapping[str, Any]) -> str:
    """What left, as it is written on the wire."""
    envoye = essai["envoye"]
    ou = urlsplit(envoye["url"])
    dits = "\n".join(f"{nom}: {valeur}" for nom, valeur in envoye["entetes"].items())
    corps = lettre["corps"] if envoye["corps"] is None else envoye["corps"]
    return f"{envoye['methode']} {ou.path or '/'} HTTP/1.1\n{dits}\n\n{corps}"


def reponse(essai: Mapping[str, Any]) -> str:
    """What came back, its body as far as it was kept."""
    recu = essai["recu"]
    dits = "\n".join(f"{nom}: {valeur}" for nom, valeur in recu["entetes"].items())
    return f"HTTP/1.1 {recu['statut']}\n{dits}\n\n{recu['extrait']}"


def en_mots(lettre: Mapping[str, Any]) -> dict[str, Any]:
    """A letter of a box as a page tells it."""
    essais = lettre["tentatives"]
    dernier = essais[-1] if essais else None
    return {
        **lettre,
        "libelle": recit.message(by_type(lettre["type"])),
        "dit": ETATS[EtatLettre(lettre["etat"])],
        "le": datetime.fromisoformat(lettre["date"]),
        "suivant": _instant(lettre["prochain_essai"]),
        "close": _instant(lettre["close_le"]),
        "dernier": None if dernier is None else " : ".join(filter(None, (RESULTATS[dernier["resultat"]], dernier["cause"]))),
        "a_faire": lettre["etat"] in A_FAIRE,
    }


def etale(texte: str) -> str:
    """A JSON text laid out; any other as it is."""
    try:
        return json.dumps(json.loads(texte), ensure_ascii=False, indent=1)
    except ValueError:
        return texte


def _instant(texte: str | None) -> datetime | None:
    return None if texte is None else datetime.fromisoformat(texte).astimezone(PARIS)
