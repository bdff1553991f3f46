"""The generated documents: written from the flow table and the services themselves, and compared with what stands in docs/."""

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fps.droit.money import euros
from fps.flows import FLOWS, received_by
from fps.kit.app import asyncapi, openapi
from fps.kit.ground.settings import PORTS
from fps.kit.post.door import DOORS
from fps.parties import LIBELLES, SERVICES, Party
from fps.villes.catalogue import connues
from fps.villes.communes import Commune, Zone
from fps_certification.rapports.publies import PUBLIES, publie
from fps_certification.sujets import openapi as pilote
from fps_console.commandes.output import Panne, answer
from fps_console.documentation.codes import Code, malformed, of_content, of_form, refusals
from fps_console.documentation.devenir import tableau
from fps_console.documentation.exigences import exigences_md
from fps_console.documentation.fiches import anchor, flux_md, grid
from fps_console.documentation.glossaire import GLOSSAIRE, MOTS, glossaire_json
from fps_console.documentation.invariants import invariants_md
from fps_console.documentation.langue import champs_des_vues, corps_des_actes, reference
from fps_console.documentation.services import page, sheet
from fps_console.web import contrat
from fps_console.web.carte import carte_svg
from fps_simulateur.langue.schema import schema as schema_des_vies
from fps_simulateur.langue.villes import FichierVille
from fps_simulateur.pilote.world import DEFINITIONS, assemble, simulated_messages

SOURCES = Path(__file__).resolve().parents[3]
SPECIFICATION = Path("docs/specification.md")
LANGUE = Path("docs/langue.md")
SCHEMAS = Path("simulateur/fps_simulateur/langue")
PAGES = sorted(SERVICES, key=PORTS.__getitem__)
ENROLEMENT = Path("tests/enrolement/enroler.sh")
PORTES = {"certificat": "certificat", "session": "session", "administration": "pilotage"}
SHARED = ("/pilotage", "/sante")  # the same routes in every service: one table


def generate(root: Path) -> dict[Path, str]:
    """Every generated document by its path under `root`; of docs/specification.md, the parts between markers. Raises Panne without it."""
    text, script = _sources(root)
    contracts = openapis()
    played = simulated_messages()
    directories = _services()
    codes = {one.code for one in refusals()} | {code for code, *_ in of_content(directories)} | set(of_form())
    schemas = {
        "ville": _json(FichierVille.model_json_schema()),
        "vie": _json(schema_des_vies(corps_des_actes(contracts), champs_des_vues(contracts), codes)),
    }
    found = {
        Path("docs/flux.md"): flux_md(played),
        Path("docs/invariants.md"): invariants_md(),
        Path("docs/exigences.md"): exigences_md(),
        Path("docs/carte.svg"): carte_svg(FLOWS),
        Path("docs/asyncapi.json"): _json(asyncapi.document()),
        Path("docs/openapi-console.json"): _json(contrat.document()),
        Path("docs/openapi-pilote.json"): _json(pilote.document()),
        # Twice: to be read here, and to be installed with the language (`fps schema`).
        **{folder / f"{quoi}.schema.json": text for folder in (Path("docs"), SCHEMAS) for quoi, text in schemas.items()},
        **{Path(f"docs/{nom}.schema.json"): publie(quoi) for quoi, nom in PUBLIES.items()},
        **{Path(f"docs/openapi/{party.value}.json"): _json(document) for party, document in contracts.items()},
    }
    parts = {
        "routes": _routes(contracts),
        "refus": _refus(contracts),
        "enrolement": f"```sh\n{script.strip()}\n```",
        "communes": _communes(),
        "devenir": _devenir(contracts),
    }
    for name, part in parts.items():
        text = _between(SPECIFICATION, text, name, part)
    for party in PAGES:
        found[page(party)] = _between(
            page(party), _read(root, page(party), "c'est lui qui reçoit la fiche du service"), "fiche", sheet(party)
        )
    langue = _read(root, LANGUE, "elle reçoit la référence de la langue des vies")
    found[MOTS] = _json(glossaire_json(_read(root, GLOSSAIRE, "les pages en montrent les mots")))
    return found | {SPECIFICATION: text, LANGUE: _between(LANGUE, langue, "langue", reference(contracts))}


