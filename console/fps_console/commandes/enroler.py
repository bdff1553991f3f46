"""`fps enroler`: the whole enrolment of a collectivité in a bac, told step after step, for who wants to send a message now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fps.droit.numero import siret_valide
from fps.kit.ground.settings import Settings
from fps.parties import LIBELLES, Party
from fps.villes.communes import Commune
from fps_console.commandes.liaison import TOKEN_FILE, believed, drive, pki_dir
from fps_console.commandes.output import Panne, cause, dump, say
from fps_simulateur.pilote.enrolement import CERTIFICAT, CLE, Demande, EnrolementImpossible, enroler, prefixe

if TYPE_CHECKING:
    from fps_simulateur.pilote.pilot import Pilot

CURL, PILOTAGE = "curl.conf", "pilotage.conf"
RACINE, ADRESSES = "racine.pem", "adresses.json"
RESTE = 3  # the exit status when somebody else has a step to do


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
    demande = Demande(siret, sortie, prestataire, zones, droits, nom)

    async def run(pilot: "Pilot") -> Commune:
        try:
            return await enroler(pilot, bac, demande, partial(believed, settings), dit)
        except EnrolementImpossible as error:
            raise Panne(error.phrase, error.que_faire, problem=error.problem) from error
        except OSError as error:
            raise Panne(
                f"Le dossier {sortie} ne peut pas être écrit ({cause(error)}).", "Donnez un autre dossier avec --sortie."
            ) from error

    ville = drive(settings, run)
    configurer(settings, sortie)
    return conclure(dit, settings, ville, bac, sortie)


@dataclass
class Recit:
    """What is told of an enrolment as it goes, and kept: each step done, each step left, by whom."""

    en_json: bool
    etapes: list[dict[str, str]] = field(default_factory=list)
    manques: list[dict[str, Any]] = field(default_factory=list)

    def etape(self, nom: str, texte: str, **plus: str) -> None:
        """A step that is done, or that was."""
        self.etapes.append({"etape": nom, "resultat": texte, **plus})
        if not self.en_json:
            say(f"  {nom:<18} {texte}")

    def manque(self, service: Party, quoi: Mapping[str, Any]) -> None:
        """A step that somebody else must do."""
        self.manques.append({"service": LIBELLES[service], **quoi})


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


def configurer(settings: Settings, sortie: Path) -> None:
    """Two files for curl -K, to speak with the certificate and to drive; for every other client, the root and the addresses."""
    from fps.kit.trust.pki import Pki, ecrire

    fichier = Pki(pki_dir(settings)).fichier_racine
    ecrire(sortie / RACINE, fichier.read_text("ascii"))
    ecrire(sortie / ADRESSES, json.dumps({party.value: adresse for party, adresse in settings.addresses.items()}, indent=2) + "\n")
    racine = f'cacert = "{fichier}"\n'
    ecrire(sortie / CURL, f'{racine}cert = "{sortie / CERTIFICAT}"\nkey = "{sortie / CLE}"\n')
    jeton = settings.data_dir / TOKEN_FILE
    if settings.pilotage_token is None and jeton.exists():
        texte = jeton.read_text("utf-8").strip()
        ecrire(sortie / PILOTAGE, f'{racine}header = "Authorization: Bearer {texte}"\n', secret=True)
