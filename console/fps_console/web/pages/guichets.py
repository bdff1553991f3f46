"""The desks of a town, for its agents: its espace numérique and certificates at ANTAI, the portal and the télétransmission of the court."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fps.droit.numero import siret_valide
from fps.parties import Party
from fps_console.mots import recit
from fps_console.web.actes import Contrats, faire, formulaire, normal, page_d_un_acte, titre
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.champs import Formulaire
from fps_console.web.formes import Geste, Refus, Refuse, Saisie, refus_de
from fps_console.web.guichets import (
    AGENT,
    AUTORITE,
    BUREAUX,
    DES_LIGNES,
    GUICHETS,
    LIGNES,
    SESSION,
    SESSIONS,
    TOUS,
    ActeAuGuichet,
    Entree,
    Entrees,
)
from fps_console.web.pieces import FORMULAIRE
from fps_console.web.seances import Seance
from fps_simulateur.pilote.pilot import PiloteErreur

ICI: Final = "/bacs/{bac}/villes/{siret}/guichets"
CODES: Final = 200  # answers to acts that hold a code, as long as they can be shown
PDF: Final = "application/pdf"
FINIE: Final = "La session de l'agent a pris fin : ouvrez-en une autre, puis renvoyez le formulaire."


def utile(un: ActeAuGuichet, demande: Mapping[str, Any] | None) -> bool:
    """Whether an act of ANTAI's desk has a sense with the espace as it is: not yet asked for, asked for, open, refused."""
    etat = "" if demande is None else demande["etat"]
    if un.par == TOUS:
        return etat in ("", "refuse")
    return etat == ("en-attente" if un.par == AUTORITE else "ouvert")


