"""Who writes to whom, by which channel, at which stage of a dossier."""

from enum import StrEnum


class Party(StrEnum):
    """Un expéditeur ou un destinataire de messages ; les deux derniers sont des boîtes aux lettres, jamais des services."""

    COLLECTIVITE = "collectivite"
    ANTAI = "antai"
    DGFIP = "dgfip"
    CCSP = "ccsp"
    USAGER = "usager"
    IMPRIMEUR = "imprimeur"


SERVICES = (Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP, Party.CCSP)

# Where a letter says that the pages of a service are. The name leads nowhere (RFC 2606): who shows the letter puts the public address in
# its place (fps.kit.web.sites), and the same life writes the same letters wherever the services listen.
SITES: dict[Party, str] = {party: f"https://{party}.invalid" for party in SERVICES}

LIBELLES: dict[Party, str] = {
    Party.COLLECTIVITE: "Collectivité",
    Party.ANTAI: "ANTAI",
    Party.DGFIP: "DGFiP",
    Party.CCSP: "Juridiction du stationnement payant",
    Party.USAGER: "Usager",
    Party.IMPRIMEUR: "Prestataire d'édition",
}


class Channel(StrEnum):
    """How a message travels: see docs/glossaire.md."""

    REST = "rest"
    AMQP = "amqp"
    PORTAIL = "portail"
    COURRIER = "courrier"
    REPONSE = "reponse"


class Phase(StrEnum):
    """The stage of the dossier a flow belongs to."""

    AMIABLE = "amiable"
    RAPO = "rapo"
    TOUTES = "toutes"
    CONTENTIEUX = "contentieux"
    EXECUTOIRE = "executoire"
