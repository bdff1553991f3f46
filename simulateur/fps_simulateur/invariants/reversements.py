"""What the DGFiP reverses each month to each collectivité: what was collected for it, less the précomptes, and nothing else."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fps.comptabilite import Compte
from fps.droit.money import euros
from fps.parties import Party
from fps.releves import ReversementReleve
from fps_simulateur.invariants.registres import Mouvement, Registres, Rupture


def reversements(r: Registres) -> Iterator[Rupture]:
    """5, in total: month after month, the account of a collectivité is the sum of its dossiers, and what is left is carried over."""
    dossiers: dict[tuple[str, str], list[Mouvement]] = defaultdict(list)
    verses: dict[str, list[Mouvement]] = defaultdict(list)
    for m in r.mouvements:
        if m.party is Party.DGFIP and m.compte.startswith(Compte.A_REVERSER.de("")):
            if "/" in m.sujet:
                verses[m.sujet].append(m)
            else:
                dossiers[m.sujet[:14], r.mois(m)].append(m)
    livre: Any = r.ensembles[Party.DGFIP].partie
    for siret, mois in sorted(dossiers.keys() - {(x.siret, x.mois) for x in livre.reversements}):
        premier = dossiers[siret, mois][0]
        yield r.rupture(5, Party.DGFIP, premier.sujet, f"le mois {mois} n'a pas de compte de reversement", r.acte_de(premier))
    reports: dict[str, int] = defaultdict(int)
    for compte in sorted(livre.reversements, key=lambda x: (x.siret, x.mois)):
        sujet, net = f"{compte.siret}/{compte.mois}", compte.encaisse + compte.encaisse_amiable - compte.precompte
        ecrits = dossiers[compte.siret, compte.mois]
        if net != (du := -sum(m.montant for m in ecrits)):
            phrase = f"reversement de {compte.mois} : {euros(net)} inscrits, {euros(du)} dans les dossiers"
            dernier = ecrits[-1] if ecrits else None
            yield r.rupture(5, Party.DGFIP, dernier.sujet if dernier else sujet, phrase, r.acte_de(dernier) if dernier else None)
        yield from _verse(r, sujet, compte, sum(m.montant for m in verses[sujet]), reports)
    for siret, a_precompter in livre.a_precompter.items():
        if a_precompter != reports[siret]:
            yield r.rupture(5, Party.DGFIP, siret, f"{euros(a_precompter)} à précompter au lieu de {euros(reports[siret])}", None)


def _verse(r: Registres, sujet: str, compte: ReversementReleve, verse: int, reports: dict[str, int]) -> Iterator[Rupture]:
    """One month, once it is closed: what was due, less what former précomptes left to take."""
    if compte.verse_le is None:
        return
    avant = reports[compte.siret]
    solde = compte.encaisse + compte.encaisse_amiable - compte.precompte - avant
    reports[compte.siret] = max(-solde, 0)
    if (compte.report, compte.verse, verse) != (avant, max(solde, 0), max(solde, 0)):
        phrase = f"reversé {euros(verse)} (relevé : {euros(compte.verse)}) au lieu de {euros(max(solde, 0))}, report de {euros(avant)}"
        yield r.rupture(5, Party.DGFIP, sujet, phrase, None)
