"""The towns of a bac by one route of the console: the same as `fps ville`, in the four services or in none."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fps.droit.numero import siret_valide
from fps.kit.ground.faults import Malformed
from fps.kit.web.keys import EN_TETE, REJOUEE
from fps_console.commandes.output import Panne
from fps_console.commandes.villes import du_siret
from fps_console.web.pilotage import corps, illisible, objet_json, of, problem, sans_jeton
from fps_simulateur.langue.villes import TAILLE, VillesIllisibles, lire
from fps_simulateur.pilote import reprise, villes
from fps_simulateur.pilote.pilot import Pilot, PiloteErreur

YAML: Final = "application/yaml"
JSON: Final = "application/json"
EXEMPLE: Final = (
    'Envoyez {"siret": "21690123100011", "nom": "Ville de …"} (la configuration par défaut), {"villes": [{"commune": {…}}]}, '
    "ou le fichier lui-même (Content-Type: application/yaml ; « fps ville modele » en montre un)."
)


async def _donnees(request: Request) -> list[dict[str, Any]]:
    """The towns that a request gives: a SIRET alone, what the services take, or a file; raises Panne, Malformed, VillesIllisibles."""
    kind, raw = await corps(request, (JSON, YAML), TAILLE)
    if kind == YAML:
        try:
            return [lire(raw.decode(), "corps").donnee()]
        except UnicodeDecodeError:
            raise Malformed("encodage-invalide", "Le fichier n'est pas en UTF-8.", status=400) from None
    found = objet_json(raw, EXEMPLE)
    if set(found) == {"villes"} and isinstance(found["villes"], list) and all(_ville(une) for une in found["villes"]):
        return list(found["villes"])
    siret, nom = found.get("siret"), found.get("nom")
    if not set(found) <= {"siret", "nom"} or not isinstance(siret, str) or not isinstance(nom, str | None):
        raise Panne("Dites quelle collectivité : « siret » et « nom », ou « villes ».", EXEMPLE)
    if not siret_valide(siret):
        raise Panne(f"« {siret[:20]} » n'est pas un SIRET : 14 chiffres, et leur clé.", EXEMPLE)
    return [du_siret(siret, nom)]


def _ville(une: Any) -> bool:
    """Whether this says at least which town it is: its services say the rest."""
    return isinstance(une, dict) and isinstance(une.get("commune"), dict) and isinstance(une["commune"].get("siret"), str)


class Villes:
    """/pilotage/bacs/{bac}/villes: with the pilot's credential, list, show, give and take the towns of a world."""

    def __init__(self, pilot: Pilot):
        self.pilot = pilot

    async def toutes(self, request: Request) -> Response:
        """GET: every town as the bac knows it today. POST: give towns, in the four services or in none."""
        return await self._tenir(request, self._donner if request.method == "POST" else self._lister)

    async def une(self, request: Request) -> Response:
        """GET: the configurations of a town. DELETE: take it, when it has no dossier."""
        return await self._tenir(request, self._retirer if request.method == "DELETE" else self._montrer)

    async def _tenir(self, request: Request, faire: Any) -> Response:
        if (refus := sans_jeton(self.pilot, request)) is not None:
            return refus
        try:
            fait: Response = await faire(request, request.path_params["bac"])
        except VillesIllisibles as error:
            erreurs = [{"champ": f"ligne {f.ligne}, colonne {f.colonne}", "phrase": f.texte} for f in error.fautes]
            return problem(422, "ville-illisible", "Le fichier ne se lit pas", str(error), EXEMPLE, erreurs=erreurs)
        except (Panne, Malformed) as error:
            return illisible(error, EXEMPLE)
        except PiloteErreur as error:
            return of(error)
        return fait

    async def _lister(self, request: Request, bac: str) -> Response:
        return JSONResponse(await villes.lister(self.pilot, bac))

    async def _montrer(self, request: Request, bac: str) -> Response:
        return JSONResponse(await villes.montrer(self.pilot, bac, request.path_params["siret"]))

    async def _donner(self, request: Request, bac: str) -> Response:
        donnees, essai = await _donnees(request), request.query_params.get("essai") == "true"
        cle = request.headers.get(EN_TETE)
        if cle is not None and not essai:
            connues, redite = await reprise.donner_villes(self.pilot, bac, donnees, cle)
            return JSONResponse(connues, 201, REJOUEE if redite else {})
        await villes.ajouter(self.pilot, bac, donnees, essai=essai)
        return JSONResponse(await villes.lister(self.pilot, bac), 200 if essai else 201)

    async def _retirer(self, request: Request, bac: str) -> Response:
        siret, cle = request.path_params["siret"], request.headers.get(EN_TETE)
        if cle is not None:
            redite = await reprise.retirer_ville(self.pilot, bac, siret, cle)
            return Response(status_code=204, headers=REJOUEE if redite else {})
        await villes.retirer(self.pilot, bac, siret)
        return Response(status_code=204)
