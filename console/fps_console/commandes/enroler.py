"""`fps enroler`: the whole enrolment of a collectivité in a bac, played in one go for who wants to send a message now."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fps.kit.ground.settings import Settings
from fps.parties import Party
from fps.villes.communes import Commune, CommuneInconnue, commune
from fps_console.commandes.liaison import DEFAUT, TOKEN_FILE, believed, drive, pki_dir
from fps_console.commandes.output import Panne, cause, say

if TYPE_CHECKING:
    import httpx

    from fps_simulateur.pilote.pilot import Pilot

CLE, CERTIFICAT, CURL, PILOTAGE = "cle.pem", "certificat.pem", "curl.conf", "pilotage.conf"
PEM = "application/pem-certificate-chain"


def enrol(settings: Settings, siret: str, bac: str, sortie: Path, prestataire: str, zones: Sequence[str], droits: Sequence[str]) -> int:
    """Espace numérique, convention, key, certificate, deposit, activation: what is already done is left as it is. Raises Panne."""
    try:
        ville = commune(siret)
    except CommuneInconnue as error:
        raise Panne(
            f"{error.titre()} ({siret[:20]}).", "« GET /communes » de la collectivité donne la liste des collectivités simulées."
        ) from error
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

    async def run(pilot: "Pilot") -> None:
        antai = Antai(pilot, settings.addresses[Party.ANTAI], bac)
        await antai.ouvrir_espace(ville)
        await antai.conventionner(ville)
        await certifier(antai, ville, sortie, prestataire)
        await deposer(settings, antai, ville, sortie, prestataire, zones, droits)

    drive(settings, run)
    configurer(settings, sortie)
    say(f"\nPrêt. Essayez : curl -K {sortie / CURL} {settings.addresses[Party.ANTAI]}{prefixe(bac)}/front")
    return 0


def prefixe(bac: str) -> str:
    """The path prefix of a bac."""
    return "" if bac == DEFAUT else f"/bacs/{bac}"


class Antai:
    """ANTAI as the collectivité and its provider see it, by its HTTP API."""

    def __init__(self, pilot: "Pilot", url: str, bac: str):
        self.client, self.url, self.bac = pilot.client, url, f"{url}{prefixe(bac)}"

    async def appeler(self, method: str, url: str, client: "httpx.AsyncClient | None" = None, **options: Any) -> "httpx.Response":
        """One call; raises Panne with the sentence of the refusal."""
        import httpx

        try:
            answer = await (client or self.client).request(method, url, **options)
        except httpx.HTTPError as error:
            raise Panne(f"L'ANTAI ne répond pas ({url} : {error!r}).", "« fps doctor » cherche la cause.") from error
        if answer.status_code >= 400:
            problem = answer.json()
            raise Panne(f"{problem['title']} ({problem['code']}) : {problem.get('detail', '')}", problem.get("que_faire", ""))
        return answer

    async def ouvrir_espace(self, ville: Commune) -> None:
        """The espace numérique, with an agent whose password is drawn now and told once."""
        if (await self.client.get(f"{self.bac}/espaces/{ville.siret}/etat")).status_code == 200:
            return say(f"  Espace numérique   déjà demandé pour {ville.nom}")
        mot_de_passe = secrets.token_urlsafe(18)
        adresse = ville.adresse.model_dump(mode="json")
        demande = {
            "siret": ville.siret,
            "type": ville.type,
            "adresse": adresse,
            "contact": {"nom": ville.nom, "adresse": adresse},
            "agent": {"login": "agent", "nom": "Agent (simulé)", "mot_de_passe": mot_de_passe},
        }
        etat = (await self.appeler("POST", f"{self.bac}/espaces", json=demande)).json()["etat"]
        say(f"  Espace numérique   {etat} ; compte « agent », mot de passe « {mot_de_passe} »")

    async def conventionner(self, ville: Commune) -> None:
        """The convention: prepared, its model deposited as signed, then signed by ANTAI when its control is automatic."""
        conventions = f"{self.bac}/espaces/{ville.siret}/conventions"
        if (await self.appeler("GET", conventions)).json():
            return say("  Convention         déjà préparée")
        corps = {"signataire": {"nom": "Camille Spécimen", "qualite": "Autorité délibérante"}, "cycle": ville.cycle}
        rang = (await self.appeler("POST", conventions, json=corps)).json()["rang"]
        modele = (await self.appeler("GET", f"{conventions}/{rang}/modele")).content
        depot = f"{conventions}/{rang}/depot"
        etat = (await self.appeler("PUT", depot, content=modele, headers={"Content-Type": "application/pdf"})).json()["etat"]
        say(f"  Convention         {etat}, cycle {ville.cycle}")


async def certifier(antai: Antai, ville: Commune, sortie: Path, prestataire: str) -> None:
    """A key of this machine, and the certificate that the test PSCE issues for it; what is there already is kept. Raises Panne."""
    from cryptography.hazmat.primitives.asymmetric import ec

    from fps.kit.trust.pki import ecrire, nom, pem_cle
    from fps.kit.trust.psce import demander

    cle, certificat = sortie / CLE, sortie / CERTIFICAT
    if cle.exists() and certificat.exists():
        return say(f"  Certificat         déjà dans {sortie}/")
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
    say(f"  Certificat         {certificat} (clé : {cle})")


async def deposer(
    settings: Settings, antai: Antai, ville: Commune, sortie: Path, prestataire: str, zones: Sequence[str], droits: Sequence[str]
) -> None:
    """The deposit, in a connection that shows the certificate; then the activation, as the collectivité would do it."""
    from fps.kit.wire.carrier import open_client

    context = believed(settings)
    context.load_cert_chain(sortie / CERTIFICAT, sortie / CLE)
    corps = {"siret": ville.siret, "prestataire": prestataire, "zones": [*zones], "droits": [*droits]}
    async with open_client(verify=context) as client:
        front = (await antai.appeler("GET", f"{antai.bac}/front", client, params={"siret": ville.siret})).json()
        ici = next(c for c in front["collectivites"] if c["siret"] == ville.siret)
        if ici["certificat"] is None:
            ici["certificat"] = (await antai.appeler("POST", f"{antai.bac}/certificats", client, json=corps)).json()
        activation = f"{antai.bac}/espaces/{ville.siret}/certificats/{ici['certificat']['cle']}/activation"
        await antai.appeler("POST", activation, json={"zones": [*zones], "droits": [*droits]})
        manques = (await antai.appeler("GET", f"{antai.bac}/front", client)).json()["manques"]
    if manques:
        raise Panne(f"Il manque encore une étape : {manques[0]['phrase']}", manques[0]["que_faire"])
    say(f"  Habilitation       active ; zones : {', '.join(zones) or 'toutes'} ; droits : {', '.join(droits)}")


def configurer(settings: Settings, sortie: Path) -> None:
    """Two files for curl -K: to speak with the certificate, and to drive the simulator with its credential."""
    from fps.kit.trust.pki import Pki, ecrire

    racine = f'cacert = "{Pki(pki_dir(settings)).fichier_racine}"\n'
    ecrire(sortie / CURL, f'{racine}cert = "{sortie / CERTIFICAT}"\nkey = "{sortie / CLE}"\n')
    jeton = settings.data_dir / TOKEN_FILE
    if settings.pilotage_token is None and jeton.exists():
        texte = jeton.read_text("utf-8").strip()
        ecrire(sortie / PILOTAGE, f'{racine}header = "Authorization: Bearer {texte}"\n', secret=True)
