"""Runs the cases of the town (folder `collectivite`), and checks each transition of its, possible or not, from each state."""

from collections.abc import Callable
from datetime import date, datetime
from itertools import product
from typing import Any

import pytest

from collectivite.domain import forfait as f
from collectivite.domain import rapo as r
from collectivite.domain import recours as c
from collectivite.domain import refus
from collectivite.domain.agents import AgentAssermente, verifier
from collectivite.domain.calendrier import dates
from collectivite.domain.etablissement import SerieAgent
from collectivite.domain.forfait import Etat, Forfait
from collectivite.domain.remboursement import genre
from collectivite.domain.stationnement import DroitDeStationnement, FpsEnVigueur, PaiementImmediat, Stationnement, controler
from fps.droit.money import EcritureEquilibree
from fps.errors import Refus
from fps.messages.mfps import CreationFps
from fps.messages.parties_prenantes import Demandeur
from fps.messages.rapo import DepotRapo
from fps.regles.machine import Machine
from fps.villes.catalogue import connues
from tests.law.cas import Cas, chaque, lire
from tests.villes import commune

LE = date(2026, 6, 15)
LILLE, BOURG = commune("21590350100017"), commune("21000200200017")


def heure(texte: str) -> datetime:
    return datetime.fromisoformat(f"2026-06-15T{texte}:00+02:00")


@chaque(lire("collectivite/controle.yaml"))
def test_a_control_finds_what_the_law_says(x: Cas) -> None:
    registre = Stationnement(LILLE.siret, "AB-123-CD")
    for debut, fin, montant, visible in x.get("paiements", []):
        champs = {"debut": heure(debut), "fin": heure(fin), "montant": montant, "visible": visible}
        registre.payer(PaiementImmediat.model_validate({"reference": debut, "zone": "rouge", **champs}))
    if "droit" in x:
        nature, fin = x["droit"]
        registre.ouvrir(DroitDeStationnement(nature=nature, zones=(), depuis=date(2026, 1, 1), jusqu_au=fin))
    if "fps" in x:
        registre.inscrire(FpsEnVigueur(numero="1", zone="rouge", debut=heure("14:00"), fin_effets=heure(x["fps"])))
    trouve = controler(registre, LILLE.zone("rouge"), heure("19:00"), LILLE.heures("rouge"))
    assert x["article"] and [trouve.verdict.value, trouve.deduit] == x["attendu"]


def rapo(irrecevabilites: tuple[str, ...] = (), a_verifier: tuple[str, ...] = ()) -> r.Rapo:
    demandeur = DepotRapo.exemplaire().demandeur
    recu, limite = date(2026, 8, 31), date(2026, 9, 30)
    return r.Rapo("1", "RAPO-1", LILLE.siret, "electronique", demandeur, "x", (), recu, None, limite, irrecevabilites, a_verifier)


@chaque(lire("collectivite/rapo.yaml"))
def test_a_rapo_is_admitted_and_decided_as_the_law_says(x: Cas) -> None:
    change = x.get("depot", {})
    demandeur: Demandeur = DepotRapo.exemplaire().demandeur.model_copy(update={"qualite": change.get("qualite", "titulaire")})
    pieces = frozenset(change.get("pieces", ["avis-paiement", "certificat-immatriculation"]))
    expose = change.get("expose", "Faits.")
    depot = r.Depot(
        change.get("canal", "electronique"),
        demandeur,
        expose,
        pieces,
        date(2026, 8, 31),
        change.get("limite"),
        change.get("au_plus_tard", change.get("limite")),
    )
    manquants, douteux = r.irrecevabilites(depot), r.a_verifier(depot)
    assert x["article"] and list(douteux) == x.get("a_verifier", [])
    if "decision" not in x:
        assert list(manquants) == x["attendu"] and all(r.PAR_CODE[code].article for code in manquants)
        return
    sens, agent, montant, le = x["decision"]
    depose = rapo(manquants, douteux)
    if "refus" in x:
        with pytest.raises(Refus) as erreur:
            depose.decider(sens, str(agent), "0072", montant, 3500, "Motif", le)
        assert erreur.value.code == x["refus"] and depose.etat is r.EtatRapo.DEPOSE
        return
    depose.decider(sens, str(agent), "0072", montant, 3500, "Motif", le)
    assert depose.etat == x["attendu"] and depose.se_taire() is depose.perdre_objet(le) is False


def etabli(cycle: Any = "complet") -> Forfait:
    fps = Forfait.etablir(CreationFps.exemplaire(), cycle)
    fps.dater(LE, LE, date(2026, 9, 15))
    return fps


