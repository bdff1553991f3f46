"""Products that are wrong in what follows a FPS: its later dates, sums, pieces and numbers, and the answers to what is pushed to them."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from fps.droit.numero import cle
from fps.messages.annulation import FpsImpaye, InformationAnnulationFps, InformationAnnulationTitre
from fps.messages.comptable import MandatRemboursement, TitreAnnulationRecette
from fps.messages.message import MessageClass
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.messages.recours_collectivite import DecisionCollectivite, PieceDefense
from fps_certification.sujets import porte
from tests.certification.mutants import Alterer, Champs, Mutant, avec, de_creation, de_suite, decale, regle
from tests.certification.mutants_du_partiel import d_impaye

PARIS = "21750001600019"


def autre_avis(changer: Any) -> Alterer:
    """Another number of the rectificatif, with its own key."""
    return lambda dit: {**dit, "numero_avis": (neuf := changer(dit["numero_avis"])), "cle_avis": cle(neuf)}


def fichier(octets: bytes, **champs: Any) -> Alterer:
    """Another file in the place of the piece, with its own fingerprint."""
    dite = {"contenu": base64.b64encode(octets).decode(), "empreinte": hashlib.sha256(octets).hexdigest(), **champs}
    return lambda dit: {**dit, "piece": dit["piece"] | dite}


def _avant_la_reforme(dit: Champs) -> Champs:
    neuf = dit["numero_fps"][:14] + "17" + dit["numero_fps"][16] + "152" + dit["numero_fps"][20:]
    quand = {"date_heure_constat": "2017-06-01T10:00:00+02:00", "fin_effets": "2017-06-01T15:00:00+02:00"}
    return {**dit, **quand, "numero_fps": neuf, "cle": cle(neuf)}


def _en_fps(dit: Champs) -> Champs:
    """The cancellation of a title, told as that of a FPS."""
    gardes = {n: dit[n] for n in ("numero_fps", "siret", "origine", "date_decision", "motif")}
    return gardes | {
        "numero_requete": dit.get("numero_requete"),
        "etendue": "totale",
        "montant_annule": dit["fps_annule"],
        "montant_restant": 0,
    }


def _en_titre(dit: Champs) -> Champs:
    """The cancellation of a FPS, told as that of a title."""
    gardes = {n: dit[n] for n in ("numero_fps", "siret", "origine", "date_decision", "motif")}
    return gardes | {
        "numero_requete": dit.get("numero_requete"),
        "numero_titre": "2400000001",
        "etendue": "totale",
        "fps_annule": dit["montant_annule"],
        "majoration_annulee": 0,
    }


def _en_retrait(dit: Champs) -> Champs:
    """The cancellation of a title, told by the message FPS as if there were none."""
    return {
        "numero_fps": dit["numero_fps"],
        "siret": dit["siret"],
        "date_annulation": f"{dit['date_decision']}T08:00:00+02:00",
        "origine": "erreur-agent",
        "motif": dit["motif"],
    }


def _en_impaye(dit: Champs) -> Champs:
    """A FPS of a town in cycle complet, declared unpaid."""
    return {
        "beneficiaire": {"siret": dit["siret"], "nom": "Ville de Lille", "contact": dit["contact_rapo"]},
        **{n: dit[n] for n in ("vehicule", "lieu", "date_heure_constat", "numero_fps")},
        **{"mode_notification": "pare-brise", "date_notification": dit["date_heure_constat"][:10], "date_limite_paiement": "2024-04-02"},
        **{
            "montant_initial": dit["montant_fps"],
            "montant_paye": 0,
            "montant_annule": 0,
            "montant_remis": 0,
            "reste_du": dit["montant_fps"],
        },
    }


def _en_creation(dit: Champs) -> Champs:
    """A FPS of a town in cycle partiel, transmitted as if ANTAI were to notify it."""
    siret = dit["beneficiaire"]["siret"]
    contact = {n: v for n, v in dit["beneficiaire"]["contact"].items() if n != "telephone"}
    agent = {"identifiant": dit["numero_fps"][20:23], "autorite": {n: contact[n] for n in ("nom", "adresse")}}
    propre = {n: dit[n] for n in ("numero_fps", "date_heure_constat", "lieu", "vehicule")}
    fin = decale(heures=9)(dit["date_heure_constat"])
    sommes = {"montant_fps": dit["montant_initial"], "montant_deduit": 0, "fin_effets": fin}
    return (
        propre
        | sommes
        | {"siret": siret, "cle": cle(dit["numero_fps"]), "agent": agent, "mode_notification": "antai", "contact_rapo": contact}
    )


def _neuf_jours_avant(dit: Champs) -> Champs:
    """The finding of nine days ago, which is transmitted today only."""
    le = datetime.fromisoformat(dit["date_heure_constat"]) - timedelta(days=9)
    neuf = f"{dit['numero_fps'][:14]}{le:%y}{dit['numero_fps'][16]}{le:%j}{dit['numero_fps'][20:]}"
    fin = decale(jours=-9)(dit["fin_effets"])
    return {**dit, "date_heure_constat": le.isoformat(), "fin_effets": fin, "numero_fps": neuf, "cle": cle(neuf)}


def _encore(dit: Champs) -> Champs:
    """A second rectificatif after the same RAPO, lower still."""
    neuf = dit["numero_avis"][:-3] + "900"
    return {**dit, "numero_avis": neuf, "cle_avis": cle(neuf), "montant_rectifie": dit["montant_rectifie"] - 100}


def rectificatif(dit: Champs) -> Champs:
    """A rectificatif of 90 euros, of the FPS that is withdrawn."""
    neuf, le = dit["numero_fps"][:-3] + "900", dit["date_annulation"]
    dates = {"date_reception_rapo": le, "date_edition": le}
    propre = {n: dit[n] for n in ("numero_fps", "siret", "motif")} | {"numero_avis": neuf, "cle_avis": cle(neuf)}
    return ModificationFps.example | propre | dates | {"origine": "collectivite", "montant_rectifie": 9000}


def rectificatif_plus_bas(dit: Champs) -> Champs:
    """One that lowers the FPS: it is wrong only because the FPS is withdrawn."""
    return rectificatif(dit) | {"montant_rectifie": 1500}


def _pdf(octets: int) -> bytes:
    """More than so many bytes."""
    return b"%PDF-1.4\n" + b" " * octets + b"\n%%EOF\n"


class Redirige(porte.Porte):
    """A product that sends elsewhere what is brought to it."""

    async def recevoir(self, chemin: str, entetes: Mapping[str, str], corps: bytes) -> tuple[int, Any]:
        """Go and see elsewhere."""
        return 307, {}


class Sourde(porte.Porte):
    """A product that refuses what is brought to it."""

    async def recevoir(self, chemin: str, entetes: Mapping[str, str], corps: bytes) -> tuple[int, Any]:
        """No, whatever it is."""
        return 422, {"code": "illisible"}


def sourde_a(quoi: MessageClass) -> type[porte.Porte]:
    """A product that refuses one kind of letter, and takes all else."""

    class Choisit(porte.Porte):
        async def recevoir(self, chemin: str, entetes: Mapping[str, str], corps: bytes) -> tuple[int, Any]:
            return (422, {"code": "illisible"}) if chemin == quoi.path else await super().recevoir(chemin, entetes, corps)

    return Choisit


PORTE, RECOURS = "fps_certification.sujets.porte.Porte", "collectivite.domain.recours.Recours"


def _sans_regarder(*donnes: Any) -> None:
    """Whatever the day and the state."""


def poussee(nom: str, epreuve: str, quoi: type[porte.Porte]) -> Mutant:
    """A product that answers wrongly to the letters that are pushed to it."""
    return Mutant(nom, (epreuve,), patches=((PORTE, quoi),), poussees=True)


DE_SUITE: tuple[Mutant, ...] = (
    de_creation("constat-d-avant-la-reforme", _avant_la_reforme),
    de_creation("constat-de-l-an-un", avec(date_heure_constat="0001-01-01T00:00:00+14:00")),
    de_creation("aucun-canal-de-minoration", avec(minoration__canaux=[])),
    de_suite("avis-rectificatif-d-une-autre-ville", "amiable-baisse", ModificationFps, autre_avis(lambda n: PARIS + n[14:])),
    de_suite("avis-rectificatif-du-jour-367", "amiable-baisse", ModificationFps, autre_avis(lambda n: f"{n[:17]}367{n[20:]}")),
    de_suite("avis-rectificatif-d-avant-la-demande", "amiable-baisse", ModificationFps, avec(date_reception_rapo=decale(jours=1))),
    Mutant("rectifie-deux-fois", ("rapo-accepte-en-partie",), ModificationFps, puis=(ModificationFps.path, _encore)),
    Mutant("rectifie-ce-qu-il-annule", ("amiable-annule-tard",), AnnulationFps, puis=(ModificationFps.path, rectificatif_plus_bas)),
    Mutant("paye-puis-rectifie-a-la-hausse", ("titre-rembourse",), AnnulationFps, rectificatif, ailleurs=ModificationFps.path),
    de_suite("annule-pour-une-autre", "amiable-annule-aussitot", AnnulationFps, avec(siret=PARIS)),
    Mutant("titre-retire-par-le-message-fps", ("titre-abandonne",), InformationAnnulationTitre, _en_retrait, ailleurs=AnnulationFps.path),
    Mutant("titre-dit-comme-un-fps", ("titre-abandonne",), InformationAnnulationTitre, _en_fps, ailleurs=InformationAnnulationFps.path),
    Mutant(
        "fps-dit-comme-un-titre",
        ("contentieux-avant-titre",),
        InformationAnnulationFps,
        _en_titre,
        ailleurs=InformationAnnulationTitre.path,
    ),
    de_suite("titre-annule-de-trop", "titre-abandonne", InformationAnnulationTitre, avec(fps_annule=lambda m: m + 100)),
    de_suite("titre-d-un-autre", "titre-abandonne", InformationAnnulationTitre, avec(numero_titre="2400009999")),
    de_suite("decision-du-trente-fevrier", "titre-abandonne", InformationAnnulationTitre, avec(date_decision="2024-02-30")),
    de_suite("restant-oublie", "contentieux-avant-titre", InformationAnnulationFps, avec(montant_annule=lambda m: m - 100)),
    Mutant(
        "deux-decisions-d-une-requete",
        ("contentieux-partiel",),
        InformationAnnulationTitre,
        puis=(InformationAnnulationTitre.path, avec(fps_annule=500)),
    ),
    Mutant("titre-en-mandat", ("titre-rembourse",), TitreAnnulationRecette, ailleurs=MandatRemboursement.path),
    Mutant("piece-resservie", ("titre-rembourse",), TitreAnnulationRecette, puis=(TitreAnnulationRecette.path, avec(motif="Autre chose."))),
    d_impaye("impaye-notifie-avant-le-constat", "partiel-impaye", avec(date_notification="2024-01-01", date_limite_paiement="2024-04-01")),
    d_impaye("impaye-notifie-avant-la-reforme", "partiel-impaye", avec(date_notification="2017-06-01", date_limite_paiement="2017-09-01")),
    Mutant("complet-declare-impaye", ("amiable-transmis",), CreationFps, _en_impaye, ailleurs=FpsImpaye.path),
    de_suite("piece-de-trop-d-octets", "contentieux-pieces", PieceDefense, fichier(_pdf(500_001))),
    de_suite("piece-coupee", "contentieux-pieces", PieceDefense, fichier(b"%PDF-1.4\n1 0 obj")),
    de_suite("piece-en-gif", "contentieux-pieces", PieceDefense, fichier(b"GIF89a" + bytes(40), type_media="image/gif")),
    de_suite("piece-en-base-64-coupee", "contentieux-pieces", PieceDefense, avec(piece__contenu=lambda c: c.rstrip("=")[:-1])),
    Mutant("creation-refusee-redite", ("amiable-transmis",), CreationFps, avec(cle="00"), deux_fois=True),
    de_suite(
        "nuit-d-hiver-a-l-heure-d-ete", "amiable-nuit-d-hiver", CreationFps, avec(date_heure_constat=lambda d: d[:11] + "19:30:00+02:00")
    ),
    poussee("lettre-redirigee", "amiable-paye", Redirige),
    poussee("minore-refuse", "amiable-minore", Sourde),
    poussee("rejet-refuse", "amiable-cheque-impaye", Sourde),
    poussee("titre-paye-refuse", "titre-paye", Sourde),
    poussee("communication-refusee", "contentieux-sans-defense", Sourde),
    Mutant("decision-refusee", ("contentieux-rejet",), patches=((PORTE, sourde_a(DecisionCollectivite)),), poussees=True),
    de_suite("piece-d-une-autre-ville", "titre-rembourse", TitreAnnulationRecette, avec(numero_fps=lambda n: PARIS + n[14:])),
    d_impaye("impaye-d-une-autre-ville", "partiel-impaye", avec(numero_fps=lambda n: PARIS + n[14:])),
    Mutant("partiel-transmis", ("partiel-impaye",), FpsImpaye, _en_creation, ailleurs=CreationFps.path, ville="bourg"),
    de_creation("transmis-neuf-jours-apres", _neuf_jours_avant),
    regle("defense-tardive-envoyee", "contentieux-sans-defense", {f"{RECOURS}.deposer": _sans_regarder}),
    regle("rejet-execute", "contentieux-rejet", {f"{RECOURS}.executer": _sans_regarder}),
)
# The requirements that each fails: those of its fault, and what follows from the refusal.
ATTRAPES_DE_SUITE: Mapping[str, str] = {
    "constat-d-avant-la-reforme": "EX-117 EX-190",
    "constat-de-l-an-un": "EX-003 EX-023 EX-135 EX-190",
    "aucun-canal-de-minoration": "EX-018 EX-190",
    "avis-rectificatif-d-une-autre-ville": "EX-150 EX-193",
    "avis-rectificatif-du-jour-367": "EX-168 EX-193",
    "avis-rectificatif-d-avant-la-demande": "EX-152 EX-193",
    "rectifie-deux-fois": "EX-108 EX-155",
    "rectifie-ce-qu-il-annule": "EX-166 EX-193",
    "paye-puis-rectifie-a-la-hausse": "EX-108 EX-156 EX-175 EX-193",
    "annule-pour-une-autre": "EX-107 EX-159",
    "titre-retire-par-le-message-fps": "EX-107 EX-157 EX-172 EX-801",
    "titre-dit-comme-un-fps": "EX-801 EX-811",
    "fps-dit-comme-un-titre": "EX-742 EX-802 EX-810",
    "titre-annule-de-trop": "EX-801 EX-812 EX-820",
    "titre-d-un-autre": "EX-801 EX-819",
    "decision-du-trente-fevrier": "EX-013 EX-801",
    "restant-oublie": "EX-742 EX-802 EX-814 EX-820",
    "deux-decisions-d-une-requete": "EX-741 EX-817",
    "titre-en-mandat": "EX-901 EX-914 EX-918",
    "piece-resservie": "EX-915",
    "impaye-notifie-avant-le-constat": "EX-330 EX-337 EX-1112",
    "impaye-notifie-avant-la-reforme": "EX-330 EX-337 EX-1112 EX-1113",
    "complet-declare-impaye": "EX-190 EX-330 EX-1117",
    "piece-de-trop-d-octets": "EX-701 EX-714",
    "piece-coupee": "EX-716",
    "piece-en-gif": "EX-701 EX-719",
    "piece-en-base-64-coupee": "EX-701 EX-718",
    "creation-refusee-redite": "EX-065 EX-103 EX-114 EX-129 EX-190",
    "nuit-d-hiver-a-l-heure-d-ete": "EX-003 EX-135 EX-194",
    "lettre-redirigee": "EX-081 EX-510 EX-521",
    "minore-refuse": "EX-082 EX-511 EX-520",
    "rejet-refuse": "EX-082 EX-510 EX-521 EX-523",
    "titre-paye-refuse": "EX-082 EX-513 EX-524",
    "communication-refusee": "EX-082 EX-730 EX-743",
    "decision-refusee": "EX-082 EX-731",
    "piece-d-une-autre-ville": "EX-901 EX-910",
    "impaye-d-une-autre-ville": "EX-330 EX-1110",
    "partiel-transmis": "EX-125 EX-190 EX-330",
    "transmis-neuf-jours-apres": "EX-136 EX-190",
    "defense-tardive-envoyee": "EX-702 EX-710 EX-743 EX-744",
    "rejet-execute": "EX-803",
}
