"""The dates and the amounts that an act tells: what each is called, and the field whose derivation its service gives."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from fps.parties import Party
from fps_console.commandes.explique import champ_dit, shown
from fps_console.mots import recit

A, C, D, J = Party.ANTAI, Party.COLLECTIVITE, Party.DGFIP, Party.CCSP
AVIS: Final = {
    "montant": "montant",
    "notification": "date_notification",
    "montant_minore": "minoration_montant",
    "minoration_jusqu_au": "minoration_jusqu_au",
}
DECISION: Final = {
    "fps": "decision.fps_decharge",
    "majoration": "decision.majoration_dechargee",
    "amende": "decision.amende_abus",
    "frais": "decision.frais",
}
RAPO: Final = {"montant_rectifie": "rapo.montant_rectifie"}
# What an act tells, by the name of the field that its service explains. What stands here for no field is a fact: its act founds it.
CHAMPS_DES_ACTES: Final[Mapping[tuple[Party, str], Mapping[str, str]]] = {
    (C, "etablissement"): {"montant": "montant"},
    (C, "notification"): {"le": "date_notification", "limite": "date_limite_paiement"},
    (C, "impaye"): {"reste_du": "creance"},
    (C, "demande-pieces-rapo"): {"avant_le": "rapo.completer_avant_le"},
    (C, "rejet-implicite-rapo"): {"le": "rapo.date_limite_decision"},
    (C, "decision-rapo-acceptation-partielle"): RAPO,
    (C, "decision-rapo-acceptation-totale"): RAPO,
    (C, "communication-requete"): {"limite": "recours.date_limite_defense"},
    (C, "frais-verses"): {"montant": "recours.frais"},
    (C, "frais-recus"): {"montant": "recours.frais"},
    (A, "identification"): {"envoi_prevu": "date_envoi", "montant": "montant"},
    (A, "envoi-avis"): AVIS,
    (A, "envoi-postal"): AVIS,
    (A, "mise-a-disposition"): {"montant": "montant"},
    (A, "rectification"): {"montant": "montant"},
    (A, "titre-paye"): {"reste_du": "titre_reste_du"},
    (A, "titre-paye-en-partie"): {"reste_du": "titre_reste_du"},
    (A, "notification"): {"payer_avant_le": "date_limite_paiement"},
    (A, "lecture"): {"payer_avant_le": "date_limite_paiement"},
    (A, "impaye"): {"montant": "montant", "titre_prevu": "date_titre"},
    (A, "impaye-recu"): {"montant": "montant", "titre_prevu": "date_titre"},
    (A, "emission-titre"): {"impaye": "montant", "majoration": "majoration"},
    (D, "prise-en-charge"): {"impaye": "montant_impaye", "majoration": "majoration"},
    (D, "envoi-avertissement"): {"total": "net_du", "rabais": "rabais", "rabais_jusqu_au": "date_limite_rabais"},
    (D, "annulation"): {"fps": "fps_annule", "majoration": "majoration_annulee", "a_rembourser": "a_rembourser"},
    (J, "communication"): {"limite": "limite_defense"},
    (J, "demande-regularisation"): {"limite": "limite_regularisation"},
    (J, "notification"): {
        "requerant": "notifiee_requerant_le",
        "collectivite": "notifiee_collectivite_le",
        "execution_avant_le": "limite_execution",
    },
    (J, "jugement"): DECISION,
    (J, "ordonnance"): DECISION,
    (J, "astreinte"): {"montant_jour": "astreinte_jour"},
}
RANGS: Final = frozenset({"rang", "pieces"})  # counted, and told as such in the data of the act
IMPRIMEES: Final = re.compile(r"date_(limite|notification).*|(montant|total|majoration|rabais|net)(_.*)?")
JOUR: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Valeur:
    """A date or an amount, who tells it, in which act of the dossier (its number), and the field that explains it when there is one."""

    service: Party
    acte: int
    nom: str
    brute: str | int
    champ: str | None
    dite: str
    sujet: str = ""  # of the petition, for who explains by petition

    @property
    def jour(self) -> date | None:
        """The day, when it is one."""
        return date.fromisoformat(self.brute) if isinstance(self.brute, str) else None

    @property
    def cle(self) -> str:
        """What a later act may tell again."""
        return self.champ or f"{self.acte}/{self.nom}"


def de_l_acte(numero: int, line: Mapping[str, Any]) -> Iterator[Valeur]:
    """The dates and the amounts of one line of the journal, in its order; `numero` is its place in the dossier."""
    service, acte, donnees = Party(line["service"]), line["acte"], line["donnees"]
    if acte == "ecriture" or "type" in donnees:
        return
    champs = CHAMPS_DES_ACTES.get((service, acte), {})
    for nom, brute in donnees.items():
        somme = isinstance(brute, int) and not isinstance(brute, bool) and nom not in RANGS and brute != 0
        if somme or (isinstance(brute, str) and JOUR.fullmatch(brute)):
            champ = champs.get(nom)
            dit = champ_dit(champ) if champ else f"{recit.ligne(line).acte} : {champ_dit(nom).lower()}"
            yield Valeur(service, numero, dit, brute, champ, shown(champ or nom, brute), str(donnees.get("numero_requete", "")))


def imprimees(contenu: Mapping[str, Any]) -> Iterator[tuple[str, str | int]]:
    """What a letter to a person prints of dates and amounts: its own, then those of its parts."""
    for partie in (contenu, *(contenu[nom] for nom in ("etablissement", "modalites") if isinstance(contenu.get(nom), dict))):
        for nom, brute in partie.items():
            somme = isinstance(brute, int) and not isinstance(brute, bool) and brute != 0 and not nom.endswith("pourcent")
            if IMPRIMEES.fullmatch(nom) and (somme or (isinstance(brute, str) and JOUR.fullmatch(brute))):
                yield nom, brute


def du_courrier(acte: int, service: Party, contenu: Mapping[str, Any]) -> Iterator[Valeur]:
    """The same as values, which the letter itself explains."""
    for nom, brute in imprimees(contenu):
        yield Valeur(service, acte, champ_dit(nom), brute, None, shown(nom, brute))
