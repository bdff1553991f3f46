"""Products whose connection is wrong, each in one way: the certificate that they show, what they make of the API front."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from collectivite.api import connexions
from fps.confiance.habilitation import EtatHabilitation
from fps.kit.ground.clock import paris
from fps.kit.trust import psce
from fps.kit.trust.pki import nom
from fps.messages.mfps import CreationFps
from fps.parties import Party
from fps_simulateur.pilote.world import World
from tests.certification.mutants import UN, Mutant, regle
from tests.kit.bureau import habilitation_de
from tests.parler.certificats import Essai, auto_signe, autre_autorite, certificat

LILLE, PARIS = "21590350100017", "21750001600019"
JOUR = timedelta(days=1)
PASSE, AVENIR = paris(date(2024, 1, 1)), paris(date(2099, 1, 1))


def montrant(quoi: str, faire: Callable[[World], Essai], siret: str | None = None, **champs: Any) -> Mutant:
    """A product whose creation shows this certificate, deposited for that collectivité when one is named."""

    async def montre(monde: World, bac: str) -> str:
        lui = faire(monde)
        if siret is not None:
            await habilitation_de(monde.services[Party.ANTAI].service, bac, lui, siret, **champs)
        return lui.pem

    return Mutant(quoi, UN, CreationFps, montre=montre)


def du_psce(**quoi: Any) -> Callable[[World], Essai]:
    """A certificate of the test PSCE, good for longer than what must be renewed unless said otherwise."""
    return lambda monde: certificat(monde.pki, **{"au": 60 * JOUR, **quoi})


_du_psce = du_psce()


async def _d_un_autre_bac(monde: World, bac: str) -> str:
    lui, autre = _du_psce(monde), f"{bac}-autre"
    await monde.pilot.creer(autre, PASSE)
    await habilitation_de(monde.services[Party.ANTAI].service, autre, lui, LILLE)
    return lui.pem


async def _illisible(monde: World, bac: str) -> str:
    return "-----BEGIN CERTIFICATE-----\nrien\n-----END CERTIFICATE-----\n"


async def _revoque(monde: World, bac: str) -> str:
    cle = ec.generate_private_key(ec.SECP256R1())
    emis = psce.emettre(monde.pki, psce.demander(cle, nom("SI révoqué", "Éditeur Essai", LILLE)), LILLE)
    psce.revoquer(monde.pki, emis.serie)
    return emis.certificat


def _toujours(*donnes: Any) -> list[Any]:
    """Nothing is ever missing."""
    return []


def front(quoi: str, port: int) -> Mutant:
    """A product that asks the API front of one party without its certificate."""
    return Mutant(quoi, ("connexion-controle",), chemin=f":{port}/bacs/*/front", muet=True)


class Rancunier:
    """Once something was missing, it always is."""

    def __init__(self) -> None:
        self.vu: list[Any] = []

    def __call__(self, *donnes: Any) -> list[Any]:
        self.vu = self.vu or MANQUENT(*donnes)
        return self.vu


MANQUENT = connexions.manquantes


def sans_depot(service: Party) -> Mutant:
    """A product that deposits nothing at one party, and says that it is done."""

    async def montrer(carrier: Any, bac: str, siret: str, party: Party) -> None:
        if party is not service:
            await MONTRER(carrier, bac, siret, party)

    return regle(
        f"rien-depose-{service}", f"connexion-enrolement-{service}", {"collectivite.api.connexions.montrer_son_certificat": montrer}
    )


MONTRER = connexions.montrer_son_certificat
LIGNE = "fps.kit.wire.carrier"
CALME = "fps_simulateur.pilote.calme"
MANQUANTES = "collectivite.api.connexions.manquantes"
# A letter that is refused for its certificate alone waits for another one: these products drop it.
LACHE: tuple[tuple[str, Any], ...] = ((f"{LIGNE}.DU_CERTIFICAT", frozenset()),)
# What shows a product's certificate is not counted as come from the reference collectivité: the two ends of its way never agree.
COMPTE: tuple[tuple[str, Any], ...] = tuple(
    (f"{CALME}.{un}", lambda vus: not any(x["en_attente"] for x in vus.values())) for un in ("settled", "quiet")
)
MUTANTS: tuple[Mutant, ...] = (
    Mutant("sans-certificat", UN, CreationFps, muet=True),
    Mutant("certificat-illisible", UN, CreationFps, montre=_illisible),
    montrant("certificat-d-une-autre-autorite", lambda monde: certificat(monde.pki, de=autre_autorite())),
    montrant("certificat-auto-signe", lambda monde: auto_signe()),
    replace(montrant("certificat-expire", lambda monde: certificat(monde.pki, du=-2 * JOUR, au=-JOUR)), patches=LACHE),
    Mutant("certificat-revoque", UN, CreationFps, montre=_revoque, patches=LACHE),
    montrant("certificat-jamais-depose", _du_psce),
    montrant("certificat-d-une-autre-ville", _du_psce, PARIS),
    montrant("certificat-pas-active", _du_psce, LILLE, etat=EtatHabilitation.DEPOSEE),
    replace(montrant("certificat-desactive", _du_psce, LILLE, etat=EtatHabilitation.DESACTIVEE), patches=LACHE),
    montrant("certificat-pour-une-autre-zone", _du_psce, LILLE, zones=("verte",)),
    montrant("certificat-pas-encore-valide", du_psce(du=JOUR)),
    montrant("certificat-a-cle-faible", du_psce(cle=ec.generate_private_key(ec.SECP192R1()))),
    montrant("certificat-sans-siret", du_psce(siret=None)),
    montrant("certificat-remplace", _du_psce, LILLE, remplacee_le=PASSE),
    montrant("certificat-d-effet-a-venir", _du_psce, LILLE, effet_le=AVENIR),
    Mutant("certificat-d-un-autre-bac", UN, CreationFps, montre=_d_un_autre_bac),
    replace(montrant("certificat-pas-renouvele", du_psce(au=JOUR), LILLE), patches=COMPTE),
    Mutant("front-sans-certificat", ("connexion-controle",), chemin="/front", muet=True),
    front("front-de-l-antai-sans-certificat", 8001),
    front("front-de-la-dgfip-sans-certificat", 8002),
    front("front-de-la-juridiction-sans-certificat", 8003),
    *(sans_depot(service) for service in (Party.ANTAI, Party.DGFIP, Party.CCSP)),
    regle("connecte-aussitot-depose", "connexion-enrolement-antai", {MANQUANTES: _toujours}),
    regle("front-cru-d-avance", "connexion-desactivee", {MANQUANTES: _toujours}),
    regle("front-cru-pour-tous", "connexion-autre-ville", {MANQUANTES: _toujours}),
    regle("front-jamais-relu", "connexion-desactivee", {MANQUANTES: Rancunier()}),
)
# The requirements that each fails: those of its fault, and that its FPS is never accepted, or never sent again.
ATTRAPES: Mapping[str, str] = {
    "sans-certificat": "EX-001 EX-040 EX-190",
    "certificat-illisible": "EX-041 EX-190",
    "certificat-d-une-autre-autorite": "EX-042 EX-190",
    "certificat-auto-signe": "EX-043 EX-190",
    "certificat-expire": "EX-044 EX-190 EX-607",
    "certificat-revoque": "EX-045 EX-190 EX-607",
    "certificat-jamais-depose": "EX-001 EX-046 EX-190",
    "certificat-d-une-autre-ville": "EX-050 EX-190",
    "certificat-pas-active": "EX-001 EX-047 EX-190",
    "certificat-desactive": "EX-048 EX-190 EX-607",
    "certificat-pour-une-autre-zone": "EX-049 EX-190",
    "certificat-pas-encore-valide": "EX-053 EX-190",
    "certificat-a-cle-faible": "EX-054 EX-190",
    "certificat-sans-siret": "EX-055 EX-190",
    "certificat-remplace": "EX-056 EX-190",
    "certificat-d-effet-a-venir": "EX-057 EX-190",
    "certificat-d-un-autre-bac": "EX-058 EX-190",
    "certificat-pas-renouvele": "EX-076",
    "front-sans-certificat": "EX-070 EX-071 EX-072",
    "front-de-l-antai-sans-certificat": "EX-070",
    "front-de-la-dgfip-sans-certificat": "EX-071",
    "front-de-la-juridiction-sans-certificat": "EX-072",
    "rien-depose-antai": "EX-078",
    "rien-depose-dgfip": "EX-079",
    "rien-depose-ccsp": "EX-083",
    "connecte-aussitot-depose": "EX-078",
    "front-cru-d-avance": "EX-073",
    "front-cru-pour-tous": "EX-075",
    "front-jamais-relu": "EX-074",
}
