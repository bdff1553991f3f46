"""What is left of a title: ANTAI, that issued it, and the DGFiP, that recovers it, wait for the same sum."""

from collections.abc import Iterator, Mapping
from typing import Any

from fps.comptabilite import Compte
from fps.droit.money import euros
from fps.parties import Party
from fps_simulateur.invariants.registres import Registres, Rupture


def titres_accordes(r: Registres) -> Iterator[Rupture]:
    """5, for each title: what ANTAI still waits for is what the DGFiP still claims, in centimes.

    One thing is not told to ANTAI: a remise that leaves something to pay.
    """
    attendus: dict[str, int] = {}
    for m in r.mouvements:
        if m.party is Party.ANTAI and m.compte == Compte.TITRE:
            attendus[m.sujet] = attendus.get(m.sujet, 0) + m.montant
    for row in r.lignes(Party.DGFIP, "prises_en_charge"):
        numero = row["numero_fps"]
        if numero not in attendus:
            continue
        reclame = _reclame(row)
        if attendus[numero] != reclame:
            phrase = f"du titre, l'ANTAI attend encore {euros(attendus[numero])}, la DGFiP {euros(reclame)}"
            yield r.rupture(5, Party.ANTAI, numero, phrase, None)


def _reclame(row: Mapping[str, Any]) -> int:
    annule = row["fps_annule"] + row["majoration_annulee"]
    net = row["montant_impaye"] + row["majoration"] - annule - row["majoration_remise"]
    reste = net - row["rabais_accorde"] - (row["montant_paye"] - row["montant_rembourse"])
    return reste + row["majoration_remise"] if reste > 0 else 0
