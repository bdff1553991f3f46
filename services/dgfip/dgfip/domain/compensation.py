"""A refund that extinguishes another debt instead of being transferred: the title that it pays, and why it may not (H129)."""

from collections.abc import Iterator
from datetime import date

from dgfip.domain.prise_en_charge import PAIEMENT_REFUSE, LigneRecue, PriseEnCharge
from fps.droit.money import euros
from fps.messages.comptable import COMPENSATION, LOI, MandatRemboursement, TitreAnnulationRecette
from fps.messages.mfps import ErreurAccuse
from fps.messages.plaques import identiques
from fps.regles.accuse import erreur, erreur_de

CHAMP = "compensation.numero_fps"


def controler(
    message: TitreAnnulationRecette | MandatRemboursement, sur: tuple[PriseEnCharge, LigneRecue] | None, le: date
) -> Iterator[ErreurAccuse]:
    """What is wrong with where the money of a document is to go; `sur`: the title that the compensation names, None when there is none."""
    voulue = message.compensation
    if voulue is None:
        if message.iban is None:
            phrase = "La pièce ne dit ni le compte où virer, ni la dette à éteindre."
            yield erreur("destination-absente", "iban", phrase, LOI, "Donnez le compte du bénéficiaire, ou une compensation.")
        return
    if message.iban is not None:
        phrase = "La pièce dit à la fois un compte et une compensation."
        yield erreur("destination-double", "compensation", phrase, LOI, "Faites deux pièces : une pour chaque part de la somme.")
    if voulue.numero_fps[:14] != message.siret:
        phrase = "La dette à éteindre est due à une autre collectivité : les deux dettes ne sont pas réciproques."
        yield erreur("compensation-autre-collectivite", CHAMP, phrase, COMPENSATION, "Imputez sur un FPS de la même collectivité.")
    elif sur is None:
        phrase = f"Aucun titre n'est pris en charge pour le FPS {voulue.numero_fps} : sa dette n'est pas exigible."
        yield erreur("compensation-sans-titre", CHAMP, phrase, COMPENSATION, "Attendez le titre exécutoire, ou virez la somme.")
    else:
        yield from _payable(message, *sur, le)


def _payable(
    message: TitreAnnulationRecette | MandatRemboursement, prise: PriseEnCharge, ligne: LigneRecue, le: date
) -> Iterator[ErreurAccuse]:
    voulue = message.compensation
    if voulue is not None and not identiques(voulue.immatriculation, ligne.message.vehicule.immatriculation):
        phrase = f"Le titre du FPS {prise.numero_fps} n'est pas celui du véhicule {voulue.immatriculation}."
        yield erreur(
            "compensation-autre-redevable", CHAMP, phrase, COMPENSATION, "Imputez sur une dette du même redevable, ou virez la somme."
        )
    refus = PAIEMENT_REFUSE.get(prise.etat)
    if refus is not None:
        yield erreur_de(refus(f"FPS {prise.numero_fps}, état « {prise.etat} ».", CHAMP))
    elif message.montant > (reste := min(prise.fps_net - prise.part_collectivite, prise.reste_du(le))):
        phrase = f"{euros(message.montant)} à imputer, {euros(reste)} encore dus à la collectivité ; la majoration est à l'État."
        yield erreur("compensation-excessive", "montant", phrase, COMPENSATION, f"Imputez au plus {euros(reste)}, et virez le reste.")
