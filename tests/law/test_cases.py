"""Runs the cases of this folder, written so that a jurist can read them: situation, acte, avec, attendu (or refus), article."""

import ast
import inspect
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ccsp.domain.decision import verifier_frais
from ccsp.domain.requete import Decision
from fps.droit import Droit, HorsDuDroit, calculs, droit, noms
from fps.droit.calendar import jour_ouvrable, reporter
from fps.droit.money import euros, pourcent
from fps.droit.numero import NumeroFps, cle, numero_titre, siret_valide, telepaiement, telepaiement_titre
from fps.errors import Refus
from fps.flows import by_type
from fps.messages import plaques
from fps.messages.erreurs import phrases
from fps.messages.mfps import CreationFps
from fps.messages.recours_usager import Partie, Sens
from fps.regles import controle_mfps
from fps.regles.controle_mfps import controler_creation
from fps.villes.horaires import HeuresPayantes, Horaires
from tests.law.cas import Cas, chaque, lire
from tests.villes import commune

ICI = Path(__file__).parent
LE = date(2026, 10, 5)


def _fusion(base: dict[str, Any], changer: dict[str, Any]) -> dict[str, Any]:
    fusion = dict(base)
    for nom, valeur in changer.items():
        fusion[nom] = _fusion(fusion[nom], valeur) if isinstance(valeur, dict) and isinstance(fusion.get(nom), dict) else valeur
    return fusion


def _controle(
    changer: dict[str, Any] | None = None,
    maintenant: str = "2026-06-12T18:00:00+02:00",
    plafond: int | None = 3500,
) -> list[str]:
    message = CreationFps.model_validate_json(json.dumps(_fusion(CreationFps.example, changer or {})))
    erreurs = controler_creation(message, maintenant=datetime.fromisoformat(maintenant), plafond=plafond)
    assert all(erreur.phrase.endswith(".") and erreur.que_faire.endswith(".") and erreur.article for erreur in erreurs)
    return [erreur.code for erreur in erreurs]


def _forme(
    corps: str | None = None, changer: dict[str, Any] | None = None, retirer: str | None = None, message: str = CreationFps.type
) -> dict[str, str]:
    cls = by_type(message)
    contenu = {nom: valeur for nom, valeur in _fusion(cls.example, changer or {}).items() if nom != retirer}
    with pytest.raises(ValidationError) as erreur:
        cls.model_validate_json(corps if corps is not None else json.dumps(contenu))
    trouvees = phrases(erreur.value, cls)
    assert all(e["phrase"].endswith(".") and e["article"] == cls.law for e in trouvees)
    return {e["champ"]: e["code"] for e in trouvees}


def _lire(numero: str) -> dict[str, Any]:
    lu = NumeroFps.lire(numero)
    return {
        "siret": lu.siret,
        "annee": lu.annee,
        "autorite": lu.autorite,
        "jour": lu.jour,
        "dispositif": lu.dispositif,
        "ordre": lu.ordre,
        "date": lu.date_etablissement,
    }


def _titre(impaye: int) -> dict[str, int]:
    majoration = calculs.majoration(impaye, LE)
    rabais = calculs.rabais(impaye, majoration, LE)
    total = impaye + majoration
    return {"majoration": majoration, "total": total, "rabais": rabais, "a_payer": total - rabais}


def _droit(parametre: str, le: date) -> Any:
    valeur = getattr(droit(le), parametre) if parametre in noms() else droit(le).source(parametre).valeur
    return list(valeur) if isinstance(valeur, tuple) else valeur


def _facture(le: date) -> list[int]:
    loi = droit(le)
    return [loi.facture_apa_traitement, loi.facture_apa_affranchissement, loi.facture_apa]


def _minoration(siret: str, montant: int, le: date = date(2026, 6, 15)) -> dict[str, int] | None:
    accordee = commune(siret).minoration(montant, le)
    return accordee.model_dump(exclude_defaults=True) if accordee else None


def _fin_effets(depart: str, duree_minutes: int, pause: list[str] | None = None) -> str:
    debut = datetime.fromisoformat(depart)
    jours = {"tous": [f"00:00-{pause[0]}", f"{pause[1]}-24:00"] if pause else ["00:00-24:00"]}
    heures = HeuresPayantes({date(2018, 1, 1): Horaires.model_validate({"jours": jours, "feries": "payants"})})
    return calculs.fin_effets(debut, duree_minutes, heures.interruptions(debut, duree_minutes)).isoformat()


def _plaque_francaise(texte: str) -> list[str] | None:
    connue = plaques.francaise(texte)
    return None if connue is None else [connue.serie.value, connue.ecrite]


def _frais(sens: Sens, frais: int = 0, charge: Partie | None = None) -> None:
    verifier_frais(Decision("jugement", sens, LE, "Motifs.", "Dispositif.", 0, 0, 0, frais=frais, frais_a_la_charge_de=charge))


