"""Which addresses of an editor a service may call: their form, their ports, and every network address that their name leads to."""

import asyncio
import contextlib
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import unquote, urlsplit

from fps.errors import MessageRefuse
from fps.kit.ground.settings import NUMBER, Network, Settings, networks_and_names

PORTS_PAR_DEFAUT: Final = {"https": 443, "http": 80}
PORT_LIBRE: Final = 1024  # below it are the services of a system; only the port of https is an editor's
TEXTE: Final = re.compile(r"[!-~]{8,500}")  # printable ASCII: no space, tab or new line, which readers of URLs drop in silence
HOTE: Final = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
CHEMIN: Final = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*")
# Addresses that carry another one inside: what is inside could be anything.
PASSERELLES: Final = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))

Ip = IPv4Address | IPv6Address


class AdresseInterdite(MessageRefuse):
    """Le simulateur n'écrit pas à cette adresse"""

    code = "adresse-interdite"
    que_faire = (
        "Donnez une adresse https que FPS_DESTINATIONS permet (par défaut : cette machine seule, où http est admis), sur le port 443 "
        "ou au-dessus de 1023, sans identifiant, ni paramètre, ni fragment ; ou choisissez le retrait (GET /messages)."
    )


class NomIntrouvable(Exception):
    """Le nom de cette adresse n'est pas connu en ce moment."""


@dataclass(frozen=True, slots=True)
class AdressePermise:
    """An address whose form is allowed; where its name leads is checked each time."""

    texte: str
    schema: str
    hote: str
    port: int

    def vers(self, chemin: str) -> str:
        """The URL of a path under this address."""
        return f"{self.texte}{chemin}"


@dataclass(frozen=True, slots=True)
class Regles:
    """What one installation allows: networks, names (« .exemple.fr »: all those under it); and what is its own.

    Its own servers are reserved by their port on this machine, whatever the address, and by host and port elsewhere (containers).
    """

    reseaux: tuple[Network, ...]
    noms: tuple[str, ...]
    ports_reserves: frozenset[int]
    portes: frozenset[tuple[str, int]]

    def nomme(self, hote: str) -> bool:
        """Whether this name is one of those listed."""
        return any(hote == nom or (nom.startswith(".") and hote.endswith(nom)) for nom in self.noms)


def regles(settings: Settings) -> Regles:
    """The rules of these settings."""
    reseaux, noms = networks_and_names(settings.destinations)
    return Regles(reseaux, noms, settings.own_ports, settings.own_doors)


def lire(texte: str) -> AdressePermise:
    """The address of this text; raises AdresseInterdite when its form is not allowed."""
    try:
        parts = urlsplit(texte) if TEXTE.fullmatch(texte) else None
        port = None if parts is None else parts.port
    except ValueError:
        parts = port = None
    if parts is None or parts.scheme not in PORTS_PAR_DEFAUT or not parts.hostname:
        raise _refusee("une adresse s'écrit https://nom:port/chemin, en caractères ASCII")
    if "@" in parts.netloc:
        raise _refusee("elle contient un identifiant")
    if "?" in texte or "#" in texte:
        raise _refusee("elle contient des paramètres ou un fragment")
    chemin = parts.path.rstrip("/")
    pas = unquote(chemin).split("/")
    if not CHEMIN.fullmatch(chemin) or {".", ".."} & set(pas) or "\\" in unquote(chemin) or unquote(unquote(chemin)) != unquote(chemin):
        raise _refusee("son chemin n'est pas simple")
    hote = _hote(parts.hostname)
    port = port if port is not None else PORTS_PAR_DEFAUT[parts.scheme]
    if port != PORTS_PAR_DEFAUT["https"] and port < PORT_LIBRE:
        raise _refusee(f"le port {port} est celui d'un service du système")
    netloc = f"[{hote}]" if ":" in hote else hote
    ou = netloc if port == PORTS_PAR_DEFAUT[parts.scheme] else f"{netloc}:{port}"
    return AdressePermise(f"{parts.scheme}://{ou}{chemin}", parts.scheme, hote, port)


