"""Every page that the console has, by the name of its route, each with an address where it shows something."""

import json
import re
from typing import Any, Final

import httpx

from fps.messages.rapo import DepotRapo
from fps.parties import SERVICES
from fps_console.web.cadre import Cadre
from fps_console.web.pages.table import FAMILLES
from fps_console.web.seances import lien as lien_de
from fps_simulateur.pilote.pilot import Pilot
from tests.console.simulator import Simulator, fps
from tests.console.test_pages_formes import Forme
from tests.parler.exports import ecrit, lu

SIRET: Final = "21590350100017"
# What answers no page of its own: a file, a stream, a part of a page, or the way to another page.
AUTRES: Final = frozenset(
    (
        *("dossiers-csv", "courrier", "courriers-du-bac-zip", "courrier-contenu", "frise-fichier", "courriers-zip", "guichet-convention"),
        *("execution-piece", "exploration-vie", "dessin", "dessin-de-ville"),
        *("execution-flux", "exploration-flux", "examen-flux", "travail-flux", "temps-flux", "temps"),
        *("accueil", "vies", "dessins", "entree", "ouvrir", "seance", "commentaires", "rejouer", "guichet-fin", "ville-jouee"),
    )
)


def lien(simulator: Simulator) -> str:
    """A link that opens a session."""
    return lien_de(simulator.console, simulator.bearer["Authorization"].removeprefix("Bearer "))


def pages_de_la_console() -> set[str]:
    """The names of the routes that answer a page when they are asked for."""
    adresses = dict.fromkeys(SERVICES, "http://personne")
    client = httpx.AsyncClient()  # nobody is called
    cadre = Cadre(Pilot(client, adresses, "rien"), client, adresses, adresses, FAMILLES)
    routes: list[Any] = [route for famille in FAMILLES for route in famille.routes(cadre)]
    return {route.name for route in routes if "GET" in (getattr(route, "methods", None) or ())} - AUTRES


def adresses(simulator: Simulator, nom: str = "defaut") -> dict[str, list[str]]:
    """The addresses of each of them in a bac, from that of the console; what must be there first is made by the forms and the doors."""
    bac, numero = f"/bacs/{nom}", simulator.numero
    ville, dossier = f"{bac}/villes/{SIRET}", f"{bac}/dossiers/{numero}"
    guichets = f"{ville}/guichets"
    with httpx.Client(base_url=simulator.console, timeout=60) as client:
        client.get(lien(simulator))
        boite, lettre = _boite(simulator, nom)
        morte = _morte(simulator, nom)
        controle = _envoyer(client, f"{bac}/actes/controler", immatriculation="AB-900-CD")
        examen = _envoyer(client, f"{bac}/audit")
        travail = _envoyer(client, "/simulateur/vies/rapo-rejet-implicite", bac="regardee", rythme="0")
        exploration = _envoyer(client, "/certification/exploration", duree="1")
        execution, verification = _eprouver(client)
        trace = re.search(r"/observation/traces/[0-9a-f]{32}", client.get("/observation").text)
        assert trace is not None  # the simulator was told to observe itself
        for chantier in (examen, travail, exploration):
            client.get(f"{chantier}/flux")  # until its end: each is shown with what it found
    return {
        "bac": [bac],
        "certification": ["/certification"],
        "plan": ["/certification/plans/rapo"],
        "execution": [execution],
        "certification-comparaison": ["/certification/comparaison"],
        "verifier": ["/certification/verifier"],
        "verification": [verification],
        "exploration": ["/certification/exploration"],
        "exploration-faite": [exploration],
        "dossiers": [f"{bac}/dossiers", f"{bac}/dossiers?plaque=ZZ-999-ZZ"],
        "dossier": [dossier],
        "courriers": [f"{bac}/courriers", f"{bac}/courriers?du=2026-13-45", f"{bac}/courriers?genre=fps.03.decision.v1"],
        "boites": [f"{bac}/boites"],
        "boite": [boite],
        "lettre-de-boite": [lettre],
        "lettres-mortes": [f"{bac}/lettres-mortes", morte.partition("/antai/")[0]],
        "lettre-morte": [morte],
        "audit": [f"{bac}/audit"],
        "examen": [examen],
        "frise": [f"{dossier}/frise"],
        "frise-acte": [f"{dossier}/frise/actes/3"],
        "frise-valeur": [f"{dossier}/frise/valeurs/collectivite/montant"],
        "actes": [f"{bac}/actes"],
        "acte-fait": [controle],
        "acte": [f"{bac}/actes/etablir-un-fps"],
        "acte-dossier": [f"{dossier}/actes/deposer-un-rapo"],
        "usager": [f"{bac}/usager", f"{bac}/usager?numero={numero}&immatriculation=AB-123-CD"],
        "usager-acte": [f"{bac}/usager/{numero}/payer-fps?immatriculation=AB-123-CD"],
        "ville-formulaire-neuve": [f"{bac}/villes/formulaire"],
        "ville-formulaire": [f"{ville}/formulaire"],
        "villes": [f"{bac}/villes"],
        "ville-siret": [f"{bac}/villes/siret"],
        "ville-nouvelle": [f"{bac}/villes/fichier"],
        "ville-page": [ville, f"{ville}?immatriculation=CD-123-CD&zone=rouge"],
        "ville-fichier": [f"{ville}/fichier"],
        "guichets": [guichets],
        "guichet-session": [f"{guichets}/session/antai"],
        "guichet-depot": [f"{guichets}/conventions/1/depot"],
        "guichet": [f"{guichets}/regler-espace"],
        "flux": [f"{bac}/flux/5"],
        "bacs": ["/bacs"],
        "suppression": [f"{bac}/suppression"],
        "nouveau": ["/nouveau-bac"],
        "copie": [f"{bac}/copie"],
        "simulateur": ["/simulateur"],
        "vie": ["/simulateur/vies/rapo-rejet-implicite"],
        "travail": [travail],
        "atelier": ["/simulateur/ateliers/grille", "/simulateur/ateliers/couverture"],
        "villes-jouees": ["/simulateur/villes"],
        "observation": ["/observation"],
        "trace": [trace[0]],
        "apprendre": ["/apprendre"],
        "glossaire": ["/apprendre/glossaire?q=fps", "/apprendre/glossaire?q=rien+de+tel"],
        "visite": ["/apprendre/visite"],
        "documentation": ["/documentation/docs/villes.html", "/documentation/search.html?q=rapo"],
        "404": ["/nulle-part", "/bacs/inconnu", f"{bac}/villes/123"],
    }