ACTES: dict[str, Callable[..., Any]] = {
    **{
        nom: fonction
        for nom, fonction in inspect.getmembers(calculs, inspect.isfunction)
        if nom.startswith(("date_", "emission_")) and fonction.__module__ == calculs.__name__
    },
    "date_notification_pare_brise": lambda apposition: calculs.date_notification_pare_brise(datetime.fromisoformat(apposition)),
    "date_notification_electronique": lambda lecture: calculs.date_notification_electronique(datetime.fromisoformat(lecture)),
    "fin_effets": _fin_effets,
    "jour_ouvrable": jour_ouvrable,
    "reporter": reporter,
    "cle": cle,
    "telepaiement": telepaiement,
    "affichage": lambda numero: NumeroFps.lire(numero).affichage,
    "lire_numero": _lire,
    "composer": lambda siret, jour, **parts: str(NumeroFps.composer(siret, jour, **parts)),
    "numero_titre": numero_titre,
    "telepaiement_titre": telepaiement_titre,
    "siret_valide": siret_valide,
    "plaque_francaise": _plaque_francaise,
    "frais": _frais,
    "normaliser_plaque": plaques.normaliser,
    "plaques_identiques": plaques.identiques,
    "lectures_plaque": lambda texte, pays=None: list(plaques.lectures(texte, pays)),
    "titre": _titre,
    "pourcent": pourcent,
    "repartir": lambda **parts: list(calculs.repartir_paiement_titre(**parts)),
    "fps": lambda siret, zone, categorie, le, deja_paye=0: commune(siret).montant_fps(zone, categorie, le, deja_paye),
    "minoration": _minoration,
    "euros": euros,
    "droit": _droit,
    "date_prescription": lambda signature, interruptions=(): calculs.date_prescription(signature, tuple(interruptions)),
    "suspendre_silence": calculs.suspendre_silence,
    "reprendre_silence": calculs.reprendre_silence,
    "facture": _facture,
    "controle": _controle,
    "forme": _forme,
}
CAS = [(fichier.stem, cas) for fichier in sorted(ICI.glob("*.yaml")) for cas in lire(fichier.name)]


@chaque([cas for _, cas in CAS])
def test_the_case_ends_as_the_law_says(cas: Cas) -> None:
    acte = ACTES[cas["acte"]]
    if "refus" not in cas:
        assert acte(**cas["avec"]) == cas["attendu"]
        return
    with pytest.raises((Refus, LookupError, ValueError)) as refus:
        acte(**cas["avec"])
    assert getattr(refus.value, "code", type(refus.value).__name__) == cas["refus"]


def test_every_case_is_complete_and_told_once() -> None:
    for _, cas in CAS:
        assert set(cas) in ({"situation", "acte", "avec", "attendu", "article"}, {"situation", "acte", "avec", "refus", "article"}), cas
        assert cas["article"].strip()
    situations = [(fichier, cas["situation"]) for fichier, cas in CAS]
    assert len(situations) == len(set(situations))


def test_every_kind_of_act_has_a_case() -> None:
    assert {cas["acte"] for _, cas in CAS} == set(ACTES)


def test_every_code_of_the_control_has_a_case() -> None:
    ecrits = set(re.findall(r'\berreur\(\s*"([a-z-]+)"', inspect.getsource(controle_mfps)))
    attendus = {code for fichier, cas in CAS if fichier == "controle_mfps" for code in cas["attendu"]}
    assert ecrits == attendus


def test_the_law_of_the_day_before_the_fps_is_never_guessed() -> None:
    for nom in noms():
        with pytest.raises(HorsDuDroit):
            getattr(Droit(date(2017, 12, 31)), nom)


def test_every_delay_in_months_or_years_has_a_short_month_and_a_29_february() -> None:
    delais = {
        node.name: {x.func.id for x in ast.walk(node) if isinstance(x, ast.Call) and isinstance(x.func, ast.Name)}
        for node in ast.parse(inspect.getsource(calculs)).body
        if isinstance(node, ast.FunctionDef)
    }
    essais = [(c["acte"], next(iter(c["avec"].values())), c["attendu"]) for _, c in CAS if isinstance(c.get("attendu"), date)]
    vus = {nom: [(du, au) for acte, du, au in essais if acte == nom and isinstance(du, date)] for nom in delais}
    mois = {nom for nom, appels in delais.items() if "ajouter_mois" in appels}
    courts = {nom for nom in mois if any(du.day == 31 and au.day != 31 for du, au in vus[nom])}
    fevriers = {nom for nom in delais if any((jour.month, jour.day) == (2, 29) for paire in vus[nom] for jour in paire)}
    assert len(mois) >= 10 and sorted(mois - courts) == []
    assert sorted({nom for nom, appels in delais.items() if appels & {"ajouter_mois", "ajouter_annees"}} - fevriers) == []
