"""`fps doctor`: looks at everything that must work, and says in plain words what does not and what to do."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import httpx

from fps.kit.ground.clock import wall_now
from fps.kit.ground.settings import CONSOLE_PORT, PORTS, Settings
from fps.kit.wire.carrier import open_client
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes import enterrees
from fps_console.commandes.lettres_mortes import ILLISIBLES
from fps_console.commandes.liaison import believed, que_faire, read_token
from fps_console.commandes.output import SPECIMEN, Panne, dump, say
from fps_console.commandes.ports import holder, is_free
from fps_console.commandes.progres import Lus
from fps_console.mots import recit
from fps_simulateur.auscultation import Tranche, ausculter
from fps_simulateur.invariants import INVARIANTS
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

DRIFT = timedelta(seconds=5)  # between the clocks of two machines
UNVERIFIED = 3  # the exit status when nothing is wrong but something was not verified
PATIENCE = 3  # seconds given to a service to say how it is
LOCAL = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 (compared, not bound)


class Report:
    """What was found, line by line as it is found, or all at the end as JSON; counts what is wrong."""

    def __init__(self, en_json: bool = False) -> None:
        self.wrong = self.unseen = 0
        self.en_json = en_json
        self.found: list[dict[str, str]] = []

    def _say(self, text: str) -> None:
        if not self.en_json:
            say(text)

    def title(self, text: str) -> None:
        """What the next lines are about."""
        self._say(text)

    def _keep(self, etat: str, quoi: str, detail: str, que_faire: str = "") -> None:
        self.found.append({"etat": etat, "quoi": quoi, "detail": detail, "que_faire": que_faire})

    def good(self, what: str, detail: str = "") -> None:
        """Something works."""
        self._keep("ok", what, detail)
        self._say(f"  ok     {what}{f' : {detail}' if detail else ''}")

    def bad(self, what: str, detail: str, que_faire: str = "") -> None:
        """Something does not work, and what to do."""
        self.wrong += 1
        self._keep("panne", what, detail, que_faire)
        self._say(f"  PANNE  {what} : {detail}")
        for line in que_faire.splitlines():
            self._say(f"         → {line}")

    def warn(self, what: str, detail: str, que_faire: str) -> None:
        """Something that works and that somebody should look at: nothing is broken here."""
        self._keep("a-voir", what, detail, que_faire)
        self._say(f"  À VOIR {what} : {detail}")
        self._say(f"         → {que_faire}")

    def unverified(self, what: str, why: str) -> None:
        """Something that was not looked at: nobody knows that it works."""
        self.unseen += 1
        self._keep("non-verifie", what, why)
        self._say(f"  NON VÉRIFIÉ  {what} : {why}")

    @property
    def status(self) -> int:
        """1 when something is wrong, else 3 when something was not verified."""
        return 1 if self.wrong else UNVERIFIED if self.unseen else 0

    def conclude(self) -> None:
        """The last line, or the document."""
        if self.en_json:
            own = {"version": version("fps-console"), "pannes": self.wrong, "non_verifies": self.unseen}
            dump({**own, "constats": self.found, "mention": SPECIMEN})
            return
        wrong = f"{self.wrong} panne{'s' if self.wrong > 1 else ''}" if self.wrong else "Rien de cassé"
        seen = f"{self.unseen} point{'s' if self.unseen > 1 else ''} non vérifié{'s' if self.unseen > 1 else ''}"
        say(f"\n{'Tout va bien' if self.status == 0 else f'{wrong}, {seen}' if self.unseen else wrong}.")


async def examine(settings: Settings, en_json: bool = False) -> int:
    """Say what works and what does not; the status is 1 when something is wrong, 3 when something could not be verified."""
    report = Report(en_json)
    report.title(f"{SPECIMEN}\n\nVersion\n  fps {version('fps-console')}")
    async with open_client(verify=believed(settings)) as client:
        report.title("\nServices")
        found = [await _service(report, settings, client, party) for party in sorted(SERVICES, key=PORTS.__getitem__)]
        _parts(report, dict(zip(sorted(SERVICES, key=PORTS.__getitem__), found, strict=True)))
        await _console(report, settings, client)
        if all(found):
            report.title("\nPilote et bacs")
            await _pilot(report, settings, client)
    report.conclude()
    return report.status


def _parts(report: Report, found: Mapping[Party, int]) -> None:
    """Whether those that answer cut the dossiers in as many parts: a letter for a part that its receiver has not is read by nobody."""
    dites = {f"{LIBELLES[party]} {parts}": parts for party, parts in found.items() if parts}
    if len({*dites.values()}) > 1:
        detail = f"les services n'ont pas le même nombre de parts ({', '.join(dites)}) : des lettres attendent au courtier"
        report.bad("Parts", detail, "Le même FPS_PARTITIONS aux quatre ; pour le changer, arrêtez-les quand tout est arrivé.")


async def _service(report: Report, settings: Settings, client: httpx.AsyncClient, party: Party) -> int:
    """The number of its parts when a service answers, 0 when it does not; its database and its broker are told apart."""
    name, address = LIBELLES[party], settings.addresses[party]
    try:
        response = await client.get(f"{address}/sante/pret", timeout=PATIENCE)
        body = response.json()
    except httpx.HTTPError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            report.bad(name, f"le certificat montré à {address} n'est pas de cette PKI", "Donnez le --data-dir de « fps up --tls ».")
        else:
            await _silent(report, name, address)
        return 0
    except ValueError:
        body = None
    if not isinstance(body, dict) or "service" not in body:
        report.bad(name, f"à {address}, un autre programme répond{_who(address)}", "Arrêtez-le, ou corrigez FPS_ADDRESSES.")
        return 0
    if body["service"] != party.value:
        report.bad(name, f"à {address}, c'est « {body['service']} » qui répond", "Corrigez FPS_ADDRESSES.")
        return 0
    if body.get("base") is False:
        report.bad(name, "sa base de données ne répond pas", f"Démarrez-la, puis vérifiez FPS_DATABASE_URL du service « {party} ».")
    elif body.get("ecriture") is False:
        report.bad(
            name,
            f"sa base de données refuse d'écrire ({body.get('cause') or 'cause inconnue'})",
            "Faites de la place sur son disque : ce qui est écrit n'est pas perdu, et tout repart ensuite.",
        )
    if body.get("courtier") is False:
        report.bad(name, "son courtier de messages ne répond pas", f"Démarrez RabbitMQ, puis vérifiez FPS_BUS_URL du service « {party} ».")
    if response.status_code == 200:
        report.good(name, f"prête, à {address}")
    return int(body.get("parts", 1))


async def _silent(report: Report, name: str, address: str) -> None:
    where = urlsplit(address)
    start = (
        "Démarrez tout avec « fps up », ou corrigez FPS_ADDRESSES. S'il est déjà lancé, il attend sa base de données, ses migrations "
        "ou son courtier de messages, et n'écoute pas encore : lisez son journal."
    )
    if where.hostname in LOCAL and where.port is not None and not await is_free(str(where.hostname), where.port):
        report.bad(
            name,
            f"le port {where.port} est pris{_who(address)}, mais ce n'est pas le simulateur",
            "Arrêtez ce programme, ou « fps up --port 9000 ».",
        )
    elif where.hostname in LOCAL:
        report.bad(name, f"ne répond pas à {address} (port libre)", start)
    else:
        report.bad(name, f"ne répond pas à {address}", start)


def _who(address: str) -> str:
    where = urlsplit(address)
    who = holder(where.port) if where.hostname in LOCAL and where.port else ""
    return f" par {who}" if who else ""


async def _console(report: Report, settings: Settings, client: httpx.AsyncClient) -> None:
    """The console stands one port before the services when they share a machine."""
    where = urlsplit(settings.addresses[Party.ANTAI])
    port = (where.port or PORTS[Party.ANTAI]) - PORTS[Party.ANTAI] + CONSOLE_PORT
    address = f"http://{where.hostname}:{port}"
    try:
        response = await client.get(f"{address}/sante/pret", timeout=PATIENCE)
        ready = response.json().get("statut") == "pret"
    except (httpx.HTTPError, ValueError, AttributeError):
        if where.hostname in LOCAL:
            free = await is_free(str(where.hostname), port)
            detail = (
                f"ne répond pas à {address} (port libre)"
                if free
                else f"le port {port} est pris{_who(address)}, mais ce n'est pas la console"
            )
            report.bad("Console", detail, "Démarrez tout avec « fps up »." if free else "Arrêtez ce programme, ou « fps up --port 9000 ».")
        return
    if ready:
        report.good("Console", f"prête, à {address}")
    else:
        report.bad("Console", "elle attend les services", "Regardez les lignes précédentes.")


async def _pilot(report: Report, settings: Settings, client: httpx.AsyncClient) -> None:
    try:
        token = read_token(settings)
    except Panne as error:
        report.bad("Jeton de pilotage", error.phrase.rstrip("."), error.que_faire)
        return
    pilot = Pilot(client, settings.addresses, token)
    try:
        names = await pilot.lister()
        report.good("Jeton de pilotage", "accepté par les quatre services")
        await _clocks(report, pilot)
        await _bacs(report, pilot, names)
        await _unreadable(report, pilot)
    except PiloteErreur as error:
        if error.problem.get("status") == 401:
            await _refused(report, pilot)
        else:
            report.bad(
                LIBELLES[error.service],
                f"{error.problem.get('title')} ({error.problem.get('detail')})",
                que_faire(error.problem),
            )


async def _refused(report: Report, pilot: Pilot) -> None:
    async def refuses(party: Party) -> bool:
        try:
            await pilot._call(party, "GET", "/horloge")
        except PiloteErreur as error:
            return error.problem.get("status") == 401
        return False

    found = [LIBELLES[p] for p in SERVICES if await refuses(p)]
    report.bad(
        "Jeton de pilotage",
        f"refusé par {', '.join(found)}",
        "Donnez à la console et aux quatre services le même FPS_PILOTAGE_TOKEN, ou à cette commande le --data-dir de « fps up ».",
    )


async def _clocks(report: Report, pilot: Pilot) -> None:
    """The machines must agree on the time; signatures and retries use it."""
    here = wall_now()
    answers: dict[Party, Any] = await pilot._all("GET", "/horloge")
    late = {p: datetime.fromisoformat(a["wall_time"]) - here for p, a in answers.items()}
    for party, gap in late.items():
        if abs(gap) > DRIFT:
            report.bad(f"Horloge de {LIBELLES[party]}", f"décalée de {gap.total_seconds():.0f} s", "Réglez l'heure des machines (NTP).")
    if all(abs(gap) <= DRIFT for gap in late.values()):
        report.good("Horloges des machines", "d'accord")


async def _bacs(report: Report, pilot: Pilot, names: list[str]) -> None:
    everywhere: dict[Party, list[str]] = await pilot._all("GET", "/bacs")
    for nom in sorted(set().union(*everywhere.values()) - set(names)):
        missing = ", ".join(LIBELLES[p] for p in SERVICES if nom not in everywhere[p])
        report.bad(f"Bac « {nom} »", f"il manque chez {missing}", f"Supprimez-le : « fps bac supprimer {nom} ».")
    if not names:
        report.bad("Bacs", "il n'y en a aucun", "Créez-en un : « fps bac creer defaut ».")
    for state in await asyncio.gather(*(pilot.etat(nom) for nom in names)):
        when = datetime.fromisoformat(state["instant"])
        mode = "date figée" if state["mode"] == "fige" else f"date courante (× {state['vitesse']})"
        report.good(
            f"Bac « {state['bac']} »",
            f"{mode}, {recit.longue(when.date())} {when:%H:%M}, prochaine échéance {state['prochaine_echeance'] or 'aucune'}",
        )
        dates = {LIBELLES[Party(s)]: x["instant"] for s, x in state["services"].items()}
        if state["mode"] == "fige" and len(set(dates.values())) > 1:
            report.bad(
                f"Bac « {state['bac']} »",
                "les services ne sont pas à la même date",
                f"« fps advance --bac {state['bac']} --jusqua {when:%Y-%m-%dT%H:%M} »",
            )
        await _invariants(report, pilot, state)
        _held(report, state)
        if refused := state["comptes"].get("refusees", 0):
            # What its sender has to correct: it is in the journals of both, never silent.
            report.good(
                f"Bac « {state['bac']} »",
                f"{refused} lettre{'s' if refused > 1 else ''} refusée{'s' if refused > 1 else ''} par leur destinataire "
                "(actes « refus » et « envoi-refuse » du journal)",
            )
        if buried := state["echeances_enterrees"]["nombre"]:
            report.bad(
                f"Bac « {state['bac']} »",
                enterrees.nombre(buried),
                "\n".join([*map(enterrees.phrase, state["echeances_enterrees"]["premieres"]), enterrees.que_faire(state["bac"])]),
            )
        if dead := sum(state["comptes"].get(figure, 0) for figure in ("mortes", "ecartees")):
            report.bad(
                f"Bac « {state['bac']} »",
                f"{dead} lettre{'s' if dead > 1 else ''} morte{'s' if dead > 1 else ''}",
                f"« fps lettres-mortes lister --bac {state['bac']} »",
            )


def _held(report: Report, state: Mapping[str, Any]) -> None:
    """The letters that were tried in vain: who writes them, and what it means."""
    if held := state["retenues"]:
        who = ", ".join(f"{LIBELLES[Party(s)]} : {x['retenues']}" for s, x in state["services"].items() if x["retenues"])
        report.bad(
            f"Bac « {state['bac']} »",
            f"{held} lettre{'s attendent' if held > 1 else ' attend'}, après au moins un essai en vain (écrites par {who})",
            "Leur destinataire ne répond pas, ou ignore encore leur dossier : regardez les services plus haut, puis leurs journaux.",
        )


async def _unreadable(report: Report, pilot: Pilot) -> None:
    """The letters that do not even say their bac: no bac counts them."""
    if dead := len(await pilot.lettres_mortes(ILLISIBLES)):
        report.bad("Lettres illisibles", f"{dead}, sans bac connu", "« fps lettres-mortes lister » donne leur cause.")


@dataclass
class Bilan:
    """What there is to say of the dossiers of a bac besides its invariants, counted as they are read; the first three of each are named."""

    trouves: dict[str, list[str]] = field(default_factory=dict)
    nombres: Counter[str] = field(default_factory=Counter)

    def noter(self, quoi: str, nom: str) -> None:
        """One more."""
        self.nombres[quoi] += 1
        if len(noms := self.trouves.setdefault(quoi, [])) < 3:
            noms.append(nom)

    def voir(self, tranche: Tranche) -> None:
        """Some dossiers."""
        for dossier in tranche[Party.COLLECTIVITE]:
            if dossier["partie"] is not None and (suite := dossier["partie"]["suite"]) in SUITES:
                self.noter(suite, dossier["sujet"])
        for dossier in tranche[Party.ANTAI]:
            for champ in ANNULATIONS:
                if requetes := (dossier["partie"] or {}).get(champ):
                    self.noter(champ, f"{dossier['sujet']} (requête {', '.join(requetes)})")

    def premiers(self, quoi: str) -> str:
        """The first ones, and how many more."""
        reste = self.nombres[quoi] - len(self.trouves[quoi])
        return ", ".join(self.trouves[quoi]) + (f" et {reste} de plus" if reste else "")

    def dire(self, report: Report, nom: str) -> None:
        """What the town has decided and ANTAI has not; the titles cancelled by a decision that the court has not told, or contradicts."""
        for suite, quoi in SUITES.items():
            if self.nombres[suite]:
                report.bad(
                    f"Bac « {nom} »",
                    f"un acte de la collectivité est {quoi} : {self.premiers(suite)}",
                    f"Collectivité, GET /fps?suite={suite} : lisez ses erreurs, corrigez, puis POST /fps/{{numero}}/actes/{{rang}}/renvoi.",
                )
        for champ, (quoi, conseil) in ANNULATIONS.items():
            if self.nombres[champ]:
                report.warn(f"Bac « {nom} »", f"{quoi} : {self.premiers(champ)}", conseil)


SUITES = {"a-corriger": "refusé par l'ANTAI", "en-attente-d-accuse": "sans accusé de l'ANTAI"}  # though no letter is on its way
ANNULATIONS = {
    "annulations_sans_decision": (
        "un titre est annulé par une décision que la juridiction n'a pas dite",
        "Attendez le flux 14, ou vérifiez le numéro de la requête (ANTAI, GET /va-pilote/dossiers/{numero}), puis répondez-en : "
        "POST /dossiers/{numero}/requetes/{numero_requete}/reglement.",
    ),
    "annulations_contredites": (
        "un titre est annulé autrement que la juridiction n'a décidé",
        "Comparez ce que disent la collectivité et la juridiction (ANTAI, GET /va-pilote/dossiers/{numero}), puis répondez-en : "
        "POST /dossiers/{numero}/requetes/{numero_requete}/reglement.",
    ),
}


async def _invariants(report: Report, pilot: Pilot, state: Mapping[str, Any]) -> None:
    """The invariants, over the four statements together, dossier by dossier; a bac that moves is left alone."""
    nom = state["bac"]
    reasons = {"sa date court, figez-le": state["mode"] != "fige", "des lettres circulent": bool(state["en_attente"])}
    if why := next((reason for reason, there in reasons.items() if there), ""):
        report.unverified(f"Bac « {nom} »", f"les invariants ({why})")
        return
    bilan = Bilan()
    try:
        with Lus(nom, "dossiers lus") as progres:

            def voir(tranche: Tranche) -> None:
                bilan.voir(tranche)
                progres.dire(len({dossier["sujet"] for dossiers in tranche.values() for dossier in dossiers}))

            verification = await ausculter(pilot, nom, voir)
    except PiloteErreur as error:
        if error.problem.get("code") not in ("bac-en-mouvement", "ordre-des-sujets"):
            raise
        report.unverified(f"Bac « {nom} »", f"les invariants ({error.problem['detail'].rstrip('.')})")
        return
    bilan.dire(report, nom)
    if not verification.nombre:
        report.good(f"Bac « {nom} »", f"les {len(INVARIANTS)} invariants tiennent ({', '.join(i.nom for i in INVARIANTS)})")
    for one in verification.ruptures[:3]:
        report.bad(f"Bac « {nom} »", str(one), "Signalez-le au projet, avec « fps bac exporter ».")
    if verification.nombre > 3:
        report.bad(f"Bac « {nom} »", f"{verification.nombre - 3} ruptures de plus", "Les premières, dans le temps, sont au-dessus.")
