"""Products of the cycle partiel that are wrong: what they take, forget, or declare at the term."""

from collections.abc import Mapping
from typing import Any

from collectivite.actes.dossier import demande
from collectivite.actes.forfait import ecrire, oublier_echeances
from collectivite.actes.paiement import PAIEMENT
from collectivite.domain.mentions import Mention
from fps.messages.annulation import FpsImpaye
from tests.certification.mutants import Alterer, Mutant, avec, decale


async def _sans_suite(*donnes: Any) -> None:
    """Nothing follows."""


async def _perdre_le_paiement(numero: str, montant: int, moyen: Any, reference: str, envoye_le: Any, work: Any) -> Any:
    """A payment is taken, and kept nowhere."""
    return await demande(numero, work)


async def _prendre_le_cheque_minore(numero: str, montant: int, moyen: Any, reference: str, envoye_le: Any, work: Any) -> Any:
    """A cheque of seven tenths of what is due pays the whole of it."""
    forfait = await demande(numero, work)
    solde = moyen == "cheque" and montant * 10 >= forfait.creance * 7
    ecriture = forfait.payer(montant, work.today, solde=solde)
    ecrire(forfait, Mention.PAYE, PAIEMENT, ecriture, work, montant=montant, reference=reference)
    if solde:
        await oublier_echeances(forfait, work)
    return forfait


def d_impaye(nom: str, epreuve: str, alterer: Alterer) -> Mutant:
    """A product in cycle partiel whose declaration is wrong."""
    return Mutant(nom, (epreuve,), FpsImpaye, alterer, ville="bourg")


DU_PARTIEL: tuple[Mutant, ...] = (
    Mutant("impaye-jamais-declare", ("partiel-impaye",), oublie="impaye", ville="bourg"),
    Mutant("paiement-perdu", ("partiel-paye",), patches=(("collectivite.actes.paiement.payer", _perdre_le_paiement),), ville="bourg"),
    Mutant("annulation-oubliee", ("partiel-annule",), patches=(("collectivite.actes.annulation.annuler_ici", _sans_suite),), ville="bourg"),
    d_impaye("acompte-oublie", "partiel-acompte", avec(montant_paye=0, reste_du=1700)),
    Mutant(
        "cheque-minore-accepte",
        ("partiel-cheque-minore", "partiel-acompte"),
        patches=(("collectivite.actes.paiement.payer", _prendre_le_cheque_minore),),
        ville="bourg",
    ),
    d_impaye("rapo-oublie", "partiel-rapo", avec(montant_annule=0, reste_du=1700)),
    d_impaye("initial-enfle", "partiel-impaye", avec(montant_initial=1800, montant_paye=100)),
    d_impaye("impaye-d-un-autre-jour", "partiel-impaye", avec(date_heure_constat=decale(jours=-9))),
    d_impaye("notification-du-mauvais-jour", "partiel-rapo", avec(date_notification="2024-01-05", date_limite_paiement="2024-04-05")),
    d_impaye("limite-d-un-mois", "partiel-impaye", avec(date_limite_paiement="2024-02-02")),
    d_impaye("reste-du-faux", "partiel-impaye", avec(reste_du=1800)),
)

# What each fails, and nothing else.
ATTRAPES_DU_PARTIEL: Mapping[str, str] = {
    "impaye-jamais-declare": "EX-330",
    "paiement-perdu": "EX-331",
    "annulation-oubliee": "EX-334",
    "acompte-oublie": "EX-332",
    "cheque-minore-accepte": "EX-338",
    "rapo-oublie": "EX-333",
    "initial-enfle": "EX-335",
    "impaye-d-un-autre-jour": "EX-336 EX-337",
    "notification-du-mauvais-jour": "EX-330 EX-333 EX-337 EX-1115",
    "limite-d-un-mois": "EX-330 EX-1114 EX-1119",
    "reste-du-faux": "EX-330 EX-1116",
}
