"""What the town's system must do, tried against the administrations as the simulator plays them."""

import pytest
from stationnement.administration import Refus
from stationnement.message import Constat, creation
from stationnement.produit import Produit

from fps_simulateur.client import BacSync

VOIE = "12 rue de l'Exemple"


def constat(fps: BacSync, plaque: str = "AB-123-CD") -> Constat:
    """An agent who looks at a vehicle now, in the bac."""
    return Constat(plaque, "rouge", VOIE, fps.instant)


def test_un_fps_paye_a_l_antai_revient_par_la_boite_une_seule_fois(fps: BacSync, produit: Produit) -> None:
    dossier = fps.suivre(produit.verbaliser(constat(fps)))
    assert produit.registre.lire(dossier.numero)["etat"] == "transmis" and dossier.courriers == []
    fps.advance("notification", dossier)
    assert produit.relever() == 0 and dossier.courriers[0] == "02.apa"
    fps.payer(dossier, 3500, moyen="guichet")
    assert produit.relever() == 1 and produit.relever() == 0
    lu = produit.registre.lire(dossier.numero)
    assert (lu["etat"], lu["paye"]) == ("paye", 3500)
    fps.verifier()


def test_un_fps_que_personne_ne_paie_devient_un_titre_que_la_dgfip_recouvre(fps: BacSync, produit: Produit) -> None:
    dossier = fps.suivre(produit.verbaliser(constat(fps)))
    fps.advance("avertissement", dossier)
    dossier.attendre(antai={"etat": "titre-emis", "majoration": 5000}, dgfip={"etat": "averti", "a_payer": 6800})
    fps.payer(dossier)
    assert produit.relever() == 1
    assert produit.registre.lire(dossier.numero)["etat"] == "paye"


def test_une_cle_fausse_est_refusee_et_dite_champ_par_champ(fps: BacSync, produit: Produit) -> None:
    faux = creation(produit.ville, constat(fps), 1) | {"cle": "00"}
    with pytest.raises(Refus) as refus:
        produit.envoyer(faux)
    (erreur,) = refus.value.erreurs
    assert (erreur["code"], erreur["champ"]) == ("cle-fausse", "cle") and erreur["que_faire"]


def test_un_message_envoye_deux_fois_ne_fait_qu_un_fps(fps: BacSync, produit: Produit) -> None:
    vu = constat(fps)
    dossier = fps.suivre(produit.verbaliser(vu))
    produit.envoyer(creation(produit.ville, vu, 1))  # the answer was lost: the same letter leaves again
    assert [ligne["acte"] for ligne in dossier.journal].count("identification") == 1
    autre = produit.verbaliser(constat(fps, "EF-456-GH"))
    assert autre.endswith("002") and produit.registre.lire(autre)["etat"] == "transmis"
