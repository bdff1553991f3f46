"""How a command reaches services that run: their addresses, the pilot's credential, one client, and failures told in French."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fps.kit.ground.clock import civil_date, paris, wall_now
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes.output import Panne, cause
from fps_simulateur.pilote import trace

if TYPE_CHECKING:
    import ssl

    from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

T = TypeVar("T")
DEFAUT = "defaut"
TOKEN_FILE, ADDRESS_FILE, PKI_DIR = trace.JETON, trace.ADRESSES, trace.PKI
# The exit status of what is refused, by its code, where a script would do otherwise for each; 1 for the others, as for any failure.
# The last three are those of sysexits(3), as that of a fault that nobody foresaw.
STATUTS = {
    "jour-inconnu": 2,
    "produit-muet": 4,
    "retour-en-arriere": 5,
    "export-invalide": 65,
    "service-injoignable": 69,
    "avance-en-cours": 75,
}


def settings_of(adresses: str | None = None, data_dir: Path | None = None) -> Settings:
    """The settings of a command: its options, else the environment, else what `fps up` left in the data directory, else the defaults."""
    given: dict[str, Any] = {}
    if adresses is not None:
        given["addresses"] = adresses
    if data_dir is not None:
        given["data_dir"] = data_dir
    try:
        found = Settings(**given)
        if "addresses" not in found.model_fields_set:
            with contextlib.suppress(OSError):
                found = Settings(**given, addresses=(found.data_dir / ADDRESS_FILE).read_text("utf-8").strip())
    except ValueError as error:
        first = error.errors()[0] if hasattr(error, "errors") else {}
        where = ", ".join(f"FPS_{str(part).upper()}" for part in first.get("loc", ())[:1]) or "Un réglage"
        raise Panne(
            f"{where} n'est pas valable : {str(first.get('input', error))[:120]!r}.", "Corrigez ce réglage, puis recommencez."
        ) from error
    return found


def read_token(settings: Settings) -> str:
    """The pilot's credential: FPS_PILOTAGE_TOKEN, else the file that `fps up` wrote; raises Panne."""
    if settings.pilotage_token is not None:
        return settings.pilotage_token.get_secret_value()
    path = settings.data_dir / TOKEN_FILE
    try:
        token = path.read_text("utf-8").strip()
    except FileNotFoundError:
        raise Panne(
            f"Le jeton de pilotage est introuvable ({path}).",
            "Démarrez le simulateur avec « fps up », ou donnez FPS_PILOTAGE_TOKEN, ou --data-dir.",
        ) from None
    except OSError as error:
        raise Panne(f"Le jeton de pilotage ne peut pas être lu ({path} : {cause(error)}).", "Vérifiez les droits de ce fichier.") from error
    if not token:
        raise Panne(f"Le jeton de pilotage est vide ({path}).", "Arrêtez le simulateur, supprimez ce fichier, puis relancez « fps up ».")
    return token


def keep_token(settings: Settings) -> str:
    """The credential of a simulator that starts: given, kept from the last time, or drawn now; readable by its owner only."""
    if settings.pilotage_token is not None:
        return settings.pilotage_token.get_secret_value()
    path = settings.data_dir / TOKEN_FILE
    if path.exists():
        path.chmod(0o600)
        return read_token(settings)
    token = secrets.token_urlsafe(32)
    draft = path.with_name(f"{TOKEN_FILE}.{os.getpid()}")  # there whole or not at all: on a full disk, an empty one would stay
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"{token}\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return token


def pki_dir(settings: Settings) -> Path:
    """Where the test PKI of a simulator is: FPS_PKI_DIR, else beside its data."""
    return settings.pki_dir or settings.data_dir / PKI_DIR


