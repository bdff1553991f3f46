"""The flow table: 16 flows, one address per message, every example true to its class."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fps.droit.calculs import (
    date_envoi_avertissement,
    date_limite_paiement,
    date_limite_rabais,
    date_limite_rapo,
    date_limite_recours,
    date_notification_postale,
    emission_titre_le,
    majoration,
    rabais,
)
from fps.droit.numero import cle, telepaiement_titre
from fps.exemples import exemple
from fps.flows import FLOWS, MESSAGES, by_type, flow, received_by
from fps.messages.avis import AvisPaiement
from fps.messages.erreurs import phrases
from fps.messages.message import SLUGS, MessageClass
from fps.messages.mfps import CreationFps
from fps.messages.titre import Avertissement, EmissionTitre
from fps.parties import LIBELLES, SERVICES, Channel, Party
from fps.regles.controle_mfps import controler_creation
from tests.villes import commune

chaque_message = pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.type)


def test_the_map_has_sixteen_flows_numbered_from_1() -> None:
    assert [flux.number for flux in FLOWS] == list(range(1, 17)) == [number for number in sorted(SLUGS) if number]  # 0: the machinery
    assert all(flux.messages and flux.nom and flow(flux.number) is flux for flux in FLOWS)


def test_types_addresses_and_schemas_are_unique() -> None:
    for attribut in ("type", "path", "dataschema"):
        valeurs = [getattr(message, attribut) for message in MESSAGES]
        assert len(valeurs) == len(set(valeurs)), attribut


def test_the_names_of_the_first_message_never_change() -> None:
    assert CreationFps.type == "fps.01.creation.v1"
    assert CreationFps.path == "/flux/01-message-fps/creation"
    assert CreationFps.routing_key == "antai.01.message-fps"
    assert CreationFps.dataschema == "urn:fps-simulateur:flux:01:creation:v1"


def test_every_party_writes_or_receives_and_has_a_label() -> None:
    for party in Party:
        assert LIBELLES[party]
        assert received_by(party)
    assert {message.sender for message in MESSAGES} == set(Party) - {Party.IMPRIMEUR}


@chaque_message
def test_a_message_belongs_to_the_one_flow_that_lists_it(message: MessageClass) -> None:
    assert [flux.number for flux in FLOWS if message in flux.messages] == [message.flow]
    assert by_type(message.type) is message


@chaque_message
def test_a_message_says_its_law_its_meaning_and_the_meaning_of_each_field(message: MessageClass) -> None:
    assert message.law.strip()
    assert message.__doc__ and message.__doc__.strip()
    for nom, champ in message.model_fields.items():
        assert champ.description or _documente(champ.annotation), f"{message.type}.{nom} has no description"


def _documente(annotation: Any) -> bool:
    """A field without its own words is a part, described by its docstring."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel) and bool(annotation.__doc__)


@chaque_message
def test_the_example_is_valid_complete_and_round_trips(message: MessageClass) -> None:
    instance = exemple(message)
    assert message.model_validate_json(instance.model_dump_json()) == instance
    assert message.model_validate(instance.model_dump()) == instance
    assert set(message.example) == set(message.model_fields), "the example names every field, optional ones included"


@chaque_message
def test_the_subject_of_a_message_is_the_number_of_the_dossier(message: MessageClass) -> None:
    sujet = exemple(message).sujet
    assert len(sujet) == 26 and sujet.isdigit()


@chaque_message
def test_an_unknown_field_is_refused(message: MessageClass) -> None:
    with pytest.raises(ValidationError) as erreur:
        message.model_validate_json(json.dumps({**message.example, "champ_de_trop": 1}))
    assert [e["code"] for e in phrases(erreur.value, message)] == ["champ-inconnu"]


@chaque_message
def test_every_missing_field_is_named(message: MessageClass) -> None:
    with pytest.raises(ValidationError) as erreur:
        message.model_validate_json("{}")
    attendus = {nom for nom, champ in message.model_fields.items() if champ.is_required()}
    trouves = phrases(erreur.value, message)
    assert {e["champ"] for e in trouves} == attendus
    assert {e["code"] for e in trouves} == {"champ-manquant"}


@chaque_message
def test_a_message_cannot_be_changed(message: MessageClass) -> None:
    champ = next(iter(message.model_fields))
    with pytest.raises(ValidationError):
        setattr(exemple(message), champ, "autre")


