"""The audit journals of the services: searched line by line, and verified with those of the dossiers and the signed heads, on demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from fps.kit.ground.clock import PARIS
from fps.parties import LIBELLES, SERVICES, Party
from fps_console.commandes.verification import REMEDE, SANS_BAC, phrase_de
from fps_console.mots import recit
from fps_console.web.cadre import Cadre, Famille
from fps_console.web.chantiers import Chantier, Chantiers, cle
from fps_console.web.flots import flot
from fps_console.web.formes import Geste, Refus, Saisie
from fps_console.web.listes import PAGE, Feuille, demandee, illisible, voisines
from fps_simulateur.pilote import verifications
from fps_simulateur.pilote.pilot import PiloteErreur

CHEMIN: Final = "/bacs/{bac}/audit"
CHAMPS: Final = ("service", "acte", "resultat", "texte", "du", "au", "ou", "tri")
CHOIX_SERVICES: Final = [(s.value, LIBELLES[s]) for s in SERVICES]
CHOIX_RESULTATS: Final = [("", "tous"), ("accepte", "accepté"), ("refuse", "refusé")]
CHOIX_OU: Final = [("", "de ce bac"), ("sans-bac", "qui ne nomment aucun bac")]
TRIS: Final = [("", "les dernières d'abord"), ("anciennes", "les premières d'abord")]
QUOI: Final[Mapping[str, str]] = {"audit": "journal d'audit", "dossier": "journaux des dossiers", "ancres": "têtes signées"}
CONSTATS: Final = 200  # findings that are kept of one verification


@dataclass(eq=False, kw_only=True)
class Examen(Chantier):
    """A verification that goes on, or just ended."""

    bac: str
    constats: list[str] = field(default_factory=list)
    autres: int = 0
    lus: dict[str, int] = field(default_factory=dict)
    non_signes: int = 0


def routes(cadre: Cadre) -> list[Route]:
    """The list, whose form verifies; a verification, its stream, its end."""
    chantiers = Chantiers()

    async def lire(bac: str, service: Party, demande: Mapping[str, str]) -> Feuille:
        """A page of the lines of a service. Raises PiloteErreur, ValueError when an instant cannot be read."""
        recule = "avant" in demande
        recentes = (demande.get("tri") != "anciennes") is not recule
        au = _instant(demande.get("au", ""), de_plus=timedelta(minutes=1))
        found = await cadre.pilot.chercher_audit(
            service,
            SANS_BAC if demande.get("ou") == "sans-bac" else bac,
            acte=demande.get("acte"),
            resultat=demande.get("resultat"),
            texte=demande.get("texte"),
            du=_dit(_instant(demande.get("du", ""))),
            au=_dit(au),
            tri="recentes" if recentes else "anciennes",
            apres=demande.get("avant") or demande.get("apres"),
            limite=PAGE,
        )
        lignes, suite = [_ligne(x) for x in found["lignes"]], found["suivant"]
        suite = None if suite is None else str(suite)
        if not recule:
            debut = str(lignes[0]["rang"]) if lignes else demande.get("apres")
            return Feuille(lignes, debut if "apres" in demande else None, suite)
        return Feuille(lignes[::-1], suite, str(lignes[0]["rang"]) if lignes else demande["avant"])

    async def liste(request: Request, saisie: Saisie) -> Response:
        bac, demande = cadre.bac(request), demandee(request, *CHAMPS)
        service = demande.setdefault("service", SERVICES[0].value)
        if service not in SERVICES:
            raise HTTPException(404, "Aucun service ne porte ce nom.")
        await cadre.etat(request, bac)
        vue, feuille = Saisie(demande), Feuille()
        try:
            feuille = await lire(bac, Party(service), demande)
        except InstantIllisible as error:
            champ = "du" if error.texte == demande.get("du") else "au"
            phrase = "Écrivez un jour et une heure : 2026-11-28T14:30."
            vue = Saisie(
                demande, Refus("Cette recherche ne se lit pas", "", "", "Corrigez le champ signalé.", "instant", 422, {champ: phrase})
            )
        except PiloteErreur as error:
            vue = illisible(error, demande)
        chemin = CHEMIN.format(bac=bac)
        return await cadre.page(
            request,
            "audit/audit.html",
            200 if vue.refus is None else vue.refus.statut,
            bac=bac,
            saisie=vue,
            refus_de_l_examen=saisie.refus,
            service=LIBELLES[Party(service)],
            feuille=feuille,
            filtree=any(nom in demande for nom in ("acte", "resultat", "texte", "du", "au")),
            voisines=voisines(chemin, demande, feuille),
            examens=[un for un in chantiers.tous() if isinstance(un, Examen) and un.bac == bac][:5],
            choix={"service": CHOIX_SERVICES, "resultat": CHOIX_RESULTATS, "ou": CHOIX_OU, "tri": TRIS},
        )

    async def examiner(geste: Geste) -> str:
        bac = cadre.bac(geste.request)
        await cadre.pilot.etat(bac)
        une = cle()
        examen = Examen(
            une,
            "examen",
            f"Vérification du bac « {bac} »",
            f"examen {bac}",
            f"{CHEMIN.format(bac=bac)}/examens/{une}",
            3 * len(SERVICES),
            bac=bac,
        )

        async def mener(un: Examen) -> None:
            async for service, quoi, page, dernier in verifications.pas_a_pas(cadre.pilot, bac):
                un.lus[quoi] = un.lus.get(quoi, 0) + page["lus"]
                un.non_signes += page["non_signes"] if dernier else 0
                nouveaux = [phrase_de({"service": service.value, **constat}) for constat in page["constats"]]
                place = max(0, CONSTATS - len(un.constats))
                un.constats += nouveaux[:place]
                un.autres += max(len(nouveaux), page.get("nombre", 0)) - len(nouveaux[:place])
                un.quoi = f"{LIBELLES[service]}, {QUOI[quoi]} : {un.lus[quoi]} lignes lues en tout"
                un.fait += dernier
                un.reveiller()

        chantiers.lancer(examen, mener)
        return examen.adresse

    def un_examen(request: Request) -> Examen:
        un = chantiers[request.path_params["cle"]]
        if not isinstance(un, Examen) or un.bac != cadre.bac(request):
            raise HTTPException(404, "Cette vérification n'est pas, ou plus, en mémoire : lancez-en une autre depuis l'audit du bac.")
        return un

    async def voir(request: Request, saisie: Saisie) -> Response:
        un = un_examen(request)
        return await cadre.page(request, "audit/examen.html", bac=un.bac, un=un, saisie=saisie, quoi=QUOI, remede=REMEDE)

    async def arreter(geste: Geste) -> str:
        un = un_examen(geste.request)
        un.arreter()
        return un.adresse

    async def flux(request: Request) -> Response:
        un = un_examen(request)

        async def part() -> str:
            return bytes(cadre.fragment(request, "audit/suivi.html", bac=un.bac, un=un, quoi=QUOI, remede=REMEDE).body).decode()

        return StreamingResponse(flot(un, part, "#suivi"), media_type="text/event-stream")

    return [
        *cadre.formes.routes(CHEMIN, "audit", liste, examiner),
        *cadre.formes.routes(f"{CHEMIN}/examens/{{cle}}", "examen", voir, arreter),
        Route(f"{CHEMIN}/examens/{{cle}}/flux", flux, name="examen-flux"),
    ]


class InstantIllisible(ValueError):
    """An instant that cannot be read."""

    def __init__(self, texte: str):
        super().__init__(texte)
        self.texte = texte


def _instant(texte: str, de_plus: timedelta = timedelta()) -> datetime | None:
    """An instant of this machine as a form says it, in the time of Paris, and so much more."""
    if not texte:
        return None
    try:
        lu = datetime.fromisoformat(texte)
        return (lu if lu.tzinfo else lu.replace(tzinfo=PARIS)).astimezone(PARIS) + de_plus
    except (ValueError, OverflowError):
        raise InstantIllisible(texte) from None


def _dit(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _ligne(x: Mapping[str, Any]) -> dict[str, Any]:
    """A line as a page tells it."""
    return {
        **x,
        "le": datetime.fromisoformat(x["wall_time"]).astimezone(PARIS),
        "du_bac": None if x["date"] is None else recit.longue(datetime.fromisoformat(x["date"]).date()),
        "dits": [(nom, ", ".join(map(str, v)) if isinstance(v, list) else str(v)) for nom, v in x["details"].items()],
    }


FAMILLE = Famille(routes)
