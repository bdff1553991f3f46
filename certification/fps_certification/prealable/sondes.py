"""What is looked at on the network and on this machine before a plan: a name, a port, a TLS handshake, a command. No request is sent."""

import asyncio
import shlex
import shutil
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

from fps.kit.ground.clock import wall_now

DELAI: Final = 5.0  # seconds, for each of the three
PORTS: Final = {"http": 80, "https": 443}
COMMANDE: Final = "commande:"


class Arret(StrEnum):
    """Where a probe stopped."""

    ADRESSE = "adresse"
    RESOLUTION = "resolution"
    PORT = "port"
    TLS = "tls"
    COMMANDE = "commande"


@dataclass(frozen=True, slots=True)
class Sonde:
    """What was found of an address: where it stopped and why, None when it did not; `fin`: the end of the certificate that was shown."""

    quoi: str
    arret: Arret | None = None
    detail: str = ""
    fin: datetime | None = None


class Sondes(Protocol):
    """Who looks: at the network, or at what was found then."""

    def maintenant(self) -> datetime:
        """The real instant of the run."""

    async def sonder(self, quoi: str, a_qui: str) -> Sonde:
        """Look at an address, or at a command (`commande:…`). `a_qui`: service, produit, lettres."""


Tls = Callable[[], ssl.SSLContext]


class SondesReelles:
    """`contextes`: what is believed in TLS of each kind of server; the public authorities by default."""

    def __init__(self, contextes: Mapping[str, Tls] | None = None):
        self._contextes = dict(contextes or {})

    def maintenant(self) -> datetime:
        """The machine's."""
        return wall_now()

    async def sonder(self, quoi: str, a_qui: str) -> Sonde:
        """Resolve, connect, shake hands; nothing is asked."""
        if quoi.startswith(COMMANDE):
            return _commande(quoi)
        parts = urlsplit(quoi)
        try:
            hote, port = parts.hostname, parts.port or PORTS.get(parts.scheme)
        except ValueError:
            hote = port = None
        if hote is None or port is None:
            return Sonde(quoi, Arret.ADRESSE, "une adresse s'écrit http://nom:port ou https://nom:port")
        try:
            async with asyncio.timeout(DELAI):
                infos = await asyncio.get_running_loop().getaddrinfo(hote, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError):
            return Sonde(quoi, Arret.RESOLUTION, f"« {hote} » n'est le nom de personne")
        ip = str(infos[0][4][0])
        contexte = self._contextes.get(a_qui, ssl.create_default_context)() if parts.scheme == "https" else None
        try:
            async with asyncio.timeout(DELAI):
                _, writer = await asyncio.open_connection(ip, port, ssl=contexte, server_hostname=hote if contexte else None)
        except ssl.SSLCertVerificationError as error:
            return Sonde(quoi, Arret.TLS, f"son certificat n'est pas cru : {error.verify_message}")
        except ssl.SSLError as error:
            return Sonde(quoi, Arret.TLS, f"la connexion TLS échoue : {error.reason or error}")
        except TimeoutError:
            return Sonde(quoi, Arret.PORT, f"le port {port} de « {hote} » ne répond pas en {DELAI:g} s")
        except OSError as error:
            return Sonde(quoi, Arret.PORT, f"le port {port} de « {hote} » refuse la connexion ({type(error).__name__})")
        shown = writer.get_extra_info("peercert") or {}
        writer.close()
        with suppress(OSError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(DELAI):
                await writer.wait_closed()
        fin = shown.get("notAfter")
        return Sonde(quoi, fin=None if fin is None else datetime.fromtimestamp(ssl.cert_time_to_seconds(fin), UTC))


def _commande(quoi: str) -> Sonde:
    """Whether a command of the shell can be started."""
    ligne = quoi.removeprefix(COMMANDE)
    try:
        mots = shlex.split(ligne)
    except ValueError as error:
        return Sonde(quoi, Arret.COMMANDE, f"« {ligne} » ne se lit pas ({error})")
    if not mots or shutil.which(mots[0]) is None:
        return Sonde(quoi, Arret.COMMANDE, f"« {(mots or [''])[0]} » n'est pas un programme d'ici")
    return Sonde(quoi)