@chaque_message
def test_an_amount_is_a_whole_number_of_centimes(message: MessageClass) -> None:
    for nom in [nom for nom, valeur in message.example.items() if type(valeur) is int]:
        for faux in (35.5, 35.0, True, "35", -1):
            with pytest.raises(ValidationError):
                message.model_validate_json(json.dumps({**message.example, nom: faux}))


@chaque_message
def test_a_date_is_written_as_iso_text_never_as_a_number(message: MessageClass) -> None:
    instance = exemple(message)
    for nom in [nom for nom in message.model_fields if isinstance(getattr(instance, nom), date | datetime)]:
        for faux in (1_780_000_000, "12/06/2026", "2026-06-31", ""):
            with pytest.raises(ValidationError):
                message.model_validate_json(json.dumps({**message.example, nom: faux}))
        if isinstance(getattr(instance, nom), datetime):
            with pytest.raises(ValidationError) as erreur:
                message.model_validate_json(json.dumps({**message.example, nom: "2026-06-12T10:42:00"}))
            assert [e["code"] for e in phrases(erreur.value, message)] == ["fuseau-manquant"]


@chaque_message
def test_channels_agree_with_the_parties(message: MessageClass) -> None:
    if message.channel in (Channel.REST, Channel.AMQP):
        assert message.sender in SERVICES and message.receiver in SERVICES
    if message.channel is Channel.PORTAIL:
        assert message.sender is Party.USAGER and message.receiver in SERVICES
    if message.channel is Channel.COURRIER:
        assert (message.sender in SERVICES) != (message.receiver in SERVICES)


@chaque_message
def test_an_answer_goes_back_where_the_message_came_from(message: MessageClass) -> None:
    if message.answer is not None:
        assert (message.answer.sender, message.answer.receiver) == (message.receiver, message.sender)
        assert message.answer.channel in (Channel.REPONSE, Channel.COURRIER)
        assert message.answer.flow == message.flow
    if message.channel is Channel.REPONSE:
        assert any(demande.answer is message for demande in MESSAGES)


def test_an_unknown_type_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        by_type("fps.99.inconnu.v1")


def test_the_example_of_a_creation_passes_every_check_of_meaning() -> None:
    message = exemple(CreationFps)
    plafond = commune(message.siret).zone(message.lieu.zone).bareme(message.vehicule.categorie, message.date_heure_constat.date())
    erreurs = controler_creation(message, maintenant=message.date_heure_constat, plafond=plafond)
    assert erreurs == []
    assert message.minoration == commune(message.siret).minoration(message.montant_fps, message.date_heure_constat.date())


def test_the_examples_tell_one_life_with_the_dates_and_amounts_of_the_law() -> None:
    avis, titre, avertissement = exemple(AvisPaiement), exemple(EmissionTitre), exemple(Avertissement)
    notification = date_notification_postale(avis.etablissement.date_envoi)
    assert avis.modalites.date_notification == notification
    assert avis.modalites.date_limite_paiement == date_limite_paiement(notification) == titre.date_limite_paiement
    assert avis.modalites.date_limite_rapo == date_limite_rapo(notification)
    assert titre.date_emission == emission_titre_le(titre.date_limite_paiement) == avertissement.date_titre
    assert titre.majoration == majoration(titre.montant_impaye, titre.date_emission)
    assert titre.total_du == titre.montant_impaye + titre.majoration
    assert avertissement.date_envoi == date_envoi_avertissement(titre.date_emission)
    assert avertissement.date_notification == date_notification_postale(avertissement.date_envoi)
    assert avertissement.rabais == rabais(titre.montant_impaye, titre.majoration, avertissement.date_envoi)
    assert avertissement.montant_avec_rabais == avertissement.total_du - avertissement.rabais
    assert avertissement.date_limite_rabais == date_limite_rabais(avertissement.date_envoi)
    assert avertissement.date_limite_recours == date_limite_recours(avertissement.date_notification)
    assert avis.cle == cle(avis.numero_fps)
    assert avertissement.numero_telepaiement == telepaiement_titre(avertissement.numero_titre, avertissement.rang_annexe)


@chaque_message
def test_a_message_has_a_json_schema_that_closes_its_fields(message: MessageClass) -> None:
    schema = message.model_json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(message.model_fields)
