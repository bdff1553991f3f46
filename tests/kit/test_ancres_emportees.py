"""A bac that leaves with its signed heads: what was cut, changed or taken out on the way is refused, or told, when it comes back."""

import io
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from fps.kit.data import tables
from fps.kit.engine import archive, bacs
from fps.kit.engine.reprise import Couverture, Reprise
from fps.kit.engine.service import Service
from fps.kit.ground.faults import Malformed
from fps.kit.trust import ancres
from fps.kit.trust.ancres import Ancreur, Notaire
from fps.kit.trust.pki import ephemere
from tests.kit.ancres import UN, J, constats, ecrit, rechain
from tests.kit.toy import emission_letter, numero
from tests.parler.exports import ecrit as ecrit_export
from tests.parler.exports import lu


@pytest.fixture
async def monde_ecrit(database_url: str) -> AsyncIterator[tuple[Service, Ancreur]]:
    async with ecrit(database_url) as found:
        yield found


async def emporte(service: Service, bac: str = "essai") -> dict[str, Any]:
    """What a bac leaves with, anchors included, as a document that a test alters."""
    return lu(b"".join([some async for some in bacs.dump(service, bac, signees=True)]))


def prise(service: Service, ancreur: Ancreur, document: dict[str, Any], vers: str) -> Reprise:
    """An export that comes back, not read yet."""
    flot = io.BytesIO(ecrit_export(document))
    source, temoin = partial(archive.read, flot, service.party), ancres.TemoinDesAncres(ancreur.notaire)
    return bacs.taken(service, vers, source, archive.origine(flot), temoin)


async def refus(service: Service, ancreur: Ancreur, document: dict[str, Any], vers: str = "retour") -> str:
    """Where the import of an export stops; nothing when it is taken back."""
    repris = prise(service, ancreur, document, vers)
    try:
        await repris.verifier()
        await bacs.restore(service, repris)
    except Malformed as error:
        async with service.database.read() as tx:
            assert not await tx.load(tables.bacs, [(vers,)]) and not await tx.load(J, [(vers,)], ("bac",))
        return str(error.erreurs[0]["champ"])
    return ""


def acte_exporte(document: dict[str, Any], n: int, rang: int) -> list[Any]:
    places = [document["tables"]["journal"]["colonnes"].index(nom) for nom in ("subject", "rang")]
    return next(row for row in document["tables"]["journal"]["lignes"] if [row[p] for p in places] == [numero(n), rang])


def coupe(document: dict[str, Any]) -> None:
    document["tables"]["journal"]["lignes"].remove(acte_exporte(document, 1, 4))


def coupe_avec_sa_tete(document: dict[str, Any]) -> None:
    coupe(document)
    dernier, colonnes = acte_exporte(document, 1, 3), document["tables"]["journal"]["colonnes"]
    [tete] = [row for row in document["tables"]["chains"]["lignes"] if row[0] == UN]
    tete[1:] = [dernier[colonnes.index(nom)] for nom in document["tables"]["chains"]["colonnes"][1:]]


def vide(document: dict[str, Any]) -> None:
    journal = document["tables"]["journal"]
    journal["lignes"] = [row for row in journal["lignes"] if row[journal["colonnes"].index("subject")] != UN]


def vide_avec_sa_tete(document: dict[str, Any]) -> None:
    vide(document)
    tetes = document["tables"]["chains"]
    tetes["lignes"] = [row for row in tetes["lignes"] if row[0] != UN]


def echange(document: dict[str, Any]) -> None:
    deux, trois = acte_exporte(document, 1, 2), acte_exporte(document, 1, 3)
    place = document["tables"]["journal"]["colonnes"].index("data")
    deux[place], trois[place] = trois[place], deux[place]


def recrit(document: dict[str, Any]) -> None:
    place = document["tables"]["journal"]["colonnes"].index("article")
    acte_exporte(document, 1, 2)[place] = "un autre article"


def audit_coupe(document: dict[str, Any]) -> None:
    document["tables"]["audit"]["lignes"].pop()