def believed(settings: Settings) -> "ssl.SSLContext":
    """What a command believes of the services that it calls in TLS: the authority of their PKI alone; raises Panne when it is not there."""
    from fps.kit.trust.pki import Pki
    from fps.kit.trust.tls import between_services, nobody

    if not any(url.startswith("https:") for url in settings.addresses.values()):
        return nobody()
    found = Pki(pki_dir(settings))
    try:
        return between_services(found)
    except OSError as error:
        raise Panne(
            f"L'autorité des services ne peut pas être lue ({found.fichier_services} : {cause(error)}).",
            "Les adresses sont en https : donnez le --data-dir de « fps up --tls », ou FPS_PKI_DIR.",
        ) from error


def book(addresses: Mapping[Party, str]) -> str:
    """The addresses as FPS_ADDRESSES writes them."""
    return ",".join(f"{party}={addresses[party]}" for party in SERVICES)


@asynccontextmanager
async def linked(settings: Settings) -> AsyncIterator["Pilot"]:
    """A pilot that reaches the running services."""
    from fps.kit.wire.carrier import bearer, open_client
    from fps_simulateur.pilote.pilot import Pilot

    token = read_token(settings)
    client = open_client(headers=bearer(token), verify=believed(settings))
    try:
        yield Pilot(client, settings.addresses, token)
    finally:
        await client.aclose()


def drive(settings: Settings, act: "Callable[[Pilot], Coroutine[Any, Any, T]]") -> T:
    """Run one act of the pilot on the running services; raises Panne with the French words of what went wrong."""
    from fps_simulateur.pilote.pilot import PiloteErreur

    async def run() -> T:
        async with linked(settings) as pilot:
            return await act(pilot)

    try:
        return asyncio.run(run())
    except PiloteErreur as error:
        raise explain(error) from error


def explain(error: "PiloteErreur") -> Panne:
    """The sentence of a refusal, or of a service that does not answer."""
    problem, name = error.problem, LIBELLES[error.service]
    if problem.get("code") == "service-injoignable":
        return Panne(
            f"{name} ne répond pas ({problem['detail']}).",
            "Démarrez le simulateur avec « fps up », ou corrigez --adresses ; « fps doctor » dit plus.",
            code="service-injoignable",
            statut=STATUTS["service-injoignable"],
        )
    if problem.get("status") == 401:
        return Panne(
            f"{name} refuse le jeton de pilotage.",
            "Donnez celui du simulateur qui tourne : FPS_PILOTAGE_TOKEN, ou --data-dir de « fps up ».",
            problem=problem,
        )
    detail = problem.get("detail") or ""
    if problem.get("code") == "nom-de-bac":
        return Panne(f"Ce nom de bac n'est pas permis. {detail}", problem=problem)
    phrase = f"{problem.get('title', 'La demande est refusée')}{f' : {detail}' if detail else ''}"
    statut = STATUTS.get(str(problem.get("code")), 1)
    return Panne(phrase if phrase.endswith(".") else f"{phrase}.", que_faire(problem), statut=statut, problem=problem)


def que_faire(problem: Mapping[str, Any]) -> str:
    """What a problem says to do: each error with its field, then the advice."""
    errors = [
        f"{e['champ']} : {e['phrase']}" if e.get("champ") else str(e["phrase"]) for e in problem.get("erreurs") or () if e.get("phrase")
    ]
    return "\n".join([*errors, *filter(None, [problem.get("que_faire")])])


async def ensure_bac(pilot: "Pilot", nom: str = DEFAUT, instant: datetime | None = None) -> bool:
    """Create a bac where it is missing, as it is elsewhere if it is already in some services; True when something was created."""
    names = await pilot._all("GET", "/bacs")
    missing = [s for s in SERVICES if nom not in names[s]]
    if not missing:
        return False
    if len(missing) == len(SERVICES):
        await pilot.creer(nom, instant or paris(civil_date(wall_now())))
        return True
    # A creation was cut short: the others take the date and the seed of the first that has it. Nothing is deleted.
    source = next(s for s in SERVICES if s not in missing)
    state = (await pilot._call(source, "GET", f"/bacs/{nom}")).json()
    for service in missing:
        await pilot._call(service, "POST", "/bacs", json={"nom": nom} | {k: state[k] for k in ("instant", "graine", "mode", "vitesse")})
    return True
