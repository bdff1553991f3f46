"""The acts of the pages: a form that is shown, refused with its values kept, done once, and then leads to a page."""

import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message

from fps.kit.web.load import part_of_request
from fps.parties import LIBELLES
from fps_console.commandes.output import Panne
from fps_console.mots.saisie import en_clair
from fps_console.web.pieces import garder_fichiers
from fps_console.web.seances import Seance
from fps_simulateur.pilote.pilot import PiloteErreur

if TYPE_CHECKING:
    from fps_console.web.cadre import Cadre

NON_LU: Final = "Ce que vous aviez saisi n'a pas été lu : revenez à la page précédente de ce navigateur, qui l'a encore."
TAILLE: Final = 256 * 1024  # bytes of a form without a file
EN_MEMOIRE: Final = 1 << 20  # bytes of a form with files: what is longer is kept on the disk meanwhile
CHAMPS: Final = 5_000  # fields of a form: a town with a hundred zones
ILLISIBLE: Final = "Le formulaire ne se lit pas : revenez à sa page, puis renvoyez-le."
JETON, CLE, EN_TETE = "jeton", "cle", "x-fps-jeton"
KEPT: Final = re.compile(r"\.garde\.\d+$")  # a file that the form keeps: its name, then its bytes (see pieces)
SECRET: Final = re.compile(r"mot_de_passe|(^|\.)(ancien|nouveau|code)$")  # what a page never shows again
REFAIRE: Final = "refaire"  # the button that changes the form itself, and does nothing else
SANS_SEANCE: Final = "Dans un terminal, « fps pages » donne un lien : ouvrez-le dans ce navigateur, puis renvoyez le formulaire."


@dataclass(frozen=True, slots=True)
class Refus:
    """What was refused, in four parts; `champs` says what is wrong of each field of the form."""

    titre: str
    detail: str = ""
    article: str = ""
    que_faire: str = ""
    code: str = ""
    statut: int = 409
    champs: Mapping[str, str] = field(default_factory=dict)


class Refuse(Exception):
    """An act of a page is refused, and this is what its form says."""

    def __init__(self, refus: Refus):
        super().__init__(refus.titre)
        self.refus = refus


@dataclass(frozen=True, slots=True)
class Saisie:
    """What somebody typed in a form, what was wrong with it if it was sent, and the files that came with it."""

    valeurs: Mapping[str, str] = field(default_factory=dict)
    refus: Refus | None = None
    fichiers: Mapping[str, UploadFile] = field(default_factory=dict)
    plusieurs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the fields that have several values

    def __getitem__(self, nom: str) -> str:
        return self.valeurs.get(nom, "")

    def erreur(self, nom: str) -> str:
        """What is wrong with a field, or nothing."""
        return "" if self.refus is None else self.refus.champs.get(nom, "")


@dataclass(frozen=True, slots=True)
class Geste:
    """An act that may be done: who asks, what was typed, and the key under which it is done once (the Idempotency-Key of its calls)."""

    request: Request
    seance: Seance
    saisie: Saisie
    cle: str

    def __getitem__(self, nom: str) -> str:
        return self.saisie[nom].strip()

    def exiger(self, **champs: str) -> None:
        """Raises Refuse unless each of these fields has a value; their words say what each is."""
        vides = {nom: f"Dites {quoi}." for nom, quoi in champs.items() if not self[nom]}
        if vides:
            raise Refuse(Refus("Il manque une réponse", "", "", "Complétez chaque champ signalé.", "champ-vide", 422, vides))


Montrer = Callable[[Request, Saisie], Awaitable[Response]]
Faire = Callable[[Geste], Awaitable[str]]


