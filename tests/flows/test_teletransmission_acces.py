"""What the interface of the court protects: a petition from another town's system, a file from its filing to its download."""

import hashlib
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps.messages.recours_usager import Requete
from fps.messages.specimen_pdf import pdf, piece_jointe
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import certificat
from tests.parler.greffe import DEPOT
from tests.parler.tribunal import EDITEUR, ICI, LILLE, PARIS, SIGNATURE, SYSTEME, Tribunal, communiquee, corps, empreinte, tribunal

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def court(monde: World) -> AsyncIterator[Tribunal]:
    async with tribunal(monde, DEPOT) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def vierge(monde: World) -> AsyncIterator[Tribunal]:
    async with tribunal(monde, DEPOT, vierge=True) as opened:
        yield opened


async def test_a_new_bac_begins_with_the_reference_system_ready_for_every_town(court: Tribunal) -> None:
    for siret in (LILLE, PARIS):
        suivi = await court.pilote.lire(f"/teletransmission/{siret}")
        assert (suivi["manques"], suivi["versions_homologuees"]) == ([], ["Système de référence référence"])
    assert [c["cle"] for c in await court.pilote.lire(f"{ICI}/certificats")] == ["service:collectivite"]
    assert await court.pilote.refus("/teletransmission/12345678900006", methode="GET") == "siret-inconnu"


async def test_a_certificate_of_one_town_touches_no_petition_of_another_by_any_mix_of_numbers(vierge: Tribunal) -> None:
    """The provider of Paris names its own FPS and its own SIRET, and the petition of Lille."""
    court = vierge
    lillois = await communiquee(court)
    parisien = court.editeur()
    pilote = court.pilote
    for siret in (LILLE, PARIS):
        chemin = f"/teletransmission/{siret}"
        await pilote.faire(f"{chemin}/cahier-des-charges")
    cle = await empreinte(parisien)
    seance = await pilote.faire(f"/teletransmission/{PARIS}/homologations", {**SYSTEME, "empreinte": cle})
    essai = {"numero_requete": seance["numero_requete"], "numero_fps": seance["numero_fps"], "siret": PARIS}
    for _ in range(2):
        chemin = f"/teletransmission/{PARIS}/essais/memoire"
        await parisien.faire(chemin, {**MemoireDefense.example, **essai}, **{"Idempotency-Key": "1"})
    piece = {**PieceDefense.example, **essai, "piece": seance["piece"]}
    faux = {**piece, "piece": {**seance["piece"], "empreinte": "0" * 64}}
    assert await parisien.refus(f"/teletransmission/{PARIS}/essais/piece", faux) == "piece-alteree"
    await parisien.faire(f"/teletransmission/{PARIS}/essais/piece", piece)
    await pilote.faire(f"/teletransmission/{PARIS}/conventions", SIGNATURE)
    await parisien.faire("/certificats", {"siret": PARIS, "prestataire": "Éditeur Essai"})
    await pilote.faire(f"/teletransmission/{PARIS}/certificats/{cle}/activation")
    fps_lille, fps_paris, inconnu = MemoireDefense.example["numero_fps"], PARIS + "261163072245", "98765432100017261163072245"
    vu = await court.greffe.voir(lillois)
    depots = await pilote.lire(f"/requetes/{lillois}/depots")
    attendus = [
        (fps_lille, LILLE, "homologation-absente"),
        (fps_lille, PARIS, "homologation-absente"),
        (fps_paris, LILLE, "homologation-absente"),
        (fps_paris, PARIS, "requete-autre-fps"),
        (inconnu, PARIS, "requete-autre-fps"),
        (fps_lille, "98765432100017", "homologation-absente"),
        (inconnu, "98765432100017", "requete-autre-fps"),
    ]
    for numero_fps, siret, code in attendus:
        for cls in (MemoireDefense, PieceDefense):
            reponse = await parisien.demander("POST", cls.path, corps(cls, lillois, numero_fps=numero_fps, siret=siret))
            assert reponse.json()["code"] == code, (numero_fps, siret, reponse.text)
            assert numero_fps == fps_lille or fps_lille not in reponse.text  # nothing is learned of the petition
    for suite in ("depots", f"depots/{lillois}-D1", "pieces/1"):
        assert await parisien.refus(f"/teletransmission/{PARIS}/requetes/{lillois}/{suite}", methode="GET") == "requete-inconnue"
        assert await parisien.refus(f"/teletransmission/{LILLE}/requetes/{lillois}/{suite}", methode="GET") == "homologation-absente"
    assert await court.greffe.voir(lillois) == vu and await pilote.lire(f"/requetes/{lillois}/depots") == depots == []


async def test_the_portal_is_not_for_systems_and_paper_needs_no_homologation(court: Tribunal) -> None:
    village = "21000200200017"
    numero_fps = village + Requete.example["numero_fps"][14:]
    numero = await communiquee(court, numero_fps=numero_fps)
    commun = {"numero_fps": numero_fps, "siret": village}
    reference = court.visiteur(court.pki.chaine(Party.COLLECTIVITE)[0])
    assert await reference.refus(MemoireDefense.path, corps(MemoireDefense, numero, **commun, canal="portail")) == "portail-par-session"
    papier = await reference.faire(PieceDefense.path, corps(PieceDefense, numero, **commun, canal="courrier", piece=SUR_PAPIER))
    assert (papier["taille"], papier["empreinte"]) == (None, "0" * 64)
    assert await court.pilote.refus(f"/requetes/{numero}/pieces/1", methode="GET") == "depot-inconnu"


SUR_PAPIER = {"nature": "autre", "fichier": "pv.pdf", "type_media": "application/pdf", "empreinte": "0" * 64, "contenu": None}


async def test_a_piece_sent_by_the_interface_is_proved_from_end_to_end_and_read_back_by_its_provider(court: Tribunal) -> None:
    numero = await communiquee(court)
    reference = court.visiteur(court.pki.chaine(Party.COLLECTIVITE)[0])
    octets = pdf("Procès-verbal")
    message = corps(PieceDefense, numero, piece=piece_jointe("autre", "pv « été ».pdf", octets))
    accuse = await reference.faire(PieceDefense.path, message, **{"Idempotency-Key": "piece"})
    assert (accuse["taille"], accuse["empreinte"]) == (len(octets), hashlib.sha256(octets).hexdigest())
    assert await reference.faire(PieceDefense.path, message, **{"Idempotency-Key": "piece"}) == accuse
    assert await reference.refus(PieceDefense.path, message, **{"Idempotency-Key": "autre"}) == "piece-deja-deposee"
    for visiteur, base in ((reference, f"{ICI}/requetes"), (court.pilote, "/requetes")):
        fichier = await visiteur.demander("GET", f"{base}/{numero}/pieces/1")
        assert (fichier.status_code, fichier.content) == (200, octets)
        assert fichier.headers["content-disposition"].endswith("pv%20%C2%AB%20%C3%A9t%C3%A9%20%C2%BB.pdf")
        (depot,) = await visiteur.lire(f"{base}/{numero}/depots")
        assert (depot["rang"], depot["canal"], depot["par"]) == (1, "teletransmission", "")
    etranger = court.visiteur(certificat(court.pki, siret=EDITEUR).pem)
    assert await etranger.refus(f"{ICI}/requetes/{numero}/pieces/1", methode="GET") == "certificat-non-depose"
