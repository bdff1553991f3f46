"""The enrolment of a collectivité and its provider in a bac, step by step, by the public doors of the three parties."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from fps.confiance.habilitation import Permission
from fps.kit.ground.bac_path import DEFAUT
from fps.parties import LIBELLES, Party
from fps.villes.communes import Commune
from fps.villes.defaut import par_defaut
from fps_simulateur.pilote import villes
from fps_simulateur.pilote.pilot import Pilot

if TYPE_CHECKING:
    import ssl

    import httpx

CLE, CERTIFICAT = "cle.pem", "certificat.pem"
PEM: Final = "application/pem-certificate-chain"
DROITS: Final = tuple(p.value for p in Permission)
DU_BAC: Final = "un mot de passe de bac vierge"  # of an agent whom nobody will be: the same each time, for a run that is verified
A_ACTIVER: Final = {"certificat-non-active", "certificat-desactive"}  # what an activation mends
Tls = Callable[[], "ssl.SSLContext"]  # what is believed of the services, made anew for each certificate that is shown


class EnrolementImpossible(Exception):
    """A step cannot be done: a French sentence, what to do, and the problem of who refused it, if somebody did."""

    def __init__(self, phrase: str, que_faire: str = "", problem: Mapping[str, Any] | None = None):
        super().__init__(phrase if not que_faire else f"{phrase} {que_faire}")
        self.phrase, self.que_faire, self.problem = phrase, que_faire, dict(problem or {})


class Recit(Protocol):
    """Who is told of each step."""

    def etape(self, nom: str, texte: str, **plus: str) -> None:
        """A step that is done, or that was."""

    def manque(self, service: Party, quoi: Mapping[str, Any]) -> None:
        """A step that somebody else must do."""


@dataclass(frozen=True, slots=True)
class Demande:
    """Who is enrolled where: a SIRET, the directory of its key and certificate, its provider, what it may do; all, without zones."""

    siret: str
    sortie: Path
    prestataire: str = "Éditeur Essai"
    zones: Sequence[str] = ()
    droits: Sequence[str] = DROITS
    nom: str | None = None  # of a town of which the bac was told nothing (ADR 0026)


async def enroler(pilot: Pilot, bac: str, demande: Demande, tls: Tls, dit: Recit) -> Commune:
    """Espace numérique, convention, key, certificate; its deposit and its activation at the three parties. What is done already stays.

    Raises EnrolementImpossible, PiloteErreur, OSError.
    """
    demande.sortie.mkdir(parents=True, exist_ok=True)
    ville = await ville_de(pilot, bac, demande.siret, demande.nom)
    antai = Partie(pilot, Party.ANTAI, bac)
    await ouvrir_espace(antai, ville, dit)
    await conventionner(antai, ville, dit)
    await certifier(antai, ville, demande, dit)
    async with montrant(tls, demande.sortie) as client:
        corps = {"siret": ville.siret, "prestataire": demande.prestataire}
        perimetre = {"zones": [*demande.zones], "droits": [*demande.droits]}
        await habiliter(antai, ville.siret, client, {**corps, **perimetre}, perimetre, dit)
        for partie, droit, avant in AILLEURS:
            if droit in demande.droits:
                autre = Partie(pilot, partie, bac)
                await avant(autre, ville.siret)
                await habiliter(autre, ville.siret, client, corps, None, dit)
    return ville


async def ville_de(pilot: Pilot, bac: str, siret: str, nom: str | None) -> Commune:
    """The town as the bac knows it, else as its SIRET and this name make it; raises PiloteErreur."""
    connue = await villes.connue(pilot, bac, siret)
    return par_defaut(siret, nom) if connue is None else Commune.model_validate(connue)


def prefixe(bac: str) -> str:
    """The path prefix of a bac."""
    return "" if bac == DEFAUT else f"/bacs/{bac}"


class Partie:
    """A service as the collectivité and its provider see it, by its HTTP API."""

    def __init__(self, pilot: Pilot, party: Party, bac: str):
        self.client, self.party, self.url = pilot.client, party, pilot.addresses[party]
        self.bac = f"{self.url}{prefixe(bac)}"

    async def appeler(self, method: str, url: str, client: "httpx.AsyncClient | None" = None, **options: Any) -> "httpx.Response":
        """One call; raises EnrolementImpossible with the sentence of the refusal."""
        import httpx

        try:
            answer = await (client or self.client).request(method, url, **options)
        except httpx.HTTPError as error:
            raise EnrolementImpossible(
                f"{LIBELLES[self.party]} ne répond pas ({url} : {error!r}).", "« fps doctor » cherche la cause."
            ) from error
        if answer.status_code >= 400:
            problem = answer.json()
            phrase = f"{problem['title']} ({problem['code']}) : {problem.get('detail', '')}"
            raise EnrolementImpossible(phrase, problem.get("que_faire", ""), problem)
        return answer


class Silence:
    """Nobody is told of the steps."""

    def etape(self, nom: str, texte: str, **plus: str) -> None:
        """A step that is done, or that was."""

    def manque(self, service: Party, quoi: Mapping[str, Any]) -> None:
        """A step that somebody else must do."""


async def naitre_vierge(pilot: Pilot, bac: str, instant: datetime, graine: str, ville: Mapping[str, Any]) -> None:
    """A blank bac that knows one town (its `commune`, perhaps `depuis`), which has done what it does itself before any product is there.

    Its espace numérique, its convention with ANTAI, the cahier des charges of the court. Raises EnrolementImpossible, PiloteErreur.
    """
    await pilot.creer(bac, instant, graine, vierge=True, villes=[ville])
    commune, antai = Commune.model_validate(ville["commune"]), Partie(pilot, Party.ANTAI, bac)
    await ouvrir_espace(antai, commune, Silence(), DU_BAC)
    await conventionner(antai, commune, Silence())
    await cahier(Partie(pilot, Party.CCSP, bac), commune.siret)


async def ouvrir_espace(antai: Partie, ville: Commune, dit: Recit, mot_de_passe: str | None = None) -> None:
    """The espace numérique, with an agent whose password is drawn now and told once, when none is given."""
    nom = "Espace numérique"
    if (await antai.client.get(f"{antai.bac}/espaces/{ville.siret}/etat")).status_code == 200:
        return dit.etape(nom, f"déjà demandé pour {ville.nom}")
    mot_de_passe = mot_de_passe or secrets.token_urlsafe(18)
    adresse = ville.adresse.model_dump(mode="json")
    demande = {
        "siret": ville.siret,
        "nom": ville.nom,
        "type": ville.type,
        "population": ville.population,
        "adresse": adresse,
        "contact": {"nom": ville.nom, "adresse": adresse},
        "agent": {"login": "agent", "nom": "Agent (simulé)", "mot_de_passe": mot_de_passe},
    }
    etat = (await antai.appeler("POST", f"{antai.bac}/espaces", json=demande)).json()["etat"]
    dit.etape(nom, f"{etat} ; compte « agent », mot de passe « {mot_de_passe} »", compte="agent", mot_de_passe=mot_de_passe)


async def conventionner(antai: Partie, ville: Commune, dit: Recit) -> None:
    """The convention: prepared, its model deposited as signed, then signed by ANTAI when its control is automatic."""
    conventions = f"{antai.bac}/espaces/{ville.siret}/conventions"
    if (await antai.appeler("GET", conventions)).json():
        return dit.etape("Convention", "déjà préparée")
    corps = {"signataire": {"nom": "Camille Spécimen", "qualite": "Autorité délibérante"}, "cycle": ville.cycle}
    rang = (await antai.appeler("POST", conventions, json=corps)).json()["rang"]
    modele = (await antai.appeler("GET", f"{conventions}/{rang}/modele")).content
    depot = f"{conventions}/{rang}/depot"
    etat = (await antai.appeler("PUT", depot, content=modele, headers={"Content-Type": "application/pdf"})).json()["etat"]
    dit.etape("Convention", f"{etat}, cycle {ville.cycle}")


async def certifier(antai: Partie, ville: Commune, demande: Demande, dit: Recit) -> None:
    """A key of this machine, and the certificate that the test PSCE issues for it; what is there already is kept.

    Raises EnrolementImpossible, OSError.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    from fps.kit.trust.pki import ecrire, nom, pem_cle
    from fps.kit.trust.psce import demander

    cle, certificat = demande.sortie / CLE, demande.sortie / CERTIFICAT
    if cle.exists() and certificat.exists():
        return dit.etape("Certificat", f"déjà dans {demande.sortie}/")
    if cle.exists() or certificat.exists():
        raise EnrolementImpossible(
            f"Le dossier {demande.sortie} a une clé ou un certificat, mais pas les deux.", "Donnez un dossier neuf avec --sortie."
        )
    neuve = ec.generate_private_key(ec.SECP256R1())
    csr = demander(neuve, nom(f"{demande.prestataire} pour {ville.nom}"[:64], demande.prestataire[:64], ville.siret))
    entetes = {"Content-Type": "application/pkcs10", "Accept": PEM}
    emis = await antai.appeler("POST", f"{antai.url}/psce/certificats?siret={ville.siret}", content=csr, headers=entetes)
    ecrire(cle, pem_cle(neuve), secret=True)
    ecrire(certificat, emis.text)
    dit.etape("Certificat", f"{certificat} (clé : {cle})")


