"""The print room of a bac: the requêtes d'impression, each with the notice that it prints, and what is wrong with one or the other."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fps.messages.avis import AvisPaiement, AvisPaiementRectificatif, Etablissement, RequeteImpression
from fps.parties import Party
from fps.regles.mentions import examiner
from fps_simulateur.impression import pdf
from fps_simulateur.pilote.lectures import _refus
from fps_simulateur.pilote.pilot import Pilot

Avis = AvisPaiement | AvisPaiementRectificatif
PAGE: Final = 200
MODELES: Final[Mapping[str, type[AvisPaiement] | type[AvisPaiementRectificatif]]] = {
    "apa": AvisPaiement,
    "apa-rectificatif": AvisPaiementRectificatif,
}


class LotFaux(ValueError):
    """A file that is not a batch, or that was changed."""


@dataclass(frozen=True, slots=True)
class Impression:
    """An order to the print shop, the notice that it names, and what is printed of it."""

    requete: RequeteImpression
    avis: Avis | None
    pdf: bytes


async def requetes(pilot: Pilot, bac: str, siret: str | None = None) -> AsyncIterator[RequeteImpression]:
    """The orders of a bac, of one town or of all, in the order of their numbers; raises PiloteErreur."""
    apres: str | None = ""
    while apres is not None:
        params = {"apres": apres, "limite": PAGE, **({} if siret is None else {"siret": siret})}
        page = (await _antai(pilot, bac, "/impressions", params)).json()
        for one in page["elements"]:
            yield RequeteImpression.model_validate_json(json.dumps(one))
        apres = page["suivant"]


async def lot(pilot: Pilot, bac: str, nom: str, siret: str | None = None) -> bytes:
    """The file of a batch, as the print shop gets it; raises PiloteErreur."""
    found: bytes = (await _antai(pilot, bac, f"/impressions/lots/{nom}", {} if siret is None else {"siret": siret})).content
    return found


async def _antai(pilot: Pilot, bac: str, chemin: str, params: dict[str, Any]) -> Any:
    url = f"{pilot.addresses[Party.ANTAI]}/bacs/{bac}{chemin}"
    answer = await pilot.client.get(url, params=params, headers={"Authorization": f"Bearer {pilot.token}"})
    if answer.status_code >= 400:
        raise _refus(Party.ANTAI, answer)
    return answer


def lire_lot(octets: bytes) -> list[RequeteImpression]:
    """The orders of a file, once its count and its digest are found right; raises LotFaux."""
    corps, _, fin = octets.rstrip(b"\n").rpartition(b"\n")
    try:
        dite = json.loads(fin)["fin"]
        tete, *lignes = corps.decode().split("\n")
        if json.loads(tete)["format"] != "fps-lot-impression":
            raise LotFaux("ce n'est pas le fichier d'un lot d'impression")
        found = [RequeteImpression.model_validate_json(ligne) for ligne in lignes]
    except LotFaux:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise LotFaux("ce n'est pas le fichier d'un lot d'impression, ou il est coupé") from error
    if dite["empreinte"] != hashlib.sha256(corps + b"\n").hexdigest():
        raise LotFaux("son empreinte n'est pas celle de ses lignes : il a été changé")
    if (dite["nombre"], dite["pages"]) != (len(found), sum(one.pages for one in found)):
        raise LotFaux("il ne compte pas ses requêtes ou ses pages comme sa dernière ligne")
    return found


async def avec_avis(pilot: Pilot, bac: str, requete: RequeteImpression) -> Impression:
    """The notice that an order prints, and its PDF; raises PiloteErreur."""
    voulu = MODELES[requete.modele]
    for c in await pilot.courriers(bac, requete.numero_fps):
        if c["type"] == voulu.type:
            avis = voulu.model_validate_json(json.dumps(await pilot.courrier(bac, Party(c["service"]), c["id"])))
            if numero_de(avis) == requete.numero_avis:
                return Impression(requete, avis, await pilot.pdf(bac, Party(c["service"]), c["id"]))
    return Impression(requete, None, b"")


def numero_de(avis: Avis) -> str:
    """The number that a notice bears: its own when it is a rectificatif."""
    return avis.numero_fps if isinstance(avis, AvisPaiement) else avis.numero_avis


def fautes(une: Impression) -> list[str]:
    """What is wrong with an order, with its notice, or between them, in sentences; none when all is right."""
    requete, avis = une.requete, une.avis
    if avis is None:
        return [f"aucun avis ne porte le numéro {requete.numero_avis}"]
    e = avis.etablissement
    montant = e.montant if isinstance(e, Etablissement) else e.montant_rectifie
    paires: Sequence[tuple[str, Any, Any]] = (
        ("clé", requete.cle, avis.cle),
        ("numéro de télépaiement", requete.telepaiement, avis.modalites.telepaiement),
        ("date d'envoi", requete.date_envoi, e.date_envoi),
        ("montant", requete.montant, montant),
        ("destinataire", requete.destinataire, e.redevable.nom_complet),
        ("adresse", requete.adresse, e.redevable.adresse),
    )
    found = [f"{nom} : la requête dit « {demande} », l'avis « {imprime} »" for nom, demande, imprime in paires if demande != imprime]
    try:
        pages = pdf.textes(une.pdf)
    except pdf.PdfIllisible as error:
        return [*found, str(error)]
    if len(pages) != requete.pages:
        found.append(f"la requête dit {requete.pages} pages, l'avis en a {len(pages)}")
    return found + [constat.phrase for constat in examiner(avis, " ".join(pages)) if constat.manque]
