"""The accounts of named people: what is kept of a password, the lock after failures, the sessions."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from starlette.requests import Request
from starlette.types import Scope

from fps.confiance.refus import AccesRefuse
from fps.kit.data import tables
from fps.kit.data.sql import Upsert
from fps.kit.engine import audit, bacs, verification
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.trust import acces, personnes, sessions
from fps.kit.trust.personnes import (
    ComptePersonnel,
    EtatCompte,
    IdentifiantsRefuses,
    LoginPris,
    MotDePasseFaible,
    Session,
    SessionExpiree,
    SessionRequise,
)
from fps.kit.wire.envelope import digest
from tests.kit.toy import START, toy

BAC, ESPACE, LOGIN, BON, FAUX = "essai", "antai:21590350100017", "c.specimen", "correct cheval pile agrafe", "Un mauvais mot de passe"


@pytest.fixture
def au_vrai_prix(vrai_hacheur: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Passwords cost what they cost to who really types them: what OWASP asks."""
    assert (vrai_hacheur.time_cost, vrai_hacheur.memory_cost, vrai_hacheur.type.name) == (2, 19 * 1024, "ID")
    monkeypatch.setattr(personnes, "HACHEUR", vrai_hacheur)
    personnes.leurre.cache_clear()
    yield
    personnes.leurre.cache_clear()


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    async with toy(database_url) as opened:
        empreinte = await personnes.hacher(LOGIN, BON)
        await opened.ask(BAC, lambda work: personnes.creer(work, ESPACE, LOGIN, "Camille Spécimen", empreinte, "responsable"))
        yield opened


async def tenter(service: Service, mot_de_passe: str, login: str = LOGIN, espace: str = ESPACE) -> bool:
    try:
        await sessions.ouvrir_session(service, BAC, espace, login, mot_de_passe)
    except IdentifiantsRefuses:
        return False
    return True


async def compte(service: Service, login: str = LOGIN) -> ComptePersonnel:
    async with service.reading(BAC) as lecture:
        return await personnes.connu(lecture.work, ESPACE, login)


async def plus_tard(service: Service, minutes: int) -> None:
    async with service.reading(BAC) as lecture:
        maintenant = lecture.work.now
    await bacs.set_clock(service, BAC, maintenant + timedelta(minutes=minutes))


async def test_a_session_opens_with_the_right_password_and_ends_when_it_is_closed(service: Service) -> None:
    ouverte = await sessions.ouvrir_session(service, BAC, ESPACE, LOGIN, BON)
    assert (ouverte.nom, ouverte.role) == ("Camille Spécimen", "responsable")
    async with service.reading(BAC) as lecture:
        titulaire = await personnes.session(lecture.work, ouverte.jeton, ESPACE)
        assert titulaire.login == LOGIN
        for jeton, espace in ((None, ESPACE), ("", ESPACE), ("inconnu", ESPACE), (ouverte.jeton, "antai:21750001600019")):
            with pytest.raises(SessionRequise):
                await personnes.session(lecture.work, jeton, espace)
    await sessions.fermer_session(service, BAC, ouverte.jeton, titulaire)
    async with service.reading(BAC) as lecture:
        with pytest.raises(SessionExpiree):
            await personnes.session(lecture.work, ouverte.jeton, ESPACE)


async def test_a_session_ends_with_its_duration_with_a_new_password_and_with_the_account(service: Service) -> None:
    jetons = [(await sessions.ouvrir_session(service, BAC, ESPACE, LOGIN, BON)).jeton for _ in range(2)]

    async def vieillir(work: Work) -> None:
        ouverte = await work.find(Session, digest(jetons[0]))
        assert ouverte is not None
        ouverte.expire_le = work.batch.wall

    await service.ask(BAC, vieillir)
    async with service.reading(BAC) as lecture:
        with pytest.raises(SessionExpiree, match="durée"):
            await personnes.session(lecture.work, jetons[0], ESPACE)
        assert (await personnes.session(lecture.work, jetons[1], ESPACE)).login == LOGIN
    await sessions.changer_mot_de_passe(service, BAC, ESPACE, LOGIN, BON, "une autre phrase secrète")
    assert not await tenter(service, BON)
    jeton = (await sessions.ouvrir_session(service, BAC, ESPACE, LOGIN, "une autre phrase secrète")).jeton
    async with service.reading(BAC) as lecture:
        with pytest.raises(SessionExpiree):
            await personnes.session(lecture.work, jetons[1], ESPACE)
        assert (await personnes.session(lecture.work, jeton, ESPACE)).login == LOGIN
    await service.ask(BAC, lambda work: personnes.fermer(work, ESPACE, LOGIN))
    async with service.reading(BAC) as lecture:
        with pytest.raises(SessionExpiree):
            await personnes.session(lecture.work, jeton, ESPACE)
    assert not await tenter(service, "une autre phrase secrète")


