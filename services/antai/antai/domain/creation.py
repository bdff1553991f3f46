"""Receiving a message FPS: every error of meaning, the answer to give, the same message twice."""

from collections.abc import Iterator
from datetime import datetime

from antai.domain.dossier import Constat, Dossier
from antai.domain.espace.espace import minoration_due
from antai.domain.refus import CreationRefusee, NumeroDejaUtilise
from antai.domain.registres import MotifAbandon
from fps.droit.calculs import Cycle
from fps.droit.calendar import jour_civil
from fps.droit.money import euros
from fps.errors import Refus
from fps.messages.mfps import AccuseFps, AnnulationFps, CreationFps, ErreurAccuse, ModificationFps
from fps.regles.accuse import erreur, erreur_de
from fps.regles.controle_mfps import au_dessus_du_plafond, controler_creation
from fps.villes.communes import Commune, HorsBareme
from fps.villes.reductions import Reduction, dire_conditions


def plafond(ville: Commune, message: CreationFps) -> int | None:
    """The highest FPS of this zone that day, in centimes; of the whole town when the zone is unknown (CGCT, art. L. 2333-87, I).

    None when it gave no tariff.
    """
    if ville.par_defaut:
        return None
    jour = ville.jour(message.date_heure_constat)
    try:
        return ville.zone(message.lieu.zone).bareme(message.vehicule.categorie, jour)
    except HorsBareme:
        montants = [m for zone in ville.zones for depuis, fps in zone.fps.items() if depuis <= jour for m in fps.values()]
        return max(montants, default=None)


def avertissements(ville: Commune, message: CreationFps) -> tuple[ErreurAccuse, ...]:
    """What ANTAI finds strange and takes all the same: it computes no amount, and may not know the last tariff (accusé: hypothesis H12)."""
    return (*au_dessus_du_plafond(message, plafond(ville, message)), *_non_declares(ville, message))


def _non_declares(ville: Commune, message: CreationFps) -> Iterator[ErreurAccuse]:
    """An authority digit, a provider or its zone that the town did not declare: it may have changed since (hypothesis H128)."""
    if ville.par_defaut:
        return
    chiffre = int(message.numero_fps[16])
    if chiffre not in {autorite.indicatif for autorite in ville.autorites}:
        declares = ", ".join(str(autorite.indicatif) for autorite in ville.autorites)
        yield erreur(
            "autorite-non-declaree",
            "numero_fps",
            f"Le chiffre {chiffre} n'est celui d'aucune autorité que {ville.nom} déclare ({declares}).",
            "Arrêté du 6 novembre 2015, art. 4",
            "Vérifiez le 17e chiffre du numéro : celui de l'autorité dont relève l'agent.",
        )
    if message.prestataire is None:
        return
    try:
        ville.perimetre(message.prestataire, None, (message.lieu.zone,), ("emission",))
    except Refus as refus:
        yield erreur(refus.code, "prestataire", refus.detail, refus.article, refus.que_faire)


def verifier_creation(
    message: CreationFps, ville: Commune | None, maintenant: datetime, *, cycle: Cycle | None, declaree: Reduction | None
) -> None:
    """Raises CreationRefusee, whose accusé names every error found.

    `ville`: that of the message on the day of the finding, None when its SIRET is false; `cycle` of the convention, `declaree` in
    the espace (H88).
    """
    erreurs = controler_creation(message, maintenant=maintenant, plafond=None, fuseau=None if ville is None else ville.fuseau)
    if ville is not None and cycle == "partiel":
        erreurs.append(_cycle_partiel(ville))
    erreurs += [*_minoration(message, declaree, ville), *contact_rapo_absent(message)]
    if erreurs:
        nombre = f"{len(erreurs)} erreurs" if len(erreurs) > 1 else "Une erreur"
        refus = accuse_refus(message, maintenant, erreurs)
        raise CreationRefusee(f"{nombre} : " + " ".join(e.phrase for e in erreurs), erreurs[0].champ, refus)


def _cycle_partiel(ville: Commune) -> ErreurAccuse:
    return erreur(
        "cycle-partiel",
        "siret",
        f"{ville.nom} est en cycle partiel : elle notifie elle-même ses avis de paiement.",
        "CGCT, art. R. 2333-120-17-2",
        "Ne transmettez à l'ANTAI que le FPS impayé au terme du délai (flux 11).",
    )


