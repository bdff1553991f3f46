"""The key that signs the evidence is published by the console, and `fps verifier --cles` reads it from a file or an address."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from fps.kit.wire.carrier import open_client
from fps_certification.preuves import liasse, signature
from fps_console.commandes.cles import TAILLE, lire_cles
from fps_console.commandes.output import Panne
from fps_console.web.app import application
from fps_simulateur.pilote.world import World

BASE = "http://127.0.0.1:8000"
REPONSES = {
    "/cles": (200, b'{"keys": [{"kid": "une"}]}'),
    "/grand": (200, b" " * (TAILLE + 1)),
    "/liste": (200, b"[]"),
    "/texte": (200, b"<html>"),
    "/ailleurs": (302, b""),
}


@pytest.mark.asyncio(loop_scope="session")
async def test_the_console_publishes_the_public_half_of_the_key_and_makes_none(monde: World, tmp_path: Path) -> None:
    app = application(monde.pilot, monde.client, monde.addresses, donnees=tmp_path)
    async with open_client({BASE: app}) as client:
        assert (await client.get(f"{BASE}/.well-known/jwks.json")).json() == {"keys": []}
        assert not (tmp_path / "certification.jwk").exists()
        cle = signature.cle(tmp_path)
        [publiee] = (await client.get(f"{BASE}/.well-known/jwks.json")).json()["keys"]
    assert publiee["kid"] == cle.thumbprint() and "d" not in publiee and publiee["use"] == "sig"


@contextmanager
def serveur() -> Iterator[str]:
    class Porte(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            statut, corps = REPONSES[self.path]
            self.send_response(statut)
            self.send_header("Location", "/cles")
            self.send_header("Content-Length", str(len(corps)))
            self.end_headers()
            self.wfile.write(corps)

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Porte) as porte:
        Thread(target=porte.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{porte.server_port}"
        porte.shutdown()


def test_keys_are_read_from_a_file_or_an_address_and_from_nothing_that_cannot_be_believed(tmp_path: Path) -> None:
    (tmp_path / "cles").write_text(json.dumps({"keys": [{"kid": "deux"}]}))
    (tmp_path / "faux").write_text('{"keys": ["une"]}')
    assert lire_cles(str(tmp_path / "cles"))["keys"] == [{"kid": "deux"}]
    with serveur() as ici:
        assert lire_cles(f"{ici}/cles")["keys"] == [{"kid": "une"}]
        for source, pourquoi in (
            (f"{ici}/grand", "64 Kio"),
            (f"{ici}/liste", "keys"),
            (f"{ici}/texte", "pas du JSON"),
            (f"{ici}/ailleurs", "répondu 302"),
            ("http://exemple.invalid/cles", "https"),
            ("http://127.0.0.1:9/cles", "ne répond pas"),
            ("http://[", "https"),
            (str(tmp_path / "faux"), "keys"),
            (str(tmp_path / "absent"), "absent"),
        ):
            with pytest.raises(Panne, match=pourquoi) as caught:
                lire_cles(source)
            assert (caught.value.code, caught.value.statut) == ("cles-illisibles", 2)


def test_a_comment_is_signed_with_the_evidence_whose_lines_stay_what_they_were(tmp_path: Path) -> None:
    place, cle, autre = tmp_path / "preuve.gz", signature.cle(tmp_path), signature.cle(tmp_path / "ailleurs")
    empreinte = liasse.ecrire(place, {"plan": "essai"}, [{"quoi": "une ligne"}], {"rapport": {}, "commentaires": ["vu"]}, cle)
    liasse.commenter(place, "Relu sur l'écran de recours.", cle)
    lue = liasse.lire(place, signature.publiees(tmp_path))
    assert lue.fin["commentaires"] == ["vu", "Relu sur l'écran de recours."] and lue.fin["tete"] == empreinte and lue.connue
    avant = place.read_bytes()
    with pytest.raises(ValueError, match="autre clé"):
        liasse.commenter(place, "d'un autre", autre)
    place.write_bytes(avant[:-20])
    with pytest.raises(liasse.LiasseFausse):
        liasse.commenter(place, "sur une preuve coupée", cle)
    assert place.read_bytes() == avant[:-20]
