"""`fps pages`: a link that opens a session in a browser, to act from the pages of a console that runs."""

from urllib.parse import urlsplit

from fps.kit.ground.settings import CONSOLE_PORT, Settings
from fps_console.commandes.detache import state
from fps_console.commandes.liaison import read_token
from fps_console.commandes.output import Panne, answer
from fps_console.web.seances import lien


def pages(settings: Settings, console: str | None, en_json: bool) -> int:
    """Give the link, for the console that is named, else for the one that runs on the data directory, else for this machine's.

    Raises Panne.
    """
    if console is not None and (urlsplit(console).scheme not in ("http", "https") or not urlsplit(console).netloc):
        raise Panne(f"« {console[:80]} » n'est pas l'adresse d'une console.", "Écrivez http://…:8000.", statut=2)
    ici = console or state(settings.data_dir).get("console") or f"http://127.0.0.1:{settings.port or CONSOLE_PORT}"
    adresse = lien(ici.rstrip("/"), read_token(settings))
    return answer(en_json, f"{adresse}\nIl sert une fois, dans les douze heures.", console=ici, lien=adresse)
