"""A letter, a request, a day changes everything or nothing: on every engine, alone or in a batch."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from fps.errors import Introuvable
from fps.kit.data import tables
from fps.kit.data.database import DatabaseUnavailable
from fps.kit.engine import archive, bacs, dead_letters, journal, ledger, reprise, verification
from fps.kit.engine.acts import BacInconnu
from fps.kit.engine.collector import Collector, Item
from fps.kit.engine.remedes import REJOUER, REMEDES, remede
from fps.kit.engine.service import Receipt, Service
from fps.kit.engine.work import Work
from fps.kit.ground.faults import LettreAttendue, Malformed, Overloaded, cause
from fps.kit.post import relay
from fps.kit.post.inbound import Inbound
from fps.kit.web.keys import reused
from fps.kit.wire.carrier import Delivery, Fate
from fps.kit.wire.envelope import Letter, pack, read_message
from fps.messages.paiement import PaiementTitre
from fps.messages.titre import AnnulationTitre
from tests.kit.toy import START, Compte, Trop, advance, emission_letter, letter, numero, state, total, toy
from tests.parler.exports import ecrit, lu


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    async with toy(database_url, "essai", "autre") as found:
        yield found


async def counted(service: Service, table: str) -> int:
    async with service.database.read() as tx:
        return int((await tx.select(select(func.count()).select_from(tables.metadata.tables[table])))[0][0])


async def test_a_letter_changes_the_case_the_journal_the_books_the_outbox_and_the_deadlines(service: Service) -> None:
    (receipt,) = await service.receive([emission_letter(1)])
    assert receipt == Receipt("recu", None, again=False)
    assert await total(service, 1) == 8000
    found = await state(service)
    assert (found["prochaine_echeance"], found["en_attente"]) == ("2026-10-08", 1)
    figures = {"ecrites", "vers:antai", "emis:fps.05.titre-paye.v1", "recu:fps.12.emission.v1", "recues", "venues:antai"}
    assert found["comptes"] == dict.fromkeys(figures, 1)
    async with service.database.read() as tx:
        lines = await journal.lines(tx, "essai", subject=numero(1))
        assert [line.acte for line in lines] == ["reception", "prise-en-charge", "ecriture", "envoi"]
        assert [line.rang for line in lines] == [1, 2, 3, 4]
        assert (await verification.dossier(tx, "essai", numero(1)))[1] == []
        assert await ledger.soldes(tx, "essai") == {"etat": -8000, "redevable": 8000}


async def test_the_same_letter_twice_is_one_letter_and_the_same_answer(service: Service) -> None:
    first = await service.receive([emission_letter(1), emission_letter(1)])
    second = await service.receive([emission_letter(1)])
    assert first == [Receipt("recu"), Receipt("recu", again=True)]
    assert second == [Receipt("recu", again=True)]
    assert await total(service, 1) == 8000


async def test_the_same_key_with_another_content_is_refused_and_changes_nothing(service: Service) -> None:
    await service.receive([emission_letter(1, id="cle")])
    (result,) = await service.receive([emission_letter(2, id="cle")])
    assert isinstance(result, Malformed) and result.code == "cle-idempotence-reutilisee"
    assert await total(service, 2) is None


async def test_a_refused_letter_leaves_only_its_refusal_and_its_neighbours_are_kept(service: Service) -> None:
    results = await service.receive(
        [emission_letter(1), emission_letter(1, "trop"), emission_letter(2), emission_letter(1, "signataire-2")]
    )
    assert [r.outcome for r in results if isinstance(r, Receipt)] == ["recu", "refuse", "recu", "recu"]
    assert (await total(service, 1), await total(service, 2)) == (16000, 8000)
    assert (await state(service))["comptes"]["refusees"] == 1
    async with service.database.read() as tx:
        lines = await journal.lines(tx, "essai", subject=numero(1))
        assert [line.acte for line in lines].count("refus") == 1
        assert (await verification.dossier(tx, "essai", numero(1)))[1] == []
        assert sum((await ledger.soldes(tx, "essai", numero(1))).values()) == 0
    again = (await service.receive([emission_letter(1, "trop")]))[0]
    assert isinstance(again, Receipt) and again.again and again.outcome == "refuse" and '"code":"trop"' in (again.answer or "")


async def test_a_batch_that_fails_is_split_down_to_the_one_letter_that_fails(service: Service) -> None:
    letters = [emission_letter(n, "panne" if n == 13 else "signataire") for n in range(40)]
    results = await service.receive(letters)
    failed = [n for n, r in enumerate(results) if not isinstance(r, Receipt)]
    assert failed == [13] and isinstance(results[13], RuntimeError)
    assert [await total(service, n) for n in (12, 13, 14)] == [8000, None, 8000]
    assert await counted(service, "inbox") == 39
    assert await counted(service, "outbox") == 39


async def test_letters_of_one_dossier_keep_their_order_in_a_batch_that_is_split(service: Service) -> None:
    words = [f"n{i}" for i in range(10)]
    await service.receive([*(emission_letter(1, w) for w in words), emission_letter(2, "panne")])

    async def lettres(work: Work) -> tuple[str, ...]:
        compte = await work.find(Compte, numero(1))
        assert compte is not None
        return compte.lettres

    assert await service.ask("essai", lettres) == tuple(words)


async def test_a_letter_about_an_unknown_dossier_is_not_stored_and_may_come_again(service: Service) -> None:
    (result,) = await service.receive([letter(AnnulationTitre, 7)])
    assert isinstance(result, Introuvable)
    assert await counted(service, "inbox") == 0
    await service.receive([emission_letter(7)])
    (result,) = await service.receive([letter(AnnulationTitre, 7)])
    assert result == Receipt("recu")
    assert (await total(service, 7), (await state(service))["prochaine_echeance"]) == (0, None)


async def test_a_message_that_is_refused_is_refused_once_with_the_same_answer(service: Service) -> None:
    message, text = read_message(PaiementTitre, PaiementTitre.example)
    asked = Letter("cle", "essai", PaiementTitre.type, "/externe", message.sujet, 0, START, START, text)
    first = (await service.receive([(asked, message)]))[0]
    again = (await service.receive([(asked, message)]))[0]
    assert isinstance(first, Receipt) and first.outcome == "refuse" and '"code":"conflit"' in (first.answer or "")
    assert isinstance(again, Receipt) and again.answer == first.answer and again.again


async def test_a_letter_for_no_bac_is_refused_alone(service: Service) -> None:
    results = await service.receive([emission_letter(1, bac="nulle-part"), emission_letter(2)])
    assert isinstance(results[0], BacInconnu) and results[1] == Receipt("recu")


async def test_a_request_that_raises_changes_nothing(service: Service) -> None:
    await service.receive([emission_letter(1)])

    async def wrong(work: Work) -> None:
        compte = await work.find(Compte, numero(1))
        assert compte is not None
        compte.total = 1
        work.add(Compte(numero(9), 9))
        work.record(numero(1), "jamais", "essai")
        raise Trop("non")

    with pytest.raises(Trop):
        await service.ask("essai", wrong)
    assert (await total(service, 1), await total(service, 9)) == (8000, None)


async def test_bacs_do_not_see_one_another(service: Service) -> None:
    await service.receive([emission_letter(1), emission_letter(1, bac="autre"), emission_letter(2, bac="autre")])
    await bacs.remove(service, "essai")
    assert [await total(service, n, "autre") for n in (1, 2)] == [8000, 8000]
    assert await total(service, 1) is None
    assert (await state(service, "autre"))["comptes"]["recues"] == 2


async def test_a_deadline_is_lived_on_its_day_once(service: Service) -> None:
    await service.receive([emission_letter(n) for n in range(5)])
    assert await advance(service, date(2026, 10, 7)) == 0
    assert await advance(service, date(2026, 10, 8)) == 5
    assert await service.live("essai") == 0
    assert await total(service, 3) == 8001


async def test_a_deadline_that_fails_is_buried_alone_with_its_cause_and_can_be_replayed(service: Service) -> None:
    await service.receive([emission_letter(n, "panne-echeance" if n == 3 else "signataire") for n in range(8)])
    await advance(service, date(2026, 10, 8))
    assert [await total(service, n) for n in (2, 3, 4)] == [8001, 8000, 8001]
    async with service.database.read() as tx:
        (dead,) = await dead_letters.told(tx, "essai")
    assert dead["sens"] == "echeance" and "a deadline that fails" in dead["cause"] and dead["subject"] == numero(3)

    async def mend(work: Work) -> None:
        compte = await work.find(Compte, numero(3))
        assert compte is not None
        compte.lettres = ()

    await service.ask("essai", mend)
    assert await dead_letters.replay(service, "essai", None, None) == 1
    await service.live("essai")
    assert await total(service, 3) == 8001


async def test_identifiers_come_from_the_seed_and_not_from_the_order_of_batches(service: Service) -> None:
    async def identifiers(bac: str) -> list[tuple[str, str]]:
        async with service.database.read() as tx:
            rows = await tx.select(select(tables.outbox.c.subject, tables.outbox.c.id).where(tables.outbox.c.bac == bac))
        return sorted((r[0], r[1]) for r in rows)

    await service.receive([emission_letter(n) for n in range(6)])
    for n in reversed(range(6)):
        await service.receive([emission_letter(n, bac="autre")])
    assert await identifiers("essai") == await identifiers("autre")


async def exported(service: Service, nom: str) -> bytes:
    return b"".join([some async for some in bacs.dump(service, nom)])


async def taken_back(service: Service, nom: str, flot: bytes) -> None:
    repris = bacs.taken(service, nom, lambda: archive.read(io.BytesIO(flot), service.party))
    await repris.verifier()
    await bacs.restore(service, repris)


async def test_a_copy_an_export_and_an_import_are_the_same_world(service: Service) -> None:
    await service.receive([emission_letter(n) for n in range(3)])
    await bacs.copy(service, "essai", "copie")
    flot = await exported(service, "essai")
    await taken_back(service, "import", flot)
    document = lu(flot)
    ancien = bacs.taken(service, "ancien", lambda: archive.read_document(document, service.party))  # as the first version wrote it
    await ancien.verifier()
    await bacs.restore(service, ancien)
    for nom in ("copie", "import", "ancien"):
        assert lu(await exported(service, nom))["tables"] == document["tables"]
        await service.receive([emission_letter(9, bac=nom)])
        assert await advance(service, START.date() + timedelta(days=3), nom) == 4
    assert (await state(service))["prochaine_echeance"] == "2026-10-08"
    with pytest.raises(bacs.BacExistant):
        await bacs.copy(service, "essai", "copie")
    with pytest.raises(bacs.BacExistant):
        await taken_back(service, "copie", flot)


async def test_the_same_world_is_the_same_bytes_whatever_the_day(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await service.receive([emission_letter(n) for n in range(3)])
    flot = await exported(service, "essai")
    monkeypatch.setattr("fps.kit.ground.clock.wall_now", lambda: START + timedelta(days=900))
    assert await exported(service, "essai") == flot
    await taken_back(service, "essai-2", flot)
    assert (await exported(service, "essai-2")).replace(b'"bac":"essai-2"', b'"bac":"essai"', 1).splitlines()[:-1] == flot.splitlines()[:-1]


async def test_what_is_written_while_a_bac_leaves_is_not_in_it(service: Service) -> None:
    await service.receive([emission_letter(1)])
    calme, lines = await exported(service, "essai"), bacs.dump(service, "essai")
    parts = [await anext(lines)]
    await service.receive([emission_letter(2)])  # nobody waits for who reads
    parts += [some async for some in lines]
    assert b"".join(parts) == calme != await exported(service, "essai")


async def test_two_rows_with_one_key_are_named_and_nothing_is_kept(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever they are: the database finds them, not a memory of all that was read."""
    monkeypatch.setattr(reprise, "LIGNES", 2)
    await service.receive([emission_letter(n) for n in range(5)])
    document = lu(await exported(service, "essai"))
    for table, cle in (("journal", "bac, subject, rang"), ("inbox", "bac, id"), ("comptes", "bac, numero_fps")):
        faux = json.loads(json.dumps(document))
        lignes = faux["tables"][table]["lignes"]
        lignes.append(lignes[1])
        with pytest.raises(Malformed) as refused:
            await taken_back(service, "double", ecrit(faux))
        erreur = refused.value.erreurs[0]
        assert erreur["champ"] == f"tables.{table}.lignes.{len(lignes) - 1}"
        assert erreur["phrase"] == f"la ligne 1 a déjà la même clé ({cle})."
        async with service.database.read() as tx:
            assert await tx.load(tables.bacs, [("double",)]) == []