def refus_de(error: Refuse | PiloteErreur | Panne, champs: Mapping[str, str] | None = None) -> Refus:
    """What a form says of what was refused. `champs`: the field of the form of each field of the message, when they differ."""
    if isinstance(error, Refuse):
        return error.refus
    if isinstance(error, Panne) and not error.problem:
        return Refus(error.phrase, que_faire=error.que_faire, code=error.code, statut=422)
    problem = error.problem
    away = problem.get("code") == "service-injoignable"
    titre = str(problem.get("title") or "La demande est refusée")
    if away and isinstance(error, PiloteErreur):
        titre = f"{LIBELLES[error.service]} ne répond pas"
    dits: dict[str, str] = {}
    autres: list[str] = []
    for une in [*(problem.get("erreurs") or ()), *([problem] if problem.get("champ") else ())]:
        phrase = en_clair(str(une.get("phrase") or une.get("detail") or ""))
        champ = str(une.get("champ") or "")
        if champ:
            dits[(champs or {}).get(champ, champ)] = phrase
        autres.append(f"{champ} : {phrase}" if champ else phrase)
    detail = en_clair(str(problem.get("detail") or "")) or " ".join(autres)
    que_faire = str(problem.get("que_faire") or ("Vérifiez que les quatre services tournent : « fps doctor »." if away else ""))
    given = problem.get("status")
    given = 403 if given == 401 else given  # a browser has no other way to say who it is
    statut = 503 if away else given if given in (400, 403, 404, 409, 413, 422, 429) else 502
    return Refus(titre, detail, str(problem.get("article") or ""), que_faire, str(problem.get("code") or ""), int(statut), dits)


class Formes:
    """The guard of every act of the pages. One per console."""

    def __init__(self, cadre: "Cadre"):
        self.cadre = cadre

    async def lire(self, request: Request, limite: int = TAILLE) -> Saisie:
        """What a form sent; raises Refuse. Of who may not act, what a form without a file may hold is read, and no more."""
        dehors = None
        try:
            self.seance_de(request)
        except Refuse as refus:
            dehors, limite = Refuse(replace(refus.refus, detail=f"{refus.refus.detail} {NON_LU}")), min(limite, TAILLE)
        _borner(request, limite, dehors)
        try:
            envoi = await request.form(max_files=20, max_fields=CHAMPS, max_part_size=limite)
        except HTTPException as error:
            raise HTTPException(400, ILLISIBLE) if error.status_code == 400 else error from None
        tous = {nom: envoi.getlist(nom) for nom in envoi}
        textes = {nom: tuple(v for v in found if isinstance(v, str)) for nom, found in tous.items()}
        fichiers = {nom: v for nom, found in tous.items() for v in found if isinstance(v, UploadFile) and v.filename}
        derniers = {nom: found[-1] for nom, found in textes.items() if found}
        textes |= {nom: (v,) for nom, v in (await garder_fichiers(fichiers, derniers)).items()}
        return Saisie({nom: found[-1] for nom, found in textes.items() if found}, None, fichiers, textes)

    def seance_de(self, request: Request) -> Seance:
        """The session of who may act here; raises Refuse."""
        if self.cadre.lecture_seule:
            phrase = "Cette console a été démarrée avec --lecture-seule."
            raise Refuse(
                Refus("Ici on lit, on n'agit pas", phrase, "", "Agissez depuis un simulateur à vous : « fps up ».", "lecture-seule", 403)
            )
        seance = self.cadre.seances.de(request)
        if seance is None:
            phrase = "Pour agir, ce navigateur doit avoir ouvert le lien du terminal ; sa séance n'existe pas, ou elle a pris fin."
            raise Refuse(Refus("Aucune séance n'est ouverte ici", phrase, "", SANS_SEANCE, "seance-requise", 403))
        return seance

    def garder(self, request: Request, saisie: Saisie) -> Geste:
        """The act that is asked, when who asks may act; raises Refuse."""
        seance = self.seance_de(request)
        jeton = request.headers.get(EN_TETE) or saisie[JETON]
        if not hmac.compare_digest(jeton.encode(), seance.jeton.encode()):  # takes the same time, wherever it differs
            phrase = "Le formulaire vient d'une autre séance : rien n'a été fait."
            raise Refuse(Refus("Le formulaire n'est plus valable", phrase, "", "Relisez-le, puis renvoyez-le.", "jeton-de-forme", 403))
        dit = json.dumps([request.url.path, sorted((k, v) for k, v in saisie.plusieurs.items() if k != JETON)])
        files = sorted((nom, f.filename or "", f.size or 0) for nom, f in saisie.fichiers.items())
        cle = hashlib.sha256(f"{dit}{files}".encode()).hexdigest()[:40]
        return Geste(request, seance, replace(saisie, refus=None), cle)

    async def agir(self, request: Request, montrer: Montrer, faire: Faire, champs: Mapping[str, str] | None, limite: int) -> Response:
        """Do the act of a form once, then lead to the page that it names; else show the form again, what was typed in it, and why."""
        saisie = Saisie()
        try:
            saisie = await self.lire(request, limite)
            geste = self.garder(request, saisie)
            return vers(request, await geste.seance.une_fois(geste.cle, lambda: faire(geste)))
        except (Refuse, PiloteErreur, Panne) as error:
            refus = refus_de(error, champs)
        try:
            page = await montrer(request, replace(saisie, refus=refus))
        except PiloteErreur:  # the bac has gone meanwhile, or nobody answers: what was typed is shown, to be taken elsewhere
            return await self.refusee(request, refus, saisie)
        page.status_code = refus.statut
        return page

    async def refusee(self, request: Request, refus: Refus, saisie: Saisie | None = None) -> Response:
        """The page of an act that is refused, when no form can be shown again: why, and what had been typed."""
        if fragment(request):  # in the place where something else was awaited, which keeps its name
            lieu = request.headers.get("hx-target", "").rpartition("#")[2]
            return self.cadre.fragment(request, "refus.html", refus.statut, refus=refus, lieu=lieu or "refus")
        valeurs = {} if saisie is None else saisie.valeurs
        tus = {JETON, CLE, REFAIRE}
        dites = {nom: v.partition("|")[0] if KEPT.search(nom) else v for nom, v in valeurs.items()}  # of a file, its name
        saisi = [(nom, v) for nom, v in dites.items() if v and nom not in tus and not SECRET.search(nom)]
        return await self.cadre.page(request, "erreur.html", refus.statut, refus=refus, saisi=saisi, titre=refus.titre, accueil=True)

    def routes(
        self,
        chemin: str,
        nom: str,
        montrer: Montrer,
        faire: Faire,
        *,
        champs: Mapping[str, str] | None = None,
        limite: int = TAILLE,
        refaire: Callable[[Saisie], Saisie] | None = None,
    ) -> list[Route]:
        """The two routes of a form: GET shows it, POST does its act. `faire` gives the address where that leads, in this console.

        `refaire` gives the form as a button `REFAIRE` changes it: it is shown again, and nothing is done.
        """

        async def voir(request: Request) -> Response:
            return await montrer(request, Saisie(request.query_params))

        async def poster(request: Request) -> Response:
            try:
                if refaire is not None and (saisie := await self.lire(request, limite))[REFAIRE]:
                    return await montrer(request, refaire(saisie))
                return await self.agir(request, montrer, faire, champs, limite)
            except Refuse as error:
                return await self.refusee(request, error.refus)
            finally:
                await request.close()  # the files that came

        voir.__name__, poster.__name__ = nom, f"{nom}-acte"
        return [Route(chemin, voir, name=nom), Route(chemin, poster, methods=["POST"], name=f"{nom}-acte")]