def jouer(fps: Forfait, acte: str) -> EcritureEquilibree | None:
    nom, *nombres = acte.split()
    montants = [int(n) for n in nombres]
    match nom:
        case "payer" | "minorer" | "rapide":
            return fps.payer(montants[0], LE, minore=nom == "minorer", rapide=nom == "rapide")
        case "perdre":
            return fps.perdre_paiement(montants[0], montants[1], LE)
        case "rectifier":
            return fps.rectifier(montants[0], LE)
        case "annuler":
            return fps.annuler(LE, "Motif")
        case "rembourser":
            return fps.rembourser(montants[0], LE)
        case "titre":
            return fps.solder_titre("2600000001", montants[0], LE, *montants[1:])
    raise ValueError(acte)


@chaque(lire("collectivite/comptes.yaml"))
def test_the_books_of_the_town_say_who_owes_what(x: Cas) -> None:
    fps = etabli()
    ecritures = [fps.ecriture_creance(LE), *(jouer(fps, acte) for acte in x["actes"])]
    comptes: dict[str, int] = {}
    for ligne in [ligne for e in ecritures if e is not None for ligne in e.lignes]:
        comptes[ligne.compte] = comptes.get(ligne.compte, 0) + ligne.debit - ligne.credit
    assert x["article"] and {k: v for k, v in comptes.items() if v} == x["attendu"]
    assert (fps.dette, fps.creance) == (x["dette"], comptes.get("redevable", 0)) and -fps.dette == comptes.get("a-rembourser", 0)


@chaque(lire("collectivite/procedure.yaml"))
def test_the_procedure_depends_on_the_date_and_on_the_town(x: Cas) -> None:
    trouve: Any
    if "genre" in x:
        trouve = genre(*x["genre"])
    elif "electronique" in x:
        trouve = c.depot_electronique(commune(x["electronique"][0]), x["electronique"][1])
    elif "dates" in x:
        ville = commune(x["dates"][0])
        fps = etabli(ville.cycle)
        fps.mode_notification, fps.date_heure_constat = x["dates"][1], heure("10:00")
        prevues = dates(ville, fps, LE)
        trouve = [prevues.envoi, prevues.notification, prevues.limite_paiement]
    elif "titre" in x:
        fps = etabli(x["titre"])
        fps.date_limite_paiement = date(2026, 9, 22) if x["titre"] == "complet" else date(2026, 9, 15)
        trouve = fps.titre_le
    else:
        try:
            verifier(AgentAssermente(LILLE.siret, 72, *x["agent"]), LE)
            trouve = True
        except refus.AgentNonAssermente:
            trouve = False
    assert x["article"] and trouve == x["attendu"]


def test_no_fps_exceeds_the_charge_for_the_longest_paid_duration_on_any_date() -> None:
    connus = 0
    for zone in (zone for town in connues() for zone in town.zones):
        for depuis, montants in zone.fps.items():
            for categorie, montant in montants.items():
                plafond = zone.plafond(depuis, categorie)
                assert plafond is None or montant <= plafond
                connus += plafond is not None
    assert connus > 30


@pytest.mark.parametrize(("le", "prix"), [(date(2017, 12, 31), None), (date(2023, 12, 31), 1500), (date(2024, 1, 1), 2000)])
def test_a_subscription_changes_its_price_on_its_day(le: date, prix: int | None) -> None:
    abonnement = LILLE.abonnements[0]
    assert abonnement.prix_au(le) == prix


# ------------------------------------------------------------------------------------------- every transition, every refusal


def perdre_titre(fps: Forfait, cycle: str) -> None:
    """The cheque that brought 30 € of the title bounces."""
    fps.cycle, fps.part_titre, fps.creance = cycle, 3000, 0
    fps.solder_titre("2600000001", 0, LE, 3000, 1)


def perdre_paiement(fps: Forfait, cycle: str) -> None:
    """The cheque that paid the 30 € bounces."""
    fps.cycle, fps.montant_paye = cycle, 3000
    fps.perdre_paiement(3000, 3000, LE)


