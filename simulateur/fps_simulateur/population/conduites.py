"""What each redevable does of his FPS, and what the town, the accountant and the court do of it: acts, each on a day, all drawn at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from fps.droit.calendar import ajouter_jours, ajouter_mois
from fps.messages.moyens import Moyen, minorable
from fps.villes.commune import Commune
from fps_simulateur.population.parametres import Parametres
from fps_simulateur.population.rue import Constat
from fps_simulateur.population.tirages import Tirages, Urne

# Days after the last one of the payment: the avertissement of the title leaves, is notified (H02, H09).
AVERTI: Final = 18
NOTIFIE: Final = 24
INJOIGNABLES: Final = frozenset({"etranger", "inconnu", "vole", "autre-marque"})  # ANTAI gives these up: nobody is ever asked anything
MOTIFS: Final = {
    "rejet": "Aucun paiement ne couvre l'heure du constat.",
    "acceptation-totale": "Le stationnement était payé.",
    "acceptation-partielle": "Un paiement partiel n'avait pas été déduit.",
}


@dataclass(frozen=True, slots=True)
class Avis:
    """What the town tells of a FPS when it is established, in centimes: what its redevable will read on the notice."""

    numero: str
    montant: int
    minore: int | None
    envoi: date
    notification: date
    limite: date

    @classmethod
    def de(cls, vu: dict[str, Any]) -> "Avis":
        """From what the town shows of it."""
        envoi, notification, limite = (date.fromisoformat(vu[nom]) for nom in ("date_envoi", "date_notification", "date_limite_paiement"))
        return cls(vu["numero"], vu["montant"], vu["minoration_montant"], envoi, notification, limite)


@dataclass(frozen=True, slots=True)
class GesteVoulu:
    """An act of the language of the lives, on a day; `avec`: what it gives, `selon`: what must be read first to give the rest."""

    jour: date
    acte: str
    avec: dict[str, Any] = field(default_factory=dict)
    selon: str = ""


class Conduite:
    """What happens to one FPS."""

    def __init__(self, constat: Constat, avis: Avis, ville: Commune, graine: str, parametres: Parametres):
        self.constat, self.avis, self.ville, self.p = constat, avis, ville, parametres
        self.hasard = Tirages(f"{graine}/conduite/{constat.numero}")
        self.partiel = ville.cycle == "partiel"

    def gestes(self) -> list[GesteVoulu]:
        """Its acts in the order of their days, one a day at most."""
        found: list[GesteVoulu] = []
        for geste in sorted(self._gestes(), key=lambda g: g.jour):
            jour = geste.jour if not found or geste.jour > found[-1].jour else ajouter_jours(found[-1].jour, 1)
            found.append(GesteVoulu(max(jour, ajouter_jours(self.constat.jour, 1)), geste.acte, geste.avec, geste.selon))
        return found

    def _gestes(self) -> Iterator[GesteVoulu]:
        p, hasard, constat = self.p, self.hasard, self.constat
        annule, conteste = hasard.vrai(p.rapo.annulation.valeur), hasard.vrai(p.rapo.taux.valeur)
        if constat.situation == "etranger" or (constat.situation in INJOIGNABLES and not self.partiel):
            return
        if annule:
            jour = ajouter_jours(constat.jour, hasard.entre(2, 20))
            yield GesteVoulu(jour, "annuler le FPS", {"motif": "Véhicule en règle, erreur reconnue."})
        elif constat.situation == "electronique" and not self.partiel:
            yield from self._electronique()
        elif conteste:
            yield from self._conteste()
        else:
            yield from self._amiable("jamais" if constat.situation == "npai" else constat.paie, self.avis.envoi, self.avis.limite)

    # ------------------------------------------------------------------------------------------------------------ paying

    def _amiable(self, issue: str, depuis: date, limite: date) -> Iterator[GesteVoulu]:
        """The FPS is paid at one time or another, or never."""
        p, hasard = self.p.paiement, self.hasard
        if issue == "jamais":
            yield from self._titre(limite)
        elif self.ville.mode_notification == "pare-brise" and not self.partiel and hasard.vrai(p.avec_la_notice.valeur):
            yield GesteVoulu(ajouter_jours(self.constat.jour, 1), "payer avec la notice", self._moyen("internet"), "notice")
        elif issue == "minore":
            jour = ajouter_jours(depuis, Urne(p.delai_minore.valeur).tirer(hasard))
            minores: dict[Moyen, float] = {moyen: poids for moyen, poids in p.moyens.valeur.items() if minorable(moyen)}
            voulu: Moyen = Urne(minores).tirer(hasard) if sum(minores.values()) > 0 else "internet"
            yield self._payer(jour, voulu, minore=True)
        else:
            jour = min(ajouter_jours(depuis, Urne(p.delai_entier.valeur).tirer(hasard) + hasard.entre(-3, 3)), limite)
            voulu = Urne(p.moyens.valeur).tirer(hasard)
            yield self._payer(jour, voulu, minore=False)
            if voulu == "cheque" and hasard.vrai(p.cheque_impaye.valeur) and not self.partiel:
                yield from self._rejete(jour, limite)
            elif hasard.vrai(p.double.valeur) and voulu == "internet" and not self.partiel and ajouter_jours(jour, 6) <= limite:
                yield GesteVoulu(
                    ajouter_jours(jour, 6), "payer le FPS", {"moyen": "cheque", "reference": "CHQ-DOUBLE", "montant": self.avis.montant}
                )
                yield GesteVoulu(ajouter_jours(jour, 20), "rendre le double paiement")

    def _payer(self, jour: date, moyen: Moyen, *, minore: bool, selon: str = "") -> GesteVoulu:
        """A payment of the reduced amount when it is asked and may be paid so, else of the whole; in cycle partiel, to the town."""
        avis = self.avis
        reduit = minore and avis.minore is not None and minorable(moyen)
        if self.partiel:
            pris = "guichet" if moyen in ("serveur-vocal", "buraliste") else moyen
            return GesteVoulu(jour, "payer à la collectivité", {**self._moyen(pris), "montant": avis.montant}, selon or "ville")
        return GesteVoulu(jour, "payer le FPS", {**self._moyen(moyen), "montant": avis.minore if reduit else avis.montant}, selon)

    def _moyen(self, moyen: str) -> dict[str, Any]:
        return {"moyen": moyen, "reference": f"{'CHQ' if moyen == 'cheque' else 'CB'}-{self.avis.numero[-12:]}"}

    def _rejete(self, paye: date, limite: date) -> Iterator[GesteVoulu]:
        """The bank rejects the cheque; the FPS is paid otherwise, or becomes a title."""
        rejet = ajouter_jours(paye, self.hasard.entre(15, 25))
        yield GesteVoulu(rejet, "chèque du FPS impayé", {"reference": self._moyen("cheque")["reference"]})
        suite = ajouter_jours(rejet, self.hasard.entre(5, 12))
        if self.hasard.vrai(self.p.paiement.paye_apres_rejet.valeur) and suite <= limite:
            yield GesteVoulu(
                suite, "payer le FPS", {"moyen": "internet", "reference": f"CB-{self.avis.numero[-12:]}", "montant": self.avis.montant}
            )
        else:
            yield from self._titre(limite)

    def _electronique(self) -> Iterator[GesteVoulu]:
        """The notice is read on a screen, and its delays run from there; else it is posted, and never paid before the title."""
        if not self.hasard.vrai(self.p.paiement.lit_l_e_avis.valeur):
            return
        lu = ajouter_jours(self.avis.envoi, self.hasard.entre(1, 20))
        yield GesteVoulu(lu, "lire l'e-avis")
        yield from self._amiable(self.constat.paie, lu, ajouter_mois(lu, 3))

    # ------------------------------------------------------------------------------------------------------------- title

    def _titre(self, limite: date) -> Iterator[GesteVoulu]:
        """What becomes of the title, if there is one by then."""
        p, hasard, averti = self.p.titre, self.hasard, ajouter_jours(limite, AVERTI)
        if hasard.vrai(p.abandon.valeur):
            yield GesteVoulu(ajouter_jours(averti, hasard.entre(7, 40)), "abandonner le titre", {"motif": "Erreur reconnue."}, "titre")
            return
        if hasard.vrai(self.p.juridiction.contre_titre.valeur):
            depot = ajouter_jours(limite, NOTIFIE + hasard.entre(1, 24))
            yield from self._requete(depot, {"objet": "titre"}, "avertissement")
            return
        issue = self.constat.titre
        if hasard.vrai(p.remise.valeur):
            demande = ajouter_jours(averti, hasard.entre(5, 20))
            accordee = hasard.vrai(p.remise_accordee.valeur)
            yield GesteVoulu(demande, "demander une remise", {}, "remise")
            yield GesteVoulu(ajouter_jours(demande, hasard.entre(8, 15)), "décider la remise", {}, "moitie" if accordee else "rien")
            issue = "tardif" if accordee or issue == "rabais" else issue
        if issue in ("rabais", "tardif"):
            jour = ajouter_jours(averti, hasard.entre(2, 26) if issue == "rabais" else hasard.entre(38, 240))
            moyen = "cheque" if hasard.vrai(p.cheque.valeur) else "internet"
            reference = f"{'CHQ' if moyen == 'cheque' else 'CB'}-T{self.avis.numero[-11:]}"
            yield GesteVoulu(jour, "payer le titre", {"moyen": moyen, "reference": reference}, "titre")
            if moyen == "cheque" and hasard.vrai(self.p.paiement.cheque_impaye.valeur):
                yield GesteVoulu(ajouter_jours(jour, hasard.entre(10, 18)), "chèque du titre impayé", {"reference": reference}, "paye")

    # -------------------------------------------------------------------------------------------------------------- RAPO

    def _conteste(self) -> Iterator[GesteVoulu]:
        """A RAPO, its decision, what is paid or given back then, and the court perhaps."""
        p, hasard, avis = self.p.rapo, self.hasard, self.avis
        depot = ajouter_jours(avis.notification, hasard.entre(*p.delai_depot.valeur))
        paye = hasard.vrai(p.deja_paye.valeur)
        if paye:
            premier = ajouter_jours(avis.envoi, min(hasard.entre(0, 5), (depot - avis.envoi).days - 1))
            yield self._payer(premier, "internet", minore=True)
        incomplet, lettre = hasard.vrai(p.incomplet.valeur), hasard.vrai(p.par_lettre.valeur)
        pieces = ["avis-paiement"] if incomplet else ["avis-paiement", "certificat-immatriculation", "justificatif"]
        avec: dict[str, Any] = {"pieces": pieces, "expose": "J'avais payé, je joins mon justificatif."}
        if lettre:
            avec |= {"date_avis_reception": depot.isoformat(), "date_cachet_poste": None, "recommande": True}
            avec["numero_recommande"] = f"1A {avis.numero[-10:]}"
            yield GesteVoulu(depot, "déposer un RAPO par lettre", avec)
        else:
            yield GesteVoulu(depot, "déposer un RAPO", avec)
        issue: str = Urne(p.issues.valeur).tirer(hasard)
        prete, silence = ajouter_jours(max(depot, ajouter_mois(avis.notification, 1)), 3), ajouter_mois(depot, 1)
        if incomplet and prete <= silence:
            issue, decision = "irrecevable", prete
            yield GesteVoulu(decision, "décider le RAPO", {"sens": issue, "motif": "Le certificat d'immatriculation n'a pas été produit."})
        elif incomplet or issue == "silence":  # what is waited for may come after the month, which then has answered
            issue, decision = "silence", ajouter_jours(silence, 1)
        else:
            decision = ajouter_jours(depot, hasard.entre(*p.delai_decision.valeur))
            somme = {"montant_rectifie": max(100, avis.montant // 200 * 100)} if issue == "acceptation-partielle" else {}
            yield GesteVoulu(decision, "décider le RAPO", {"sens": issue, "motif": MOTIFS[issue], **somme})
        yield from self._apres_rapo(issue, decision, depot, paye=paye)

    def _apres_rapo(self, issue: str, decision: date, depot: date, *, paye: bool) -> Iterator[GesteVoulu]:
        p, hasard = self.p, self.hasard
        if issue.startswith("acceptation") and paye:
            yield GesteVoulu(ajouter_jours(decision, hasard.entre(5, 30)), "rembourser", {}, "dette")
        if issue == "acceptation-totale":
            return
        if not paye:
            suite = ajouter_jours(decision, hasard.entre(4, 30))
            if hasard.vrai(p.rapo.paie_apres.valeur) and suite <= self.avis.limite:
                yield self._payer(suite, "internet", minore=False, selon="reste")
                paye = True
        if issue != "acceptation-partielle" and not self.partiel and hasard.vrai(p.juridiction.apres_rapo.valeur):
            express = issue != "silence"
            notifiee = ajouter_jours(decision, 5)
            avec = {
                "objet": "decision-rapo",
                "numero_titre": None,
                "date_notification_avertissement": None,
                "date_decision_rapo": decision.isoformat(),
                "date_notification_decision_rapo": notifiee.isoformat() if express else None,
            }
            depot = ajouter_jours(decision, hasard.entre(32, 36) if express else hasard.entre(5, 25))
            yield from self._requete(min(depot, ajouter_mois(notifiee, 1)) if express else depot, avec, "rapo")
        elif not paye:
            yield from self._titre(self.avis.limite)

    # ------------------------------------------------------------------------------------------------------------- court

    def _requete(self, depot: date, avec: dict[str, Any], contre: str) -> Iterator[GesteVoulu]:
        """A petition, what is asked of it, the defence, the decision and its execution."""
        p, hasard = self.p.juridiction, self.hasard
        completes = ["avis-paiement", "rapo", "avis-reception-rapo"] if contre == "rapo" else ["avertissement"]
        if contre == "rapo" and avec["date_notification_decision_rapo"]:
            completes.append("decision-rapo")
        sans, regularise = hasard.vrai(p.sans_piece.valeur), hasard.vrai(p.regularise.valeur)
        yield GesteVoulu(depot, "saisir la juridiction", {**avec, "pieces": [] if sans else completes}, contre)
        communiquee = depot
        if sans:
            if not regularise:
                return
            communiquee = ajouter_jours(depot, hasard.entre(12, 24))
            yield GesteVoulu(communiquee, "répondre à la juridiction", {"pieces": completes}, "requete")
        if hasard.vrai(p.defense.valeur):
            yield GesteVoulu(ajouter_jours(communiquee, hasard.entre(8, 25)), "défendre", DEFENSE, "defense")
        jugee = ajouter_jours(communiquee, hasard.entre(*p.delai_jugement.valeur))
        sens = Urne(p.issues.valeur).tirer(hasard)
        yield GesteVoulu(jugee, "juger", {"sens": sens}, "juger")
        if sens != "rejet":
            yield GesteVoulu(ajouter_jours(jugee, hasard.entre(*p.delai_execution.valeur)), "exécuter la décision", {}, "executer")


DEFENSE: Final[dict[str, Any]] = {
    "conteste_erreur": True,
    "conclusions": "Rejeter la requête.",
    "moyens": "Le constat est régulier et l'avis complet.",
    "pieces": [{"nature": "autre", "fichier": "constat.pdf"}],
}