def routes(cadre: Cadre) -> list[Route]:
    """What the desks know of a town, the sessions of its agents, and each form."""
    contrats, codes = Contrats(cadre), OrderedDict[str, tuple[Seance, str, list[tuple[str, str]]]]()

    def lieu(request: Request) -> tuple[str, str]:
        siret = cadre.siret(request)
        if not siret_valide(siret):
            raise HTTPException(404, f"« {siret} » n'est le SIRET de personne : sa clé est fausse.")
        return cadre.bac(request), siret

    def entrees(request: Request) -> Entrees:
        return Entrees(cadre.seances.de(request), *lieu(request))

    def codes_dits(request: Request) -> list[tuple[str, str]]:
        """The codes that an act of this session has just given in this town: told once."""
        cle = request.query_params.get("dit", "")
        if cle not in codes:
            return []
        seance, ici, dits = codes[cle]
        if seance is not cadre.seances.de(request) or ici != request.url.path:
            return []
        del codes[cle]
        return dits

    async def guichets(request: Request) -> Response:
        bac, siret = lieu(request)
        ouvertes, refusees = entrees(request), dict[str, str]()

        async def lire(party: Party, path: str, par: str = AGENT) -> Any:
            """What this agent may read, else the pilot for it; what is refused to this agent is told in its place."""
            entree = ouvertes.chez(party)
            if par == SESSION and entree is None:
                return None
            try:
                return await cadre.lecture.lire_en_session(None if entree is None else entree.jeton, party, bac, path.format(siret=siret))
            except PiloteErreur as error:
                if error.problem.get("code") == "espace-absent":  # nobody has asked for it in a bac that began with nobody enrolled
                    return None
                if entree is None or error.problem.get("status") not in (401, 403):
                    raise
                if error.problem["status"] == 401:
                    ouvertes.quitter(party)
                refusees[path.rpartition("/")[2]] = refus_de(error).titre
                return None

        await cadre.etat(request, bac)
        demande = await lire(Party.ANTAI, "/espaces/{siret}/etat")
        ouvert = demande is not None and demande["etat"] == "ouvert"
        lus: dict[str, Any] = {
            nom: (await lire(Party.ANTAI, f"/espaces/{{siret}}/{nom}") if ouvert else None) or []
            for nom in ("agents", "conventions", "certificats")
        }
        requetes = await lire(Party.CCSP, "/portail/{siret}/requetes", SESSION)
        return await cadre.page(
            request,
            "villes/guichets.html",
            bac=bac,
            siret=siret,
            ici=ICI.format(bac=bac, siret=siret),
            demande=demande,
            espace=await lire(Party.ANTAI, "/espaces/{siret}") if ouvert else None,
            comptes=await lire(Party.CCSP, "/portail/{siret}/comptes") or [],
            suivi=await lire(Party.CCSP, "/teletransmission/{siret}"),
            requetes=None if requetes is None else requetes["elements"],
            sessions={party: ouvertes.chez(party) for party in SESSIONS},
            refusees=refusees,
            antai=Party.ANTAI,
            ccsp=Party.CCSP,
            etat=recit.etat,
            jour=lambda iso: f"{date.fromisoformat(iso[:10]):%d/%m/%Y}",
            formes={
                party: [
                    (n, titre(g.acte))
                    for n, g in GUICHETS.items()
                    if g.acte.a is party and n not in DES_LIGNES and (party is not Party.ANTAI or utile(g, demande))
                ]
                for party in SESSIONS
            },
            lignes={nom: [(normal(un), titre(GUICHETS[normal(un)].acte)) for un in tous] for nom, tous in LIGNES.items()},
            codes=codes_dits(request),
            **lus,
        )

    # The session of an agent.
    def bureau(request: Request) -> Party:
        service = request.path_params["service"]
        if service not in SESSIONS:
            raise HTTPException(404, "Ce guichet n'existe pas.")
        return Party(service)

    async def voir_session(request: Request, saisie: Saisie) -> Response:
        bac, siret = lieu(request)
        own: dict[str, Any] = {"siret": siret, "ici": ICI.format(bac=bac, siret=siret), "bureau": BUREAUX[bureau(request)]}
        return await cadre.page(request, "villes/session.html", bac=bac, saisie=saisie, action=request.url.path.removesuffix("/fin"), **own)

    async def entrer(geste: Geste) -> str:
        (bac, siret), party = lieu(geste.request), bureau(geste.request)
        geste.exiger(login="l'identifiant", mot_de_passe="le mot de passe")
        donne = {"login": geste["login"], "mot_de_passe": geste.saisie["mot_de_passe"]}
        ouverte = await demander(party, bac, "POST", SESSIONS[party].format(siret=siret), json=donne)
        Entrees(geste.seance, bac, siret).entrer(party, Entree.de(ouverte.json()))
        return ICI.format(bac=bac, siret=siret)

    async def sortir(geste: Geste) -> str:
        (bac, siret), party = lieu(geste.request), bureau(geste.request)
        siennes = Entrees(geste.seance, bac, siret)
        if (entree := siennes.chez(party)) is not None:
            siennes.quitter(party)
            await demander(party, bac, "DELETE", SESSIONS[party].format(siret=siret), entree.jeton)
        return ICI.format(bac=bac, siret=siret)

    async def demander(party: Party, bac: str, methode: str, path: str, porteur: str | None = None, **options: Any) -> httpx.Response:
        """The answer of a service that is no refusal; raises PiloteErreur."""
        entetes = {} if porteur is None else {"Authorization": f"Bearer {porteur}"}
        url = f"{cadre.lecture.addresses[party]}/bacs/{bac}{path}"
        try:
            answer = await cadre.lecture.client.request(methode, url, headers=entetes | options.pop("headers", {}), **options)
        except httpx.HTTPError as error:
            raise cadre.pilot._injoignable(party, error) from error
        if answer.status_code >= 400:
            raise PiloteErreur(party, {"status": answer.status_code, **answer.json()})
        return answer

    # The acts.
    def guichet(request: Request) -> ActeAuGuichet:
        un = GUICHETS.get(request.path_params["acte"])
        if un is None:
            raise HTTPException(404, "Aucun guichet ne propose cela.")
        return un

    async def forme_de(un: ActeAuGuichet, bac: str, siret: str) -> Formulaire:
        if un.liste:  # one element of the list, as its service describes it
            schema, parts = await contrats.schema(un.acte)
            element = parts[str(schema["properties"][un.liste]["items"]["$ref"]).rpartition("/")[2]]
            return Formulaire.de(element, parts, schema["example"][un.liste][0])
        usuels: Mapping[str, Any] = {"siret": siret}
        if normal(un.acte.nom) == "regler-espace":  # what is not said is not declared any more: the form says what is
            usuels = await cadre.lecture.get(un.acte.a, bac, f"/espaces/{siret}") or {}
        return await formulaire(contrats, un.acte, {"siret_ville": siret}, usuels)

    async def voir(request: Request, saisie: Saisie) -> Response:
        un, (bac, siret) = guichet(request), lieu(request)
        forme = await forme_de(un, bac, siret)
        retour = (ICI.format(bac=bac, siret=siret), "Les guichets de cette ville")
        entree = entrees(request).chez(un.acte.a)
        qui = f"{entree.nom} ({entree.role})" if entree is not None else "le jeton de pilotage, pour l'agent"
        par = {AGENT: f" Par {qui}.", SESSION: f" Par {qui}." if entree is not None else " Une session d'agent est nécessaire."}.get(
            un.par, ""
        )
        sens = f"{un.acte.sens.rstrip('.')}.{par}"
        return await page_d_un_acte(cadre, request, un.acte, forme, saisie, retour, devant=(), sus=(), sens=sens)

    async def agir(geste: Geste) -> str:
        un, (bac, siret) = guichet(geste.request), lieu(geste.request)
        siennes = Entrees(geste.seance, bac, siret)
        entree = siennes.chez(un.acte.a) if un.par in (AGENT, SESSION) else None
        if un.par == SESSION and entree is None:
            phrase = f"Cet acte est celui d'un agent, dans {BUREAUX[un.acte.a]}."
            raise Refuse(Refus("Aucun agent n'a ouvert de session", phrase, "", FINIE, "session-requise", 409))
        try:
            reponse = await faire(
                cadre,
                bac,
                un.acte,
                await forme_de(un, bac, siret),
                {"siret_ville": siret},
                geste,
                porteur=None if entree is None else entree.jeton,
                liste=un.liste,
            )
        except PiloteErreur as error:
            if entree is not None and error.problem.get("status") == 401:
                siennes.quitter(un.acte.a)
                raise Refuse(Refus("La session de l'agent a pris fin", "", "", FINIE, "session-finie", 409)) from None
            raise
        if un.par == SESSION and "mot de passe" in un.acte.nom:
            siennes.quitter(un.acte.a)
        dits = [(str(r["login"]), str(r["code"])) for r in reponse.get("elements", [reponse]) if isinstance(r, dict) and r.get("code")]
        if dits:
            codes[geste.cle] = (geste.seance, ICI.format(bac=bac, siret=siret), dits)
            while len(codes) > CODES:
                codes.popitem(last=False)
        return f"{ICI.format(bac=bac, siret=siret)}?fait={normal(un.acte.nom)}" + (f"&dit={geste.cle}" if dits else "")

    # The convention on paper.
    async def convention(request: Request) -> Response:
        (bac, siret), quoi = lieu(request), request.path_params["quoi"]
        if quoi not in ("modele", "depot", "signee"):
            raise HTTPException(404, "Ce document n'existe pas.")
        answer = await demander(Party.ANTAI, bac, "GET", f"/espaces/{siret}/conventions/{cadre.rang(request, 'rang')}/{quoi}")
        return Response(answer.content, media_type=PDF)

    async def voir_depot(request: Request, saisie: Saisie) -> Response:
        (bac, siret), rang = lieu(request), cadre.rang(request, "rang")
        conventions = await cadre.lecture.lire_en_session(None, Party.ANTAI, bac, f"/espaces/{siret}/conventions")
        if all(une["rang"] != rang for une in conventions):
            raise HTTPException(404, f"Cette collectivité n'a pas de convention n° {rang}.")
        own: dict[str, Any] = {"ici": ICI.format(bac=bac, siret=siret), "rang": rang}
        return await cadre.page(request, "villes/depot.html", bac=bac, saisie=saisie, action=request.url.path, **own)

    async def deposer(geste: Geste) -> str:
        (bac, siret), rang = lieu(geste.request), cadre.rang(geste.request, "rang")
        entree, envoye = Entrees(geste.seance, bac, siret).chez(Party.ANTAI), geste.saisie.fichiers.get("depot")
        porteur, path = None if entree is None else entree.jeton, f"/espaces/{siret}/conventions/{rang}"
        if envoye is None and geste["avec_fichier"]:  # a file was refused: the model is not put in its place
            geste.exiger(depot="le document signé, ou rouvrez cette page pour déposer celui de l'ANTAI")
        octets = await envoye.read() if envoye is not None else (await demander(Party.ANTAI, bac, "GET", f"{path}/modele", porteur)).content
        try:
            await demander(Party.ANTAI, bac, "PUT", f"{path}/depot", porteur, content=octets, headers={"Content-Type": PDF})
        except PiloteErreur as error:
            raise Refuse(refus_de(PiloteErreur(error.service, {**error.problem, "champ": "depot"}))) from None
        await cadre.pilot.au_calme(bac)
        return f"{ICI.format(bac=bac, siret=siret)}?fait=depot"

    une_session, une_convention = f"{ICI}/session/{{service}}", f"{ICI}/conventions/{{rang}}"
    return [
        Route(ICI, guichets, name="guichets"),
        *cadre.formes.routes(une_session, "guichet-session", voir_session, entrer),
        *cadre.formes.routes(f"{une_session}/fin", "guichet-fin", voir_session, sortir),
        *cadre.formes.routes(f"{une_convention}/depot", "guichet-depot", voir_depot, deposer, limite=FORMULAIRE),
        Route(f"{une_convention}/{{quoi}}.pdf", convention, name="guichet-convention"),
        *cadre.formes.routes(f"{ICI}/{{acte}}", "guichet", voir, agir, limite=FORMULAIRE),
    ]


FAMILLE = Famille(routes)
