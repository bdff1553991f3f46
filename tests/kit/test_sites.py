"""The symbols of the services become addresses in the fields of addresses, and nowhere else: nobody's words are rewritten."""

import json
from datetime import date

from dgfip.app import DEFINITION
from fps.kit.ground.settings import Settings
from fps.kit.print.impression import render_message
from fps.kit.web.sites import montree, montrer
from fps.messages.titre import Avertissement
from fps.parties import SERVICES, SITES, Party

LONGUE = dict.fromkeys(SERVICES, f"https://{'x' * 200}.example/{'y' * 200}")


def test_only_the_fields_of_addresses_are_replaced() -> None:
    site = SITES[Party.ANTAI]
    settings = Settings(public_addresses=dict.fromkeys(SERVICES, "https://fps.example"))
    said = {"marque": site, "motif": f"voir {site}/payer", "url_paiement": f"{site}/payer?n=1", "contact": [{"url": site, "nom": site}]}
    shown = json.loads(montrer(json.dumps(said), settings, "b"))
    assert shown == {
        "marque": site,
        "motif": f"voir {site}/payer",
        "url_paiement": "https://fps.example/bacs/b/payer?n=1",
        "contact": [{"url": "https://fps.example/bacs/b", "nom": site}],
    }
    other = json.dumps({"url": f"{site}.evil.example/payer"})
    assert json.loads(montrer(other, settings, "b")) == json.loads(other)


def test_an_address_that_is_too_long_for_its_field_breaks_no_letter() -> None:
    lettre = Avertissement.exemplaire().model_copy(update={"url_paiement": f"{SITES[Party.DGFIP]}/{'z' * 200}"})
    redevable = lettre.model_dump_json().replace("Renault", SITES[Party.ANTAI])
    shown = montree(type(lettre).model_validate_json(redevable), Settings(public_addresses=LONGUE), "b")
    assert len(shown.url_paiement) <= 500 and render_message(shown, DEFINITION.documents, le=date(2026, 10, 12)).startswith(b"%PDF")
