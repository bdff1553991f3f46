"""`fps demo`: two dossiers of real towns, one paid at the reduced amount, one unpaid to the avertissement, played whole in this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fps.droit.money import euros
from fps.droit.numero import NumeroFps
from fps.flows import by_type
from fps.parties import Party
from fps_console.commandes.avance import contents, table
from fps_console.commandes.output import SPECIMEN, Panne, dump, screen
from fps_console.commandes.temps import after, instant
from fps_console.mots import recit

BAC = "demo"
DEPART = instant("2026-09-28T10:00")
PARIS: Mapping[str, Any] = {
    "siret": "21750001600019",
    "zone": "1",
    "voie": "5 rue du Modèle",
    "vehicule": {"immatriculation": "EF-456-GH", "pays": "FR", "marque": "Peugeot", "modele": "208", "categorie": "voiture"},
    "agent": "0014",
}
LILLE: Mapping[str, Any] = {
    "siret": "21590350100017",
    "zone": "rouge",
    "voie": "12 rue de l'Exemple",
    "vehicule": {"immatriculation": "AB-123-CD", "pays": "FR", "marque": "Renault", "modele": "Clio", "categorie": "voiture"},
    "agent": "0072",
}
ATTENTE = "P5D"  # the Parisian pays three days or so after the notice was sent: within the nine days of the reduced amount
TERME = "P5M"  # long enough for the titre exécutoire and its avertissement


@dataclass(frozen=True, slots=True)
class Story:
    """One dossier of the demonstration, and what it shows."""

    titre: str
    numero: str


async def play(sortie: Path, en_json: bool = False) -> int:
    """Play the two dossiers, print their timelines, write their letters under `sortie`; gives the exit status. Raises Panne."""
    from fps_simulateur.pilote.pilot import PiloteErreur
    from fps_simulateur.pilote.world import open_world

    try:
        async with open_world() as world:
            stories = await _live(world)
            await (_dump if en_json else _tell)(world, stories, sortie)
    except PiloteErreur as error:
        from fps_console.commandes.liaison import explain

        raise explain(error) from error
    return 0


async def _live(world: Any) -> tuple[Story, Story]:
    from fps_simulateur.pilote import villes

    await world.pilot.creer(BAC, DEPART, graine=BAC)
    paris = await _post(world, Party.COLLECTIVITE, "/fps", PARIS)
    lille = await _post(world, Party.COLLECTIVITE, "/fps", LILLE)
    date = after(DEPART, ATTENTE)
    await world.pilot.conduire(BAC, date)
    notice = await _get(world, Party.ANTAI, f"/dossiers/{paris['numero']}")
    payment = {
        "numero_telepaiement": paris["telepaiement"],
        "immatriculation": notice["immatriculation"],
        "moyen": "internet",
        "montant": notice["montant_minore"] or notice["montant"],
        "reference": "CB-000042",
    }
    await _post(world, Party.ANTAI, "/flux/04-paiement/paiement-fps", payment, {"Idempotency-Key": f"{BAC}-paiement-{paris['numero']}"})
    await world.pilot.conduire(BAC, after(date, TERME))
    noms = await villes.noms(world.pilot, BAC)
    return (
        Story(f"{noms[paris['siret']]} — payé en ligne, au montant minoré", paris["numero"]),
        Story(f"{noms[lille['siret']]} — jamais payé, jusqu'à l'avertissement", lille["numero"]),
    )


async def _post(world: Any, service: Party, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
    response = await world.client.post(f"{world.addresses[service]}/bacs/{BAC}{path}", json=body, headers=headers)
    return _read(response)


async def _get(world: Any, service: Party, path: str) -> Any:
    return _read(await world.client.get(f"{world.addresses[service]}/bacs/{BAC}{path}"))


def _read(response: Any) -> Any:
    answer = response.json()
    if response.status_code >= 400:
        phrase = " : ".join(str(answer[k]) for k in ("title", "detail") if answer.get(k))
        raise Panne(f"La démonstration s'est arrêtée. {phrase}", str(answer.get("que_faire") or "Signalez-le au projet."))
    return answer


async def _tell(world: Any, stories: tuple[Story, ...], sortie: Path) -> None:
    on = screen()
    on.print(f"\n[bold]{SPECIMEN}[/]")
    on.print("Deux dossiers joués à travers quatre services, du constat à la dernière lettre.\n", soft_wrap=True)
    written: list[tuple[Path, str]] = []
    for number, story in enumerate(stories, 1):
        events = await world.pilot.journal(BAC, story.numero)
        letters = await contents(world.pilot, BAC, events)
        on.print(f"[bold]{number}. {story.titre}[/]")
        on.print(f"FPS {NumeroFps.lire(story.numero).affichage}")
        on.print()
        table("", recit.courtes(events), letters, on)
        on.print(f"\n{await _outcome(world, story.numero)}\n\n")
        written += await _write(world, story.numero, events, sortie)
    on.print("[bold]Courriers écrits[/]")
    widest = max(len(label) for _, label in written)
    for path, label in written:
        on.print(f"  {label:<{widest}}  [cyan]{path}[/]", soft_wrap=True)
    on.print(f"\n[bold]{SPECIMEN}[/] : rien ne tourne plus, rien d'autre n'a été écrit.", soft_wrap=True)


async def _dump(world: Any, stories: tuple[Story, ...], sortie: Path) -> None:
    told = []
    for story in stories:
        events = await world.pilot.journal(BAC, story.numero)
        written = await _write(world, story.numero, events, sortie)
        fin = await _outcome(world, story.numero)
        told.append({"numero": story.numero, "titre": story.titre, "evenements": events, "fin": fin, "courriers": [p for p, _ in written]})
    dump({"dossiers": told, "mention": SPECIMEN})


async def _outcome(world: Any, numero: str) -> str:
    """The last word on a dossier, in one sentence."""
    dossier = await _get(world, Party.ANTAI, f"/dossiers/{numero}")
    if dossier["montant_paye"]:
        return f"Fin : {recit.etat(dossier['etat'])}, {euros(dossier['montant_paye'])} au lieu de {euros(dossier['montant'])}."
    titre = await _get(world, Party.DGFIP, f"/prises-en-charge/{numero}")
    due = f"{euros(titre['montant_impaye'])} + {euros(titre['majoration'])} de majoration = {euros(titre['total_du'])}"
    rebate = titre["date_limite_rabais"]
    last = f" ; {euros(titre['total_du'] - titre['rabais'])} si payé avant le {instant(rebate):%d/%m/%Y} inclus" if rebate else ""
    return f"Fin : {recit.etat(titre['etat'])}, {due}{last}."


async def _write(world: Any, numero: str, events: list[dict[str, Any]], sortie: Path) -> list[tuple[Path, str]]:
    """Write the PDF of every letter of a dossier, in the order they were sent; gives the paths and what each letter is."""
    folder = sortie / numero
    folder.mkdir(parents=True, exist_ok=True)
    found: list[tuple[Path, str]] = []
    rank = {e["donnees"]["id"]: i for i, e in enumerate(events) if e["acte"] == "courrier"}
    for letter in sorted(await world.pilot.courriers(BAC, numero), key=lambda x: rank[x["id"]]):
        if not letter["imprimable"]:
            continue
        pdf = await world.pilot.pdf(BAC, Party(letter["service"]), letter["id"])
        path = folder / f"{letter['date'][:10]}-{letter['nom']}.pdf"
        path.write_bytes(pdf)
        found.append((path, recit.message(by_type(letter["type"]))))
    return found
