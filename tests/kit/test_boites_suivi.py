"""The boxes of the editors as the pilot reads them: counted, listed by state and dossier, each exchange as it passed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from fps.kit.boxes.essais import EXTRAIT
from fps.kit.boxes.signature import SignatureFausse, ouvrir
from tests.kit.bureau import LILLE, Bureau, bureau, dossier
from tests.parler.editeur import Editeur, editeur


@pytest.fixture
async def poste(database_url: str) -> AsyncIterator[Bureau]:
    async with bureau(database_url) as found:
        yield found


@pytest.fixture
async def ville() -> AsyncIterator[Editeur]:
    async with editeur() as found:
        yield found


async def lire(poste: Bureau, chemin: str, **params: Any) -> Any:
    answer = await poste.piloter("GET", chemin, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_box_is_counted_listed_both_ways_and_each_exchange_is_kept_as_it_passed(poste: Bureau, ville: Editeur) -> None:
    await poste.poser("adresse", ville.adresse)
    ids = await poste.ecrire(1, 2, 3)
    await poste.calme()
    ville.en_tetes.append((b"set-cookie", b"secret=1"))
    ville.refuser(503, b"non\0, demain. " + b"x" * 3_000 + b"\xff")
    ids += await poste.ecrire(4)
    await poste.calme()
    (boite,) = (await lire(poste, "/boites"))["boites"]
    assert (boite["siret"], boite["adresse"], boite["lettres"]) == (LILLE, ville.adresse, {"acquittee": 3, "attente": 1})
    assert boite["prochain_essai"] is not None
    assert (await lire(poste, "/boites", apres=LILLE))["boites"] == []

    chemin = f"/boites/{LILLE}/lettres"
    first = await lire(poste, chemin, limite=3)
    assert ([x["id"] for x in first["lettres"]], first["suivant"]) == (ids[:0:-1], 2)
    rest = await lire(poste, chemin, limite=3, apres=first["suivant"])
    assert ([x["id"] for x in rest["lettres"]], rest["suivant"]) == (ids[:1], None)
    assert [x["id"] for x in (await lire(poste, chemin, tri="anciennes", etat="acquittee"))["lettres"]] == ids[:3]
    assert [x["id"] for x in (await lire(poste, chemin, sujet=dossier(2)))["lettres"]] == [ids[1]]
    assert (await lire(poste, chemin, sujet=dossier(2), etat="attente"))["lettres"] == []

    bonne = await lire(poste, f"{chemin}/1")
    (essai,) = bonne["tentatives"]
    assert essai["envoye"]["url"] == ville.recues[0].url and essai["envoye"]["corps"] is None
    assert essai["recu"]["statut"] == 202 and essai["recu"]["extrait"] == "{}"
    cles = {"keys": [poste.running.facteur.signataire.publique]}
    signature = essai["envoye"]["entetes"]["x-jws-signature"]
    assert ouvrir(signature, bonne["corps"].encode(), cles)["jti"] == ids[0]
    with pytest.raises(SignatureFausse):
        ouvrir(signature, bonne["corps"].replace("3000", "3001").encode(), cles)
    (essai,) = (await lire(poste, f"{chemin}/4"))["tentatives"]
    assert essai["recu"]["extrait"].startswith("non�, demain. xxx") and len(essai["recu"]["extrait"]) == EXTRAIT + 1
    assert "set-cookie" not in essai["recu"]["entetes"]
    for faux in (f"{chemin}/9", f"/boites/{LILLE[:-1]}/lettres", f"{chemin}?etat=perdue", f"{chemin}?apres=-1", "/boites?apres=x"):
        assert (await poste.piloter("GET", faux)).status_code == (404 if faux.endswith("/9") else 422), faux
