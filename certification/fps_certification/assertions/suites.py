"""The findings about what a decision becomes: what the product decides reaches who must know it; seen in any traffic, whoever drove it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from fps.droit.calendar import PARIS
from fps.messages.annulation import InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps_certification.assertions.message_fps import _creations, _instant
from fps_certification.assertions.registre import Resultat, assertion
from fps_certification.observation import Echange, Observation


def aboutis(vu: Observation, *classes: MessageClass, **champs: object) -> Iterator[Resultat]:
    """One result for each thing that these messages say: taken at the end, or never; one that is corrected is the same thing.

    `champs`: only the messages whose fields have these values.
    """
    tous: dict[str, list[Echange]] = defaultdict(list)
    for echange in vu.messages(*classes):
        dit = echange.donnees or {}
        if all(dit.get(champ) == valeur for champ, valeur in champs.items()):
            tous[str(dit.get("numero_fps", echange.corps))].append(echange)
    for envois in tous.values():
        pris = next((e for e in envois if e.accepte), None)
        dernier = envois[-1]
        refus = ", ".join(sorted(dernier.codes)) or str(dernier.statut)
        yield Resultat(pris is not None, pris or dernier, "un message accepté", "accepté" if pris else f"refusé ({refus})")


@assertion("creation/acceptee", "Chaque FPS transmis finit par être accepté.")
def _creation(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, CreationFps)


@assertion("creation/numeros-distincts", "Deux FPS d'un même agent, le même jour, n'ont pas le même numéro.")
def _distincts(vu: Observation) -> Iterator[Resultat]:
    serie: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for echange, dit in _creations(vu):
        if (le := _instant(dit, "date_heure_constat")) is None:
            continue
        agent = str((dit.get("agent") or {}).get("identifiant"))
        numeros, numero = serie[agent, f"{le.astimezone(PARIS):%F}"], str(dit.get("numero_fps"))
        quoi = (str(le), str((dit.get("vehicule") or {}).get("immatriculation")))
        avant = numeros.setdefault(numero, quoi)
        if avant != quoi or len(numeros) > 1:
            yield Resultat(avant == quoi, echange, "un numéro neuf", f"{numero} pour deux constats" if avant != quoi else numero)


@assertion("creation/jour-du-changement-d-heure", "Un constat du jour où l'heure change porte le décalage de ce moment.")
def _heure(vu: Observation) -> Iterator[Resultat]:
    for echange, dit in _creations(vu):
        le = _instant(dit, "date_heure_constat")
        if le is None:
            continue
        ici = le.astimezone(PARIS)
        minuit = ici.replace(hour=0, minute=0)
        if minuit.utcoffset() != (minuit + timedelta(hours=23)).utcoffset():
            yield Resultat(le.utcoffset() == ici.utcoffset(), echange, f"{ici:%F %H:%M %z}", str(dit.get("date_heure_constat")))


@assertion("suite/baisse-acceptee", "La baisse que la collectivité décide est transmise, et acceptée.")
def _baisse(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, ModificationFps, origine="collectivite")


@assertion("suite/rectificatif-de-rapo-accepte", "Le rectificatif d'un RAPO accepté en partie est transmis, et accepté.")
def _rectificatif(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, ModificationFps, origine="rapo")


@assertion("suite/annulation-de-rapo-acceptee", "L'annulation qui suit un RAPO accepté en entier est transmise, et acceptée.")
def _rapo(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, AnnulationFps, origine="rapo")


@assertion("annulation-informee/abandon-accepte", "L'abandon d'un titre par la collectivité est dit à l'ANTAI, qui l'accepte.")
def _abandon(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, InformationAnnulationTitre, origine="collectivite")


@assertion("annulation-informee/decision-executee", "Ce que la juridiction décharge est dit à l'ANTAI, qui l'accepte.")
def _execution(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, InformationAnnulationTitre, InformationAnnulationFps, origine="juridiction")


@assertion("comptable/piece-acceptee", "La pièce par laquelle un paiement est rendu est acceptée par le comptable.")
def _piece(vu: Observation) -> Iterator[Resultat]:
    yield from aboutis(vu, TitreAnnulationRecette, MandatRemboursement)


@assertion("comptable/mandat-d-une-autre-annee", "Un paiement d'une autre année est rendu par un mandat, que le comptable accepte.")
def _mandat(vu: Observation) -> Iterator[Resultat]:
    tous: dict[str, list[Echange]] = defaultdict(list)
    for echange in vu.messages(TitreAnnulationRecette, MandatRemboursement):
        dit = echange.donnees or {}
        if dit.get("exercice") != dit.get("exercice_paiement"):
            tous[str(dit.get("numero_fps", echange.corps))].append(echange)
    for envois in tous.values():  # one that was refused, and is corrected, is the same thing
        pris = next((e for e in envois if e.message is MandatRemboursement and e.accepte), None)
        dernier = pris or envois[-1]
        recu = f"{dernier.message.nom if dernier.message else ''}, {dernier.statut}"
        yield Resultat(pris is not None, dernier, "un mandat accepté", recu)