async def test_time_does_not_go_back(service: Service) -> None:
    with pytest.raises(bacs.RetourEnArriere):
        await bacs.set_clock(service, "essai", START - timedelta(minutes=1))


async def test_statements_do_not_grow_with_the_batch(service: Service) -> None:
    counts = []
    for size, first in ((50, 1000), (500, 2000)):
        before = service.database.statements
        await service.receive([emission_letter(n) for n in range(first, first + size)])
        counts.append(service.database.statements - before)
    assert counts[0] == counts[1] <= 16


async def test_too_many_requests_are_told_to_come_back() -> None:
    async def never(items: list[Item]) -> list[None]:
        return [None] * len(items)

    collector = Collector(never)

    async def nothing(work: Work) -> None: ...

    def some(count: int, *, ours: bool = False) -> list[Item]:
        return [Item("b", [], nothing, ours=ours) for _ in range(count)]

    collector.put(some(19_999))
    collector.put(some(1_000))  # who brings a thousand is not kept out for ever by those who bring one
    with pytest.raises(Overloaded):
        collector.put(some(1))
    collector.put(some(1, ours=True))  # what was carried already is closed
    assert collector.waiting == 21_000
    heavy = Collector(never)
    letter, message = emission_letter(1)
    long = replace(letter, body=" " * (1 << 20))
    while heavy.waiting < 64:
        heavy.put([Item("b", [], nothing, long, message)])
    with pytest.raises(Overloaded):
        heavy.put([Item("b", [], nothing, letter, message)])
    heavy.start()
    async with asyncio.timeout(20):
        while heavy.waiting:  # noqa: ASYNC110
            await asyncio.sleep(0)
    heavy.put([Item("b", [], nothing, long, message)])
    await heavy.stop()