def _hote(hote: str) -> str:
    hote = hote.lower().removesuffix(".")
    try:
        if "%" not in hote:
            return ip_address(hote).compressed
    except ValueError:
        pass
    # 127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are one address for some readers, and a name for others.
    if not HOTE.fullmatch(hote) or NUMBER.fullmatch(hote.rpartition(".")[2]):
        raise _refusee("son hôte n'est ni un nom, ni une adresse IP écrite sous sa forme ordinaire")
    return hote


def _refusee(pourquoi: str) -> AdresseInterdite:
    return AdresseInterdite(f"Adresse refusée : {pourquoi}.", "adresse")


async def resoudre(adresse: AdressePermise, permis: Regles, timeout: float) -> str:
    """The network address to connect to, after every one of this name was checked; raises AdresseInterdite, NomIntrouvable."""
    try:
        async with asyncio.timeout(timeout):
            trouvees = await _mene_a(adresse.hote, adresse.port)
            nous = await _portes(adresse, permis)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise NomIntrouvable(f"« {adresse.hote} » : nom introuvable") from error
    for ip in trouvees:
        _verifier_ip(ip, adresse, permis)
        if _dedans(ip) in nous:
            raise _reservee(adresse)
    return str(trouvees[0])


async def _mene_a(hote: str, port: int) -> list[Ip]:
    infos = await asyncio.get_running_loop().getaddrinfo(hote, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(info[4][0]).partition("%")[0]) for info in infos))


async def _portes(adresse: AdressePermise, permis: Regles) -> set[Ip]:
    """The network addresses of the simulator's servers that listen on this port; raises AdresseInterdite when the host is one of theirs."""
    hotes = [hote for hote, port in permis.portes if port == adresse.port]
    if adresse.hote in hotes:
        raise _reservee(adresse)
    found: set[Ip] = set()
    for hote in hotes:
        with contextlib.suppress(OSError, UnicodeError):  # a server that has no address now cannot be called by another name either
            found.update(map(_dedans, await _mene_a(hote, adresse.port)))
    return found


def _dedans(ip: Ip) -> Ip:
    """The IPv4 address that an IPv6 one writes, or itself."""
    return ip.ipv4_mapped if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None else ip


def _de_cette_machine(ip: Ip) -> bool:
    """Whether this machine has this address: it can then listen there."""
    if ip.is_loopback:
        return True
    try:
        with socket.socket(socket.AF_INET if ip.version == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as sonde:
            sonde.bind((str(ip), 0))
    except OSError:
        return False
    return True


def _reservee(adresse: AdressePermise) -> AdresseInterdite:
    return _refusee(f"le port {adresse.port} de « {adresse.hote} » est celui d'un serveur du simulateur")


def _verifier_ip(ip: Ip, adresse: AdressePermise, permis: Regles) -> None:
    """Raises AdresseInterdite unless this network address may be called."""
    dedans = _dedans(ip)
    if dedans.is_unspecified or dedans.is_multicast or _passerelle(dedans):
        raise _refusee(f"« {adresse.hote} » mène à {ip}, qui n'est l'adresse de personne")
    publique = dedans.is_global and permis.nomme(adresse.hote)
    if not publique and not any(dedans in reseau for reseau in permis.reseaux):
        raise _refusee(f"« {adresse.hote} » mène à {ip}, que FPS_DESTINATIONS ne permet pas")
    if adresse.schema == "http" and not dedans.is_loopback:
        raise _refusee("http n'est admis que sur la machine du simulateur")
    if adresse.port in permis.ports_reserves and _de_cette_machine(dedans):
        raise _reservee(adresse)


def _passerelle(ip: Ip) -> bool:
    return isinstance(ip, IPv6Address) and not ip.is_loopback and any(ip in reseau for reseau in PASSERELLES)


async def verifier(texte: str, settings: Settings) -> AdressePermise:
    """The address that an agent or a provider gives; raises AdresseInterdite. To be called outside any transaction: it asks the network.

    A name of the list may be unknown for now: it is asked again, and checked again, at each letter.
    """
    adresse, permis = lire(texte), regles(settings)
    try:
        await resoudre(adresse, permis, settings.push_timeout)
    except NomIntrouvable as error:
        if not permis.nomme(adresse.hote):
            raise _refusee(f"le nom « {adresse.hote} » est introuvable") from error
    return adresse
