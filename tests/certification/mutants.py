"""Products that are wrong in one way each: the reference collectivité, whose letters, reception or rules are spoilt while it runs.

Nothing of it is changed: what it sends is altered on the way out, what it receives is dropped, a rule is replaced for one test.
"""

import copy
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from fps.droit.numero import cle
from fps.kit.wire.carrier import InProcess, always, nobody
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementRejete, TitrePayeCollectivite
from fps.messages.message import MessageClass
from fps.messages.mfps import AccuseFps, AnnulationFps, CreationFps, ModificationFps
from fps.messages.rapo import AccuseReceptionRapo
from fps.messages.recours_collectivite import CommunicationRequete, MemoireDefense, PieceDefense
from fps_simulateur.pilote.world import World

Champs = dict[str, Any]
Alterer = Callable[[Champs], Champs]


@dataclass(frozen=True)
class Mutant:
    """One wrong product, and the checks that are played with it; what it fails then, and nothing else, is in ATTRAPES."""

    nom: str
    epreuves: tuple[str, ...]
    message: MessageClass | None = None
    alterer: Alterer | None = None
    entetes: Callable[[dict[str, str]], dict[str, str]] | None = None
    octets: Callable[[bytes], bytes] | None = None
    deux_fois: bool = False
    puis: tuple[str, Alterer] | None = None  # what it sends at once after it, made of it, and its address
    chemin: str = ""  # what is altered is no message: what is in its address; both parts of it, where there is a « * »
    muet: bool = False  # it shows no certificate there
    montre: Callable[[World, str], Awaitable[str]] | None = None  # the certificate that it shows there, made ready in that bac
    ailleurs: str = ""  # the message goes to the address of another
    sourd: frozenset[MessageClass] = field(default_factory=frozenset)
    oublie: str = ""  # the kind of a deadline that it does not live
    patches: tuple[tuple[str, Any], ...] = ()  # « module.attribute » → what stands there
    ville: str = "lille"
    poussees: bool = False  # its letters are pushed to it

    def __str__(self) -> str:
        return self.nom