async def test_what_follows_waits_when_the_database_did_not_do_what_came_before() -> None:
    done: list[str] = []

    async def cut_once(items: list[Item]) -> list[str]:
        if not done:
            done.append("coupée")
            raise DatabaseUnavailable("la connexion est tombée")
        done.extend(item.bac for item in items)
        return ["fait"] * len(items)

    async def nothing(work: Work) -> None: ...

    collector = Collector(cut_once, lambda batch: [batch[:1], batch[1:]])
    collector.start()
    before, after = await collector.do([Item("avant", [], nothing), Item("apres", [], nothing)])
    assert isinstance(before, DatabaseUnavailable) and isinstance(after, DatabaseUnavailable) and done == ["coupée"]
    assert await collector.do([Item("encore", [], nothing)]) == ["fait"]
    await collector.stop()


async def test_a_letter_that_left_takes_no_other_away_at_the_place_where_it_was(service: Service) -> None:
    """While it travels its row may go (an editor's box is given back) and SQLite give its place to another: that one must leave too."""
    await service.receive([emission_letter(1)])
    async with service.database.read() as tx:
        ((position, *_),) = await tx.select(select(tables.outbox))
    partie, _ = emission_letter(2)

    async def close(work: Work) -> int:
        return await relay._settle(work, {position: partie}, {position: Delivery(Fate.RECUE)}, ())

    await service.ask("essai", close)
    assert (await state(service))["en_attente"] == 1