ACTES: dict[str, Callable[[Forfait], object]] = {
    "accuser": lambda x: x.accuser(heure("10:00")),
    "refuser": lambda x: x.refuser("cle-fausse", heure("10:00")),
    "abandonner": lambda x: x.abandonner("vehicule-vole", heure("10:00")),
    "notifier": lambda x: x.notifier(),
    "payer": lambda x: x.payer(3000, LE),
    "payer_a_temps": lambda x: x.payer_a_temps(3000, LE),
    "payer_minore": lambda x: x.payer(2100, LE, minore=True),
    "payer_rapidement": lambda x: x.payer(3000, LE, rapide=True),
    "perdre_paiement": lambda x: perdre_paiement(x, "complet"),
    "perdre_paiement_propre": lambda x: perdre_paiement(x, "partiel"),
    "constater_impaye": lambda x: x.constater_impaye(),
    "solder_titre": lambda x: x.solder_titre("2600000001", 3000, LE),
    "rouvrir_titre": lambda x: perdre_titre(x, "complet"),
    "rouvrir_titre_partiel": lambda x: perdre_titre(x, "partiel"),
    "annuler": lambda x: x.annuler(LE, "Motif"),
}
# A letter that comes after the state it leads to, or that crosses another, changes no state and is no fault.
SANS_EFFET = {
    "accuser": set(Etat) - {Etat.ETABLI},
    "payer": f.SOLDES | {Etat.IMPAYE, Etat.ANNULE},
    "payer_minore": f.SOLDES | {Etat.IMPAYE, Etat.ANNULE},
    "payer_rapidement": f.SOLDES | {Etat.IMPAYE, Etat.ANNULE},
    "perdre_paiement": {Etat.ANNULE},
    "perdre_paiement_propre": {Etat.ANNULE, Etat.NOTIFIE},  # notified still: a part of it was paid
    "solder_titre": {Etat.TITRE_PAYE, Etat.ANNULE},
    "rouvrir_titre": set(Etat) - {Etat.TITRE_PAYE},
    "rouvrir_titre_partiel": set(Etat) - {Etat.TITRE_PAYE},
}


@chaque(list(product(f.MACHINE.actes, Etat)))
def test_a_fps_changes_state_by_the_table_and_by_nothing_else(cas: tuple[str, Etat]) -> None:
    acte, etat = cas
    fps = etabli()
    fps.etat = etat
    depuis, vers = f.MACHINE.transitions[acte]
    if etat in depuis:
        ACTES[acte](fps)
        assert fps.etat is vers
    elif etat in SANS_EFFET.get(acte, ()):
        ACTES[acte](fps)
        assert fps.etat is etat
    else:
        with pytest.raises(refus.ActeImpossible):
            ACTES[acte](fps)
        assert fps.etat is etat


@chaque(list(product(c.MACHINE.actes, c.EtatRecours)))
def test_a_petition_changes_state_by_the_table_and_by_nothing_else(cas: tuple[str, c.EtatRecours]) -> None:
    acte, etat = cas
    recours = c.Recours("26004217", "1", LILLE.siret, "titre", etat)
    depuis, vers = c.MACHINE.transitions[acte]
    if etat in depuis:
        recours._passer(acte)
        assert recours.etat is vers
    else:
        with pytest.raises(refus.ActeImpossible):
            recours._passer(acte)


def test_nothing_more_is_told_of_a_title_that_a_cheque_posted_in_time_made_void() -> None:
    fps = etabli()
    fps.accuser(heure("10:00"))
    fps.solder_titre("2600000001", 3000, LE)
    levee = fps.lever_titre("2600000001", LE)
    fps.payer(3000, LE)
    assert levee is not None and (fps.etat, fps.part_titre, fps.creance, fps.dette, fps.montant_paye) == (Etat.PAYE, 0, 0, 0, 3000)
    assert fps.solder_titre("2600000001", 3000, LE) is None and (fps.etat, fps.part_titre, fps.numero_titre) == (Etat.PAYE, 0, None)
    fps.perdre_paiement(3000, 3000, LE)
    assert fps.solder_titre("2600000002", 3000, LE) is not None and (fps.etat, fps.part_titre) == (Etat.TITRE_PAYE, 3000)


def test_every_state_of_the_town_is_reached_from_the_first_one() -> None:
    machines: list[tuple[Any, Machine[Any]]] = [(Etat, f.MACHINE), (r.EtatRapo, r.MACHINE), (c.EtatRecours, c.MACHINE)]
    for etats, machine in machines:
        atteints = {machine.depart}
        while suite := {vers for depuis, vers in machine.transitions.values() if depuis & atteints} - atteints:
            atteints |= suite
        assert atteints == set(etats)


def test_an_agent_draws_999_fps_a_day_and_no_more() -> None:
    serie = SerieAgent(LILLE.siret, LE, 72, dernier=998)
    assert serie.suivant() == 999
    with pytest.raises(Refus) as erreur:
        serie.suivant()
    assert erreur.value.code == "serie-epuisee"
