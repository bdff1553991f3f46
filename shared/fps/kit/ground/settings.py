"""The only reader of the environment: every setting of a service, with its default."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from fps.kit.ground.partage import PARTS
from fps.parties import Party

PORTS = {Party.ANTAI: 8001, Party.DGFIP: 8002, Party.CCSP: 8003, Party.COLLECTIVITE: 8004}
CONSOLE_PORT = 8000
USUAL_PORTS = {"https": 443, "http": 80, "postgresql": 5432, "amqp": 5672, "amqps": 5671}
NAME = re.compile(r"\.?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # the last label of a host written as a number, in any base: never a name

Network = IPv4Network | IPv6Network


def default_addresses(tls: bool = False) -> dict[Party, str]:
    """Where the four services listen on one machine."""
    return {party: f"{'https' if tls else 'http'}://127.0.0.1:{port}" for party, port in PORTS.items()}


@cache
def networks_and_names(items: tuple[str, ...]) -> tuple[tuple[Network, ...], tuple[str, ...]]:
    """The networks and the names of FPS_DESTINATIONS (« .exemple.fr »: all those under it); raises ValueError."""
    networks: list[Network] = []
    names: list[str] = []
    for item in items:
        try:
            networks.append(ip_network(item, strict=False))
        except ValueError:
            if not NAME.fullmatch(item.lower()) or NUMBER.fullmatch(item.lower().rpartition(".")[2]):
                raise ValueError(f"« {item} » n'est ni un réseau, ni un nom") from None
            names.append(item.lower())
    return tuple(networks), tuple(names)


class Settings(BaseSettings):
    """Environment of one service: variables named FPS_… ; a URL is the only switch between embedded and real servers."""

    model_config = SettingsConfigDict(env_prefix="FPS_", extra="ignore")

    database_url: str = "sqlite+aiosqlite://"
    bus_url: str = "memory://"
    partitions: int = Field(1, description="parts into which replicas share the dossiers; 1: one writes at a time")
    bus_prefix: str = Field("fps", pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", description="name of the exchanges and start of the queue names")
    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = Field(False, description="listen in TLS, and ask for the certificates of clients")
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="other names by which the services and the console are called, beside those of the addresses and of this machine"
    )
    proxys: Annotated[tuple[str, ...], NoDecode] = Field((), description="addresses and networks whose header of certificate is believed")
    addresses: Annotated[dict[Party, str], NoDecode] = Field(default_factory=lambda data: default_addresses(data.get("tls", False)))
    public_addresses: Annotated[dict[Party, str] | None, NoDecode] = Field(
        None, description="addresses that the letters print, for people; none: those of `addresses`"
    )
    pilotage_token: SecretStr | None = None
    pilotage_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.0/8", "::1/128"), description="networks from which the pilot's credential opens a door; elsewhere it opens none"
    )
    data_dir: Path = Path(".fps")
    pki_dir: Path | None = Field(None, description="where the test PKI is; none: made anew, for this process only")
    log_level: str = "INFO"
    start_timeout: float = Field(60.0, description="seconds given to the database and the broker to answer at start")
    retry_delays: Annotated[tuple[float, ...], NoDecode] = Field(
        (1.0, 5.0, 30.0, 300.0), description="seconds between the tries of a letter; then dead letter"
    )
    destinations: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.0/8", "::1/128"), description="networks and names to which the letters of a collectivité may be pushed"
    )
    box_delays: Annotated[tuple[float, ...], NoDecode] = Field(
        (60.0, 300.0, 1_800.0, 7_200.0, 21_600.0, 86_400.0),
        description="seconds of the bac's time between the tries of a pushed letter; then it waits for somebody (hypothesis H100)",
    )
    push_timeout: float = Field(5.0, gt=0, le=60, description="seconds that an editor has to answer a pushed letter")

    bodies_mio: int = Field(32, ge=1, description="MiB of the bodies of all the requests in progress, beyond the first 64 KiB of each")
    patience: float = Field(
        5.0, gt=0, le=15, description="seconds that one more request may have to wait, by what those in progress are believed to take"
    )
    import_mio: int = Field(
        16_384, ge=1, description="MiB of an exported bac that this service takes back at most; it is kept in TMPDIR meanwhile"
    )

    otel_exporter: str = Field("", validation_alias="OTEL_TRACES_EXPORTER")
    otel_endpoint: str = Field("", validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"))
    otel_disabled: bool = Field(False, validation_alias="OTEL_SDK_DISABLED")

    @property
    def exporters(self) -> tuple[str, ...]:
        """Where the traces go, by the variables that OpenTelemetry itself reads: nowhere unless one of them says so."""
        names = self.otel_exporter or ("otlp" if self.otel_endpoint else "")
        return () if self.otel_disabled else tuple(one for part in names.split(",") if (one := part.strip()) not in ("", "none"))

    @field_validator("otel_exporter")
    @classmethod
    def _exported(cls, value: str) -> str:
        if unknown := {part.strip() for part in value.split(",")} - {"", "none", "otlp", "console"}:
            raise ValueError(f"{', '.join(sorted(unknown))}: otlp, console or none")
        return value

    @field_validator("addresses", "public_addresses", mode="before")
    @classmethod
    def _book(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        book: dict[Party, str] = default_addresses(info.data.get("tls", False))
        for item in filter(None, (part.strip() for part in value.split(","))):
            name, _, url = item.partition("=")
            book[Party(name.strip())] = url.strip().rstrip("/")
        return book

    @property
    def parts(self) -> int:
        """Into how many parts replicas share the dossiers: 1 where there are none to share them, on SQLite or without a broker."""
        return self.partitions if self.database_url.startswith("postgresql") and self.bus_url.startswith("amqp") else 1

    @field_validator("partitions")
    @classmethod
    def _shared(cls, value: int) -> int:
        if value not in PARTS:
            raise ValueError(f"{value}: one of {', '.join(map(str, PARTS))}")
        return value

    @field_validator("destinations", "hosts", "proxys", "pilotage_networks", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return tuple(filter(None, (part.strip() for part in value.split(",")))) if isinstance(value, str) else value

    @field_validator("destinations")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        networks_and_names(value)
        return value

    @field_validator("proxys", "pilotage_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for item in value:
            ip_network(item)
        return value

    @property
    def proxy_networks(self) -> tuple[Network, ...]:
        """The addresses from which a certificate in a header is believed."""
        return tuple(ip_network(item) for item in self.proxys)

    @property
    def hosts_served(self) -> frozenset[str]:
        """The names by which a server of the simulator may be called, beside those of the loopback."""
        urls = (*self.addresses.values(), *(self.public_addresses or {}).values())
        return frozenset({*self.hosts, self.host, *(host for url in urls if (host := urlsplit(url).hostname))})

    def pilots(self, address: str) -> bool:
        """Whether the pilot may call from this address."""
        return _within(address, self.pilotage_networks)

    @property
    def own_ports(self) -> frozenset[int]:
        """The ports of the simulator's own servers, which no letter may be pushed to on this machine."""
        urls: Iterable[str] = (*self.addresses.values(), self.database_url, self.bus_url)
        found = (urlsplit(url).port for url in urls if "://" in url)
        return frozenset({CONSOLE_PORT, self.port, *(port for port in found if port is not None)})

    @property
    def own_doors(self) -> frozenset[tuple[str, int]]:
        """The hosts and ports of the simulator's own servers, wherever they are: no letter may be pushed to what these hosts lead to."""
        urls = (*self.addresses.values(), *(self.public_addresses or {}).values(), self.database_url, self.bus_url)
        named = {
            (parts.hostname, parts.port or USUAL_PORTS.get(parts.scheme.partition("+")[0], 0))
            for parts in map(urlsplit, urls)
            if parts.hostname
        }
        return frozenset(named | {(host, port) for host in self.hosts for port in self.own_ports})

    @field_validator("retry_delays", "box_delays", mode="before")
    @classmethod
    def _delays(cls, value: object) -> object:
        return tuple(float(v) for v in value.split(",")) if isinstance(value, str) else value


@lru_cache(1024)
def _within(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address belongs to one of these networks; what is no address does not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in ip_network(item) for item in networks)