async def test_a_letter_waits_for_the_one_written_before_it_whatever_way_each_travels(service: Service) -> None:
    inbound = Inbound(service)
    (avant, _), (suivante, message) = emission_letter(1), letter(AnnulationTitre, 1)
    suivante = replace(suivante, apres=avant.id)
    await service.receive([emission_letter(1, "autre")])  # the dossier is known: only the order keeps the letter out
    (back,) = await inbound.take([pack([suivante])])
    assert (back.apres, back.attempts, await total(service, 1)) == (avant.id, 1, 8000)  # kept through the broker, and nothing done
    assert await inbound.take([pack([avant])]) == [] == await inbound.take([pack([back])])
    assert await total(service, 1) == 0
    (receipt, missing) = await service.receive([(suivante, message), (replace(suivante, id="autre", apres="nulle"), message)])
    assert isinstance(receipt, Receipt) and receipt.again and isinstance(missing, LettreAttendue)
    # Who is no service of the simulator is not believed about the letters of others.
    (found,) = await service.receive([(replace(suivante, id="dehors", apres="nulle", source="/externe"), message)])
    assert isinstance(found, Receipt)


async def test_a_dead_letter_says_how_to_be_mended_and_is_received_once_it_is(service: Service) -> None:
    service.settings = service.settings.model_copy(update={"retry_delays": ()})
    inbound, annulation = Inbound(service), letter(AnnulationTitre, 7)[0]
    assert await inbound.take([pack([annulation])]) == []
    async with service.database.read() as tx:
        (dead,) = await dead_letters.told(tx, "essai")
    assert dead["que_faire"].endswith("« fps lettres-mortes rejouer IDENTIFIANT ».")
    assert await dead_letters.replay(service, "essai", annulation.id, inbound.take) == 0  # nothing was mended
    await service.receive([emission_letter(7)])  # what it says to do
    assert await dead_letters.replay(service, "essai", annulation.id, inbound.take) == 1
    async with service.database.read() as tx:
        assert await dead_letters.told(tx, "essai") == []
    assert (await total(service, 7), (await state(service))["comptes"].get("mortes")) == (0, 0)
    assert {remede("reception", f"{code} : ce qui a été répondu") for code in REMEDES} == set(REMEDES.values())
    assert remede("reception", cause(reused())) == REMEDES[reused().code]
    assert all(remede("reception", told).endswith(REJOUER) for told in ("", "autre : chose"))