def _envoyer(client: httpx.Client, chemin: str, **saisi: str) -> str:
    """Send the form of a page as it is shown, but for these fields; gives where that leads."""
    page = client.get(chemin)
    donnees = Forme(page.text, chemin.rpartition("/")[2]).donnees
    answer = client.post(chemin, data=donnees | {nom: [valeur] for nom, valeur in saisi.items()})
    assert answer.status_code == 303, (chemin, re.findall(r'class="(?:titre|erreur)"[^>]*>([^<]*)', answer.text))
    return str(answer.headers["location"])


def _eprouver(client: httpx.Client) -> tuple[str, str]:
    """The reference collectivité passes a check; gives the page of the run, and that of its evidence verified."""
    execution = _envoyer(client, "/certification/plans/rapo", only="EX-304")
    client.get(f"{execution}/flux")  # until its end
    preuve = client.get(f"{execution}/pieces/preuve.gz").raise_for_status().content
    forme = Forme(client.get("/certification/verifier").text, "verifier").donnees
    verifiee = client.post("/certification/verifier", data=forme, files={"preuve": ("preuve.gz", preuve)})
    return execution, str(verifiee.headers["location"])


def _boite(simulator: Simulator, bac: str) -> tuple[str, str]:
    """A box where a letter waits, whose address nobody answers; gives its page, and that of the letter."""
    pilotage = f"{simulator.antai}/pilotage/bacs/{bac}"
    contenu = {**DepotRapo.example, "numero_fps": simulator.numero}
    with httpx.Client(headers=simulator.bearer, timeout=30, verify=simulator.verify) as client:
        ici = {"mode": "adresse", "adresse": f"http://127.0.0.1:{simulator.base + 9}"}
        client.put(f"{pilotage}/destinations/{SIRET}", json=ici).raise_for_status()
        client.post(f"{pilotage}/boites/{SIRET}/plis", json={"type": DepotRapo.type, "contenu": contenu}).raise_for_status()
    page = f"/bacs/{bac}/boites/antai/{SIRET}"
    return page, f"{page}/1"


def _morte(simulator: Simulator, bac: str) -> str:
    """A bac where a letter is dead, since its export says so; gives the page of the letter."""
    fichier = simulator.data_dir / "mortes.ndjson"
    assert fps("bac", "exporter", bac, fichier, data_dir=simulator.data_dir).returncode == 0
    tete, *lignes = fichier.read_bytes().splitlines(keepends=True)
    ecrites, section = [tete], list[bytes]()
    for ligne in lignes:
        section.append(ligne)
        if ligne.startswith(b'{"fin"'):
            ecrites.append(_avec_une_morte(b"".join(section), bac, simulator.numero) if b'"antai"' in section[0] else b"".join(section))
            section = []
    fichier.write_bytes(b"".join(ecrites))
    repris = fps("bac", "importer", "mortes", fichier, data_dir=simulator.data_dir)
    assert repris.returncode in (0, 1), repris.stderr
    return "/bacs/mortes/lettres-mortes/antai/reception/perdue"


def _avec_une_morte(flot: bytes, bac: str, numero: str) -> bytes:
    """What a service holds of a bac, and a letter that it could not read."""
    document = lu(flot)
    table = document["tables"]["dead_letters"]
    pli = {"id": "perdue", "bac": bac, "type": DepotRapo.type, "source": "/services/usager", "subject": numero, "data": {}}
    morte = {
        "id": "perdue",
        "sens": "reception",
        "type": DepotRapo.type,
        "subject": numero,
        "cause": "message-invalide : ses champs ne sont pas ceux de son message",
        "envelope": json.dumps(pli),
        "wall_time": "2026-06-28T10:00:00+00:00",
    }
    table["lignes"].append([morte[nom] for nom in table["colonnes"]])
    return ecrit(document)
