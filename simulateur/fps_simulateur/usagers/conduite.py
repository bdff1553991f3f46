"""What the usagers of a bac do by themselves when their moment has come: each geste once, whoever advances the bac."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from fps.droit.numero import NumeroFps, telepaiement
from fps.kit.ground.clock import paris
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_simulateur.joueur import Ailleurs, Deroulement, VieFausse
from fps_simulateur.langue.actes import VUES, acte
from fps_simulateur.langue.modele import Etape, Vie
from fps_simulateur.pilote import produit
from fps_simulateur.pilote.lectures import PiloteErreur, _bac
from fps_simulateur.pilote.pilot import MAITRE, Pilot
from fps_simulateur.usagers.conduites import Geste, lire

MIDI: Final = time(12, 0)
RAPO: Final = acte("consulter le RAPO").route
CHEQUE: Final = "CHQ-1"
CESSION: Final = ["avis-paiement", "declaration-cession", "accuse-enregistrement-cession"]
Champs = Mapping[str, Any]


async def conduire(pilot: Pilot, nom: str, numero: str, conduite: str) -> None:
    """Say how the usager of a FPS behaves from now on; raises ValueError for a sentence that is not known, PiloteErreur."""
    lire(conduite)
    await pilot._call(MAITRE, "PUT", f"{_bac(nom)}/usagers/{numero}", json={"conduite": conduite})


async def _attendus(pilot: Pilot, nom: str) -> AsyncIterator[tuple[dict[str, Any], Geste | None, datetime | None]]:
    """Each usager who will still act, what he does next, and when, as far as is known."""
    for usager in (await pilot._call(MAITRE, "GET", f"{_bac(nom)}/usagers")).json():
        gestes = lire(usager["conduite"])
        geste = gestes[usager["gestes"]] if usager["gestes"] < len(gestes) else None
        yield usager, geste, None if geste is None else await _quand(pilot, nom, usager, geste)


async def prochain(pilot: Pilot, nom: str, now: datetime) -> datetime | None:
    """When the first of them acts, at noon of his day, or now when it is behind; None while nobody's day is known."""
    quand = [max(now, le.astimezone(now.tzinfo)) async for _, geste, le in _attendus(pilot, nom) if le is not None]
    return min(quand, default=None)


async def agir(pilot: Pilot, nom: str, now: datetime) -> None:
    """Each usager whose moment has come does one thing; one that is refused does nothing more."""
    async for usager, geste, le in _attendus(pilot, nom):
        if geste is None:
            await _noter(pilot, nom, usager, usager["gestes"], fini=True)
        elif le is not None and le <= now:
            try:
                await _faire(pilot, nom, usager["numero"], geste)
                fini = usager["gestes"] + 1 >= len(lire(usager["conduite"]))
            except VieFausse:  # the services keep the refusal, with its code
                fini = True
            await _noter(pilot, nom, usager, usager["gestes"] + 1, fini=fini)


async def _noter(pilot: Pilot, nom: str, usager: Champs, gestes: int, *, fini: bool) -> None:
    await pilot._call(MAITRE, "POST", f"{_bac(nom)}/usagers/{usager['numero']}/gestes", json={"gestes": gestes, "fini": fini})


async def _vue(pilot: Pilot, nom: str, party: Party, chemin: str) -> dict[str, Any] | None:
    answer = await pilot.client.get(f"{pilot.addresses[party]}/bacs/{nom}{chemin}", headers={"Authorization": f"Bearer {pilot.token}"})
    if answer.status_code == 404:
        return None
    if answer.status_code >= 400:
        raise PiloteErreur(party, answer.json())
    found: dict[str, Any] = answer.json()
    return found


async def _quand(pilot: Pilot, nom: str, usager: Champs, geste: Geste) -> datetime | None:
    """The noon of a geste, None while what it comes after is not known."""
    numero = usager["numero"]
    base: str | None
    match geste.apres:
        case "J":
            base = usager["depuis"][:10]
        case "envoi" | "notification":
            vue = await _vue(pilot, nom, Party.ANTAI, VUES[Party.ANTAI].format(numero=numero))
            base = None if vue is None else vue["date_envoi" if geste.apres == "envoi" else "date_notification"]
        case "avertissement":
            vue = await _vue(pilot, nom, Party.DGFIP, VUES[Party.DGFIP].format(numero=numero))
            base = None if vue is None else vue["date_notification"]
        case _:
            vue = await _vue(pilot, nom, Party.COLLECTIVITE, RAPO.format(numero=numero))
            base = None if vue is None else vue["decide_le"]
    return None if base is None else paris(date.fromisoformat(base) + timedelta(days=geste.jours), MIDI)


async def _faire(pilot: Pilot, nom: str, numero: str, geste: Geste) -> None:
    await GESTES[geste.geste](pilot, nom, await _deroulement(pilot, nom, numero))


