"""An ordinary traffic that is judged: nothing is played, what a bac has kept is read, and the product may be asked what it shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from fps.messages.information_paiement import PaiementRejete
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps.villes.catalogue import par_nom
from fps_certification.courriers import remis
from fps_certification.deroule import CHEMINS, Jouee, Pas
from fps_certification.execution import TEMOINS, Demande, sur_les_courriers, vu_de
from fps_certification.observation import Observation
from fps_certification.sujets.contrat import LIRE
from fps_certification.sujets.sujet import Domaine, NonPrisEnCharge, Sujet, SujetEnFaute
from fps_certification.verdict import Verdict, rendre
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.pilote.pilot import PiloteErreur

NOM: Final = "observation"


@dataclass(frozen=True, slots=True)
class Montre:
    """What a product must show of a FPS that ANTAI has in some state, and the requirement that this tries."""

    exigence: str
    etats: frozenset[str]


_EN_COURS: Final = frozenset({"transmis", "notifie"})
MONTRES: Final = {
    "transmis": Montre("EX-190", _EN_COURS),
    "apa-envoye": Montre("EX-190", _EN_COURS),
    "notifie": Montre("EX-190", _EN_COURS),
    "abandonne": Montre("EX-192", frozenset({"abandonne"})),
    "paye": Montre("EX-510", frozenset({"paye"})),
    "paye-minore": Montre("EX-511", frozenset({"paye-minore"})),
    "titre-paye": Montre("EX-513", frozenset({"titre-paye"})),
}
REJETE: Final = Montre("EX-512", _EN_COURS | {"impaye"})  # of a FPS whose payment came back, and that nobody paid since


async def observer(demande: Demande, monde: QuatreServices, sujet: Sujet | None) -> Verdict:
    """Judge what was seen in the bac of the plan; `sujet`, when there is one, is asked what it shows of each FPS, and nothing else.

    The bac is observed from then on, when it was not.
    """
    plan, pilot = demande.plan, monde.pilot
    siret, bac = par_nom()[plan.ville].siret, str(plan.bac)
    try:
        await pilot.observer(bac)
        vue = await vu_de(monde, bac, siret, dict.fromkeys(TEMOINS, 0))
        if sur_les_courriers(plan):
            vue = replace(vue, courriers=await remis(monde, bac, _numeros(vue)))
        jouee = await _relire(monde, bac, vue, sujet)
    except PiloteErreur as error:
        domaine = Domaine.CONFIGURATION if error.problem.get("code") == "bac-inconnu" else Domaine.SIMULATEUR
        return rendre(plan, [(Jouee(NOM, bac, (), domaine, str(error)), Observation(siret, ()))])
    return rendre(plan, [(jouee, vue)])


def _numeros(vue: Observation) -> Iterator[str]:
    """The FPS that the product told anybody of: those that it transmitted, and those whose letters it dropped."""
    for echange in vue.echanges:
        dit = echange.donnees or {}
        contenu = dit.get("contenu")
        numero = contenu.get("numero_fps") if isinstance(contenu, dict) else dit.get("numero_fps")
        if echange.accepte and isinstance(numero, str):
            yield numero


async def _relire(monde: QuatreServices, bac: str, vue: Observation, sujet: Sujet | None) -> Jouee:
    """Each FPS that was taken, as ANTAI has it and as the product shows it."""
    if sujet is None:
        return Jouee(NOM, bac, ())
    jour = date.fromisoformat(str((await monde.pilot.etat(bac))["instant"])[:10])
    tous: list[Pas] = []
    for numero in dict.fromkeys(str(dit.get("numero_fps")) for _, dit in vue.acceptes(CreationFps)):
        for montre in await _a_montrer(monde, bac, vue, numero):
            quoi = f"dire où en est le FPS {numero}"
            try:
                answer = await sujet.agir(LIRE, bac, {"numero": numero})
            except NonPrisEnCharge as error:
                return Jouee(NOM, bac, tuple(tous), non_pris_en_charge=str(error))
            except SujetEnFaute as error:
                return Jouee(NOM, bac, tuple(tous), error.domaine, f"{quoi} : {error.phrase}")
            dit = str(answer.corps.get("etat"))
            phrase = f"{' ou '.join(sorted(montre.etats))} attendu, le produit montre « {dit} »"
            tous.append(Pas(len(tous) + 1, quoi, jour, (montre.exigence,), dit in montre.etats, phrase, numero, declare=answer.declaree))
    return Jouee(NOM, bac, tuple(tous))


async def _a_montrer(monde: QuatreServices, bac: str, vue: Observation, numero: str) -> tuple[Montre, ...]:
    """What the state that ANTAI has of a FPS asks the product to show: nothing, when no requirement is about it."""
    path = CHEMINS[Party.ANTAI].format(numero=numero)
    answer = await monde.client.get(f"{monde.addresses[Party.ANTAI]}/bacs/{bac}{path}")
    etat = str(answer.json().get("etat")) if answer.status_code == 200 else ""
    rejete = any(recue.type == PaiementRejete.type and recue.sujet == numero for recue in vue.recues)
    found = REJETE if rejete and etat in ("apa-envoye", "notifie", "impaye") else MONTRES.get(etat)
    return () if found is None else (found,)
