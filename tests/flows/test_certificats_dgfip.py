"""The register of certificates of the DGFiP, for the accounting documents: deposit, activation by the comptable, and each refusal."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio

from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.parler.certificats import HEURE, certificat
from tests.parler.tribunal import EDITEUR, LILLE, PARIS, Tribunal, tribunal

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 11, 5)
DEPOT = {"siret": LILLE, "prestataire": "Éditeur Essai"}
MESSAGES = (TitreAnnulationRecette, MandatRemboursement)


@pytest_asyncio.fixture(loop_scope="session")
async def dgfip(monde: World) -> AsyncIterator[Tribunal]:
    async with tribunal(monde, LE, vierge=True, party=Party.DGFIP) as opened:
        yield opened


async def refusee(dgfip: Tribunal, pem: str | None, code: str, **champs: Any) -> None:
    """Neither document passes, and nothing changes."""
    systeme, avant = dgfip.visiteur(pem), await dgfip.export()
    for cls in MESSAGES:
        assert await systeme.refus(cls.path, {**cls.example, **champs}) == code
    assert await dgfip.export() == avant


async def test_a_certificate_is_deposited_in_the_connection_and_activated_by_the_comptable(dgfip: Tribunal) -> None:
    essai = certificat(dgfip.pki, siret=EDITEUR)
    systeme, comptable = dgfip.visiteur(essai.pem), dgfip.pilote
    await refusee(dgfip, None, "certificat-requis")
    await refusee(dgfip, essai.pem, "certificat-non-depose")
    front = await systeme.lire("/front")
    cle = front["identite"]["empreinte"]
    absents = ["certificat-non-depose", "certificat-non-active"]
    assert ([m["code"] for m in front["manques"]], front["collectivites"]) == (absents, [])
    depose = await systeme.faire("/certificats", DEPOT)
    assert (depose["cle"], depose["etat"], depose["droits"], depose["sujet"]["siret"]) == (cle, "deposee", ["comptabilite"], EDITEUR)
    assert await systeme.refus("/certificats", DEPOT) == "certificat-deja-depose"
    await refusee(dgfip, essai.pem, "certificat-non-active")
    ici = f"/collectivites/{LILLE}/certificats"
    assert [(c["cle"], c["etat"]) for c in await comptable.lire(ici)] == [(cle, "deposee")]
    assert await systeme.refus(f"{ici}/{cle}/activation") == "jeton-requis"
    assert await comptable.refus(f"{ici}/{'0' * 64}/activation") == "certificat-inconnu"
    await comptable.faire(f"{ici}/{cle}/activation")
    front = await systeme.lire("/front")
    assert ([c["certificat"]["etat"] for c in front["collectivites"]], front["manques"]) == (["active"], [])
    refus = (await systeme.demander("POST", MandatRemboursement.path, {**MandatRemboursement.example, "siret": PARIS})).json()
    assert refus["code"] == "certificat-autre-siret"
    recu = await systeme.demander("POST", TitreAnnulationRecette.path, TitreAnnulationRecette.example)
    assert recu.status_code not in (401, 403), recu.text
    await comptable.faire(f"{ici}/{cle}/desactivation")
    await refusee(dgfip, essai.pem, "certificat-desactive")
    assert await comptable.refus(f"{ici}/{cle}/desactivation") == "certificat-non-actif"


async def test_an_activation_may_take_effect_later_as_the_deposit_said(dgfip: Tribunal) -> None:
    essai = certificat(dgfip.pki, siret=EDITEUR)
    systeme, comptable = dgfip.visiteur(essai.pem), dgfip.pilote
    await systeme.faire("/certificats", {**DEPOT, "effet_le": "2026-11-06T08:00:00+01:00"})
    cle = (await systeme.lire("/front"))["identite"]["empreinte"]
    await comptable.faire(f"/collectivites/{LILLE}/certificats/{cle}/activation")
    await refusee(dgfip, essai.pem, "certificat-pas-encore-effectif")


async def test_who_may_not_deposit_or_be_activated_is_told_why(dgfip: Tribunal) -> None:
    bon = dgfip.visiteur(certificat(dgfip.pki, siret=EDITEUR).pem)
    assert await dgfip.visiteur().refus("/certificats", DEPOT) == "certificat-requis"
    assert await dgfip.visiteur(certificat(dgfip.pki, siret=PARIS).pem).refus("/certificats", DEPOT) == "certificat-autre-collectivite"
    assert await dgfip.visiteur(dgfip.pki.chaine(Party.CCSP)[0]).refus("/certificats", DEPOT) == "certificat-autre-role"
    assert await bon.refus("/certificats", {**DEPOT, "siret": "12345678900006"}) == "siret-inconnu"
    vieux = certificat(dgfip.pki, siret=EDITEUR, du=-timedelta(days=2), au=-HEURE)
    assert await dgfip.visiteur(vieux.pem).refus("/certificats", DEPOT) == "certificat-expire"
    assert await dgfip.pilote.lire(f"/collectivites/{LILLE}/certificats") == []
    assert await dgfip.pilote.refus("/collectivites/12345678900006/certificats", methode="GET") == "siret-inconnu"


async def test_an_ordinary_bac_begins_with_the_reference_system_active_for_every_town(monde: World) -> None:
    async with tribunal(monde, LE, party=Party.DGFIP) as dgfip:
        for siret in (LILLE, PARIS):
            vus = await dgfip.pilote.lire(f"/collectivites/{siret}/certificats")
            assert [(c["cle"], c["etat"]) for c in vus] == [("service:collectivite", "active")]


async def test_each_act_on_a_certificate_is_in_the_audit_journal(dgfip: Tribunal) -> None:
    systeme = dgfip.visiteur(certificat(dgfip.pki, siret=EDITEUR).pem)
    await systeme.faire("/certificats", DEPOT)
    await systeme.refus("/certificats", DEPOT)
    cle = (await systeme.lire("/front"))["identite"]["empreinte"]
    await dgfip.pilote.faire(f"/collectivites/{LILLE}/certificats/{cle}/activation")
    lignes = [(x["acte"], x["qui"], x["objet"], x["code"]) for x in await dgfip.audit()]
    route = "/collectivites/{siret}/certificats/{empreinte}/activation"
    assert lignes[-7:] == [
        ("depot-certificat", cle, LILLE, ""),
        ("acte", cle, "POST /certificats", ""),
        ("etat-certificat", cle, LILLE, ""),
        ("acte", cle, "POST /certificats", "certificat-deja-depose"),
        ("activation-certificat", "administration", f"{LILLE} {cle}", ""),
        ("acte", "administration", f"POST {route}", ""),
        ("etat-certificat", cle, LILLE, ""),
    ]