async def test_five_failures_lock_the_account_fifteen_minutes_of_the_bac_then_twice_as_long(service: Service) -> None:
    for attente in (15, 30, 60):
        for _ in range(5):
            assert not await tenter(service, FAUX)
        assert (await compte(service)).verrouille(START) or attente > 15
        assert not await tenter(service, BON)
        await plus_tard(service, attente - 1)
        assert not await tenter(service, BON)
        await plus_tard(service, 1)
    assert await tenter(service, BON)
    assert ((await compte(service)).echecs, (await compte(service)).verrouille_jusqu_a) == (0, None)
    for _ in range(4):
        assert not await tenter(service, FAUX)
    assert await tenter(service, BON)


async def test_a_lock_never_lasts_more_than_a_day(service: Service) -> None:
    longue = await compte(service)
    for _ in range(500):
        longue.echouer(START)
    assert longue.verrouille_jusqu_a == START + timedelta(days=1)


async def test_failures_that_come_together_are_all_counted(service: Service) -> None:
    assert not any(await asyncio.gather(*(tenter(service, FAUX) for _ in range(3))))
    assert (await compte(service)).echecs == 3
    assert not any(await asyncio.gather(*(tenter(service, FAUX) for _ in range(4))))
    assert (await compte(service)).echecs == 5  # once locked, nothing is counted


async def test_a_refusal_counts_in_the_same_batch_as_acts_that_succeed(service: Service) -> None:
    ensemble = await asyncio.gather(tenter(service, FAUX), tenter(service, BON), tenter(service, FAUX, "personne"))
    assert list(ensemble) == [False, True, False]


@pytest.mark.usefixtures("au_vrai_prix")
async def test_an_unknown_login_has_the_same_answer_and_costs_the_same_work(service: Service) -> None:
    with pytest.raises(IdentifiantsRefuses) as connu:
        await sessions.ouvrir_session(service, BAC, ESPACE, LOGIN, FAUX)
    with pytest.raises(IdentifiantsRefuses) as inconnu:
        await sessions.ouvrir_session(service, BAC, ESPACE, "personne", FAUX)
    assert (connu.value.code, connu.value.detail) == (inconnu.value.code, inconnu.value.detail)

    async def travail(login: str) -> float:
        debut = time.process_time()  # the work of this process alone, threads included
        for _ in range(3):
            await tenter(service, FAUX, login)
        return time.process_time() - debut

    personnes.leurre()
    plein, vide = await travail(LOGIN), await travail("personne")
    assert 0.5 < vide / plein < 2


async def test_a_weak_password_or_a_login_already_taken_is_refused(service: Service) -> None:
    for faible in ("onze lettre", "aaaaaaaaaaaabbb", f"moi {LOGIN.upper()} et moi", "x" * 129):
        with pytest.raises(MotDePasseFaible):
            await personnes.hacher(LOGIN, faible)
    empreinte = await personnes.hacher(LOGIN, BON)
    with pytest.raises(LoginPris):
        await service.ask(BAC, lambda work: personnes.creer(work, ESPACE, LOGIN, "Un autre", empreinte))
    assert (await compte(service)).nom == "Camille Spécimen"
    autre = "antai:21750001600019"
    await service.ask(BAC, lambda work: personnes.creer(work, autre, LOGIN, "Un autre", empreinte))
    assert await tenter(service, BON, espace=autre)


