"""`fps enroler`: the whole enrolment of a collectivité in a bac, played in one go for who wants to send a message now."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fps.droit.numero import siret_valide
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps.villes.communes import Commune
from fps.villes.defaut import par_defaut
from fps_console.commandes.liaison import DEFAUT, TOKEN_FILE, believed, drive, pki_dir
from fps_console.commandes.output import Panne, cause, dump, say

if TYPE_CHECKING:
    import httpx

    from fps_simulateur.pilote.pilot import Pilot

CLE, CERTIFICAT, CURL, PILOTAGE = "cle.pem", "certificat.pem", "curl.conf", "pilotage.conf"
PEM = "application/pem-certificate-chain"
RESTE = 3  # the exit status when somebody else has a step to do
A_ACTIVER = {"certificat-non-active", "certificat-desactive"}  # what an activation mends


def enrol(
    settings: Settings,
    siret: str,
    bac: str,
    sortie: Path,
    prestataire: str,
    zones: Sequence[str],
    droits: Sequence[str],
    en_json: bool = False,
    *,
    nom: str | None = None,
) -> int:
    """Espace numérique, convention, key, certificate; its deposit and its activation at the three parties. What is done already stays.

    Any SIRET: `nom` is that of a town of which the bac was told nothing (ADR 0026).
    The status is RESTE when a step is left that somebody else must do (the homologation by the court, a control by hand). Raises Panne.
    """
    if not siret_valide(siret):
        raise Panne(f"« {siret[:20]} » n'est pas un SIRET : 14 chiffres, et leur clé.", "Recopiez celui de la collectivité.")
    if not settings.addresses[Party.ANTAI].startswith("https:"):
        raise Panne(
            "Ce simulateur n'écoute pas en TLS : un certificat n'y servirait à rien.",
            "Redémarrez-le avec « fps up --tls », puis recommencez.",
        )

    try:
        sortie.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Panne(f"Le dossier {sortie} ne peut pas être créé ({cause(error)}).", "Donnez un autre dossier avec --sortie.") from error
    sortie = sortie.resolve()
    dit = Recit(en_json)

    async def run(pilot: "Pilot") -> Commune:
        ville = await ville_de(pilot, bac, siret, nom)
        antai = Partie(pilot, settings, Party.ANTAI, bac)
        await ouvrir_espace(antai, ville, dit)
        await conventionner(antai, ville, dit)
        await certifier(antai, ville, sortie, prestataire, dit)
        async with montrant(settings, sortie) as client:
            corps = {"siret": ville.siret, "prestataire": prestataire}
            perimetre = {"zones": [*zones], "droits": [*droits]}
            await habiliter(antai, ville.siret, client, {**corps, **perimetre}, perimetre, dit)
            for partie, droit, avant in AILLEURS:
                if droit in droits:
                    autre = Partie(pilot, settings, partie, bac)
                    await avant(autre, ville.siret)
                    await habiliter(autre, ville.siret, client, corps, None, dit)
        return ville

    ville = drive(settings, run)
    configurer(settings, sortie)
    return conclure(dit, settings, ville, bac, sortie)


async def ville_de(pilot: "Pilot", bac: str, siret: str, nom: str | None) -> Commune:
    """The town as the bac knows it, else as its SIRET and this name make it; raises PiloteErreur."""
    from fps_simulateur.pilote import villes

    connue = await villes.connue(pilot, bac, siret)
    return par_defaut(siret, nom) if connue is None else Commune.model_validate(connue)


@dataclass
class Recit:
    """What is told of an enrolment as it goes, and kept: each step done, each step left, by whom."""

    en_json: bool
    etapes: list[dict[str, str]] = field(default_factory=list)
    manques: list[dict[str, str]] = field(default_factory=list)

    def etape(self, nom: str, texte: str, **plus: str) -> None:
        """A step that is done, or that was."""
        self.etapes.append({"etape": nom, "resultat": texte, **plus})
        if not self.en_json:
            say(f"  {nom:<18} {texte}")


def conclure(dit: Recit, settings: Settings, ville: Commune, bac: str, sortie: Path) -> int:
    """Say what is left, if anything; gives the exit status."""
    if dit.en_json:
        dump({"siret": ville.siret, "bac": bac, "dossier": str(sortie), "etapes": dit.etapes, "manques": dit.manques})
    elif dit.manques:
        say(f"\nIl reste {len(dit.manques)} étape{'s' if len(dit.manques) > 1 else ''} :")
        for manque in dit.manques:
            say(f"  {manque['service']} — {manque['phrase']} ({manque['code']})\n      {manque['que_faire']}")
    if not dit.en_json:
        if ville.par_defaut:
            say(f"\n{ville.nom} a la configuration par défaut : « fps ville ajouter FICHIER.yaml --bac {bac} » lui donne la sienne.")
        say(f"\nPrêt. Essayez : curl -K {sortie / CURL} {settings.addresses[Party.ANTAI]}{prefixe(bac)}/front")
    return RESTE if dit.manques else 0


def prefixe(bac: str) -> str:
    """The path prefix of a bac."""
    return "" if bac == DEFAUT else f"/bacs/{bac}"


class Partie:
    """A service as the collectivité and its provider see it, by its HTTP API."""

    def __init__(self, pilot: "Pilot", settings: Settings, party: Party, bac: str):
        self.client, self.party, self.url = pilot.client, party, settings.addresses[party]
        self.bac = f"{self.url}{prefixe(bac)}"

    async def appeler(self, method: str, url: str, client: "httpx.AsyncClient | None" = None, **options: Any) -> "httpx.Response":
        """One call; raises Panne with the sentence of the refusal."""
        import httpx

        try:
            answer = await (client or self.client).request(method, url, **options)
        except httpx.HTTPError as error:
            raise Panne(f"{LIBELLES[self.party]} ne répond pas ({url} : {error!r}).", "« fps doctor » cherche la cause.") from error
        if answer.status_code >= 400:
            problem = answer.json()
            phrase = f"{problem['title']} ({problem['code']}) : {problem.get('detail', '')}"
            raise Panne(phrase, problem.get("que_faire", ""), problem=problem)
        return answer


async def ouvrir_espace(antai: Partie, ville: Commune, dit: Recit) -> None:
    """The espace numérique, with an agent whose password is drawn now and told once."""
    nom = "Espace numérique"
    if (await antai.client.get(f"{antai.bac}/espaces/{ville.siret}/etat")).status_code == 200:
        return dit.etape(nom, f"déjà demandé pour {ville.nom}")
    mot_de_passe = secrets.token_urlsafe(18)
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


async def certifier(antai: Partie, ville: Commune, sortie: Path, prestataire: str, dit: Recit) -> None:
    """A key of this machine, and the certificate that the test PSCE issues for it; what is there already is kept. Raises Panne."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from fps.kit.trust.pki import ecrire, nom, pem_cle
    from fps.kit.trust.psce import demander

    cle, certificat = sortie / CLE, sortie / CERTIFICAT
    if cle.exists() and certificat.exists():
        return dit.etape("Certificat", f"déjà dans {sortie}/")
    if cle.exists() or certificat.exists():
        raise Panne(f"Le dossier {sortie} a une clé ou un certificat, mais pas les deux.", "Donnez un dossier neuf avec --sortie.")
    try:
        neuve = ec.generate_private_key(ec.SECP256R1())
        csr = demander(neuve, nom(f"{prestataire} pour {ville.nom}"[:64], prestataire[:64], ville.siret))
        entetes = {"Content-Type": "application/pkcs10", "Accept": PEM}
        emis = await antai.appeler("POST", f"{antai.url}/psce/certificats?siret={ville.siret}", content=csr, headers=entetes)
        ecrire(cle, pem_cle(neuve), secret=True)
        ecrire(certificat, emis.text)
    except OSError as error:
        raise Panne(f"Le dossier {sortie} ne peut pas être écrit ({cause(error)}).", "Donnez un autre dossier avec --sortie.") from error
    dit.etape("Certificat", f"{certificat} (clé : {cle})")


