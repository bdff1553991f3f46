"""Which lives a person means: a life of the catalogue, a family of it, or a file of their own."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fps_simulateur.langue.fautes import Faute, Plan, ViesIllisibles, proche
from fps_simulateur.langue.modele import Vie, lire


class VieInconnue(ValueError):
    """No life, no family and no file has that name."""


@dataclass(frozen=True)
class Choisie:
    """A life, with the file in which it is written."""

    vie: Vie
    fichier: str
    texte: str

    def place(self, etape: int) -> str:
        """« fichier, ligne L » of a step of the life, counted from 1; of the life itself for 0."""
        rang, incluses = self.vie.place
        chemin = (rang, "etapes", etape - incluses - 1) if etape > incluses else (rang, "inclure") if etape else (rang,)
        faute = Plan(self.texte, self.fichier).faute(chemin, "")
        return f"{self.fichier}, ligne {faute.ligne}"


def familles() -> dict[str, list[Choisie]]:
    """The lives of the catalogue by family (« rapo », « titre » …), in its order."""
    folder = files("fps_simulateur") / "catalogue"
    found = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            texte = file.read_text("utf-8")
            found[file.name.removesuffix(".yaml").partition("-")[2]] = [
                Choisie(vie, file.name, texte) for vie in lire(texte, file.name, sure=True)
            ]
    return found


def choisir(noms: list[str]) -> list[Choisie]:
    """The lives that are meant, each once, in the order in which they are named; all those of the catalogue when none is.

    Raises VieInconnue with the nearest name, ViesIllisibles, OSError.
    """
    connues = familles()
    par_nom = {one.vie.vie: one for family in connues.values() for one in family}
    found: list[Choisie] = []
    for nom in noms or list(connues):
        if nom.endswith((".yaml", ".yml")) or "/" in nom:
            texte = _texte(Path(nom), nom)
            found += [Choisie(vie, nom, texte) for vie in lire(texte, nom, Path(nom).parent)]
        elif nom in connues or nom in par_nom:
            found += connues.get(nom) or [par_nom[nom]]
        else:
            raise VieInconnue(f"« {nom} » n'est ni une vie ni une famille du catalogue{proche(nom, (*connues, *par_nom))}")
    return list({(one.fichier, one.vie.vie): one for one in found}.values())


def _texte(chemin: Path, nom: str) -> str:
    octets = chemin.read_bytes()
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        avant = octets[: error.start]
        ligne, colonne = avant.count(b"\n") + 1, len(avant.rpartition(b"\n")[2].decode("utf-8")) + 1
        raise ViesIllisibles([Faute(nom, ligne, colonne, "ce n'est pas un texte UTF-8 : enregistrez le fichier en UTF-8")]) from error