def _sources(root: Path) -> tuple[str, str]:
    """The specification, whose parts are written again, and the script that it shows; raises Panne without one of them."""
    text = _read(root, SPECIFICATION, "c'est lui qui reçoit les tableaux générés")
    for name in ("routes", "refus", "enrolement", "communes", "devenir"):
        _between(SPECIFICATION, text, name, "")  # its marks are there
    return text, _read(root, ENROLEMENT, "la spécification le montre")


def _read(root: Path, path: Path, why: str) -> str:
    try:
        return (root / path).read_text(encoding="utf-8")
    except OSError as error:
        raise Panne(f"{path} manque : {why}.", "Remettez ce fichier, puis recommencez.") from error


def main(check: bool, root: Path = SOURCES, en_json: bool = False) -> int:
    """Write the documents, or with `check` only say which are stale; gives the exit status. Raises Panne outside the sources."""
    if not (root / "docs").is_dir() or not (root / "Makefile").is_file():
        raise Panne(
            "La documentation s'écrit dans les sources du projet, qui ne sont pas là.", "Lancez « make docs » dans une copie du dépôt."
        )
    documents = generate(root)
    stale = [path for path, text in documents.items() if not _same(root / path, text)]
    if check:
        if stale:
            phrase = f"Documents périmés : {', '.join(map(str, stale))}."
            raise Panne(phrase, "Lancez « make docs », relisez, puis validez le résultat.", code="documents-perimes")
        return answer(en_json, f"{len(documents)} documents, tous à jour.", documents=len(documents), ecrits=[]) if en_json else 0
    for path in stale:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(documents[path], encoding="utf-8")
    told = "\n".join(f"écrit : {path}" for path in stale) or f"{len(documents)} documents, tous à jour."
    return answer(en_json, told, documents=len(documents), ecrits=stale)


@cache
def openapis() -> dict[Party, dict[str, Any]]:
    """The OpenAPI document of each service, from its own application; nothing is opened."""
    world = assemble(token="documentation")  # noqa: S106 (these services are never started)
    return {party: openapi.document(world.services[party].app, world.services[party].service) for party in PAGES}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _between(path: Path, text: str, name: str, part: str) -> str:
    start, end = f"<!-- généré : {name} -->", f"<!-- fin : {name} -->"
    if text.count(start) != 1 or text.count(end) != 1 or text.index(start) > text.index(end):
        raise Panne(f"{path} a perdu ses repères « {name} ».", f"Remettez « {start} » puis « {end} », une fois chacun.")
    return re.sub(f"{re.escape(start)}.*?{re.escape(end)}", lambda _: f"{start}\n\n{part.strip()}\n\n{end}", text, flags=re.DOTALL)


PORTS_PAR_DEFAUT = (
    "Les ports de cette page, des fiches et des contrats de `docs/openapi` sont ceux que `fps up` prend par défaut, en clair. Avec "
    "`--port`, `--tls`, ou derrière un mandataire, les vraies adresses sont dites par `fps up` à son démarrage et par `fps doctor` ; le "
    "contrat que chaque service sert (`/openapi.json`, champ `servers`) porte la sienne."
)


def _routes(contracts: dict[Party, dict[str, Any]]) -> str:
    blocks = [PORTS_PAR_DEFAUT]
    for party in PAGES:
        name = LIBELLES[party]
        blocks.append(
            f"### {name} — port {PORTS[party]} par défaut\n\nLe contrat complet : [OpenAPI]({Path('openapi') / party.value}.json)."
        )
        letters = [m for m in received_by(party) if m.channel in DOORS]
        rows = ((f"`POST {m.path}`", f"[{m.nom}](flux.md#{anchor(m)})", LIBELLES[m.sender]) for m in letters)
        blocks.append(grid(("lettre", "message", "de"), rows))
        own = [row for row in _operations(contracts[party]) if not row[0].split(" ")[1].startswith(("/flux/", *SHARED))]
        if own:
            blocks.append(grid(("consultation et saisie", "sens", "porte"), ((f"`{way}`", words, door) for way, words, door in own)))
    shared = [(f"`{way}`", words, door) for way, words, door in _operations(contracts[Party.ANTAI]) if way.split(" ")[1].startswith(SHARED)]
    blocks.append(
        "### Dans les quatre services\n\nLa porte « pilotage » demande `Authorization: Bearer <jeton>`. S'y ajoutent, ouvertes à tous,\n"
        "`GET /docs`, `GET /openapi.json`, `GET /asyncapi.json` et `GET /metrics`."
    )
    blocks.append(grid(("route", "sens", "porte"), shared))
    return "\n\n".join(blocks)


