"""The invariants of a dossier: its limit, its title, its rebate, its RAPO, its end (1, 2, 3, 4 and 10)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from fps.droit import droit
from fps.droit.calculs import majoration
from fps.droit.money import euros
from fps.parties import Party
from fps.releves import Dossier, DossierDgfip
from fps_simulateur.invariants.registres import Registres, Rupture

# The states in which nothing is due (a paid dossier may leave its rest); a test compares them with those of the services.
FINAUX: Final[Mapping[Party, frozenset[str]]] = {
    Party.COLLECTIVITE: frozenset({"refuse", "abandonne", "paye-minore"}),
    Party.ANTAI: frozenset({"abandonne", "annule", "titre-annule", "paye", "paye-minore"}),
    Party.DGFIP: frozenset({"annule", "prescrit", "paye", "paye-avec-rabais"}),
}

# What may still come of a dossier that is finished: somebody contests what he paid, or is paid back.
SUITES: Final[Mapping[Party, frozenset[str]]] = {
    Party.COLLECTIVITE: frozenset({"silence-rapo", "defense", "execution"}),
    Party.DGFIP: frozenset({"remboursement-fps", "remboursement-titre", "reversement"}),
}


def limite_gardee(r: Registres) -> Iterator[Rupture]:
    """1. The limit of a rectificatif is that of the first notice."""
    dossiers = ((sujet, d.partie) for sujet, d in r.dossiers[Party.ANTAI].items() if d.partie is not None)
    limites = {sujet: None if (le := partie.date_limite_paiement) is None else le.isoformat() for sujet, partie in dossiers}
    for avis in r.de("AvisPaiement"):
        limites[avis.sujet] = avis.corps["modalites"]["date_limite_paiement"] or limites.get(avis.sujet)
    for avis in r.de("AvisPaiementRectificatif"):
        limite = avis.corps["modalites"]["date_limite_paiement"]
        if limite is not None and limites.get(avis.sujet) not in (None, limite):
            yield r.par(1, avis, f"limite au {limite} au lieu du {limites[avis.sujet]}")


def titre_exact(r: Registres) -> Iterator[Rupture]:
    """2. A title claims what remains due and its majoration."""
    for titre in r.de("EmissionTitre"):
        du, plus, le = titre.corps["montant_impaye"], titre.corps["majoration"], date.fromisoformat(titre.corps["date_emission"])
        if titre.corps["total_du"] != du + plus:
            yield r.par(2, titre, f"total {euros(titre.corps['total_du'])} au lieu de {euros(du + plus)}")
        if plus != majoration(du, le) or plus < droit(le).majoration_minimum:
            yield r.par(2, titre, f"majoration {euros(plus)} au lieu de {euros(majoration(du, le))}")


def rabais_borne(r: Registres) -> Iterator[Rupture]:
    """3. The rebate is charged on the majoration, never above it."""
    majorations = {x.sujet: x.corps["majoration"] for x in r.de("EmissionTitre")}
    for lettre in r.de("Avertissement", "TitrePaye", "JustificatifPaiementTitre"):
        plus = lettre.corps.get("majoration", majorations.get(lettre.sujet))
        if plus is not None and lettre.corps["rabais"] > plus:
            yield r.par(3, lettre, f"rabais {euros(lettre.corps['rabais'])}, majoration {euros(plus)}")


def rapo_avant_titre(r: Registres) -> Iterator[Rupture]:
    """4. No RAPO is registered once a title exists."""
    titres = {x.sujet: x.corps["date_emission"] for x in r.de("EmissionTitre")}
    for rapo in r.de("AccuseReceptionRapo"):
        if rapo.sujet in titres and rapo.corps["date_avis_reception"] > titres[rapo.sujet]:
            yield r.par(4, rapo, f"RAPO reçu le {rapo.corps['date_avis_reception']}, titre du {titres[rapo.sujet]}")


def plus_rien(r: Registres) -> Iterator[Rupture]:
    """10. A finished dossier waits for nothing of its recovery."""
    for party, dossier in r.tous():
        etat = _etat(dossier)
        for echeance in dossier.echeances if etat in FINAUX.get(party, ()) else ():
            if echeance.nature in SUITES.get(party, ()):
                continue
            phrase = f"état « {etat} », échéance « {echeance.nature} » le {echeance.le}"
            yield r.rupture(10, party, dossier.sujet, phrase, None)


def _etat(dossier: Dossier[Any]) -> str | None:
    """The state of a FPS in one service; at the DGFiP, that of its title."""
    found = dossier.partie.titre if isinstance(dossier.partie, DossierDgfip) else dossier.partie
    return getattr(found, "etat", None)