async def _deroulement(pilot: Pilot, nom: str, numero: str) -> Deroulement:
    """The dossier in the words of the lives: what the usager reads on his notice."""
    siret = numero[:14]
    ville = next((ville for ville, commune in par_nom().items() if commune.siret == siret), "lille")
    vie = Vie.model_construct(vie=nom, titre="", ville=ville, etapes=())
    found = Deroulement(Ailleurs(pilot), vie, nom)
    lu = NumeroFps.lire(numero)
    mots: dict[str, Any] = {"numero": numero, "numero_fps": numero, "cle": lu.cle, "siret": siret, "telepaiement": telepaiement(numero)}
    vue = await _vue(pilot, nom, Party.ANTAI, VUES[Party.ANTAI].format(numero=numero))
    if vue is not None:
        mots["immatriculation"] = vue["immatriculation"]
    found.dossiers, found.courant = {"fps": mots}, "fps"
    return found


async def _du(jeu: Deroulement) -> tuple[str, int]:
    """What is paid and how much, in centimes: the title once there is one, the minored amount while it lasts."""
    vu = await jeu.voir(Party.ANTAI)
    if vu["numero_titre"] is not None:
        return "payer le titre", int((await jeu.voir(Party.DGFIP))["a_payer"])
    jour = datetime.fromisoformat((await jeu.monde.pilot.etat(jeu.bac))["instant"]).date()
    minore = vu["minoration_jusqu_au"] is not None and jour <= date.fromisoformat(vu["minoration_jusqu_au"])
    return "payer le FPS", int(vu["montant_minore"] if minore and vu["montant_minore"] else vu["montant"]) - int(vu["montant_paye"])


async def _payer(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    quoi, montant = await _du(jeu)
    if montant > 0:
        await jeu.etape(Etape(acte=quoi, avec={"moyen": "internet", "montant": montant}))


async def _repayer(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    montant = int((await jeu.voir(Party.ANTAI))["montant"])
    await jeu.etape(Etape(acte="payer le FPS", avec={"moyen": "cheque", "montant": montant, "reference": CHEQUE}))


async def _cheque(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    vu = await jeu.voir(Party.ANTAI)
    montant = int(vu["montant"]) - int(vu["montant_paye"])
    await jeu.etape(Etape(acte="payer le FPS", avec={"moyen": "cheque", "montant": montant, "reference": CHEQUE}))


async def _impaye(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await jeu.etape(Etape(acte="chèque du FPS impayé", avec={"reference": CHEQUE}))


async def _rapo(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await _contester(
        pilot, nom, jeu, {"expose": "J'avais payé mon stationnement.", "pieces": ["avis-paiement", "certificat-immatriculation"]}
    )


async def _cession(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await _contester(pilot, nom, jeu, {"expose": "Le véhicule était vendu avant le constat.", "pieces": CESSION})


async def _contester(pilot: Pilot, nom: str, jeu: Deroulement, avec: dict[str, Any]) -> None:
    """To the product that stands for the town, when there is one, else to the reference system."""
    etape = Etape(acte="déposer un RAPO", avec=avec)
    depot = acte("déposer un RAPO").message
    siret = jeu.mots["siret"]
    destination = (await pilot._call(Party.ANTAI, "GET", f"{_bac(nom)}/destinations/{siret}")).json()
    if depot is None or destination["mode"] == "reference":
        await jeu.etape(etape)
    else:
        await produit.adresser(pilot, nom, depot.type, jeu._lettre(depot, etape))


async def _saisir(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    rapo = await _vue(pilot, nom, Party.COLLECTIVITE, RAPO.format(numero=jeu.mots["numero"]))
    decide = None if rapo is None else rapo["decide_le"]
    expres = rapo is not None and rapo["decide_par"] is not None
    vu = await jeu.voir(Party.ANTAI)
    avec = {
        "objet": "decision-rapo",
        "numero_titre": None,
        "date_decision_rapo": decide if expres else None,
        "date_notification_decision_rapo": None,
        "date_notification_avertissement": None,
        "montant_fps": vu["montant"],
        "majoration": None,
        "pieces": ["avis-paiement", "rapo", "avis-reception-rapo"],
    }
    await jeu.etape(Etape(acte="saisir la juridiction", avec=avec))


async def _pli(pilot: Pilot, nom: str, jeu: Deroulement) -> None:
    await jeu.etape(Etape(acte="rendre le pli"))


GESTES: Final[Mapping[str, Callable[[Pilot, str, Deroulement], Awaitable[None]]]] = {
    "payer": _payer,
    "repayer": _repayer,
    "cheque": _cheque,
    "cheque-impaye": _impaye,
    "rapo": _rapo,
    "rapo-cession": _cession,
    "saisir": _saisir,
    "pli": _pli,
}
