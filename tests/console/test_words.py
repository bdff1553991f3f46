"""The French words of the screens: every message has its name, every amount and date its form."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from antai.domain import etats as antai
from ccsp.domain.requete import EtatRequete
from collectivite.domain import forfait as collectivite
from collectivite.domain.rapo import EtatRapo
from collectivite.domain.recours import EtatRecours
from dgfip.domain import prise_en_charge as dgfip
from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, Channel, Party
from fps_console.mots import recit
from fps_console.mots.champs import CHAMPS
from fps_console.mots.lexique import ACTES, COURTS, ETATS
from fps_console.mots.saisie import QUESTIONS, VALEURS, en_clair
from fps_simulateur.langue.actes import ACTES as ACTES_DE_LA_LANGUE

NBSP = "\u00a0"
ROOT = Path(__file__).resolve().parents[2]


def line(acte: str, service: str = "antai", article: str = "CGCT, art. L. 2333-87, II", **donnees: Any) -> dict[str, Any]:
    return {"date": "2026-10-05T06:00:00+02:00", "service": service, "acte": acte, "article": article, "donnees": donnees}


def test_every_message_of_the_table_has_a_french_name_and_every_channel_too() -> None:
    assert {m.type for m in MESSAGES} == set(COURTS), "console/fps_console/mots/lexique.py names each message"
    assert set(recit.CANAUX) == set(Channel)


# Words of the contracts that are French as they are written there.
TELS_QUELS = {
    *(
        "cause",
        "compensation",
        "contenu",
        "essai",
        "exercice",
        "fois",
        "graine",
        "identifiant",
        "latitude",
        "lieu",
        "longitude",
        "mandataire",
    ),
    *(
        "panne",
        "part",
        "prestataire",
        "secondes",
        "type",
        "acceptation-partielle",
        "acceptation-totale",
        "agent",
        "aucune",
        "avertissement",
    ),
    *(
        "buraliste",
        "constat",
        "contentieux",
        "coupure",
        "courrier",
        "deux-roues",
        "doublon",
        "droit",
        "envoi",
        "erreur",
        "gratuit",
        "greffe",
    ),
    *("guichet", "indisponible", "irrecevable", "jugement", "juridiction", "justificatif", "lenteur", "locataire", "maintien", "mandat"),
    *("non-lieu", "ordonnance", "paiement-rapide", "partielle", "poids-lourd", "portail", "rejet", "retard", "serveur-vocal", "suivi"),
    *("titulaire", "totale", "transmis", "trois-roues", "utilitaire", "voiture", "voiture-lourde"),
}


def mots(schema: Any, parts: Any, vus: frozenset[str] = frozenset()) -> Iterator[tuple[str, bool]]:
    """The names of the fields of a schema, and the values of its lists (True)."""
    if isinstance(schema, list):
        for un in schema:
            yield from mots(un, parts, vus)
    elif isinstance(schema, dict):
        nom = str(schema.get("$ref", "")).rpartition("/")[2]
        if nom and nom not in vus:
            yield from mots(parts[nom], parts, vus | {nom})
        yield from ((str(v), True) for v in schema.get("enum", ()) if isinstance(v, str))
        yield from ((champ, False) for champ in schema.get("properties", {}))
        yield from mots([v for cle, v in schema.items() if cle in ("anyOf", "oneOf", "allOf", "items")], parts, vus)
        yield from mots([*schema.get("properties", {}).values()], parts, vus)


def test_every_field_and_every_value_of_the_form_of_an_act_has_french_words() -> None:
    champs, valeurs = QUESTIONS.keys() | CHAMPS.keys() | TELS_QUELS, VALEURS.keys() | TELS_QUELS
    nus = set[str]()
    for acte in ACTES_DE_LA_LANGUE.values():
        contrat = json.loads((ROOT / f"docs/openapi/{acte.a}.json").read_text("utf-8"))
        patron = re.sub(r"{\w+}", "{}", acte.route)
        for methodes in (m for path, m in contrat["paths"].items() if re.sub(r"{\w+}", "{}", path) == patron):
            for corps in (methodes[m].get("requestBody", {}).get("content", {}) for m in methodes.keys() & {"post", "put"}):
                trouves = mots([un["schema"] for un in corps.values()], contrat["components"]["schemas"])
                nus |= {mot for mot, liste in trouves if mot not in (valeurs if liste else champs)}
    assert sorted(nus) == [], "console/fps_console/mots/saisie.py has the words of the forms"


def test_every_state_of_the_four_services_has_french_words() -> None:
    states = {str(state) for enum in (antai.Etat, dgfip.Etat, collectivite.Etat, EtatRapo, EtatRecours, EtatRequete) for state in enum}
    assert sorted(states - set(ETATS)) == [], "console/fps_console/mots/lexique.py names each state"


def test_every_act_that_a_service_writes_has_french_words() -> None:
    acts = {act for path in (ROOT / "services").rglob("*.py") if "migrations" not in path.parts for act in acts_of(path)}
    assert len(acts) > 40
    assert sorted(acts - set(ACTES)) == [], "console/fps_console/mots/lexique.py names each act"


def acts_of(path: Path) -> Iterator[str]:
    """The acts written in the journal by `work.record(subject, act, …)` and by what each service makes of it."""
    source = path.read_text()
    places = {"record": 1, "ecrire": 1, "tracer": 1, "_tracer": 2}
    if "auditer import" not in source:  # where `faire` writes in the audit journal, which speaks in codes
        places["faire"] = 2
    if path.name == "mentions.py":  # a service that names the lines of its journal in an enumeration
        values = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign)]
        yield from (one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if name in places and len(node.args) > places[name]:
            act = node.args[places[name]]
            options = (act.body, act.orelse) if isinstance(act, ast.IfExp) else (act,)
            yield from (one.value for one in options if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_a_message_without_a_name_is_still_readable_on_a_screen() -> None:
    assert recit.message(type("Nouveau", (), {"type": "fps.99.nouveau-pli.v1", "nom": "nouveau-pli"})) == "Nouveau pli"


def test_a_letter_is_told_by_its_name_its_way_and_its_flow() -> None:
    told = recit.ligne(line("envoi", id="x", type="fps.12.emission.v1"))
    assert (told.qui, told.acte, told.flux, told.jour) == ("ANTAI → DGFiP", "Titre exécutoire", 12, "05/10/2026")


def test_the_amount_of_a_courrier_is_read_in_the_letter() -> None:
    told = recit.ligne(line("courrier", id="x", type="fps.02.apa.v1"), {"x": {"etablissement": {"montant": 3500}}})
    assert told.montant == f"35,00{NBSP}€"


def test_the_other_amounts_are_named_and_a_missing_rebate_is_not_told() -> None:
    told = recit.ligne(line("emission-titre", impaye=3500, majoration=5000, rabais=0))
    assert (told.montant, told.precision) == (f"35,00{NBSP}€", f"majoration 50,00{NBSP}€")


def test_an_unknown_act_and_an_unknown_state_still_read_as_words() -> None:
    assert recit.ligne(line("acte-inconnu")).acte == "Acte inconnu"
    assert recit.etat("en-recouvrement") == "en recouvrement"
    assert recit.etat(None) == "—"


def test_only_what_repeats_another_line_is_left_out() -> None:
    sent = line("envoi", id="1", type="fps.12.emission.v1")
    repeated = line("reception", "dgfip", id="1", type="fps.12.emission.v1")
    letter = line("courrier", id="2", type="fps.02.apa.v1")
    accuse = line("reception", "collectivite", id="3/reponse", type="fps.01.accuse.v1")
    paid = line("reception", id="4", type="fps.04.paiement-fps.v1")
    assert recit.courtes([sent, repeated, letter, accuse, line("ecriture"), paid]) == [sent, letter, paid]


def test_the_message_of_an_editor_is_told_though_no_service_sent_it() -> None:
    received = line("reception", id="cle-de-l-editeur", type="fps.01.creation.v1")
    assert recit.courtes([received]) == [received]
    assert recit.ligne(received).acte == "Message FPS de création, reçu"


def test_an_act_is_said_by_whom_it_is_of() -> None:
    assert recit.ligne(line("paiement", "antai")).acte == "FPS payé"
    assert recit.ligne(line("paiement", "dgfip")).acte == "Paiement du FPS majoré"


def test_a_refusal_gives_its_reason_and_an_abandonment_its_words() -> None:
    refused = recit.ligne(line("refus", id="x", type="fps.05.titre-paye.v1", code="titre-non-emis", detail="Numéro 2159…"))
    assert (refused.acte, refused.precision) == ("Information : titre payé : refusée", "« titre-non-emis » : Numéro 2159…")
    assert recit.ligne(line("abandon", motif="vehicule-vole")).precision == "véhicule volé"


def test_the_rebate_is_told_with_its_last_day_in_one_phrase() -> None:
    told = recit.ligne(line("envoi-avertissement", rabais=1700, rabais_jusqu_au="2027-02-23"))
    assert told.precision == f"rabais 17,00{NBSP}€ jusqu'au 23/02/2027"


def test_the_print_shop_has_one_name() -> None:
    assert recit.court(Party.IMPRIMEUR) == LIBELLES[Party.IMPRIMEUR] == "Prestataire d'édition"


def test_each_message_is_counted_once_whoever_sends_it_and_other_figures_are_ignored() -> None:
    counts = {
        "emis:fps.02.apa.v1": 2,
        "ecrites": 9,
        "emis:inconnu": 4,
        "recu:fps.04.paiement-fps.v1": 1,
        "emis:fps.01.creation.v1": 3,
        "recu:fps.01.creation.v1": 5,
        "emis:fps.12.emission.v1": 7,
        "recu:fps.12.emission.v1": 6,
        "recu:fps.01.accuse.v1": 5,
    }
    found = recit.per_message(counts)
    assert {m.type: n for m, n in found.items()} == {
        "fps.02.apa.v1": 2,
        "fps.04.paiement-fps.v1": 1,
        "fps.01.creation.v1": 5,
        "fps.12.emission.v1": 7,
        "fps.01.accuse.v1": 5,
    }
    assert recit.per_way(found) == {
        (2, Party.ANTAI, Party.USAGER): 2,
        (4, Party.USAGER, Party.ANTAI): 1,
        (1, Party.COLLECTIVITE, Party.ANTAI): 5,
        (12, Party.ANTAI, Party.DGFIP): 7,
    }


@pytest.mark.parametrize(("day", "words"), [(date(2026, 5, 1), "1er mai 2026"), (date(2026, 8, 31), "31 août 2026")])
def test_a_date_is_written_in_full(day: date, words: str) -> None:
    assert recit.longue(day) == words


@pytest.mark.parametrize("cls", MESSAGES, ids=lambda cls: str(cls.type))
def test_a_message_received_or_refused_agrees_with_its_noun(cls: MessageClass) -> None:
    feminins = {"Requête", "Décision", "Demande", "Réponse", "Information", "Communication", "Pièce", "Annulation"}
    masculins = {"Message", "Accusé", "Avis", "Dépôt", "Paiement", "Justificatif", "Mémoire", "Titre", "Mandat", "Remboursement"}
    nom = recit.message(cls)
    premier = nom.partition(" ")[0]
    assert premier in feminins | masculins | {"Avertissement", "FPS", "Pièces"}
    recu = recit.ligne(line("reception", type=cls.type, id="1"))
    refuse = recit.ligne(line("refus", type=cls.type, id="1", code="c", detail="d"))
    e = "es" if premier == "Pièces" else "e" if premier in feminins else ""
    assert (recu.acte, refuse.acte) == (f"{nom}, reçu{e}", f"{nom} : refusé{e}")


def test_a_state_is_said_in_french_in_a_refusal_and_the_name_of_a_bac_as_it_was_given() -> None:
    assert en_clair("La requête est « deposee ».") == "La requête est « déposée »."
    assert en_clair("Le bac « deposee » n'existe pas : « deposee ».") == "Le bac « deposee » n'existe pas : « déposée »."
