"""One account for each service on a real broker: what is written in another's name is refused, or dead at once, and moves no count."""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError

from fps.kit.engine import dead_letters
from fps.kit.engine.bacs import ILLISIBLES
from fps.kit.post.inbound import Inbound
from fps.kit.wire.bus import BusUnavailable
from fps.kit.wire.envelope import pack
from fps.kit.wire.rabbit import RabbitBus
from fps.messages.mfps import CreationFps
from fps.messages.titre import AnnulationTitre, EmissionTitre
from fps.parties import SERVICES, Party
from tests.kit.test_broker import DELAYS, dead, received, until
from tests.kit.toy import emission_letter, letter, state, toy
from tests.real import amqp_url, forget

pytestmark = pytest.mark.xdist_group("broker")
ROOT = Path(__file__).parents[2]
KEY = EmissionTitre.routing_key


@pytest.fixture
def prefix() -> Iterator[str]:
    """The accounts of an installation of its own, as deploy/rabbitmq/comptes.sh makes them."""
    host = urlsplit(amqp_url()).hostname
    if shutil.which("rabbitmqctl") is None or host not in ("127.0.0.1", "localhost"):
        pytest.skip("rabbitmqctl does not reach the broker: no account can be made")
    name = f"essai-{secrets.token_hex(4)}"
    run = {"check": True, "capture_output": True, "timeout": 60}
    env = {"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": "/root", "FPS_BUS_PREFIX": name}
    subprocess.run([str(ROOT / "deploy/rabbitmq/comptes.sh")], env=env, **run)  # type: ignore[call-overload]
    yield name
    accounts = ",".join(f'<<"{name}-{party}">>' for party in SERVICES)
    forgotten = f'[rabbit_auth_backend_internal:delete_user(U, <<"tests">>) || U <- [{accounts}]].'
    subprocess.run(["rabbitmqctl", "--quiet", "eval", forgotten], **run)  # type: ignore[call-overload]


def url(prefix: str, party: Party) -> str:
    parts = urlsplit(amqp_url())
    return f"amqp://{prefix}-{party}:simulateur@{parts.hostname}:{parts.port or 5672}/"


async def put(where: str, prefix: str, body: bytes, user_id: str | None = None) -> None:
    """Publish by hand, from any account."""
    async with await aio_pika.connect(where, timeout=10) as connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(prefix, ensure=False)
        await exchange.publish(aio_pika.Message(body, user_id=user_id), routing_key=KEY, timeout=10)


async def test_a_pack_is_believed_from_the_account_of_its_source_only(prefix: str) -> None:
    dgfip, antai, ccsp = (RabbitBus(url(prefix, p), prefix, DELAYS) for p in (Party.DGFIP, Party.ANTAI, Party.CCSP))
    async with toy("sqlite+aiosqlite://") as service:
        service.settings = service.settings.model_copy(update={"retry_delays": DELAYS})
        inbound = Inbound(service)
        try:
            await dgfip.start(10)
            await dgfip.consume(Party.DGFIP, inbound.take)
            await until(lambda: _consumes(dgfip))
            await antai.start(10)
            assert await antai.publish(KEY, [[emission_letter(1)[0]]]) == []
            assert await until(lambda: received(service)) == 1

            # An account cannot write to an address that is not its service's, nor in the name of another account.
            with pytest.raises(BusUnavailable, match="ACCESS_REFUSED"):
                await ccsp.publish(KEY, [[emission_letter(2)[0]]])
            for where in (url(prefix, Party.ANTAI), amqp_url()):
                with pytest.raises(AMQPError, match=r"(?i)user_id|precondition"):
                    await put(where, prefix, pack([emission_letter(2)[0]]), user_id=f"{prefix}-dgfip")

            # What the broker lets in and is not its source's is dead at once, in no bac; replayed, it stays dead.
            before = (await state(service))["comptes"]
            await put(amqp_url(), prefix, pack([emission_letter(2)[0]]))
            await put(url(prefix, Party.ANTAI), prefix, pack([emission_letter(3)[0]]))
            forged = replace(emission_letter(4)[0], source="/services/ccsp")
            await put(url(prefix, Party.ANTAI), prefix, pack([forged]), user_id=f"{prefix}-antai")
            await put(url(prefix, Party.ANTAI), prefix, b'[{"id":"x","bac":"essai","source":"/services/ccsp"}]', user_id=f"{prefix}-antai")
            found = await until(lambda: _number(dead(service, ILLISIBLES), 4))
            assert sum(one["cause"].startswith("source-non-crue") for one in found) == 3, found
            assert await dead_letters.replay(service, ILLISIBLES, None, inbound.take) == 0
            assert len(await dead(service, ILLISIBLES)) == 4
            assert (await state(service))["comptes"] == before and await dead(service) == []

            # A letter that its receiver puts aside comes back by its own account, and is still believed.
            await antai.publish(AnnulationTitre.routing_key, [[letter(AnnulationTitre, 9)[0]]])
            [gone] = await until(lambda: dead(service))
            assert gone["subject"].endswith("9") and "source-non-crue" not in gone["cause"]
        finally:
            for bus in (dgfip, antai, ccsp):
                await bus.stop()
            await forget(amqp_url(), prefix)
            await _forget_delays(prefix)


async def _consumes(bus: RabbitBus) -> bool:
    return bus.ready()


async def _number(found: Any, wanted: int) -> Any:
    rows = await found
    return rows if len(rows) >= wanted else None


async def _forget_delays(prefix: str) -> None:
    async with await aio_pika.connect(amqp_url(), timeout=10) as connection:
        channel = await connection.channel()
        for party in SERVICES:
            for delay in DELAYS:
                name = f"{prefix}.retard.{party}.{round(delay * 1000)}ms"
                await channel.queue_delete(name)
                await channel.exchange_delete(name)


async def test_with_one_account_for_all_what_never_travels_on_the_broker_is_not_believed() -> None:
    """Development: nothing proves who writes; the channel of a message is looked at all the same."""
    async with toy("sqlite+aiosqlite://") as service:
        message = CreationFps.exemplaire()
        forged = replace(letter(EmissionTitre, 1)[0], type=CreationFps.type, body=message.model_dump_json(), subject=message.sujet)
        assert await Inbound(service).take([pack([forged])]) == []
        [gone] = await dead(service, ILLISIBLES)
        assert gone["cause"].startswith("source-non-crue")
        assert await received(service) == 0
