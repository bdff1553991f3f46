"""What is left of a title: ANTAI, that issued it, and the DGFiP, that recovers it, wait for the same sum."""

from collections.abc import Iterator

from fps.comptabilite import Compte
from fps.droit.money import euros
from fps.parties import Party
from fps.releves import TitreReleve
from fps_simulateur.invariants.registres import Registres, Rupture


def titres_accordes(r: Registres) -> Iterator[Rupture]:
    """5, for each title: what ANTAI still waits for is what the DGFiP still claims, in centimes.

    One thing is not told to ANTAI: a remise that leaves something to pay.
    """
    attendus: dict[str, int] = {}
    for m in r.mouvements:
        if m.party is Party.ANTAI and m.compte == Compte.TITRE:
            attendus[m.sujet] = attendus.get(m.sujet, 0) + m.montant
    for numero, dossier in r.dossiers[Party.DGFIP].items():
        titre = None if dossier.partie is None else dossier.partie.titre
        if titre is None or numero not in attendus:
            continue
        reclame = _reclame(titre)
        if attendus[numero] != reclame:
            phrase = f"du titre, l'ANTAI attend encore {euros(attendus[numero])}, la DGFiP {euros(reclame)}"
            yield r.rupture(5, Party.ANTAI, numero, phrase, None)


def _reclame(titre: TitreReleve) -> int:
    annule = titre.fps_annule + titre.majoration_annulee
    net = titre.montant_impaye + titre.majoration - annule - titre.majoration_remise
    reste = net - titre.rabais_accorde - (titre.montant_paye - titre.montant_rembourse)
    return reste + titre.majoration_remise if reste > 0 else 0
