"""The tour of ten minutes: a page whose steps are acts, done here or elsewhere, that recognises by itself what is done."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.messages.plaques import normaliser
from fps.parties import Party
from fps_console.commandes.demo import LILLE
from fps_console.commandes.output import Panne
from fps_console.commandes.temps import instant
from fps_console.lecture import Lecture
from fps_console.web.cadre import Cadre
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.parcours import BAC, SIRET, Vu, parties, regarder
from fps_simulateur.pilote.pilot import PiloteErreur

ADRESSE: Final = "/apprendre/visite"
PAIEMENT: Final = "/flux/04-paiement"
NOM: Final = "Commune de la Visite"
FIN: Final = "-----END CERTIFICATE-----\n"
DEPART: Final = instant("2026-03-16T10:00")  # every figure of the year that follows is settled


def routes(cadre: Cadre) -> list[Route]:
    """The tour, and the acts of its steps."""

    async def visite(request: Request, saisie: Saisie) -> Response:
        vu = await regarder(cadre.lecture)
        tls = _en_tls(cadre)
        trouvees = parties(vu, tls)
        etapes = [etape for partie in trouvees for etape in partie.etapes]
        return await cadre.page(
            request,
            "apprendre/visite.html",
            bac=BAC if vu.ouvert else None,
            bac_de_la_visite=BAC,
            parties=trouvees,
            faites=sum(etape.faite for etape in etapes),
            toutes=len(etapes),
            ici=next((etape.cle for etape in etapes if not etape.faite), ""),
            vu=vu,
            saisie=saisie,
            plaque=LILLE["vehicule"]["immatriculation"],
            nom=NOM,
            depart=DEPART.date(),
            siret=SIRET,
            tls=tls,
            cles=None if cadre.donnees is None else cadre.donnees / BAC,
        )

    async def faire(geste: Geste) -> str:
        acte = ACTES.get(geste["etape"])
        if acte is None:
            raise Refuse(Refus("Cette étape n'existe pas", "", "", "Prenez-en une de la page.", "demande-invalide", 422))
        await acte(cadre, geste)
        return f"{ADRESSE}#ici"

    return cadre.formes.routes(ADRESSE, "visite", visite, faire, champs={"vehicule.immatriculation": "plaque"})


async def ouvrir(cadre: Cadre, geste: Geste) -> None:
    """The bac of the tour, anew; what passes there is kept, so that a refusal is seen."""
    if BAC in await cadre.pilot.lister():
        await cadre.pilot.supprimer(BAC)
    await cadre.pilot.creer(BAC, DEPART, graine=BAC)
    await cadre.pilot.observer(BAC)


async def etablir(cadre: Cadre, geste: Geste) -> None:
    """A FPS in Lille, by an agent."""
    geste.exiger(plaque="la plaque du véhicule")
    corps = {**LILLE, "vehicule": {**LILLE["vehicule"], "immatriculation": normaliser(geste["plaque"])}}
    await _poster(cadre.lecture, Party.COLLECTIVITE, "/fps", corps, geste)


async def payer(cadre: Cadre, geste: Geste) -> None:
    """The payment of the FPS to ANTAI, which refuses it once the titre is there."""
    vu = await _avec_dossier(cadre)
    corps = {
        "numero_telepaiement": vu.fps["telepaiement"],
        "immatriculation": vu.antai["immatriculation"],
        "moyen": "internet",
        "montant": vu.antai["montant"],
        "reference": "CB-000042",
    }
    await _poster(cadre.lecture, Party.ANTAI, f"{PAIEMENT}/paiement-fps", corps, geste)


async def solder(cadre: Cadre, geste: Geste) -> None:
    """The payment of the titre to the DGFiP."""
    vu = await _avec_dossier(cadre)
    if not vu.titre:
        raise Refuse(Refus("Aucun titre n'est pris en charge", "", "", "Avancez d'abord jusqu'au titre.", "titre-absent", 409))
    corps = {
        "numero_fps": vu.numero,
        "numero_telepaiement": vu.titre["numero_telepaiement"],
        "moyen": "internet",
        "montant": vu.titre["a_payer"],
        "reference": "CB-000043",
    }
    await _poster(cadre.lecture, Party.DGFIP, f"{PAIEMENT}/paiement-titre", corps, geste)


class _Tu:
    """Who is told of the steps of an enrolment: nobody, the page looks by itself."""

    def etape(self, nom: str, texte: str, **plus: str) -> None:
        """A step that is done."""

    def manque(self, service: Party, quoi: Mapping[str, Any]) -> None:
        """A step that somebody else must do."""


async def enroler(cadre: Cadre, geste: Geste) -> None:
    """One step of the enrolment of an invented commune, whose key is drawn on the machine of the console; the last one in TLS only."""
    from fps_simulateur.pilote import enrolement

    vu = await regarder(cadre.lecture)
    antai = enrolement.Partie(cadre.pilot, Party.ANTAI, BAC)
    try:
        ville = await enrolement.ville_de(cadre.pilot, BAC, SIRET, str(vu.espace.get("nom") or geste["nom"] or NOM))
        match geste["etape"]:
            case "espace":
                await enrolement.ouvrir_espace(antai, ville, _Tu())
            case "convention":
                await enrolement.conventionner(antai, ville, _Tu())
            case _:
                demande = enrolement.Demande(SIRET, _cles(cadre, vu), nom=ville.nom)
                if not vu.emis:
                    await enrolement.certifier(antai, ville, demande, _Tu())
                if _en_tls(cadre) and geste["etape"] == "depot":
                    autorites = (await antai.appeler("GET", f"{antai.url}/psce/autorites")).text
                    await enrolement.enroler(cadre.pilot, BAC, demande, lambda: _tls(autorites), _Tu())
    except enrolement.EnrolementImpossible as error:
        raise Panne(error.phrase, error.que_faire, problem=error.problem) from error


def _en_tls(cadre: Cadre) -> bool:
    return cadre.pilot.addresses[Party.ANTAI].startswith("https:")


def _cles(cadre: Cadre, vu: Vu) -> Path:
    """Where the key and the certificate of the tour are; those that this PSCE did not issue are taken away. Raises Refuse."""
    if cadre.donnees is None:
        raise Refuse(Refus("Cette console n'a pas de répertoire", "", "", "Démarrez-la avec « fps up ».", "sans-repertoire", 409))
    ici = cadre.donnees / BAC
    if not vu.emis:
        for nom in ("cle.pem", "certificat.pem"):
            (ici / nom).unlink(missing_ok=True)
    ici.mkdir(parents=True, exist_ok=True)
    return ici


def _tls(autorites: str) -> ssl.SSLContext:
    """Believes the authority of the services alone: the second of those that the PSCE lists, the first being its own."""
    context = ssl.create_default_context(cadata=autorites.split(FIN)[1] + FIN)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


ACTES: Final[Mapping[str, Callable[[Cadre, Geste], Awaitable[None]]]] = {
    "ouvrir": ouvrir,
    "etablir": etablir,
    "payer": payer,
    "solder": solder,
    "espace": enroler,
    "convention": enroler,
    "certificat": enroler,
    "depot": enroler,
}


async def _avec_dossier(cadre: Cadre) -> Vu:
    """What the bac shows; raises Refuse while there is no dossier in it."""
    vu = await regarder(cadre.lecture)
    if not vu.antai:
        raise Refuse(Refus("Aucun dossier n'est encore arrivé à l'ANTAI", "", "", "Établissez d'abord un FPS.", "dossier-absent", 409))
    return vu


async def _poster(lecture: Lecture, service: Party, chemin: str, corps: Mapping[str, Any], geste: Geste) -> None:
    """What a person sends to a service, once; raises PiloteErreur with the refusal."""
    try:
        reponse = await lecture.client.post(
            f"{lecture.addresses[service]}/bacs/{BAC}{chemin}", json=corps, headers={"Idempotency-Key": geste.cle}
        )
    except httpx.HTTPError as error:
        raise PiloteErreur(service, {"code": "service-injoignable", "title": "Le service ne répond pas", "detail": repr(error)}) from error
    if reponse.status_code >= 400:
        raise PiloteErreur(service, reponse.json())
    await lecture.pilot.au_calme(BAC)  # what it makes the services write is there when the page looks
