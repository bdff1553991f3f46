"""The ten-minute tour: its steps, each of which is done when the bac shows it, whoever did it and from where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fps.droit.money import euros
from fps.droit.numero import NumeroFps
from fps.parties import LIBELLES, Party
from fps_console.lecture import Lecture

BAC: Final = "visite"
# A SIRET of no commune: the department 09 has no commune 990.
SIRET: Final = "21099900900017"
REFERENCE: Final = "service:"  # how the key of the reference system begins, which nobody enrolled
REFUSES: Final = (409, 422)
SERVICES_VUS: Final = (Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP)


@dataclass(frozen=True, slots=True)
class Etape:
    """A step: what it is called, whether the bac shows that it is done, and by what (with where that is read)."""

    cle: str
    titre: str
    preuve: str = ""
    lien: str = ""

    @property
    def faite(self) -> bool:
        """Whether something shows it."""
        return bool(self.preuve)


@dataclass(frozen=True, slots=True)
class Partie:
    """Steps that make one story."""

    titre: str
    chapo: str
    etapes: tuple[Etape, ...]

    @property
    def faite(self) -> bool:
        """Whether each of its steps is done."""
        return all(etape.faite for etape in self.etapes)


@dataclass(frozen=True, slots=True)
class Vu:
    """What the bac of the tour shows now; empty where there is none."""

    ouvert: bool = False
    fps: Mapping[str, Any] = field(default_factory=dict)
    antai: Mapping[str, Any] = field(default_factory=dict)
    titre: Mapping[str, Any] = field(default_factory=dict)
    refus: Mapping[str, Any] = field(default_factory=dict)
    espace: Mapping[str, Any] = field(default_factory=dict)
    conventions: tuple[Mapping[str, Any], ...] = ()
    certificats: tuple[Mapping[str, Any], ...] = ()
    emis: tuple[Mapping[str, Any], ...] = ()  # by the test PSCE, which is that of all the bacs

    @property
    def numero(self) -> str:
        """The number of the first dossier, or nothing."""
        return str(self.fps.get("numero", ""))


async def regarder(lecture: Lecture) -> Vu:
    """What the bac of the tour shows. Raises PiloteErreur."""
    if BAC not in await lecture.pilot.lister():
        return Vu()

    async def un(service: Party, chemin: str, **params: str | int) -> Any:
        return await lecture.get(service, BAC, chemin, **params)

    premiers = (await un(Party.COLLECTIVITE, "/fps", limite=1) or {"elements": []})["elements"]
    numero = str(premiers[0]["numero"]) if premiers else ""
    espaces = await un(Party.ANTAI, "/espaces") or ()
    espace: Mapping[str, Any] = next((e for e in espaces if e["siret"] == SIRET), {})
    ouvert = bool(espace)
    return Vu(
        True,
        premiers[0] if premiers else {},
        (await un(Party.ANTAI, f"/dossiers/{numero}") if numero else None) or {},
        (await un(Party.DGFIP, f"/prises-en-charge/{numero}") if numero else None) or {},
        await _refus(lecture) if numero else {},
        espace,
        tuple(await un(Party.ANTAI, f"/espaces/{SIRET}/conventions") or ()) if ouvert else (),
        tuple(await un(Party.ANTAI, f"/espaces/{SIRET}/certificats") or ()) if ouvert else (),
        await _emis(lecture) if ouvert else (),
    )


async def _refus(lecture: Lecture) -> Mapping[str, Any]:
    """The first demand of a person that a service refused, as the observed exchanges of the bac keep it."""
    for service in SERVICES_VUS:
        for echange in await lecture.pilot.echanges(service, BAC):
            if echange["statut"] in REFUSES:
                try:
                    problem = json.loads(echange["reponse"])
                except ValueError:
                    problem = {}
                return {"service": LIBELLES[service], **(problem if isinstance(problem, dict) else {})}
    return {}


async def _emis(lecture: Lecture) -> tuple[Mapping[str, Any], ...]:
    """The valid certificates that the test PSCE issued to the commune of the tour."""
    reponse = await lecture.pilot.demander(Party.ANTAI, "GET", f"/psce/certificats?siret={SIRET}")
    return tuple(e for e in reponse.json()["elements"] if e["statut"] == "valide") if reponse.status_code == 200 else ()


def parties(vu: Vu, tls: bool) -> tuple[Partie, ...]:
    """The steps, each with what shows that it is done; without `tls` nobody can show a certificate, hence deposit it."""
    dossier = f"/bacs/{BAC}/dossiers/{vu.numero}" if vu.numero else ""
    affiche = NumeroFps.lire(vu.numero).affichage if vu.numero else ""
    en_vigueur = next((c for c in vu.conventions if c.get("etat") == "en-vigueur"), None)
    actif = next((c for c in vu.certificats if c.get("etat") == "active" and not str(c.get("cle", "")).startswith(REFERENCE)), None)
    return (
        Partie(
            "Le premier dossier",
            "Un automobiliste n'a pas payé. De la rue au titre exécutoire, quatre administrations s'écrivent.",
            (
                Etape("ouvrir", "Ouvrir un bac pour la visite", f"Le bac « {BAC} » est ouvert." if vu.ouvert else "", f"/bacs/{BAC}"),
                Etape("etablir", "Établir un FPS", f"FPS {affiche}, {euros(vu.fps['montant'])}." if vu.numero else "", dossier),
                Etape("avis", "Laisser partir l'avis de paiement", _jour("Avis envoyé le", vu.antai.get("date_envoi")), dossier),
                Etape(
                    "titre", "Laisser passer le délai, sans payer", _jour("Titre exécutoire émis le", vu.antai.get("date_titre")), dossier
                ),
            ),
        ),
        Partie(
            "Le premier refus",
            "Un refus dit toujours quatre choses : ce qui est refusé, pourquoi, l'article, et que faire.",
            (
                Etape("payer", "Payer trop tard, au mauvais endroit", _refuse(vu.refus), dossier),
                Etape("avertissement", "Attendre l'avertissement", _jour("Avertissement envoyé le", vu.titre.get("date_envoi")), dossier),
                Etape("solder", "Faire ce que le refus dit", _paye(vu.titre), dossier),
            ),
        ),
        Partie(
            "Le premier enrôlement",
            "Avant d'envoyer un message, une collectivité ouvre son espace numérique, signe une convention et dépose un certificat.",
            (
                Etape("espace", "Ouvrir l'espace numérique", f"Espace {vu.espace['etat']} : {vu.espace['nom']}." if vu.espace else ""),
                Etape(
                    "convention", "Signer la convention", f"Convention de cycle {en_vigueur['cycle']}, en vigueur." if en_vigueur else ""
                ),
                Etape("certificat", "Obtenir un certificat", f"Émis par le PSCE de test : {vu.emis[0]['serie']}." if vu.emis else ""),
                *(
                    [Etape("depot", "Le déposer et l'activer", f"Certificat actif : {actif['prestataire']}." if actif else "")]
                    if tls
                    else []
                ),
            ),
        ),
    )


def _jour(dit: str, jour: Any) -> str:
    return f"{dit} {jour[8:10]}/{jour[5:7]}/{jour[:4]}." if isinstance(jour, str) and jour else ""


def _refuse(refus: Mapping[str, Any]) -> str:
    return f"{refus['service']} : {refus.get('title', 'la demande est refusée')}." if refus else ""


def _paye(titre: Mapping[str, Any]) -> str:
    return f"{euros(titre['montant_paye'])} payés à la DGFiP." if titre.get("montant_paye") else ""
