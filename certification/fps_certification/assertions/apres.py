"""The findings about what follows the FPS: cancellations told to ANTAI, unpaid FPS, accounting pieces, the defence before the court."""

from collections.abc import Iterator, Mapping
from datetime import date

from fps.droit import HorsDuDroit
from fps.droit.calculs import date_limite_paiement
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.mfps import CreationFps, ModificationFps
from fps.messages.recours_collectivite import MemoireDefense, PieceDefense
from fps_certification.assertions.registre import Resultat, assertion, egal, jamais_refuse
from fps_certification.observation import Observation

ANNULATION = {
    "titre-non-emis": "L'annulation d'un titre suit son émission.",
    "annulation-apres-titre": "L'annulation d'un FPS précède le titre.",
    "annulation-excessive": "L'annulation ne dépasse pas ce que porte le titre.",
    "etendue-incoherente": "L'étendue s'accorde avec les montants annulés.",
    "montants-incoherents": "Les montants annulé et restant font celui du FPS.",
    "requete-manquante": "Une annulation que la juridiction a décidée cite sa requête.",
    "date-decision-impossible": "La décision n'est datée ni d'un jour à venir, ni d'avant le constat.",
    "dossier-inconnu": "L'annulation porte sur un FPS transmis.",
    "titre-different": "L'annulation cite le titre du dossier.",
}
# The sums that each message tells, in centimes: the last one is what the FPS is worth afterwards, or what falls of a title.
MONTANTS: Mapping[MessageClass | None, tuple[str, ...]] = {
    CreationFps: ("montant_fps",),
    ModificationFps: ("montant_rectifie",),
    FpsImpaye: ("reste_du",),
    InformationAnnulationFps: ("montant_annule", "montant_restant"),
    InformationAnnulationTitre: ("fps_annule",),
}
jamais_refuse("annulation-informee", ANNULATION, InformationAnnulationFps, InformationAnnulationTitre)
IMPAYE = {
    "numero-autre-siret": "Le numéro commence par le SIRET du bénéficiaire.",
    "siret-inconnu": "Le bénéficiaire est une collectivité.",
    "notification-avant-constat": "La notification suit le constat.",
    "notification-hors-droit": "La notification est postérieure à la réforme.",
    "limite-fausse": "La limite de paiement est à trois mois de la notification.",
    "limite-non-depassee": "L'impayé est déclaré après la limite de paiement.",
    "reste-du-faux": "Le reste dû est le montant moins ce qui est payé, annulé et remis.",
    "flux-11-en-cycle-complet": "Le flux 11 n'est employé qu'en cycle partiel.",
}
jamais_refuse("impaye", IMPAYE, FpsImpaye)
COMPTABLE = {
    "siret-different": "La pièce rembourse un FPS de la collectivité.",
    "piece-future": "La pièce n'est pas datée d'un jour à venir.",
    "exercice-different": "L'exercice est celui de la pièce.",
    "titre-annulation-autre-exercice": "Un paiement d'une autre année se rend par un mandat.",
    "mandat-meme-exercice": "Un paiement de l'année se rend par un titre d'annulation.",
    "piece-deja-recue": "Un numéro de pièce ne sert qu'une fois.",
    "remboursement-excessif": "Le remboursement ne dépasse pas ce qui a été encaissé.",
    "siret-inconnu": "Le SIRET est celui d'une collectivité.",
}
jamais_refuse("comptable", COMPTABLE, TitreAnnulationRecette, MandatRemboursement)
DEFENSE = {
    "defense-tardive": "La défense est déposée avant la fin de son délai.",
    "defense-non-attendue": "La défense suit la communication de la requête.",
    "autre-collectivite": "La défense est celle de la collectivité attaquée.",
    "requete-inconnue": "La défense cite une requête communiquée.",
    "homologation-absente": "La télétransmission passe par un système homologué.",
}
jamais_refuse("defense", DEFENSE, MemoireDefense, PieceDefense)
PIECES = {
    "piece-alteree": "L'empreinte d'une pièce est celle de son fichier.",
    "piece-trop-grande": "Une pièce ne dépasse pas 500 000 octets.",
    "piece-vide": "Une pièce n'est pas vide.",
    "piece-tronquee": "Une pièce est entière.",
    "piece-type-different": "Le type annoncé d'une pièce est celui de son contenu.",
    "piece-illisible": "Le contenu d'une pièce est en base 64.",
    "piece-type-refuse": "Une pièce est un PDF, un JPEG ou un PNG.",
}
jamais_refuse("defense", PIECES, PieceDefense)


