"""The convention by date: prepared, deposited, signed by both, in force from its first to its last day; nothing works before or after."""

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from fps.kit.wire.envelope import BODY_LIMIT
from fps.messages.annulation import FpsImpaye
from fps.messages.mfps import AnnulationFps
from fps_simulateur.pilote.world import World
from tests.parler.espace import LILLE, PDF, SIGNATAIRE, Espace, code

pytestmark = pytest.mark.asyncio(loop_scope="session")


def lu(pdf: bytes) -> str:
    """The words of a document."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\u00a0", " ").split())


async def test_each_step_before_the_first_message_has_its_own_refusal(monde: World) -> None:
    ville = await Espace.vierge(monde)
    qui = ville.prestataire()
    assert code(await ville.mfps(qui)) == (403, "espace-absent")
    await ville.controler("espace", "manuel")
    await ville.demander()
    assert code(await ville.mfps(qui)) == (403, "espace-en-attente")
    await ville.administrer("POST", f"/espaces/{LILLE}/refus", json={"motif": "Demande incomplète."})
    refus = await ville.mfps(qui)
    assert code(refus) == (403, "espace-refuse") and "Demande incomplète." in refus.json()["detail"]
    await ville.demander()
    await ville.administrer("POST", f"/espaces/{LILLE}/ouverture")
    await ville.connecter()
    assert code(await ville.mfps(qui)) == (403, "convention-absente")
    await ville.controler("convention", "manuel")
    await ville.preparer(effet_le="2026-06-20")
    assert code(await ville.mfps(qui)) == (403, "convention-non-deposee")
    await ville.deposer_convention()
    assert code(await ville.mfps(qui)) == (403, "convention-a-signer-par-l-antai")
    await ville.administrer("POST", f"/espaces/{LILLE}/conventions/1/signature")
    assert code(await ville.mfps(qui)) == (403, "convention-pas-encore-en-vigueur")
    await ville.aller(date(2026, 6, 20))
    assert code(await ville.mfps(qui)) == (403, "certificat-non-depose")
    await ville.deposer(qui)
    assert code(await ville.mfps(qui)) == (403, "certificat-non-active")
    await ville.activer(qui)
    assert (await ville.mfps(qui, date(2026, 6, 20))).json()["statut"] == "accepte"
    assert [c for _, c in await ville.audit() if c.startswith(("espace", "convention", "certificat"))] == [
        "espace-absent",
        "espace-en-attente",
        "espace-refuse",
        "convention-absente",
        "convention-non-deposee",
        "convention-a-signer-par-l-antai",
        "convention-pas-encore-en-vigueur",
        "certificat-non-depose",
        "certificat-non-active",
    ]


@pytest.mark.parametrize(
    ("jour", "refus"),
    [
        (date(2026, 6, 19), "convention-pas-encore-en-vigueur"),
        (date(2026, 6, 20), None),
        (date(2026, 6, 21), None),
        (date(2029, 6, 18), None),
        (date(2029, 6, 19), None),
        (date(2029, 6, 20), "convention-echue"),
    ],
)
async def test_the_first_and_the_last_days_are_in_force_and_their_neighbours_are_not(monde: World, jour: date, refus: str | None) -> None:
    ville = await Espace.conventionnee(monde, effet_le="2026-06-20")
    qui = ville.prestataire()
    await ville.deposer(qui)
    await ville.aller(date(2026, 6, 20) if refus != "convention-pas-encore-en-vigueur" else jour)
    active = await ville.activer(qui)
    await ville.aller(jour)
    avant = await ville.traces()
    reponse = await ville.mfps(qui, jour)
    if refus is None:
        assert reponse.json()["statut"] == "accepte", reponse.text
        return
    assert code(reponse) == (403, refus)
    assert await ville.traces() == avant
    assert await ville.manques(qui) == [refus, *([] if active.status_code == 200 else ["certificat-non-active"])]


async def test_a_convention_ended_stops_the_dossiers_that_it_opened_too(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    numero = (await ville.mfps(qui)).json()["numero_fps"]
    assert (
        await ville.agent("POST", "/conventions/1/resiliation", json={"le": "2026-06-13", "motif": "Fin du marché."})
    ).status_code == 200
    await ville.aller(date(2026, 6, 13))
    avant = await ville.traces()
    annulation = {"numero_fps": numero, "date_annulation": "2026-06-13T08:00:00+02:00"}
    assert code(await ville.envoyer(AnnulationFps, qui, **annulation)) == (403, "convention-resiliee")
    assert await ville.traces() == avant


async def test_the_document_to_sign_names_the_cycle_and_the_dates(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    await ville.preparer("partiel", effet_le="2026-07-01")
    modele = await ville.agent("GET", "/conventions/1/modele")
    assert modele.headers["content-type"] == "application/pdf"
    texte, place = lu(modele.content), 0
    for mention in (
        "SPÉCIMEN",
        "Convention de cycle partiel",
        "21590350100017-0001",
        "Ville de Lille",
        "Camille Exemple, Maire",
        "1er juillet 2026",
        "30 juin 2029",
        "Date et signature",
    ):
        assert mention in texte[place:], mention
        place = texte.index(mention, place)
    assert (await ville.agent("GET", "/conventions/1/modele")).content == modele.content


async def test_the_signed_document_is_retrieved_once_both_have_signed(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    await ville.controler("convention", "manuel")
    await ville.preparer()
    assert code(await ville.agent("GET", "/conventions/1/depot")) == (403, "convention-non-deposee")
    assert code(await ville.agent("GET", "/conventions/1/signee")) == (403, "convention-non-deposee")
    depot = (await ville.deposer_convention()).json()
    assert (depot["etat"], len(depot["empreinte"])) == ("a-signer-par-l-antai", 64)
    assert (await ville.agent("GET", "/conventions/1/depot")).content == PDF
    assert code(await ville.agent("GET", "/conventions/1/signee")) == (403, "convention-a-signer-par-l-antai")
    assert (await ville.administrer("POST", f"/espaces/{LILLE}/conventions/1/signature")).json()["etat"] == "en-vigueur"
    texte = lu((await ville.agent("GET", "/conventions/1/signee")).content)
    assert "Signé le 12 juin 2026" in texte and depot["empreinte"][:16] in texte.replace(" ", "")
    assert code(await ville.deposer_convention()) == (409, "convention-deja-signee")
    assert code(await ville.administrer("POST", f"/espaces/{LILLE}/conventions/1/signature")) == (409, "convention-deja-signee")
    assert code(await ville.agent("GET", "/conventions/2/signee")) == (404, "convention-inconnue")


@pytest.mark.parametrize(
    ("pdf", "type_", "refus"),
    [
        (b"", "application/pdf", (422, "convention-document-refuse")),
        (b"%PDF-1.7\ncoupe au milieu", "application/pdf", (422, "convention-document-refuse")),
        (b"\x89PNG\r\n\x1a\n%%EOF", "application/pdf", (422, "convention-document-refuse")),
        (PDF, "image/png", (415, "type-de-contenu")),
        (b"%PDF-1.7\n" + b"0" * (5 * BODY_LIMIT) + b"%%EOF", "application/pdf", (413, "corps-trop-grand")),
    ],
)
async def test_what_is_not_a_whole_pdf_of_five_mebibytes_at_most_is_refused(
    monde: World, pdf: bytes, type_: str, refus: tuple[int, str]
) -> None:
    ville = await Espace.ouverte(monde)
    await ville.preparer()
    avant = await ville.traces()
    reponse = await ville.deposer_convention(pdf=pdf, type_=type_)
    assert (reponse.status_code, reponse.json()["code"]) == refus
    assert await ville.traces() == avant


async def test_antai_may_send_a_deposit_back_or_sign_after_some_days(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    await ville.controler("convention", "refus")
    await ville.preparer()
    rendue = (await ville.deposer_convention()).json()
    assert (rendue["etat"], rendue["retour"], rendue["empreinte"]) == ("a-deposer", "Refus demandé pour cet essai.", None)
    await ville.controler("convention", "manuel")
    await ville.deposer_convention()
    retour = await ville.administrer("POST", f"/espaces/{LILLE}/conventions/1/retour", json={"motif": "Page manquante."})
    assert retour.json()["retour"] == "Page manquante."
    assert code(await ville.administrer("POST", f"/espaces/{LILLE}/conventions/1/signature")) == (409, "signature-impossible")
    assert code(await ville.agent("GET", "/conventions/1/depot")) == (403, "convention-non-deposee")
    await ville.controler("convention", "automatique", jours=2)
    assert (await ville.deposer_convention()).json()["etat"] == "a-signer-par-l-antai"
    await ville.aller(date(2026, 6, 14))
    signee = (await ville.agent("GET", "/conventions")).json()[0]
    # Never in force before ANTAI's signature: the first day moved, the last one stays.
    assert (signee["etat"], signee["debut"], signee["fin"]) == ("en-vigueur", "2026-06-14", "2029-06-11")


async def test_a_new_convention_begins_when_the_first_ends_and_may_change_the_cycle(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    assert (await ville.agent("GET", "/conventions")).json()[0]["fin"] == "2029-06-11"
    refus = await ville.preparer("partiel", effet_le="2029-06-11")
    assert code(refus) == (409, "conventions-superposees") and "11/06/2029" in refus.json()["detail"]
    assert code(await ville.preparer("partiel", effet_le="2026-06-11")) == (409, "convention-effet-passe")
    suivante = await ville.convenir("partiel")
    assert (suivante["rang"], suivante["debut"], suivante["etat"]) == (2, "2029-06-12", "pas-encore-en-vigueur")
    qui = await ville.actif()
    await ville.aller(date(2029, 6, 11))
    assert (await ville.mfps(qui, date(2029, 6, 11))).json()["statut"] == "accepte"
    assert (await ville.envoyer(FpsImpaye, qui, **impaye())).json()["code"] == "flux-11-en-cycle-complet"
    await ville.aller(date(2029, 6, 12))
    refuse = await ville.mfps(qui, date(2029, 6, 12))
    assert [e["code"] for e in refuse.json()["accuse"]["erreurs"]] == ["cycle-partiel"]
    accepte = await ville.envoyer(FpsImpaye, qui, **impaye())
    assert accepte.json().get("statut") == "accepte", accepte.text


def impaye() -> dict[str, Any]:
    """An unpaid FPS of Lille that it notified itself."""
    return {"beneficiaire": {**FpsImpaye.example["beneficiaire"], "siret": LILLE}, "numero_fps": "21590350100017261163072245"}


async def test_a_convention_is_prepared_one_at_a_time_and_may_be_given_up(monde: World) -> None:
    ville = await Espace.ouverte(monde)
    assert code(await ville.preparer(None)) == (422, "cycle-non-choisi")
    await ville.agent("PUT", "/reglages", json={"cycle": "partiel"})
    assert (await ville.preparer(None)).json()["cycle"] == "partiel"
    assert code(await ville.preparer()) == (409, "convention-en-preparation")
    assert (await ville.agent("DELETE", "/conventions/1")).status_code == 204
    assert code(await ville.agent("DELETE", "/conventions/1")) == (404, "convention-inconnue")
    await ville.convenir()
    assert code(await ville.agent("DELETE", "/conventions/1")) == (409, "convention-deja-signee")
    assert code(await ville.preparer(effet_le="2026-07-01")) == (409, "conventions-superposees")


@pytest.mark.parametrize("le", ["2026-06-11", "2029-06-12"])
async def test_a_convention_ends_early_from_today_to_its_last_day_only(monde: World, le: str) -> None:
    ville = await Espace.conventionnee(monde)
    avant = await ville.traces()
    assert code(await ville.agent("POST", "/conventions/1/resiliation", json={"le": le, "motif": "Essai."})) == (
        409,
        "resiliation-impossible",
    )
    assert await ville.traces() == avant


async def test_a_convention_that_is_terminated_leaves_room_for_another(monde: World) -> None:
    ville = await Espace.conventionnee(monde)
    qui = await ville.actif()
    resiliee = await ville.agent("POST", "/conventions/1/resiliation", json={"le": "2026-07-01", "motif": "Changement de cycle."})
    assert (resiliee.json()["etat"], resiliee.json()["resiliee_le"]) == ("en-vigueur", "2026-07-01")
    encore = {"le": "2026-06-30", "motif": "Essai."}
    assert code(await ville.agent("POST", "/conventions/1/resiliation", json=encore)) == (409, "resiliation-impossible")
    await ville.aller(date(2026, 6, 30))
    assert (await ville.mfps(qui, date(2026, 6, 30))).status_code == 200
    await ville.aller(date(2026, 7, 1))
    assert code(await ville.mfps(qui, date(2026, 7, 1))) == (403, "convention-resiliee")
    assert (await ville.convenir())["rang"] == 2
    assert (await ville.mfps(qui, date(2026, 7, 1))).json()["statut"] == "accepte"


async def test_the_signatory_is_named_by_the_agent_and_the_espace_must_be_open(monde: World) -> None:
    ville = await Espace.vierge(monde)
    await ville.controler("espace", "manuel")
    await ville.demander()
    corps = {"signataire": SIGNATAIRE, "cycle": "complet"}
    assert code(await ville.administrer("POST", f"/espaces/{LILLE}/conventions", json=corps)) == (403, "espace-en-attente")
    sans = await ville.administrer("POST", f"/espaces/{LILLE}/conventions", json={"cycle": "complet"})
    assert [e["champ"] for e in sans.json()["erreurs"]] == ["signataire"]
