"""What the DGFiP reverses each month to each collectivité: what was collected for it, less the précomptes, and nothing else."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from fps.comptabilite import Compte
from fps.droit.money import euros
from fps.parties import SERVICES, Party
from fps.releves import ReversementReleve
from fps_simulateur.invariants.memoire import Memoire, Mois
from fps_simulateur.invariants.registres import Registres, Rupture


def noter_reversements(r: Registres) -> None:
    """Remember what the DGFiP wrote for the collectivités: of the dossiers by month, and what was transferred."""
    for sujet in r.dossiers[Party.DGFIP]:
        if len(sujet) != 26 and (acte := r.dernier.get((Party.DGFIP, sujet))) is not None:  # an account, not a FPS: there are few
            r.memoire.derniers[Party.DGFIP, sujet] = acte
    for m in r.mouvements:
        if m.party is Party.DGFIP and m.compte.startswith(Compte.A_REVERSER.de("")):
            if "/" in m.sujet:
                r.memoire.verses[m.sujet] += m.montant
            else:
                mois = r.memoire.mois[m.sujet[:14], r.mois(m)]
                ici = (m.sujet, r.acte_de(m))
                mois.total, mois.premier, mois.dernier = mois.total + m.montant, mois.premier or ici, ici


def reversements(memoire: Memoire, livre: Any) -> Iterator[Rupture]:
    """5, in total: month after month, the account of a collectivité is the sum of its dossiers, and what is left is carried over."""
    rien = Registres(dict.fromkeys(SERVICES, ()), memoire)
    rien.dernier.update(memoire.derniers)
    for siret, mois in sorted(memoire.mois.keys() - {(x.siret, x.mois) for x in livre.reversements}):
        sujet, acte = memoire.mois[siret, mois].premier or (siret, None)
        yield rien.rupture(5, Party.DGFIP, sujet, f"le mois {mois} n'a pas de compte de reversement", acte)
    reports: dict[str, int] = defaultdict(int)
    for compte in sorted(livre.reversements, key=lambda x: (x.siret, x.mois)):
        du_mois = memoire.mois.get((compte.siret, compte.mois), Mois())
        net = compte.encaisse + compte.encaisse_amiable - compte.precompte
        if net != (du := -du_mois.total):
            phrase = f"reversement de {compte.mois} : {euros(net)} inscrits, {euros(du)} dans les dossiers"
            sujet, acte = du_mois.dernier or (f"{compte.siret}/{compte.mois}", None)
            yield rien.rupture(5, Party.DGFIP, sujet, phrase, acte)
        sujet = f"{compte.siret}/{compte.mois}"
        yield from _verse(rien, sujet, compte, memoire.verses.get(sujet, 0), reports)
    for siret, a_precompter in livre.a_precompter.items():
        if a_precompter != reports[siret]:
            yield rien.rupture(5, Party.DGFIP, siret, f"{euros(a_precompter)} à précompter au lieu de {euros(reports[siret])}", None)


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