def vers(request: Request, adresse: str) -> Response:
    """The page where an act leads: a redirection, that htmx follows as a page when it asked."""
    if fragment(request):
        return Response(headers={"HX-Redirect": adresse})
    return RedirectResponse(adresse, 303)


def fragment(request: Request) -> bool:
    """Whether htmx asks, for a part of a page."""
    return request.headers.get("hx-request") == "true"


def retour(texte: str, defaut: str = "/") -> str:
    """An address of this console that a form says to come back to; the default one for anything else."""
    lu = urlsplit(texte)
    if lu.scheme or lu.netloc or not re.fullmatch(r"/(?![/\\])[^\s\\]{0,500}|/", texte):
        return defaut
    return texte


def _borner(request: Request, limite: int, refus: Exception | None) -> None:
    """Stop reading a body that is too long; `refus` says why, when it is not its length alone."""
    receive, lus = request._receive, 0
    if (part := part_of_request(request.scope)) is not None and request.headers.get("content-type", "").startswith("multipart/"):
        part.most = EN_MEMOIRE

    async def borne() -> Message:
        nonlocal lus
        message = await receive()
        lus += len(message.get("body", b""))
        if lus > limite:
            raise refus or HTTPException(413, f"Le formulaire est trop long : {limite // 1024} Kio au plus. {NON_LU}")
        return message

    request._receive = borne
