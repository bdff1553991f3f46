"""What an agent of a town finds at each desk of ANTAI and of the court: the acts, who may do them, the session with which they are done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from fps.kit.ground.clock import wall_now
from fps.parties import Party
from fps_console.web.seances import Seance
from fps_simulateur.langue.actes import Acte
from fps_simulateur.langue.moments import normal

ANTAI, CCSP = Party.ANTAI, Party.CCSP
AGENT, SESSION, TOUS, AUTORITE = "agent", "session", "tous", "autorite"
SESSIONS: Final[Mapping[Party, str]] = {ANTAI: "/espaces/{siret}/sessions", CCSP: "/portail/{siret}/sessions"}
BUREAUX: Final[Mapping[Party, str]] = {ANTAI: "l'espace numérique", CCSP: "le portail de la juridiction"}


@dataclass(frozen=True, slots=True)
class ActeAuGuichet:
    """An act of a desk. `par`: an agent in session or the pilot for it, an agent in session only, anybody, or the authority itself.

    `liste`: the word of its message that is a list, of which the form asks one element.
    """

    acte: Acte
    par: str = AGENT
    liste: str = ""


def _un(
    nom: str, sens: str, a: Party, route: str, methode: str = "POST", par: str = AGENT, liste: str = "", **defauts: Any
) -> ActeAuGuichet:
    return ActeAuGuichet(Acte(nom, sens, a, route, methode, defauts), par, liste)


_ESPACE, _PORTAIL, _TELE = "/espaces/{siret_ville}", "/portail/{siret_ville}", "/teletransmission/{siret_ville}"
_REQUETE: Final = f"{_PORTAIL}/requetes/{{numero}}"
_TOUS: Final = (
    # The espace numérique of ANTAI.
    _un("demander l'espace numérique", "La collectivité demande son espace à l'ANTAI ; son premier agent en sera responsable.",
        ANTAI, "/espaces", par=TOUS, siret="{siret_ville}"),
    _un("ouvrir un compte d'agent", "Le responsable de l'espace ouvre un compte.", ANTAI, f"{_ESPACE}/agents"),
    _un("fermer un compte d'agent", "Le responsable de l'espace ferme un compte.", ANTAI, f"{_ESPACE}/agents/{{login}}", "DELETE"),
    _un("changer son mot de passe à l'espace", "Ses autres sessions prennent fin.", ANTAI, f"{_ESPACE}/mot-de-passe", "PUT", SESSION),
    _un("régler l'espace", "Cycle, montant minoré et contact des recours : ce qui est vide n'est plus déclaré.",
        ANTAI, f"{_ESPACE}/reglages", "PUT"),
    _un("choisir où vont les lettres de l'ANTAI", "Au système de référence, à une adresse, ou dans une boîte où on les prend.",
        ANTAI, f"{_ESPACE}/destination", "PUT"),
    _un("préparer une convention", "La collectivité prépare une convention avec l'ANTAI, ou son renouvellement.",
        ANTAI, f"{_ESPACE}/conventions"),
    _un("abandonner une convention", "Tant que l'ANTAI ne l'a pas signée.", ANTAI, f"{_ESPACE}/conventions/{{rang}}", "DELETE"),
    _un("résilier une convention", "Avant son terme.", ANTAI, f"{_ESPACE}/conventions/{{rang}}/resiliation"),
    _un("activer un certificat", "Il est bon dans ce périmètre ; aucune zone veut dire toutes.",
        ANTAI, f"{_ESPACE}/certificats/{{empreinte}}/activation"),
    _un("désactiver un certificat", "Ce qu'il signe n'est plus reçu.", ANTAI, f"{_ESPACE}/certificats/{{empreinte}}/desactivation"),
    _un("changer le périmètre d'un certificat", "Ce qui est vide reste tel quel.",
        ANTAI, f"{_ESPACE}/certificats/{{empreinte}}/perimetre", "PUT"),
    # What ANTAI decides itself, when it does it by hand.
    _un("ouvrir l'espace demandé", "L'ANTAI accepte la demande.", ANTAI, f"{_ESPACE}/ouverture", par=AUTORITE),
    _un("refuser l'espace demandé", "L'ANTAI refuse la demande, avec un motif.", ANTAI, f"{_ESPACE}/refus", par=AUTORITE),
    _un("signer la convention déposée", "L'ANTAI signe.", ANTAI, f"{_ESPACE}/conventions/{{rang}}/signature", par=AUTORITE),
    _un("rendre la convention déposée", "L'ANTAI la rend, avec un motif.", ANTAI, f"{_ESPACE}/conventions/{{rang}}/retour", par=AUTORITE),
    # The portal of the court, and the télétransmission.
    _un("inscrire un agent au portail", "La juridiction lui rend un code à usage unique : il s'affiche une seule fois.",
        CCSP, f"{_PORTAIL}/inscriptions", liste="agents"),
    _un("donner un nouveau code à un agent", "Le code s'affiche une seule fois.", CCSP, f"{_PORTAIL}/comptes/{{login}}/code"),
    _un("fermer un compte du portail", "L'agent n'entre plus.", CCSP, f"{_PORTAIL}/comptes/{{login}}/fermeture"),
    _un("choisir son mot de passe du portail", "Avec le code à usage unique.", CCSP, f"{_PORTAIL}/activation", par=TOUS),
    _un("changer son mot de passe au portail", "Toutes ses sessions prennent fin.", CCSP, f"{_PORTAIL}/mot-de-passe", par=SESSION),
    _un("accepter le cahier des charges", "Celui de la télétransmission avec la juridiction.", CCSP, f"{_TELE}/cahier-des-charges"),
    _un("déclarer le système", "Celui par lequel la collectivité dépose.", CCSP, f"{_TELE}/systeme", "PUT"),
    _un("signer la convention de télétransmission", "La collectivité s'engage.", CCSP, f"{_TELE}/conventions"),
    _un("ouvrir ce qui est mis à disposition", "La première ouverture vaut notification.", CCSP, f"{_REQUETE}/consultation", par=SESSION),
    _un("déposer un mémoire au portail", "La défense de la collectivité.", CCSP, f"{_REQUETE}/memoires", par=SESSION),
    _un("déposer une pièce au portail", "Son rang est le suivant, sauf s'il est donné.", CCSP, f"{_REQUETE}/pieces", par=SESSION),
)  # fmt: skip
GUICHETS: Final[Mapping[str, ActeAuGuichet]] = {normal(un.acte.nom): un for un in _TOUS}
# What stands beside a line of a list, by the name of the list: the acts, and the field that the line fills.
LIGNES: Final[Mapping[str, tuple[str, ...]]] = {
    "agents": ("fermer un compte d'agent",),
    "conventions": ("abandonner une convention", "résilier une convention"),
    "decisions": ("signer la convention déposée", "rendre la convention déposée"),
    "certificats": ("activer un certificat", "désactiver un certificat", "changer le périmètre d'un certificat"),
    "comptes": ("donner un nouveau code à un agent", "fermer un compte du portail"),
    "requetes": ("ouvrir ce qui est mis à disposition", "déposer un mémoire au portail", "déposer une pièce au portail"),
}
DES_LIGNES: Final = frozenset(normal(nom) for noms in LIGNES.values() for nom in noms)


@dataclass(frozen=True, slots=True)
class Entree:
    """The session of an agent at a desk, as its service opened it."""

    jeton: str = field(repr=False)
    login: str
    nom: str
    role: str
    expire_le: datetime

    @classmethod
    def de(cls, dite: Mapping[str, Any]) -> "Entree":
        """What a service answers to who gives the right password."""
        return cls(dite["jeton"], dite["login"], dite["nom"], dite["role"], datetime.fromisoformat(dite["expire_le"]))


class Entrees:
    """The sessions of agents that one browser has, by desk: they end with its own."""

    def __init__(self, seance: Seance | None, bac: str, siret: str):
        self._seance, self._ou = seance, (bac, siret)

    def chez(self, a: Party) -> Entree | None:
        """The session at a desk, if it lives."""
        if self._seance is None:
            return None
        entree: Entree | None = self._seance.agents.get((*self._ou, a))
        if entree is not None and entree.expire_le <= wall_now():
            self.quitter(a)
            return None
        return entree

    def entrer(self, a: Party, entree: Entree) -> None:
        """Keep the session of a desk."""
        if self._seance is not None:
            self._seance.agents[(*self._ou, a)] = entree

    def quitter(self, a: Party) -> None:
        """Forget it."""
        if self._seance is not None:
            self._seance.agents.pop((*self._ou, a), None)
