"""An act of the scenario language as a form: its fields from the contract of the service that it asks, and how it is done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import Response

from fps.kit.web.keys import EN_TETE
from fps.parties import Party
from fps_console.mots.saisie import question
from fps_console.web.champs import Champ, Formulaire, Illisible
from fps_console.web.formes import Geste, Refus, Refuse, Saisie
from fps_console.web.possibles import DU_BAC, POSSIBLES
from fps_simulateur.langue.actes import ACTES, Acte, fusion
from fps_simulateur.langue.moments import normal
from fps_simulateur.pilote import produit
from fps_simulateur.pilote.pilot import PiloteErreur

if TYPE_CHECKING:
    from fps_console.web.cadre import Cadre

Champs = Mapping[str, Any]
NOMS: Final[Mapping[str, Acte]] = {normal(un.nom): un for un in ACTES.values() if un.methode != "GET" and not un.pilote}
# What is shown first, though nobody has to give it; the rest is folded.
DEVANT: Final = frozenset(
    {"zone", "date_heure_constat", "montant_deduit", "moyen", "reference", "expose", "pieces", "date_envoi", "montant_rectifie", "zones"}
    | {"numero_recommande", "date_cachet_poste", "moyens", "conclusions", "texte", "fps_decharge", "majoration_dechargee", "motifs", "iban"}
)
# What the dossier knows of itself.
SUS: Final = frozenset({"numero_fps", "numero", "siret", "siret_ville", "immatriculation", "numero_telepaiement", "numero_requete", "cle"})
PLIES: Final = frozenset({"demandeur", "requerant"})
RAPOS: Final = ("fps.03.depot.v1", "fps.03.depot-postal.v1")


@dataclass
class Contrats:
    """The contracts of the services, each asked once."""

    cadre: "Cadre"
    _lus: dict[Party, Any] = field(default_factory=dict)

    async def schema(self, un: Acte) -> tuple[Champs, Champs]:
        """What an act sends, and the parts that its references name. Raises PiloteErreur."""
        contrat = await self._lire(un.a)
        parts = contrat["components"]["schemas"]
        for route, operations in contrat["paths"].items():
            if _forme(route) == _forme(un.route) and un.methode.lower() in operations:
                body = (
                    operations[un.methode.lower()].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
                )
                return next((parts[str(p["$ref"]).rpartition("/")[2]] for p in (body, *body.get("anyOf", ())) if "$ref" in p), {}), parts
        return {}, parts

    async def _lire(self, party: Party) -> Any:
        if party not in self._lus:
            found = await self.cadre.lecture.get(party, "defaut", "/openapi.json")
            if found is None:
                raise PiloteErreur(party, {"code": "contrat-absent", "title": "Ce service ne publie pas son contrat", "status": 502})
            self._lus[party] = found
        return self._lus[party]


def _forme(route: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in route.split("/"))


async def formulaire(contrats: Contrats, un: Acte, mots: Champs, usuels: Champs) -> Formulaire:
    """The form of an act: what its message or its route takes, filled with what is known. Raises PiloteErreur."""
    from fps_simulateur.joueur import corps

    schema, parts = await contrats.schema(un)
    base: dict[str, Any]
    if un.message is not None:
        base = corps(un.message, {}, mots)
    else:
        exemple = {k: v for k, v in schema.get("example", {}).items() if k in schema.get("required", ())}
        base = fusion(exemple, {k: v for k, v in _su(un.defauts, mots).items() if k not in un.places})
        base |= {nom: mots[nom] for nom in base if mots.get(nom) is not None and nom in SUS}
    base |= {nom: v for nom, v in usuels.items() if nom in schema.get("properties", {})}
    lieux = {p: usuels.get(p, un.defauts.get(p)) for p in un.places if mots.get(p) is None}
    adresse = {"properties": {p: {"type": "string"} for p in lieux}, "required": [*lieux]}
    return Formulaire((*Formulaire.de(adresse, {}, lieux).champs, *Formulaire.de(schema, parts, base).champs))


def _su(defauts: Champs, mots: Champs) -> dict[str, Any]:
    """What an act gives by default, but what is in braces and is not known."""
    from fps_simulateur.joueur import remplacer

    found: dict[str, Any] = {}
    for nom, v in defauts.items():
        if isinstance(v, str) and v.startswith("{") and mots.get(v[1:-1]) is None:
            continue
        found[nom] = remplacer(v, mots)
    return found


async def faire(
    cadre: "Cadre",
    bac: str,
    un: Acte,
    forme: Formulaire,
    mots: Champs,
    geste: Geste,
    *,
    porteur: str | None = None,
    liste: str = "",
) -> dict[str, Any]:
    """Do an act with what was typed, once for this form, and wait until its letters have arrived. Raises Refuse, PiloteErreur.

    `porteur`: the session that does it, else the pilot; `liste`: the word of the message of which what was typed is one element.
    A list that is answered is under « elements ».
    """
    from fps_simulateur.joueur import remplacer

    try:
        body = forme.lire(geste.saisie)
    except Illisible as error:
        phrases = " ".join(dict.fromkeys(error.champs.values()))
        raise Refuse(
            Refus("Une réponse ne se lit pas", phrases, "", "Corrigez le champ signalé.", "champ-illisible", 422, error.champs)
        ) from None
    lieux = {p: body.pop(p) for p in un.places if p in body and mots.get(p) is None}
    if vides := [p for p in un.places if mots.get(p) is None and p not in lieux]:
        geste.exiger(**dict.fromkeys(vides, "ce que l'acte vise"))
    if un.message is not None and un.message.type in RAPOS and not await _reference(cadre, bac, str(body.get("numero_fps", ""))[:14]):
        return await produit.adresser(cadre.pilot, bac, un.message.type, body)
    path = str(remplacer(un.route, {**mots, **lieux}))
    url = f"{cadre.lecture.addresses[un.a]}/bacs/{bac}{path}"
    try:
        entetes = {EN_TETE: geste.cle} | ({} if porteur is None else {"Authorization": f"Bearer {porteur}"})
        sent: dict[str, Any] = {} if un.methode == "DELETE" else {"json": {liste: [body]} if liste else body}
        answer = await cadre.lecture.client.request(un.methode, url, headers=entetes, **sent)
    except httpx.HTTPError as error:
        raise cadre.pilot._injoignable(un.a, error) from error
    try:
        found = answer.json()
    except ValueError:
        found = {}
    if answer.status_code >= 400:
        problem: dict[str, Any] = (
            found if isinstance(found, dict) else {"title": "Réponse inattendue", "detail": f"HTTP {answer.status_code}"}
        )
        erreurs = (problem.get("accuse") or {}).get("erreurs")
        raise PiloteErreur(un.a, {"status": answer.status_code, **problem, **({"erreurs": erreurs} if erreurs else {})})
    await cadre.pilot.au_calme(bac)
    return found if isinstance(found, dict) else {"elements": found} if isinstance(found, list) else {}


async def _reference(cadre: "Cadre", bac: str, siret: str) -> bool:
    """Whether the reference system answers for a town: a product that stands for it receives its RAPO itself."""
    if not siret:
        return True
    return bool((await cadre.pilot.destination(Party.ANTAI, bac, siret))["mode"] == "reference")


@dataclass(frozen=True, slots=True)
class Groupe:
    """Fields that are shown together: those of a part of the message, or those of none."""

    nom: str
    champs: tuple[Champ, ...]
    plie: bool


def groupes(champs: Iterable[Champ], ouverts: frozenset[str] = frozenset()) -> list[Groupe]:
    """The fields by the part of the message in which they stand, in order; the parts of `ouverts` are not folded."""
    found: dict[str, list[Champ]] = {}
    for champ in champs:
        tete, point, _ = champ.nom.partition(".")
        found.setdefault(tete if point else "", []).append(champ)
    return [Groupe(nom, tuple(tous), nom in PLIES - ouverts) for nom, tous in found.items()]


async def page_d_un_acte(
    cadre: "Cadre",
    request: Request,
    un: Acte,
    forme: Formulaire,
    saisie: Saisie,
    retour: tuple[str, str],
    *,
    devant: Iterable[str] = DEVANT,
    sus: Iterable[str] = SUS,
    ouverts: frozenset[str] = frozenset(),
    **valeurs: Any,
) -> Response:
    """The page of the form of an act. `retour`: the address that one comes from, and its words; `devant`, `sus`: as `Formulaire.partager`.

    With a `plaque`, which the page knows already, nobody types it again. Raises PiloteErreur.
    """
    montres, plies = forme.partager(devant, sus)
    own = {"sens": un.sens.partition(" ; ")[0].rstrip(".") + ".", "villes": [], "ville": ""}
    return await cadre.page(
        request,
        "actes/forme.html",
        bac=cadre.bac(request),
        titre=titre(un),
        bouton=titre(un),
        action=request.url.path,
        montres=groupes(montres, ouverts),
        plies=groupes(c for c in plies if "plaque" not in valeurs or c.nom != "immatriculation"),
        question=question,
        saisie=saisie,
        retour=retour[0],
        retour_dit=retour[1],
        **(own | valeurs),
    )


def sur_un_dossier(un: Acte) -> bool:
    """Whether an act is one of those that a dossier offers."""
    return un.nom in POSSIBLES or bool({"numero", "requete"} & {*un.places}) or (un.message is not None and un.nom != "créer un FPS")


def du_bac() -> list[tuple[str, Acte]]:
    """The acts of a bac itself, those of the street first, each with who does it."""
    return [(qui, ACTES[nom]) for nom, qui in DU_BAC.items()]


def titre(un: Acte) -> str:
    """The name of an act as a heading."""
    return un.nom[0].upper() + un.nom[1:]


__all__ = ["NOMS", "Contrats", "Groupe", "du_bac", "faire", "formulaire", "normal", "page_d_un_acte", "sur_un_dossier", "titre"]