class Alteree(httpx.AsyncBaseTransport):
    """The network of a mutant: its letters are altered on their way."""

    def __init__(self, client: httpx.AsyncClient, mutant: Mutant, monde: World | None = None):
        self._client, self._mutant, self._monde = client, mutant, monde
        self._montres: dict[str, str] = {}  # bac → the certificate that is shown there

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Alter, send, perhaps twice."""
        m, corps = self._mutant, await request.aread()
        chemin = m.chemin or ("" if m.message is None else m.message.path)
        url, entetes = str(request.url), dict(request.headers)
        vise = all(part in url for part in chemin.split("*"))
        entetes.pop("content-length", None)
        if chemin and vise:
            corps = self._lot(corps) if url.endswith("/lot") else self._un(corps)
            entetes = entetes if m.entetes is None else m.entetes(entetes)
            url = url.replace(chemin, m.ailleurs) if m.ailleurs else url
        client = self._client
        if m.muet and vise:
            client = httpx.AsyncClient(transport=InProcess(client._transport.applications, nobody))  # type: ignore[attr-defined]
        if m.montre is not None and self._monde is not None and vise:
            bac = url.partition("/bacs/")[2].partition("/")[0]
            if bac not in self._montres:
                self._montres[bac] = await m.montre(self._monde, bac)
            present = always((self._montres[bac],))
            client = httpx.AsyncClient(transport=InProcess(client._transport.applications, present))  # type: ignore[attr-defined]
        answer = await client.request(request.method, url, headers=entetes, content=corps)
        if m.deux_fois and chemin and vise:
            await self._client.request(request.method, url, headers=entetes | {"idempotency-key": "encore"}, content=corps)
        if m.puis is not None and chemin and vise and answer.status_code < 300:
            autre = json.dumps(m.puis[1](json.loads(corps))).encode()
            await self._client.post(url.replace(chemin, m.puis[0]), headers=entetes | {"idempotency-key": "autre"}, content=autre)
        dits = {nom: answer.headers[nom] for nom in ("content-type", "retry-after") if nom in answer.headers}
        return httpx.Response(answer.status_code, headers=dits, content=answer.content)

    def _un(self, corps: bytes) -> bytes:
        alterer, octets = self._mutant.alterer, self._mutant.octets
        if alterer is not None:
            corps = json.dumps(alterer(json.loads(corps)), ensure_ascii=False).encode()
        return corps if octets is None else octets(corps)

    def _lot(self, corps: bytes) -> bytes:
        lignes = [json.loads(x) for x in corps.splitlines() if x.strip()]
        return b"\n".join(json.dumps({**x, "data": json.loads(self._un(json.dumps(x["data"]).encode()))}).encode() for x in lignes)


def avec(**champs: Any) -> Alterer:
    """These fields in the place of its own; a name in dots goes inside, None takes it away."""

    def alterer(dit: Champs) -> Champs:
        found = copy.deepcopy(dit)
        for nom, valeur in champs.items():
            place = found
            *dedans, dernier = nom.split("__")
            for un in dedans:
                place = place[un]
            if valeur is None:
                place.pop(dernier, None)
            else:
                place[dernier] = valeur(place.get(dernier)) if callable(valeur) else valeur
        return found

    return alterer


def numero(changer: Callable[[str], str], *, cle_juste: bool = True) -> Alterer:
    """Another number, with its own key or the former one."""

    def alterer(dit: Champs) -> Champs:
        neuf = changer(dit["numero_fps"])
        return {**dit, "numero_fps": neuf} | ({"cle": cle(neuf)} if cle_juste else {})

    return alterer


def decale(jours: int = 0, heures: int = 0) -> Callable[[str], str]:
    """An instant, later."""
    return lambda dit: (datetime.fromisoformat(dit) + timedelta(days=jours, hours=heures)).isoformat()


def _latin(corps: bytes) -> bytes:
    return corps.decode().replace("Lille", "Lîlle").encode("latin-1")


UN = ("amiable-transmis",)


def de_creation(nom: str, alterer: Alterer, epreuves: tuple[str, ...] = UN) -> Mutant:
    """A product whose creation is wrong."""
    return Mutant(nom, epreuves, CreationFps, alterer)


def du_fil(nom: str, epreuves: tuple[str, ...] = UN, **quoi: Any) -> Mutant:
    """A product that sends its creation wrongly."""
    return Mutant(nom, epreuves, CreationFps, **quoi)


def sourd(nom: str, epreuve: str, quoi: MessageClass) -> Mutant:
    """A product that takes a letter and does nothing of it."""
    return Mutant(nom, (epreuve,), sourd=frozenset({quoi}))


def de_suite(nom: str, epreuve: str, message: MessageClass, alterer: Alterer) -> Mutant:
    """A product whose later message is wrong."""
    return Mutant(nom, (epreuve,), message, alterer)


def regle(nom: str, epreuve: str, patches: Mapping[str, Any]) -> Mutant:
    """A product of which one rule is wrong."""
    return Mutant(nom, (epreuve,), patches=tuple(patches.items()))


def _jour(numero: str) -> str:
    return f"{numero[:17]}{int(numero[17:20]) % 365 + 1:03d}{numero[20:]}"


async def _sans_suite(*donnes: Any) -> None:
    """Nothing follows."""


def _titre_certain(forfait: Any, work: Any) -> None:
    """The title is believed to be there before its day."""
    from collectivite.domain.refus import ActeApresTitre

    raise ActeApresTitre(f"FPS {forfait.numero}.", "numero")


def _accuse_sans_juridiction(**champs: Any) -> AccuseReceptionRapo:
    """An accusé that does not say where a tacit rejection is contested."""
    return AccuseReceptionRapo(**{**champs, "juridiction": None})


MUTANTS: tuple[Mutant, ...] = (
    de_creation("cle-plus-un", avec(cle=lambda c: f"{(int(c) + 1) % 97:02d}")),
    de_creation("quantieme-du-lendemain", numero(_jour)),
    de_creation("annee-suivante", numero(lambda n: f"{n[:14]}{int(n[14:16]) + 1:02d}{n[16:]}")),
    de_creation("numero-d-une-autre", numero(lambda n: "21750001600019" + n[14:])),
    de_creation("numero-sans-cle-refaite", numero(lambda n: n[:-1] + str((int(n[-1]) + 1) % 10), cle_juste=False)),
    de_creation("numero-de-vingt-cinq", avec(numero_fps=lambda n: n[:-1])),
    de_creation("jour-367", numero(lambda n: f"{n[:17]}367{n[20:]}")),
    de_creation("montant-de-trop", avec(montant_fps=lambda m: m + 100)),
    de_creation("montant-enorme", avec(montant_fps=99_999_00)),
    de_creation("montant-en-euros", avec(montant_fps=lambda m: m / 100)),
    de_creation("montant-en-texte", avec(montant_fps=str)),
    de_creation("montant-nul", avec(montant_fps=0)),
    de_creation("deduit-oublie", avec(montant_deduit=lambda d: (d or 0) + 500)),
    de_creation("constat-en-utc", avec(date_heure_constat=lambda d: datetime.fromisoformat(d).astimezone(tz=None).isoformat())),
    de_creation("constat-sans-fuseau", avec(date_heure_constat=lambda d: d[:19])),
    de_creation("constat-a-venir", avec(date_heure_constat=decale(heures=2))),
    de_creation("constat-d-un-autre-jour", avec(date_heure_constat=decale(jours=-9))),
    de_creation("effets-finis-avant", avec(fin_effets=decale(jours=-2))),
    de_creation("effets-trop-courts", avec(fin_effets=decale(heures=-3))),
    de_creation("plaque-mal-ecrite", avec(vehicule__immatriculation="A-1-B")),
    de_creation("minoration-oubliee", avec(minoration=None)),
    de_creation("minoration-sans-effet", avec(minoration__montant=lambda m: m + 10_000)),
    de_creation("minoration-d-ailleurs", avec(minoration__delai_jours=12)),
    de_creation("nom-divulgue", avec(titulaire="Camille Spécimen")),
    de_creation("agent-nomme", avec(agent__identifiant="Dupont")),
    de_creation("autorite-sans-nom", avec(agent__autorite__nom="")),
    de_creation("champ-de-trop", avec(commentaire="à voir")),
    de_creation("vehicule-oublie", avec(vehicule=None)),
    de_creation("siret-faux", avec(siret="21590350100018")),
    de_creation("dispositif-trop-long", avec(dispositif="P" * 200)),
    de_creation("mode-inconnu", avec(mode_notification="pigeon")),
    de_creation("date-impossible", avec(fin_effets="2024-02-31T10:00:00+01:00")),
    de_creation("numero-resservi", numero(lambda n: f"{n[:-3]}001"), epreuves=("amiable-plusieurs",)),
    du_fil("envoye-deux-fois", deux_fois=True),
    du_fil("sans-cle-d-idempotence", entetes=lambda h: {k: v for k, v in h.items() if k != "idempotency-key"}),
    du_fil("toujours-la-meme-cle", entetes=lambda h: h | {"idempotency-key": "k"}, epreuves=("amiable-plusieurs",)),
    du_fil("type-texte", entetes=lambda h: h | {"content-type": "text/plain"}),
    du_fil("latin-1", octets=_latin),
    du_fil("json-tronque", octets=lambda corps: corps[:-1]),
    du_fil("champ-en-double", octets=lambda corps: corps[:-1] + b', "cle": "00"}'),
    du_fil("une-liste", octets=lambda corps: b"[" + corps + b"]"),
    sourd("paiement-ignore", "amiable-paye", FpsPaye),
    sourd("minore-ignore", "amiable-minore", FpsPayeMinore),
    sourd("rejet-ignore", "amiable-cheque-impaye", PaiementRejete),
    sourd("titre-paye-ignore", "titre-paye", TitrePayeCollectivite),
    sourd("abandon-ignore", "amiable-etranger", AccuseFps),
    de_suite("rectificatif-a-la-hausse", "amiable-baisse", ModificationFps, avec(montant_rectifie=9_900)),
    de_suite("rectificatif-cle-fausse", "amiable-baisse", ModificationFps, avec(cle_avis="00")),
    de_suite("rectificatif-sans-numero-neuf", "amiable-baisse", ModificationFps, lambda d: {**d, "numero_avis": d["numero_fps"]}),
    de_suite("rectificatif-a-venir", "amiable-baisse", ModificationFps, avec(date_edition=decale(jours=3))),
    de_suite("demande-d-avant-le-constat", "amiable-baisse", ModificationFps, avec(date_reception_rapo=decale(jours=-90))),
    Mutant("titre-annule-par-le-message-fps", ("titre-abandonne",), InformationAnnulationTitre, ailleurs=AnnulationFps.path),
    de_suite("titre-annule-a-moitie", "titre-abandonne", InformationAnnulationTitre, avec(etendue="partielle")),
    de_suite("decision-a-venir", "titre-abandonne", InformationAnnulationTitre, avec(date_decision="2030-01-01")),
    de_suite("requete-oubliee", "contentieux-decharge", InformationAnnulationTitre, avec(numero_requete=None)),
    de_suite("requete-oubliee-avant-titre", "contentieux-avant-titre", InformationAnnulationFps, avec(numero_requete=None)),
    de_suite("piece-a-venir", "titre-rembourse", TitreAnnulationRecette, avec(date_piece="2030-01-01")),
    de_suite("exercice-faux", "titre-rembourse", TitreAnnulationRecette, avec(exercice_paiement=2023)),
    de_suite("piece-trop-forte", "titre-rembourse", TitreAnnulationRecette, avec(montant=999_900)),
    de_suite("memoire-sans-signataire", "contentieux-decharge", MemoireDefense, avec(signataire=None)),
    regle("rapo-tardif-recu", "rapo-lendemain", {"collectivite.actes.rapo.irrecevabilites": lambda depot: ()}),
    regle("rapo-accepte-sans-suite", "rapo-accepte", {"collectivite.actes.rapo._accepter": _sans_suite}),
    Mutant("silence-oublie", ("rapo-silence",), oublie="silence-rapo"),
    regle("titre-vu-la-veille", "delais-veille-du-titre", {"collectivite.actes.annulation._avant_titre": _titre_certain}),
    de_suite("abandon-a-venir", "delais-jour-du-titre", InformationAnnulationTitre, avec(date_decision="2030-01-01")),
    Mutant("silence-oublie-le-lendemain", ("delais-dernier-jour-du-rapo",), oublie="silence-rapo"),
    sourd("dernier-jour-ignore", "delais-dernier-jour-de-paiement", FpsPaye),
    sourd("lendemain-de-minoration-ignore", "delais-lendemain-de-la-minoration", FpsPaye),
    de_suite("defense-d-une-autre-ville", "delais-defense", MemoireDefense, avec(siret="21750001600019")),
    Mutant("execution-oubliee", ("delais-execution",), oublie="execution"),
    Mutant("mandat-en-titre", ("delais-fin-d-annee",), MandatRemboursement, ailleurs=TitreAnnulationRecette.path),
    de_suite("rangs-decales", "contentieux-pieces", PieceDefense, avec(rang=lambda r: r + 1)),
    de_suite("piece-d-un-autre-type", "contentieux-pieces", PieceDefense, avec(piece__type_media="image/png")),
    de_suite("empreinte-d-un-autre", "contentieux-pieces", PieceDefense, avec(piece__empreinte="0" * 64)),
    de_suite("decharge-a-moitie", "contentieux-partiel", InformationAnnulationTitre, avec(fps_annule=500)),
    de_suite(
        "decharge-du-fps-a-moitie",
        "contentieux-avant-titre",
        InformationAnnulationFps,
        avec(montant_annule=1000, montant_restant=lambda reste: reste + 2500, etendue="partielle"),
    ),
    sourd("communication-ignoree", "contentieux-sans-defense", CommunicationRequete),
    Mutant(
        "accuse-sans-juridiction",
        ("documents-rejet",),
        patches=(("collectivite.actes.rapo.AccuseReceptionRapo", _accuse_sans_juridiction),),
        ville="bourg",
    ),
    de_suite("memoire-d-un-autre-fps", "contentieux-pieces", MemoireDefense, avec(siret="21750001600019")),
)

# The requirements that each fails, by name: those that are about its fault, and those that follow from it (its FPS is refused).
ATTRAPES: Mapping[str, str] = {
    "cle-plus-un": "EX-103 EX-114 EX-129 EX-190",
    "quantieme-du-lendemain": "EX-102 EX-115 EX-131 EX-190",
    "annee-suivante": "EX-102 EX-115 EX-131 EX-190",
    "numero-d-une-autre": "EX-101 EX-113 EX-130 EX-190",
    "numero-sans-cle-refaite": "EX-103 EX-114 EX-129 EX-190",
    "numero-de-vingt-cinq": "EX-014 EX-101 EX-103 EX-128 EX-129 EX-190",
    "jour-367": "EX-102 EX-111 EX-131 EX-190",
    "montant-de-trop": "EX-105 EX-120 EX-133 EX-138",
    "montant-enorme": "EX-105 EX-120 EX-133 EX-138",
    "montant-en-euros": "EX-003 EX-022 EX-067 EX-105 EX-133 EX-134 EX-190",
    "montant-en-texte": "EX-003 EX-022 EX-105 EX-133 EX-134 EX-190",
    "montant-nul": "EX-105 EX-121 EX-122 EX-133 EX-138 EX-190",
    "deduit-oublie": "EX-105 EX-120 EX-133",
    "constat-en-utc": "EX-003 EX-135",
    "constat-sans-fuseau": "EX-003 EX-015 EX-135 EX-190",
    "constat-a-venir": "EX-116 EX-137 EX-190",
    "constat-d-un-autre-jour": "EX-102 EX-115 EX-131 EX-190",
    "effets-finis-avant": "EX-118 EX-137 EX-190",
    "effets-trop-courts": "EX-137",
    "plaque-mal-ecrite": "EX-119 EX-190",
    "minoration-oubliee": "EX-138",
    "minoration-sans-effet": "EX-122 EX-138 EX-190",
    "minoration-d-ailleurs": "EX-138",
    "nom-divulgue": "EX-010 EX-140 EX-190",
    "agent-nomme": "EX-014 EX-139 EX-190",
    "autorite-sans-nom": "EX-020 EX-139 EX-190",
    "champ-de-trop": "EX-010 EX-190",
    "vehicule-oublie": "EX-011 EX-190",
    "siret-faux": "EX-110 EX-113 EX-190",
    "dispositif-trop-long": "EX-021 EX-190",
    "mode-inconnu": "EX-024 EX-190",
    "date-impossible": "EX-012 EX-190",
    "numero-resservi": "EX-104 EX-112 EX-132 EX-191",
    "envoye-deux-fois": "EX-002 EX-062",
    "sans-cle-d-idempotence": "EX-060",
    "toujours-la-meme-cle": "EX-002 EX-028 EX-061 EX-190 EX-191",
    "type-texte": "EX-027 EX-068 EX-190",
    "latin-1": "EX-066 EX-068 EX-190",
    "json-tronque": "EX-017 EX-068 EX-190",
    "champ-en-double": "EX-030 EX-103 EX-129 EX-190",
    "une-liste": "EX-022 EX-068 EX-190",
    "paiement-ignore": "EX-510",
    "minore-ignore": "EX-511",
    "rejet-ignore": "EX-512",
    "titre-paye-ignore": "EX-513",
    "abandon-ignore": "EX-192",
    "rectificatif-a-la-hausse": "EX-108 EX-154 EX-175 EX-193",
    "rectificatif-cle-fausse": "EX-167 EX-193",
    "rectificatif-sans-numero-neuf": "EX-193",
    "rectificatif-a-venir": "EX-151 EX-193",
    "demande-d-avant-le-constat": "EX-153 EX-193",
    "titre-annule-par-le-message-fps": "EX-010 EX-011 EX-024 EX-801",
    "titre-annule-a-moitie": "EX-801 EX-813",
    "decision-a-venir": "EX-801 EX-816",
    "requete-oubliee": "EX-802 EX-815",
    "requete-oubliee-avant-titre": "EX-742 EX-802 EX-815",
    "piece-a-venir": "EX-901 EX-911 EX-912",
    "exercice-faux": "EX-347 EX-901 EX-913 EX-918",
    "piece-trop-forte": "EX-901 EX-916",
    "memoire-sans-signataire": "EX-011 EX-722 EX-744",
    "rapo-tardif-recu": "EX-301",
    "rapo-accepte-sans-suite": "EX-304",
    "silence-oublie": "EX-302",
    "titre-vu-la-veille": "EX-340",
    "abandon-a-venir": "EX-341 EX-801 EX-816",
    "silence-oublie-le-lendemain": "EX-342",
    "dernier-jour-ignore": "EX-343",
    "lendemain-de-minoration-ignore": "EX-344",
    "defense-d-une-autre-ville": "EX-345 EX-712 EX-744",
    "execution-oubliee": "EX-346",
    "mandat-en-titre": "EX-347 EX-901 EX-913 EX-918",
    "rangs-decales": "EX-740",
    "piece-d-un-autre-type": "EX-701 EX-717",
    "empreinte-d-un-autre": "EX-701 EX-713",
    "decharge-a-moitie": "EX-741",
    "decharge-du-fps-a-moitie": "EX-742",
    "communication-ignoree": "EX-743",
    "accuse-sans-juridiction": "EX-355 EX-356",
    "memoire-d-un-autre-fps": "EX-712 EX-740 EX-744",
}
