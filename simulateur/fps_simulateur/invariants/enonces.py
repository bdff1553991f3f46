"""The invariants of the ecosystem: a number, a name, a sentence, the text that founds it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Invariant:
    """What must hold in a bac whatever happens, once all letters are carried."""

    numero: int
    nom: str
    phrase: str
    article: str


INVARIANTS: Final = (
    Invariant(1, "limite gardée", "un avis rectificatif ne déplace jamais la limite de paiement", "CGCT, art. R. 2333-120-14"),
    Invariant(
        2,
        "titre exact",
        "le titre est le reste dû plus une majoration d'au moins le minimum",
        "CGCT, art. L. 2333-87, IV et R. 2333-120-16",
    ),
    Invariant(3, "rabais borné", "le rabais ne dépasse pas la majoration", "CGPPP, art. L. 2323-7-1"),
    Invariant(4, "RAPO avant titre", "aucun RAPO après le titre exécutoire", "CGCT, art. R. 2333-120-13"),
    Invariant(
        5,
        "argent",
        "l'argent : les comptes des quatre services s'accordent, on ne rembourse pas plus que payé, la majoration va à l'État",
        "Arrêté du 1er septembre 2016",
    ),
    Invariant(6, "anonymat", "la collectivité n'apprend jamais le nom du redevable par la voie amiable", "CGCT, art. L. 2333-87, VII"),
    Invariant(7, "numéros uniques", "chaque numéro est unique et sa clé est juste", "Arrêté du 6 novembre 2015, art. 4"),
    Invariant(8, "certificats", "un certificat inactif arrête tout échange", "Convention avec l'ANTAI ; docs/adr/0011"),
    Invariant(9, "courriers uniques", "chaque courrier à une personne existe une fois", "Règle du simulateur, docs/adr/0004"),
    Invariant(
        10,
        "plus rien n'attend",
        "un dossier dans un état final n'attend plus rien de son recouvrement",
        "Règle du simulateur, docs/adr/0001",
    ),
    Invariant(11, "jamais avant", "personne ne reçoit une lettre avant qu'elle soit écrite", "Règle du simulateur, docs/adr/0018"),
)
PAR_NUMERO: Final = {invariant.numero: invariant for invariant in INVARIANTS}