@asynccontextmanager
async def montrant(tls: Tls, sortie: Path) -> "AsyncIterator[httpx.AsyncClient]":
    """A client whose connections show the certificate of this directory."""
    from fps.kit.wire.carrier import open_client

    context = tls()
    context.load_cert_chain(sortie / CERTIFICAT, sortie / CLE)
    async with open_client(verify=context) as client:
        yield client


async def cahier(court: Partie, siret: str) -> None:
    """The cahier des charges of the télétransmission, which the collectivité accepts before anything else at the court."""
    ici = f"{court.bac}/teletransmission/{siret}"
    if (await court.appeler("GET", ici)).json()["cahier_accepte_le"] is None:
        await court.appeler("POST", f"{ici}/cahier-des-charges")


async def rien(dgfip: Partie, siret: str) -> None:
    """The DGFiP asks nothing of the collectivité itself."""


# Where else a certificate is deposited, for which permission, and what the collectivité does first there.
AILLEURS: Final[tuple[tuple[Party, str, Callable[[Partie, str], Awaitable[None]]], ...]] = (
    (Party.CCSP, "contentieux", cahier),
    (Party.DGFIP, "comptabilite", rien),
)
GUICHETS: Final = {Party.ANTAI: "espaces", Party.CCSP: "teletransmission", Party.DGFIP: "collectivites"}


