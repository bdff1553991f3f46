"""How often the operations of the life of a dossier must succeed in a run: a fuzzer that only hears refusals has tried nothing."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from fps.parties import Party

PLANCHERS: Final[Mapping[Party, Mapping[str, int]]] = {
    Party.COLLECTIVITE: {
        "creer_fps": 20,
        "consulter_fps_numero": 20,
        "fps_03_depot_v1": 5,
        "consulter_rapos_numero": 5,
        "statuer_rapos_numero_decision": 1,
        "annuler_fps_numero_annulation": 3,
        "consulter_recours_numero": 5,
        "deposer_recours_numero_memoire": 1,
        "controler_controles": 10,
        "explication_fps_numero_explication_champ": 1,
    },
    Party.ANTAI: {
        "consulter_dossiers_numero": 20,
        "lister_dossiers": 20,
        "fps_04_paiement_fps_v1": 3,
        "explication_dossiers_numero_explication_champ": 1,
        "pli_dossiers_numero_pli_non_distribue": 1,
    },
    Party.DGFIP: {
        "consulter_prises_en_charge_numero": 20,
        "fps_04_paiement_titre_v1": 3,
        "suspendre_prises_en_charge_numero_suspension": 1,
        "demander_prises_en_charge_numero_remise": 1,
    },
    Party.CCSP: {
        "consulter_requetes_numero": 20,
        "fps_06_requete_v1": 3,
        "juger_requetes_numero_decision": 1,
        "ouvrir_requetes_numero_consultation": 1,
        "lister_requetes": 20,
    },
}


ENTIER: Final = 20_000  # cases of the run whose floors these are


def manquent(party: Party, reussites: Counter[str], cases: int) -> list[str]:
    """The operations that did not succeed often enough, of a run of so many cases."""
    wanted = {name: floor * min(cases, ENTIER) // ENTIER for name, floor in PLANCHERS[party].items()}
    return [f"{party} {name} : {reussites[name]} réussites, {floor} au moins" for name, floor in wanted.items() if reussites[name] < floor]


def table(party: Party, contract: Mapping[str, Any], reussites: Counter[str]) -> str:
    """Every operation with its answers 2xx."""
    lines = []
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            name = operation["operationId"]
            floor = PLANCHERS[party].get(name)
            lines.append(f"  {reussites[name]:6d} {'' if floor is None else f'(≥ {floor})':8} {method.upper():6} {path}")
    return "\n".join(lines)