@assertion("impaye/limite-a-trois-mois", "La limite de paiement d'un impayé est à trois mois de la notification.")
def _limite(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(FpsImpaye):
        dit = echange.donnees or {}
        try:
            limite = date_limite_paiement(date.fromisoformat(str(dit.get("date_notification"))))
        except (ValueError, HorsDuDroit):  # no day, or a day that has no limit: said by others
            continue
        yield egal(echange, "date_limite_paiement", limite.isoformat(), dit.get("date_limite_paiement"))


@assertion("comptable/titre-ou-mandat", "Un remboursement part par titre d'annulation dans l'année du paiement, par mandat ensuite.")
def _piece(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(TitreAnnulationRecette, MandatRemboursement):
        dit = echange.donnees or {}
        meme = dit.get("exercice") == dit.get("exercice_paiement")
        attendu = TitreAnnulationRecette if meme else MandatRemboursement
        recu = echange.message
        yield Resultat(recu is attendu, echange, attendu.nom, "" if recu is None else recu.nom)


@assertion("annulation-informee/montants", "Ce qui est annulé et ce qui reste font le montant d'avant.")
def _montants(vu: Observation) -> Iterator[Resultat]:
    avant: dict[str, int] = {}  # what each FPS is worth, in centimes, by what ANTAI has taken so far
    vus: set[tuple[str, str]] = set()
    for echange in vu.messages(CreationFps, ModificationFps, FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre):
        dit, marque = echange.donnees or {}, (echange.chemin, echange.corps)
        if marque in vus or not all(isinstance(dit.get(champ), int) for champ in MONTANTS[echange.message]):
            continue
        numero, sommes = str(dit.get("numero_fps")), [dit[champ] for champ in MONTANTS[echange.message]]
        if echange.message is InformationAnnulationFps and numero in avant:
            yield egal(echange, "montant_annule + montant_restant", avant[numero], sum(sommes))
        elif echange.message is InformationAnnulationTitre and numero in avant:
            attendu = f"fps_annule de 0 à {avant[numero]}, en centimes"
            yield Resultat(0 <= sommes[-1] <= avant[numero], echange, attendu, f"fps_annule = {sommes[-1]}", {})
        if echange.accepte:
            vus.add(marque)
            reste = avant.get(numero, 0) - sommes[-1] if echange.message is InformationAnnulationTitre else sommes[-1]
            avant[numero] = reste


@assertion("annulation-informee/decision-differente", "Une requête n'a qu'une décision.")
def _une_decision(vu: Observation) -> Iterator[Resultat]:
    dites: dict[tuple[str, str], str] = {}
    for echange, dit in vu.acceptes(InformationAnnulationFps, InformationAnnulationTitre):
        requete = dit.get("numero_requete")
        decide = ", ".join(f"{champ} = {dit.get(champ)}" for champ in ("date_decision", "etendue", *MONTANTS[echange.message]))
        premiere = decide if requete is None else dites.setdefault((str(dit.get("numero_fps")), str(requete)), decide)
        yield Resultat(premiere == decide, echange, premiere, decide)


@assertion("defense/signee", "Un mémoire dit qui le signe, et conclut.")
def _signee(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages(MemoireDefense):
        dit = echange.donnees or {}
        yield Resultat(
            bool(dit.get("signataire")) and bool(dit.get("conclusions")), echange, "un signataire et des conclusions", str(sorted(dit))
        )