def _minoration(message: CreationFps, declaree: Reduction | None, ville: Commune | None) -> Iterator[ErreurAccuse]:
    if declaree is None:
        return
    attendue = minoration_due(
        declaree, message.montant_fps, jour_civil(message.date_heure_constat, None if ville is None else ville.fuseau)
    )
    if message.minoration != attendue:
        vue = "aucune" if attendue is None else f"{euros(attendue.montant)} sous {attendue.delai_jours} jours{dire_conditions(attendue)}"
        yield erreur(
            "minoration-autre-que-declaree",
            "minoration",
            f"La minoration n'est pas celle que la collectivité a déclarée dans son espace numérique ({vue}).",
            "Conventions de l'ANTAI, depuis 2021",
            "Envoyez la minoration déclarée, ou changez celle de l'espace numérique.",
        )


def contact_rapo_absent(message: CreationFps | ModificationFps) -> Iterator[ErreurAccuse]:
    """The error of a message without a RAPO contact, when none is declared either."""
    if message.contact_rapo is None:
        yield erreur(
            "contact-rapo-absent",
            "contact_rapo",
            "Le message ne dit pas où adresser le recours, et l'espace numérique ne déclare aucun contact.",
            "CGCT, art. R. 2333-120-4",
            "Donnez le contact du recours dans le message, ou déclarez-le dans l'espace numérique de la collectivité.",
        )


def accuse_refus(message: CreationFps | ModificationFps | AnnulationFps, maintenant: datetime, erreurs: list[ErreurAccuse]) -> AccuseFps:
    """The accusé of a message that is refused."""
    return AccuseFps(numero_fps=message.numero_fps, statut="refuse", date_reception=maintenant, erreurs=tuple(erreurs))


ABANDONS: dict[MotifAbandon, tuple[str, str, str]] = {
    MotifAbandon.ETRANGERE: (
        "vehicule.pays",
        "Le véhicule n'est pas immatriculé en France : l'ANTAI n'en connaît pas le titulaire.",
        "Ne renvoyez pas ce FPS ; si le pays est mal saisi, annulez-le et établissez-en un autre.",
    ),
    MotifAbandon.DIPLOMATIQUE: (
        "vehicule.immatriculation",
        "Le véhicule est immatriculé dans une série diplomatique ou consulaire : aucun avis ne peut être adressé à son titulaire.",
        "Ne renvoyez pas ce FPS ; si la plaque est mal saisie, annulez-le et établissez-en un autre.",
    ),
    MotifAbandon.NON_IDENTIFIE: (
        "vehicule.immatriculation",
        "Aucun titulaire n'est connu pour cette immatriculation.",
        "Vérifiez la plaque sur la photographie du constat ; si elle est mal saisie, annulez ce FPS et établissez-en un autre.",
    ),
    MotifAbandon.VOLE: (
        "vehicule.immatriculation",
        "Le véhicule est déclaré volé : son titulaire n'est pas redevable.",
        "Ne renvoyez pas ce FPS.",
    ),
    MotifAbandon.MARQUE: (
        "vehicule.marque",
        "La marque relevée n'est pas celle du véhicule immatriculé sous ce numéro.",
        "Vérifiez la plaque et la marque ; si l'une est mal saisie, annulez ce FPS et établissez-en un autre.",
    ),
}


def accuse(dossier: Dossier, maintenant: datetime, avertis: tuple[ErreurAccuse, ...] = ()) -> AccuseFps:
    """The accusé of a message whose dossier is open, or given up: then it says why, and what to do; `avertis`: what is strange in it."""
    motif = dossier.motif_abandon
    erreurs: tuple[ErreurAccuse, ...] = ()
    if motif is not None:
        champ, phrase, que_faire = ABANDONS[MotifAbandon(motif)]
        erreurs = (erreur(motif, champ, phrase, "CGCT, art. L. 2333-87, VII", que_faire),)
    return AccuseFps(
        numero_fps=dossier.numero,
        statut="accepte" if motif is None else "abandonne",
        date_reception=maintenant,
        erreurs=erreurs,
        motif_abandon=motif,
        avertissements=avertis,
    )


def verifier_meme_message(constat: Constat, message: CreationFps, maintenant: datetime) -> None:
    """A number already used is accepted again for the same content only; raises NumeroDejaUtilise, with its accusé."""
    if constat.message == message:
        return
    refus = NumeroDejaUtilise(f"Le numéro {message.numero_fps} désigne déjà un autre FPS.", "numero_fps")
    refus.accuse = accuse_refus(message, maintenant, [erreur_de(refus)])
    raise refus