async def habiliter(
    partie: Partie, siret: str, client: "httpx.AsyncClient", corps: dict[str, Any], perimetre: dict[str, Any] | None, dit: Recit
) -> None:
    """The deposit, in a connection that shows the certificate; the activation, as the collectivité does it; then what is left there."""

    async def front() -> dict[str, Any]:
        lu: dict[str, Any] = (await partie.appeler("GET", f"{partie.bac}/front", client, params={"siret": siret})).json()
        return lu

    vu = await front()
    ici = next(c["certificat"] for c in vu["collectivites"] if c["siret"] == siret)
    if ici is None:
        ici = (await partie.appeler("POST", f"{partie.bac}/certificats", client, json=corps)).json()
        vu = await front()
    # The perimeter is said again each time; what is missing before an activation is for somebody else to do.
    if perimetre is not None or {m["code"] for m in vu["manques"]} & A_ACTIVER == {m["code"] for m in vu["manques"]} != set():
        url = f"{partie.bac}/{GUICHETS[partie.party]}/{siret}/certificats/{ici['cle']}/activation"
        await partie.appeler("POST", url, json=perimetre)
        vu = await front()
    manques = [m for m in vu["manques"] if m["siret"] == siret]
    for manque in manques:
        dit.manque(partie.party, manque)
    etat = "déposée, pas encore active" if manques else "active"
    dit.etape("Habilitation", f"{etat} ({LIBELLES[partie.party]})", service=partie.party.value)
