"""What the pages and the commands show of a bac, read from the public HTTP API of the services and from the pilot."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import httpx

from fps.droit.money import euros
from fps.droit.numero import NumeroFps
from fps.flows import by_type
from fps.kit.ground.clock import PARIS
from fps.parties import LIBELLES, Party
from fps_console.mots import recit
from fps_console.mots.lexique import MOTIFS
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.lectures import sujets_de
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

DEFAUT = "defaut"
PAGE = 50


class Lecture:
    """A reader of one world through the doors that anyone may use."""

    def __init__(self, pilot: Pilot, client: httpx.AsyncClient, addresses: Mapping[Party, str]):
        self.pilot, self.client, self.addresses = pilot, client, addresses

    async def get(self, service: Party, bac: str, path: str, **params: str | int | Sequence[str]) -> Any:
        """The JSON of a public route in a bac, None when it does not exist; raises PiloteErreur."""
        return await self.lire_en_session(None, service, bac, path, **params)

    async def lire_en_session(self, jeton: str | None, service: Party, bac: str, path: str, **params: str | int | Sequence[str]) -> Any:
        """The same, read with the session of an agent when there is one; raises PiloteErreur."""
        prefix = "" if bac == DEFAUT else f"/bacs/{bac}"
        entetes = {} if jeton is None else {"Authorization": f"Bearer {jeton}"}
        try:
            response = await self.client.get(f"{self.addresses[service]}{prefix}{path}", params=params, headers=entetes)
        except httpx.HTTPError as error:
            problem = {"code": "service-injoignable", "title": "Le service ne répond pas", "detail": f"{LIBELLES[service]} ({error!r})"}
            raise PiloteErreur(service, problem) from error
        if response.status_code == 404:
            return None
        if response.status_code >= 400:
            raise PiloteErreur(service, {"status": response.status_code, **_problem(response)})
        return response.json()

    async def dossier(self, bac: str, numero: str) -> dict[str, Any] | None:
        """Everything about one dossier: its summary, its timeline in words, its letters; None when nobody knows it."""
        town, antai, titre, lines, noms = await asyncio.gather(
            self.get(Party.COLLECTIVITE, bac, f"/fps/{numero}"),
            self.get(Party.ANTAI, bac, f"/dossiers/{numero}"),
            self.get(Party.DGFIP, bac, f"/prises-en-charge/{numero}"),
            self.pilot.journal(bac, numero),
            villes.noms(self.pilot, bac),
        )
        if town is None and antai is None:
            return None
        suivi = None if antai is None else await self.get(Party.ANTAI, bac, f"/va-pilote/dossiers/{numero}", siret=antai["siret"])
        sujets = sujets_de(lines)
        par_sujet = await asyncio.gather(*(self.pilot.courriers(bac, sujet) for sujet in sujets))
        letters = sorted((lettre(c) for lues in par_sujet for c in lues), key=lambda c: (c["le"], c["flux"], c["id"]))
        lus = await asyncio.gather(*(self.pilot.courrier(bac, Party(c["service"]), c["id"]) for c in letters))
        contents = {c["id"]: lu for c, lu in zip(letters, lus, strict=True)}
        return {
            **resume(numero, town, antai, noms),
            "faits": _facts(town, antai, titre),
            "annulations": [phrase for one in (suivi or {}).get("decisions", ()) if (phrase := _unsupported(one))],
            "lignes": [recit.ligne(line, contents) for line in recit.courtes(lines)],
            "toutes": [recit.ligne(line, contents) for line in lines],
            "courriers": letters,
            "echeances": await self.pilot.a_venir(bac, sujets),
            "journal": lines,
            "contenus": contents,
            "vues": {"ville": town, "antai": antai, "titre": titre},
        }


def lettre(c: Mapping[str, Any]) -> dict[str, Any]:
    """A letter to a person, with its name, who gets it and its day."""
    return {
        **c,
        "libelle": recit.message(by_type(c["type"])),
        "a": LIBELLES[Party(c["destinataire"])],
        "le": datetime.fromisoformat(c["date"]),
    }


def _unsupported(juge: Mapping[str, Any]) -> str:
    """What there is to say of a petition whose cancellation no decision supports, or that was settled by hand; empty for the others."""
    requete = f"Requête {juge['numero_requete']}"
    if juge["reglee_le"]:
        le = recit.longue(date.fromisoformat(juge["reglee_le"]))
        return f"{requete} : annulation réglée à la main le {le} par {juge['reglee_par']} ({juge['reglee_motif']})."
    if not juge["a_regler"]:
        return ""
    if juge["attend_la_decision"]:
        return f"{requete} : le titre est annulé par une décision que la juridiction n'a pas dite. À régler."
    return f"{requete} : le titre est annulé autrement que la juridiction n'a décidé. À régler."


def _problem(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"title": "Réponse inattendue", "detail": f"HTTP {response.status_code}"}


def resume(numero: str, town: Mapping[str, Any] | None, antai: Mapping[str, Any] | None, noms: Mapping[str, str]) -> dict[str, Any]:
    """One line of the list: number, town, plate, state, amount."""
    shown: Mapping[str, Any] = antai or town or {}
    return {
        "numero": numero,
        "affiche": _shown(numero),
        "ville": noms.get(numero[:14], f"SIRET {numero[:14]}"),
        "plaque": _plate(antai, town),
        "etat": recit.etat(str(shown.get("etat", ""))),
        "montant": euros(shown["montant"]) if isinstance(shown.get("montant"), int) else "—",
    }


def _plate(antai: Mapping[str, Any] | None, town: Mapping[str, Any] | None) -> str:
    if antai is not None:
        return str(antai["immatriculation"])
    return str(town["vehicule"]["immatriculation"]) if town is not None else "—"


def _shown(numero: str) -> str:
    try:
        return NumeroFps.lire(numero).affichage
    except ValueError:
        return numero


def _facts(town: Mapping[str, Any] | None, antai: Mapping[str, Any] | None, titre: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The dates and amounts of a dossier, in the order of its life; what is not known yet is left out."""
    found: list[tuple[str, str]] = []
    if antai is not None and titre is not None and titre.get("montant_paye"):
        # What ANTAI then knows as paid is what the DGFiP told it: the same payment, not a second one.
        antai = {k: v for k, v in antai.items() if k not in ("montant_paye", "paye_le")}
    for source, names in (
        (town, {"date_heure_constat": "Constat le", "motif": "Motif"}),
        (
            antai,
            {
                "montant": "Montant du FPS",
                "date_envoi": "Avis envoyé le",
                "date_notification": "Avis réputé notifié le",
                "montant_minore": "Montant minoré",
                "minoration_jusqu_au": "Minoration jusqu'au",
                "date_limite_paiement": "Dernier jour pour payer",
                "montant_paye": "Payé",
                "paye_le": "Payé le",
                "majoration": "Majoration",
                "numero_titre": "Titre exécutoire",
                "date_titre": "Titre émis le",
            },
        ),
        (
            titre,
            {
                "total_du": "Total du titre",
                "date_envoi": "Avertissement envoyé le",
                "rabais_du_jour": "Rabais aujourd'hui",
                "date_limite_rabais": "Rabais jusqu'au",
                "a_payer": "À payer aujourd'hui",
                "montant_paye": "Payé au comptable public",
            },
        ),
    ):
        for name, label in names.items():
            value = (source or {}).get(name)
            if value not in (None, 0, ""):
                found.append((label, MOTIFS.get(value, value) if name == "motif" else _value(value)))
    return found


def _value(value: Any) -> str:
    if isinstance(value, int):
        return euros(value)
    text = str(value)
    try:
        if len(text) > 10:
            return f"{datetime.fromisoformat(text).astimezone(PARIS):%d/%m/%Y à %H:%M}"
        return recit.longue(date.fromisoformat(text))
    except ValueError:
        return text