def _operations(contract: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            doors = [PORTES[name] for way in operation["security"] for name in way]
            yield f"{method.upper()} {path}", str(operation.get("summary", "")), " ou ".join(doors) or "ouverte"


def _devenir(contracts: dict[Party, dict[str, Any]]) -> str:
    rows = tableau({**{LIBELLES[party]: contracts[party] for party in PAGES}, "console": contrat.document()}, SHARED)
    return grid(("service", "acte", "ce qu'il est devenu"), rows)


def _communes() -> str:
    rows = (
        (
            c.nom,
            f"`{c.siret}`",
            c.cycle,
            c.mode_notification,
            _minoration(c),
            "<br>".join(f"`{z.code}` : {_montants(z)} ({', '.join(z.codes_postaux)})" for z in c.zones),
        )
        for c in connues()
    )
    return grid(("commune", "SIRET", "cycle", "notification", "minoration", "zones : montant du FPS (codes postaux)"), rows)


def _minoration(commune: Commune) -> str:
    """What a town grants to who pays soon, by date when it changed."""
    dites = [
        ("aucune" if r is None else f"{r.dite} {r.delai_dit}") + (f" au {le:%d/%m/%Y}" if n else "")
        for n, (le, r) in enumerate(sorted((commune.reductions or {}).items()))
    ]
    return ", puis ".join(dites) or "aucune"


def _montants(zone: Zone) -> str:
    """The FPS of a car, by date when it changed."""
    dated = [(le, montants["voiture"]) for le, montants in sorted(zone.fps.items()) if "voiture" in montants]
    first, *later = (f"{euros(montant)}" if n == 0 else f"{euros(montant)} au {le:%d/%m/%Y}" for n, (le, montant) in enumerate(dated))
    return ", puis ".join([first, *later])


def _indisponible(contracts: dict[Party, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The codes of a service that cannot answer now, as the contracts say them."""
    said = {
        line
        for contract in contracts.values()
        for operations in contract["paths"].values()
        for operation in operations.values()
        for line in operation["responses"].get("503", {}).get("description", "").splitlines()
        if line.startswith("- ")
    }
    for line in sorted(said):
        code, _, titre = line.removeprefix("- ").partition(" : ")
        yield code, titre


def _services() -> list[Path]:
    """The directories of the four services."""
    return [Path(inspect.getfile(d.routes)).parent.parent for d in DEFINITIONS.values() if d.routes is not None]


def _refus(contracts: dict[Party, dict[str, Any]]) -> str:
    directories = _services()
    owners = {party.value: LIBELLES[party] for party in SERVICES} | {"fps": "Communs"}
    blocks = [
        "### Refus du droit ou de l'état du dossier",
        grid(("chez", "code", "HTTP", "titre", "article", "que faire"), (_line(c, owners) for c in refusals())),
        "### Erreurs de contenu d'un message\n\nStatut HTTP 422 (`message-fps-refuse`, `rectificatif-refuse`, `impaye-refuse`) ; "
        "`accuse.erreurs` les nomme toutes.",
        grid(
            ("code", "champ", "article", "que faire"),
            ((f"`{code}`", f"`{champ}`", law, do) for code, champ, law, do in of_content(directories)),
        ),
        "### Demandes illisibles",
        grid(("code", "HTTP", "titre", "détail"), ((f"`{c.code}`", str(c.status), c.titre, c.que_faire) for c in malformed())),
        "### Service indisponible\n\nStatut HTTP 503, rien n'est enregistré : renvoyez la même demande après `Retry-After`.",
        grid(("code", "titre"), _indisponible(contracts)),
        f"Un `message-invalide` liste toutes ses erreurs de forme, champ par champ : {', '.join(f'`{code}`' for code in of_form())}.",
    ]
    return "\n\n".join(blocks)


def _line(code: Code, owners: dict[str, str]) -> tuple[str, ...]:
    return owners[code.owner], f"`{code.code}`", str(code.status), code.titre, code.article or "—", code.que_faire
