"""The days that have a name (« titre », « limite-paiement », « prochaine »): finds the date of one, in a bac or for one dossier."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from fps.kit.ground.clock import MATIN, paris
from fps.parties import SERVICES, Party
from fps_simulateur.langue.fautes import proche
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur, _bac

PROCHAINE: Final = ("prochaine", "next")
PAS: Final = 2_000  # days lived at most to look for one


@dataclass(frozen=True, slots=True)
class Prevu:
    """What a service does by itself on its day: at the end of that day, it is done."""

    service: Party
    nature: str
    actes: tuple[str, ...] = ()  # what the journal says once it is done; the nature, unless it is said


@dataclass(frozen=True, slots=True)
class Limite:
    """The last day of something, as a service explains it of a dossier: that day, one still may."""

    service: Party
    chemin: str
    champ: str


@dataclass(frozen=True, slots=True)
class Calendrier:
    """A day of the calendar, the same for every dossier: the first one from a day on."""

    apres: Callable[[date], date]


def _fin_d_octobre(le: date) -> date:
    """The last Sunday of October, that year or the next: hours go back (arrêté du 3 avril 2001)."""
    jour = date(le.year, 10, 31) - timedelta(days=(date(le.year, 10, 31).weekday() + 1) % 7)
    return jour if jour >= le else _fin_d_octobre(date(le.year + 1, 1, 1))


REPERES: Final[Mapping[str, Prevu | Limite | Calendrier]] = {
    "envoi-avis": Prevu(Party.ANTAI, "envoi-apa", ("envoi-avis", "mise-a-disposition")),
    "notification": Prevu(Party.ANTAI, "notification"),
    "fin-minoration": Limite(Party.ANTAI, "dossiers", "minoration_jusqu_au"),
    "limite-rapo": Limite(Party.ANTAI, "dossiers", "date_limite_rapo"),
    "rejet-implicite": Prevu(Party.COLLECTIVITE, "silence-rapo", ("rejet-implicite-rapo",)),
    "limite-paiement": Limite(Party.ANTAI, "dossiers", "date_limite_paiement"),
    "impaye": Prevu(Party.ANTAI, "limite-paiement", ("impaye",)),
    "titre": Prevu(Party.ANTAI, "emission-titre"),
    "majoration": Prevu(Party.ANTAI, "emission-titre"),
    "avertissement": Prevu(Party.DGFIP, "envoi-avertissement"),
    "fin-rabais": Limite(Party.DGFIP, "prises-en-charge", "date_limite_rabais"),
    "relance": Prevu(Party.DGFIP, "relance"),
    "saisie": Prevu(Party.DGFIP, "saisie"),
    "prescription": Prevu(Party.DGFIP, "prescription"),
    "reversement": Prevu(Party.DGFIP, "reversement"),
    "examen": Prevu(Party.CCSP, "examen", ("communication", "demande-regularisation")),
    "changement-heure": Calendrier(_fin_d_octobre),
    "fin-annee": Calendrier(lambda le: date(le.year, 12, 31)),
}


class RepereFaux(ValueError):
    """The name is that of no day, or that day does not come, or is past (as their codes say): a sentence, then what to do."""

    def __init__(self, phrase: str, que_faire: str, code: str = "jour-absent"):
        super().__init__(phrase)
        self.phrase, self.que_faire, self.code = phrase, que_faire, code


async def trouver(pilot: Pilot, nom: str, repere: str, dossier: str | None, state: Mapping[str, Any]) -> datetime:
    """The instant (that evening) of a named day in a bac; raises RepereFaux, PiloteErreur.

    What nothing plans yet is looked for in a copy of the bac, which lives day after day and is then forgotten.
    """
    now = datetime.fromisoformat(state["instant"])
    if repere in PROCHAINE:
        if state["prochaine_echeance"] is None:
            raise RepereFaux(f"Aucune échéance n'attend dans le bac « {nom} ».", "Avancez jusqu'à une date.")
        return max(now, paris(date.fromisoformat(state["prochaine_echeance"])))
    if repere not in REPERES:
        que_faire = f"Les jours qui ont un nom : {', '.join((PROCHAINE[0], *REPERES))} ; sinon une date, ou une durée."
        raise RepereFaux(f"« {repere[:40]} » n'est pas le nom d'un jour{proche(repere, REPERES) or '.'}", que_faire, "jour-inconnu")
    found = await _arrivee(pilot, nom, repere, dossier)
    if found < now.date():
        phrase, que_faire = (
            f"« {repere} » est passé : c'était le {found:%d/%m/%Y}.",
            "Un bac ne revient pas en arrière : jouez-en un autre.",
        )
        raise RepereFaux(phrase, que_faire, "retour-en-arriere")
    return max(now, paris(found))


async def jour(pilot: Pilot, nom: str, repere: str, dossier: str | None) -> date:
    """The date of a named day: the one that is planned, else the last that was lived, else the one that a copy of the bac lives.

    Raises RepereFaux, PiloteErreur.
    """
    what = REPERES[repere]
    if isinstance(what, Prevu) and await _prevu(pilot, nom, what, dossier) is None:
        lignes = await pilot._journal(what.service, nom, dossier)
        vecus = [x["date"] for x in lignes if x["acte"] in (what.actes or (what.nature,))]
        if vecus:
            return datetime.fromisoformat(vecus[-1]).date()
    return await _arrivee(pilot, nom, repere, dossier)


async def _arrivee(pilot: Pilot, nom: str, repere: str, dossier: str | None) -> date:
    """The date of a named day that is planned, or explained, or lived in a copy; raises RepereFaux when it is none."""
    what = REPERES[repere]
    if isinstance(what, Calendrier):
        return what.apres(datetime.fromisoformat((await pilot.etat(nom))["instant"]).date())
    if isinstance(what, Prevu):
        found = await _chercher(pilot, nom, lambda bac: _prevu(pilot, bac, what, dossier))
    else:
        numero = dossier or await _seul(pilot, nom)
        found = await _chercher(pilot, nom, lambda bac: _limite(pilot, bac, what, numero))
    if found is None:
        if dossier and not [x for party in SERVICES for x in await pilot._journal(party, nom, dossier)]:
            raise RepereFaux(f"Aucun dossier ne porte le numéro {dossier} dans le bac « {nom} ».", "Il a 26 chiffres, sans sa clé.")
        de_qui = f"pour le dossier {dossier}" if dossier else f"dans le bac « {nom} »"
        lire = f"fps dossier {dossier} --bac {nom}" if dossier else f"fps journal lire --bac {nom}"
        raise RepereFaux(f"« {repere} » n'arrive pas {de_qui}, quoi qu'on attende.", f"Lisez ce qui est arrivé : « {lire} ».")
    return found


async def _chercher(pilot: Pilot, nom: str, regarder: Callable[[str], Awaitable[date | None]]) -> date | None:
    if (found := await regarder(nom)) is not None:
        return found
    copie = f"{nom[:24].rstrip('-')}-essai-{secrets.token_hex(4)}"
    await pilot.copier(nom, copie, muette=True)
    try:
        for _ in range(PAS):
            state = await pilot.etat(copie)
            if state["prochaine_echeance"] is None:
                return None
            due, now = paris(date.fromisoformat(state["prochaine_echeance"]), MATIN), datetime.fromisoformat(state["instant"])
            await pilot.conduire(copie, max(due, now))
            if (found := await regarder(copie)) is not None:
                return found
        return None
    finally:
        await pilot.supprimer(copie)


async def _prevu(pilot: Pilot, bac: str, what: Prevu, sujet: str | None) -> date | None:
    params = {"nature": what.nature, "limite": 1, **({} if sujet is None else {"sujet": sujet})}
    found = (await pilot._call(what.service, "GET", f"{_bac(bac)}/echeances", params=params)).json()
    return date.fromisoformat(found[0]["le"]) if found else None


async def _limite(pilot: Pilot, bac: str, what: Limite, numero: str) -> date | None:
    url = f"{pilot.addresses[what.service]}{_bac(bac)}/{what.chemin}/{quote(numero, safe='')}/explication/{what.champ}"
    answer = await pilot.client.get(url, headers={"Authorization": f"Bearer {pilot.token}"})
    if answer.status_code >= 400:
        if answer.status_code == 404 or answer.json().get("code") == "valeur-pas-encore-connue":
            return None
        raise PiloteErreur(what.service, answer.json())
    value = answer.json()["valeur"]
    return None if value is None else date.fromisoformat(value)


async def _seul(pilot: Pilot, nom: str) -> str:
    """The only dossier of a bac; raises RepereFaux when there is none, or several."""
    page = (await pilot._call(Party.ANTAI, "GET", f"{_bac(nom)}/releve/dossiers", params={"limite": 2})).json()["dossiers"]
    sujets = [d["sujet"] for d in page]
    if len(sujets) != 1:
        combien = "plusieurs dossiers" if sujets else "aucun dossier"
        raise RepereFaux(f"Le bac « {nom} » a {combien}, et ce jour est celui d'un seul.", "Dites lequel : --dossier NUMÉRO (« dossier »).")
    return str(sujets[0])