def ancre_retiree(document: dict[str, Any]) -> None:
    document["tables"]["ancres"]["lignes"].pop(0)
    document["ancres"] -= 1  # as if the header had been made again


REFUSES = (
    (coupe, f"dossier.{UN}.rang 4"),
    (coupe_avec_sa_tete, f"dossier.{UN}.rang 4"),
    (vide, f"dossier.{UN}.rang 1"),
    (vide_avec_sa_tete, f"dossier.{UN}.rang 4"),
    (echange, f"dossier.{UN}.rang 2"),
    (recrit, f"dossier.{UN}.rang 2"),
    (audit_coupe, "audit.rang 3"),
    (ancre_retiree, "ancres.rang 1"),
)


async def test_an_export_whose_journals_were_cut_emptied_swapped_or_rewritten_is_not_taken_back(
    monde_ecrit: tuple[Service, Ancreur],
) -> None:
    service, ancreur = monde_ecrit
    await service.note("essai", "porte", "compte", "GET /encore")
    assert await ancreur.ancrer() == 1
    for change, attendu in REFUSES:
        document = await emporte(service)
        change(document)
        assert await refus(service, ancreur, document) == attendu, change.__name__
    assert await refus(service, ancreur, await emporte(service)) == ""
    assert await constats(service, ancreur, "retour") == set()
    ailleurs = Ancreur(service, Notaire(ephemere(), service.party))  # another simulator, of another PKI
    assert await refus(service, ailleurs, await emporte(service), "ailleurs") == ""


async def test_a_chain_made_again_with_its_head_is_not_taken_back_nor_those_of_another_bac(monde_ecrit: tuple[Service, Ancreur]) -> None:
    service, ancreur = monde_ecrit
    avant, autre = await emporte(service), await emporte(service, "autre")
    await rechain(service, 1, "8000", "1")
    apres = await emporte(service)
    assert await refus(service, ancreur, apres) == f"dossier.{UN}.rang 4"  # whoever owns the database, and its anchor stayed
    avant["tables"]["ancres"] = autre["tables"]["ancres"]
    assert (await refus(service, ancreur, avant)).startswith("dossier.")


async def test_an_export_without_its_anchors_is_refused_where_it_says_that_it_holds_some_and_told_as_such_where_it_does_not(
    monde_ecrit: tuple[Service, Ancreur],
) -> None:
    service, ancreur = monde_ecrit
    await service.receive([emission_letter(3)])
    assert await ancreur.ancrer() == 1
    entier = await emporte(service)
    assert entier["ancres"] == len(entier["tables"]["ancres"]["lignes"]) == 2

    def sans(*retirees: int, dit: int | None) -> dict[str, Any]:
        """Without these anchors, and with this number in the header; None: an earlier version wrote it, and said nothing."""
        lignes = [ligne for rang, ligne in enumerate(entier["tables"]["ancres"]["lignes"]) if rang not in retirees]
        tables_ = entier["tables"] | {"ancres": {**entier["tables"]["ancres"], "lignes": lignes}}
        if not lignes:
            del tables_["ancres"]
        tete = {nom: valeur for nom, valeur in entier.items() if nom != "ancres"} | ({} if dit is None else {"ancres": dit})
        return tete | {"tables": tables_}

    for retirees in ((0, 1), (1,)):
        assert await refus(service, ancreur, sans(*retirees, dit=2)) == "tables.ancres", retirees
    # Four journals: three dossiers, and the audit. The second anchor signed the third dossier.
    for rang, (document, attendu) in enumerate(
        (
            (entier, Couverture(ancres=2, tetes=4, signees=4)),
            (sans(0, 1, dit=None), Couverture(ancres=0, tetes=4, signees=0)),
            (sans(0, 1, dit=0), Couverture(ancres=0, tetes=4, signees=0)),
            (sans(1, dit=1), Couverture(ancres=1, tetes=4, signees=3)),
        )
    ):
        repris = prise(service, ancreur, document, f"retour-{rang}")
        await repris.verifier()
        await bacs.restore(service, repris)
        assert repris.couverture == attendu and repris.couverture.sans_ancre == 4 - attendu.signees, rang