@asynccontextmanager
async def montrant(settings: Settings, sortie: Path) -> "AsyncIterator[httpx.AsyncClient]":
    """A client whose connections show the certificate."""
    from fps.kit.wire.carrier import open_client

    context = believed(settings)
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
AILLEURS: Final = ((Party.CCSP, "contentieux", cahier), (Party.DGFIP, "comptabilite", rien))
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
    dit.manques += [{"service": LIBELLES[partie.party], **m} for m in manques]
    etat = "déposée, pas encore active" if manques else "active"
    dit.etape("Habilitation", f"{etat} ({LIBELLES[partie.party]})", service=partie.party.value)


def configurer(settings: Settings, sortie: Path) -> None:
    """Two files for curl -K: to speak with the certificate, and to drive the simulator with its credential."""
    from fps.kit.trust.pki import Pki, ecrire

    racine = f'cacert = "{Pki(pki_dir(settings)).fichier_racine}"\n'
    ecrire(sortie / CURL, f'{racine}cert = "{sortie / CERTIFICAT}"\nkey = "{sortie / CLE}"\n')
    jeton = settings.data_dir / TOKEN_FILE
    if settings.pilotage_token is None and jeton.exists():
        texte = jeton.read_text("utf-8").strip()
        ecrire(sortie / PILOTAGE, f'{racine}header = "Authorization: Bearer {texte}"\n', secret=True)
