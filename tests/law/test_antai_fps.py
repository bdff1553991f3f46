"""The cases of `vies/antai_fps.yaml`: what reduces, cancels or pays a FPS at ANTAI, day by day, and what the law refuses."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from antai.domain import annulation, paiement, rectification
from antai.domain.dossier import Dossier
from antai.domain.etats import FINAUX, MACHINE, TITRES, Etat
from antai.domain.titre import TitreCollectif
from fps.errors import Refus
from fps.messages.annulation import InformationAnnulationFps
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from tests.law.cas import Cas, chaque, lire

CAS = lire("vies/antai_fps.yaml")
RECU, ENVOI = date(2026, 6, 28), date(2026, 6, 29)


def vivre(fps: Dossier, du: date, au: date) -> None:
    """What the days do to the FPS, each once."""
    for n in range((au - du).days + 1):
        jour = du + timedelta(days=n)
        if jour == ENVOI and fps.etat is Etat.TRANSMIS:
            fps.envoyer_avis(jour)
        elif fps.etat is Etat.APA_ENVOYE and jour == fps.date_notification:
            fps.notifier()
        elif fps.etat is Etat.NOTIFIE and fps.date_limite_paiement is not None and jour > fps.date_limite_paiement:
            fps.constater_impaye()
        elif fps.etat is Etat.IMPAYE and jour >= fps.titre_le():
            TitreCollectif(fps.siret, jour, "2600000001").inscrire(fps)


def agir(fps: Dossier, acte: dict[str, Any]) -> None:
    le, montant = acte["le"], acte.get("montant", 0)
    match acte["acte"]:
        case "rectifier":
            numero = ModificationFps.example["numero_avis"]
            corps = ModificationFps.example | {"montant_rectifie": montant, "numero_avis": numero, "origine": acte.get("origine", "rapo")}
            rectification.rectifier(fps, ModificationFps.model_validate_json(json.dumps(corps)), le)
        case "retirer":
            annulation.retirer(fps, AnnulationFps.exemplaire(), le)
        case "decharger":
            etendue = "partielle" if montant else "totale"
            corps = {"montant_annule": fps.montant - montant, "montant_restant": montant, "etendue": etendue} | acte.get("avec", {})
            annulation.decharger(fps, InformationAnnulationFps.exemplaire().model_copy(update=corps), le)
        case "payer":
            paiement.encaisser(fps, "internet", montant, le)
        case "cheque":
            paiement.encaisser(fps, "cheque", montant, paiement.date_de_paiement(fps, "cheque", acte["envoye"], le))
        case "impayer":
            fps.rejeter_paiement(le)
        case inconnu:
            raise AssertionError(inconnu)


@chaque(CAS)
def test_the_fps_becomes_what_the_law_says(cas: Cas) -> None:
    fps, vecu = Dossier.ouvrir(CreationFps.exemplaire(), RECU), RECU
    for acte in cas.get("avant", []):
        vivre(fps, vecu, acte["le"])
        agir(fps, acte)
        vecu = acte["le"] + timedelta(days=1)
    vivre(fps, vecu, cas["le"])
    assert cas["article"]
    if "refus" in cas:
        avant = dict(vars(fps))
        with pytest.raises(Refus) as refus:
            agir(fps, cas)
        assert (refus.value.code, vars(fps)) == (cas["refus"], avant)
        assert refus.value.article and refus.value.que_faire.endswith(".")
        return
    agir(fps, cas)
    attendu = cas["attendu"]
    vu = {**vars(fps), "etat": fps.etat.value, "limite": fps.date_limite_paiement, "a_rembourser": fps.a_rembourser}
    assert {nom: vu[nom] for nom in attendu} == attendu


def test_every_kind_of_act_has_a_case_and_each_situation_is_told_once() -> None:
    assert {cas["acte"] for cas in CAS} == {"rectifier", "retirer", "decharger", "payer", "cheque", "impayer"}
    assert len({cas["situation"] for cas in CAS}) == len(CAS)


def test_no_act_is_possible_in_a_final_state_and_a_title_goes_back_only_for_a_payment_posted_in_time() -> None:
    for acte, (depuis, vers) in MACHINE.transitions.items():
        assert not depuis & FINAUX, acte
        assert not depuis & TITRES or vers in TITRES or acte == "lever_titre", acte
