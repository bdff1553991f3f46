"""The tour of ten minutes: a page whose steps are acts, done here or elsewhere, that recognises by itself what is done."""

from collections.abc import Awaitable, Callable, Mapping
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
DEPART: Final = instant("2026-03-16T10:00")  # every figure of the year that follows is settled


def routes(cadre: Cadre) -> list[Route]:
    """The tour, and the acts of its steps."""

    async def visite(request: Request, saisie: Saisie) -> Response:
        vu = await regarder(cadre.lecture)
        trouvees = parties(vu)
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
            tls=cadre.pilot.addresses[Party.ANTAI].startswith("https:"),
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
    """The espace numérique of an invented commune, or its convention: what the step says."""
    from fps_simulateur.pilote import enrolement

    try:
        ville = await enrolement.ville_de(cadre.pilot, BAC, SIRET, geste["nom"] or NOM)
        faire = enrolement.ouvrir_espace if geste["etape"] == "espace" else enrolement.conventionner
        await faire(enrolement.Partie(cadre.pilot, Party.ANTAI, BAC), ville, _Tu())
    except enrolement.EnrolementImpossible as error:
        raise Panne(error.phrase, error.que_faire, problem=error.problem) from error


ACTES: Final[Mapping[str, Callable[[Cadre, Geste], Awaitable[None]]]] = {
    "ouvrir": ouvrir,
    "etablir": etablir,
    "payer": payer,
    "solder": solder,
    "espace": enroler,
    "convention": enroler,
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