async def test_an_account_to_activate_opens_nothing_before_its_code_has_been_used_once(service: Service) -> None:
    code = "un code à usage unique"
    empreinte = await personnes.hacher("nouvelle", code)
    creation = EtatCompte.A_ACTIVER
    await service.ask(BAC, lambda work: personnes.creer(work, ESPACE, "nouvelle", "Agent", empreinte, etat=creation))
    assert not await tenter(service, code, "nouvelle")
    activer = sessions.changer_mot_de_passe
    with pytest.raises(IdentifiantsRefuses):
        await activer(service, BAC, ESPACE, "nouvelle", FAUX, BON, etat=creation)
    await activer(service, BAC, ESPACE, "nouvelle", code, BON, etat=creation)
    assert await tenter(service, BON, "nouvelle") and not await tenter(service, code, "nouvelle")
    with pytest.raises(IdentifiantsRefuses):
        await activer(service, BAC, ESPACE, "nouvelle", code, "encore une autre phrase", etat=creation)


async def test_nothing_of_a_password_or_of_a_token_is_in_any_table_or_log(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    jeton = (await sessions.ouvrir_session(service, BAC, ESPACE, LOGIN, BON)).jeton
    await tenter(service, FAUX)
    await tenter(service, BON, BON)  # the password typed in the place of the login
    contenu = b"".join([some async for some in bacs.dump(service, BAC)]).decode()
    assert "$argon2id$" in contenu and digest(jeton) in contenu
    assert [secret for secret in (BON, FAUX, jeton) if secret in contenu or secret in caplog.text] == []


async def test_each_opening_and_each_failure_is_in_the_audit_journal_with_its_true_reason(service: Service) -> None:
    await tenter(service, BON)
    for _ in range(5):
        await tenter(service, FAUX)
    await tenter(service, BON)
    await tenter(service, FAUX, "personne")
    async with service.database.read() as tx:
        lignes = [audit.view("dgfip", row) for row in await audit.lines(tx, BAC)]
        assert (await verification.audit(tx, BAC)).intacte
    vues = [(x["qui"], x["code"], x["details"].get("motif")) for x in lignes if x["acte"] == "session"]
    qui, refus = f"compte:{ESPACE}/{LOGIN}", "identifiants-refuses"
    faux = [(qui, refus, "mot-de-passe-faux")] * 5
    assert vues == [(qui, "", None), *faux, (qui, refus, "compte-verrouille"), ("compte:inconnu", refus, "login-inconnu")]


async def test_a_password_changed_while_it_was_being_checked_is_checked_again(service: Service) -> None:
    """A session asked with the former password, whose check ends after the change, does not open."""
    empreinte = await personnes.hacher(LOGIN, "une autre phrase secrète")

    async def changer() -> None:
        row = [(BAC, ESPACE, LOGIN, empreinte)]
        async with service.database.write() as tx:
            complete = (await tx.load(tables.comptes_nominatifs, [row[0][:3]]))[0]
            columns = tuple(tables.comptes_nominatifs.columns.keys())
            await tx.apply([Upsert(tables.comptes_nominatifs, columns, [(*complete[:5], empreinte, *complete[6:])])])

    ouverture, _ = await asyncio.gather(tenter(service, BON), changer())
    assert not ouverture and await tenter(service, "une autre phrase secrète")


async def test_the_door_of_a_session_lets_in_its_espace_alone_and_the_pilot_where_it_may(service: Service) -> None:
    jeton = (await sessions.ouvrir_session(service, BAC, ESPACE, LOGIN, BON)).jeton

    def demande(porteur: str | None) -> Request:
        headers = [] if porteur is None else [(b"authorization", f"Bearer {porteur}".encode())]
        scope: Scope = {"type": "http", "method": "GET", "path": "/x", "headers": headers, "fps.bac": BAC}
        return Request(scope)

    porte = acces.session(service, lambda request: ESPACE).dependency
    autre = acces.session(service, lambda request: "antai:21750001600019").dependency
    request = demande(jeton)
    await porte(request)
    trouve = acces.titulaire(request)
    assert trouve is not None and trouve.login == LOGIN
    for essai, porteur, code in ((porte, None, "session-requise"), (porte, "rien", "session-requise"), (autre, jeton, "session-requise")):
        with pytest.raises(AccesRefuse) as refus:
            await essai(demande(porteur))
        assert (refus.value.code, refus.value.statut) == (code, 401)
    async with service.database.read() as tx:
        refusees = [audit.view("dgfip", row)["code"] for row in await audit.lines(tx, BAC)]
    assert refusees.count("session-requise") == 3
