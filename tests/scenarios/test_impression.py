"""The print room: the orders of a day as the print shop gets them, each notice with the mentions of the law in order, two versions seen."""

import hashlib
import io
import json
import re

import pytest
from PIL import Image

from fps.messages.avis import RequeteImpression
from fps.regles.mentions import examiner, normal
from fps_simulateur.client import Monde
from fps_simulateur.impression import pdf, salle
from fps_simulateur.impression.difference import comparer, page
from fps_simulateur.impression.salle import Impression, LotFaux
from fps_simulateur.pilote.pilot import PiloteErreur
from fps_simulateur.pilote.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
PARIS = "21750001600019"


@pytest.fixture(scope="module")
def salle_pleine() -> dict[str, list[Impression]]:
    """What the first test prints, for those that look at it."""
    return {}


async def test_the_batch_of_a_day_is_what_the_print_shop_gets_and_each_notice_has_its_mentions(
    monde: World, salle_pleine: dict[str, list[Impression]]
) -> None:
    bac = await Monde(monde).bac()
    un, autre = await bac.etablir(), await bac.etablir(plaque="EF-456-GH")
    await bac.etablir(plaque="XY-789-ZT", ville="paris", date_heure_constat="2024-01-02T19:00:00+01:00", agent="0999")
    await bac.advance("2024-01-20")
    await bac.contester(un)
    await bac.decider(un, "acceptation-partielle", montant_rectifie=1500)
    await bac.advance("2024-02-05")
    toutes = [one async for one in salle.requetes(monde.pilot, bac.nom)]
    assert sorted(one.modele for one in toutes) == ["apa", "apa", "apa", "apa-rectificatif"]
    assert {one.numero_fps[:14] async for one in salle.requetes(monde.pilot, bac.nom, PARIS)} == {PARIS}
    lot = next(one.lot for one in toutes if one.numero_avis == un.numero)
    octets = await salle.lot(monde.pilot, bac.nom, lot, "21590350100017")
    assert octets == await salle.lot(monde.pilot, bac.nom, lot, "21590350100017")
    lues = salle.lire_lot(octets)
    assert [one.numero_avis for one in lues] == sorted([un.numero, autre.numero])
    fin = json.loads(octets.splitlines()[-1])["fin"]
    assert fin == {"nombre": 2, "pages": 8, "empreinte": hashlib.sha256(octets[: octets.rindex(b'{"fin"')]).hexdigest()}
    imprimees = [await salle.avec_avis(monde.pilot, bac.nom, one) for one in toutes]
    assert [salle.fautes(one) for one in imprimees] == [[]] * 4
    salle_pleine["vues"] = imprimees
    with pytest.raises(PiloteErreur, match="Aucun avis n'est parti"):
        await salle.lot(monde.pilot, bac.nom, "2023-01-01-01")
    for faux, dit in (
        (octets.replace(b'"montant":3500', b'"montant":3400'), "il a été changé"),
        (octets[:-80], "il est coupé"),
        (b"[]", "il est coupé"),
    ):
        with pytest.raises(LotFaux, match=dit):
            salle.lire_lot(faux)


async def test_what_is_missing_out_of_its_place_or_otherwise_on_the_notice_is_named(salle_pleine: dict[str, list[Impression]]) -> None:
    vue = next(one for one in salle_pleine["vues"] if one.requete.modele == "apa")
    assert vue.avis is not None
    plat = normal(" ".join(pdf.textes(vue.pdf)))
    for ote, nom in {
        vue.avis.etablissement.autorite.nom: "Autorité dont relève l'agent",
        "Signé": "Signature",
        "irrecevabilité": "RAPO obligatoire",
        "Modalités de paiement et contestation": "Partie « Modalités",
        "vaut décision de rejet": "Silence valant rejet",
    }.items():
        (dit, *_) = [c.phrase for c in examiner(vue.avis, plat.replace(normal(ote), " ")) if c.manque]
        assert dit.startswith(nom) and "CGCT, art. R. 2333-120-4" in dit
    agent = re.search(r"numero d identification de l agent assermente \S+", plat[plat.index("etablissement de l avis") :])
    assert agent is not None
    deplace = plat.replace(agent[0], "", 1).replace(" signe ", f" signe {agent[0]} ", 1)
    (dit,) = [c.phrase for c in examiner(vue.avis, deplace) if c.manque]
    assert dit.startswith("Numéro d'identification de l'agent : elle est imprimée, mais pas à sa place")
    autre = RequeteImpression.model_validate(vue.requete.model_dump() | {"montant": 100, "pages": 3})
    dits = salle.fautes(Impression(autre, vue.avis, vue.pdf))
    assert dits == ["montant : la requête dit « 100 », l'avis « 3500 »", "la requête dit 3 pages, l'avis en a 4"]
    assert salle.fautes(Impression(vue.requete, None, b"")) == [f"aucun avis ne porte le numéro {vue.requete.numero_avis}"]


async def test_two_versions_of_a_notice_are_seen_one_over_the_other(salle_pleine: dict[str, list[Impression]]) -> None:
    a, b = [one.pdf for one in salle_pleine["vues"] if one.requete.modele == "apa"][:2]
    assert [une.zones for une in comparer(a, a)] == [()] * 4
    pages = comparer(a, b)
    assert len(pages) == 4 and pages[0].zones and all(0 <= une.part < 0.2 for une in pages)
    image = Image.open(io.BytesIO(pages[0].image)).convert("RGB")
    couleurs = {couleur for _, couleur in image.getcolors(1 << 24) or ()}
    assert {(200, 30, 30), (20, 110, 60), (178, 106, 0)} <= couleurs, "what is gone, what is come, and where"
    dite = page(pages, "a.pdf", "b<.pdf")
    assert "SPÉCIMEN" in dite and dite.count("data:image/png") == 4 and "b&lt;.pdf" in dite and "http" not in dite
    with pytest.raises(pdf.PdfIllisible):
        comparer(a, b"%PDF-1.4 rien")
