"""The cases of `vies/dgfip_cheques.yaml`: a cheque that paid a title comes back unpaid; the state, what is due, the books."""

from datetime import date

import pytest

from dgfip.domain.ecritures import (
    ecriture_annulation,
    ecriture_paiement,
    ecriture_prescription,
    ecriture_prise_en_charge,
    ecriture_rejet,
    ecriture_remboursement_titre,
)
from dgfip.domain.encaissement import Encaissement, Sort
from dgfip.domain.prise_en_charge import AVERTIS, PriseEnCharge
from fps.droit.money import EcritureEquilibree
from fps.errors import Refus
from fps.messages.moyens import Moyen
from fps.messages.titre import AnnulationTitre, EmissionTitre
from tests.law.cas import Cas, chaque, lire

CAS = lire("vies/dgfip_cheques.yaml")
SIRET, OUVERT = "21590350100017", date(2026, 10, 5)


class Titre:
    """A title, its payments and its books."""

    def __init__(self) -> None:
        self.prise = PriseEnCharge.ouvrir(EmissionTitre.exemplaire())
        self.paiements: list[Encaissement] = []
        self.comptes: dict[str, int] = {}
        self._ecrire(ecriture_prise_en_charge(self.prise, OUVERT))
        self.prise.avertir(date(2026, 10, 12))

    def _ecrire(self, ecriture: EcritureEquilibree | None) -> None:
        for ligne in ecriture.lignes if ecriture else ():
            self.comptes[ligne.compte] = self.comptes.get(ligne.compte, 0) + ligne.debit - ligne.credit

    def jouer(self, acte: str) -> None:
        match acte.split():
            case ["payer" | "virer" as nom, montant, le]:
                jour = date.fromisoformat(le)
                moyen: Moyen = "cheque" if nom == "payer" else "internet"
                rabais = self.prise.payer(int(montant), jour, partiel=moyen == "cheque")
                self.paiements.append(Encaissement.noter(self.prise, str(self.prise.paiements + 1), moyen, int(montant), jour))
                self._ecrire(ecriture_paiement(int(montant), rabais, jour))
            case ["rejeter", rang, le]:
                paiement = self.paiements[int(rang) - 1]
                rabais = paiement.rejeter(self.prise)
                self._ecrire(ecriture_rejet(paiement.montant, rabais, date.fromisoformat(le)))
            case ["relancer", le]:
                self.prise.relancer(date.fromisoformat(le))
            case ["saisir", le]:
                self.prise.saisir(date.fromisoformat(le))
            case ["annuler", fps, majoration]:
                champs = {"montant_fps_annule": int(fps), "majoration_annulee": int(majoration)}
                variation = self.prise.annuler(AnnulationTitre.exemplaire().model_copy(update=champs))
                self._ecrire(ecriture_annulation(self.prise, variation, OUVERT))
            case ["rembourser"]:
                self._ecrire(ecriture_remboursement_titre(sum(self.prise.rembourser()), OUVERT))
            case ["prescrire"]:
                self._ecrire(ecriture_prescription(self.prise, self.prise.prescrire(), OUVERT))
            case _:
                raise AssertionError(acte)


@chaque(CAS)
def test_a_cheque_that_bounces_leaves_the_title_as_the_law_says(cas: Cas) -> None:
    titre, (*avant, dernier) = Titre(), cas["actes"]
    for acte in avant:
        titre.jouer(acte)
    assert cas["article"]
    if "refus" in cas:
        etat, sorts = dict(vars(titre.prise)), [p.sort for p in titre.paiements]
        with pytest.raises(Refus) as refus:
            titre.jouer(dernier)
        assert refus.value.code == cas["refus"] and refus.value.article and refus.value.que_faire.endswith(".")
        assert (vars(titre.prise), [p.sort for p in titre.paiements]) == (etat, sorts)
        return
    titre.jouer(dernier)
    prise = titre.prise
    vu = {"etat": prise.etat.value, "reste": prise.reste_du(cas["le"])} | {
        nom: getattr(prise, nom) for nom in ("encaisse", "part_collectivite", "rabais_accorde", "trop_percu")
    }
    assert vu == cas["attendu"]
    # The books say the same: what the redevable still owes or must be given back, what is in the till, what is owed to the town.
    du = prise.net_du - prise.encaisse if prise.etat in AVERTIS else -prise.trop_percu
    assert (titre.comptes["redevable"], titre.comptes.get("encaissements", 0)) == (du, prise.encaisse)
    assert (titre.comptes[f"collectivite:{SIRET}"], sum(titre.comptes.values())) == (-prise.fps_net, 0)
    assert {p.sort for p in titre.paiements} <= set(Sort) and titre.paiements[0].sort is Sort.REJETE


def test_each_situation_is_told_once() -> None:
    assert len({cas["situation"] for cas in CAS}) == len(CAS)
