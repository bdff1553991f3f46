"""The drawings of a run, in SVG and PNG: the same figures give the same SVG. None when matplotlib is not installed."""

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from fps_console.mots.lexique import ETATS

BLEU: Final = "#31506b"
SPECIMEN: Final = "SPÉCIMEN — environnement simulé"
Dessin = Callable[[Any, Mapping[str, Any]], None]


def dessiner(found: Mapping[str, Any], sortie: Path, noms: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
    """Draw the figures of a run beside it (all, or those named); gives the title and the SVG of each drawing, by its name."""
    try:
        import matplotlib
    except ModuleNotFoundError:
        return {}
    matplotlib.use("svg")
    from matplotlib.figure import Figure  # neither a window nor a state shared with who else draws

    reglages = {"svg.hashsalt": "fps-city", "svg.fonttype": "path", "font.family": "DejaVu Sans", "font.size": 10}
    dessins: dict[str, tuple[str, str]] = {}
    with matplotlib.rc_context(reglages):
        for nom in DESSINS if noms is None else noms:
            titre, dessin = DESSINS[nom]
            if nom == "titres" and not found["titres"]["emis"]:
                continue
            figure = Figure(figsize=(8, 3.4), layout="constrained")
            axes = figure.add_subplot()
            dessin(axes, found)
            axes.set_title(titre, loc="left", fontweight="bold")
            axes.spines[["top", "right"]].set_visible(False)
            axes.set_title(SPECIMEN, loc="right", fontsize=6, color="#7a1f1f")
            svg = io.StringIO()
            figure.savefig(svg, format="svg", metadata={"Date": None})
            (sortie / f"{nom}.svg").write_text(svg.getvalue(), "utf-8")
            figure.savefig(sortie / f"{nom}.png", dpi=120, metadata={"Software": None})
            texte = svg.getvalue()
            dessins[nom] = titre, texte[texte.index("<svg") :]
    return dessins


def _mois(axes: Any, found: Mapping[str, Any]) -> None:
    fps, titres = found["fps"]["par_mois"], found["titres"]["par_mois"]
    mois = sorted({*fps, *titres})
    axes.bar(range(len(mois)), [fps.get(m, 0) for m in mois], color=BLEU, label="FPS établis")
    axes.plot(range(len(mois)), [titres.get(m, 0) for m in mois], color="#b8860b", marker="o", markersize=3, label="titres émis")
    pas = max(1, len(mois) // 12)
    axes.set_xticks(range(0, len(mois), pas), [f"{m[5:]}/{m[2:4]}" for m in mois[::pas]])
    axes.legend(frameon=False)


def _barres(groupe: str, champ: str, suffixe: str = "") -> Dessin:
    def dessin(axes: Any, found: Mapping[str, Any]) -> None:
        valeurs = found[groupe][champ]
        axes.bar(range(len(valeurs)), list(valeurs.values()), color=BLEU)
        axes.set_xticks(range(len(valeurs)), [f"{nom}{suffixe}" for nom in valeurs], rotation=30 if len(valeurs) > 12 else 0)

    return dessin


def _delais(axes: Any, found: Mapping[str, Any]) -> None:
    delais = {int(jours): n for jours, n in found["fps"]["delais_de_paiement"].items()}
    axes.bar(list(delais), list(delais.values()), width=1.0, color=BLEU)
    axes.set_xlabel("jours du constat au paiement")


def _issues(axes: Any, found: Mapping[str, Any]) -> None:
    etats = sorted(found["fps"]["etats"].items(), key=lambda x: x[1])
    axes.barh([ETATS.get(nom, nom) for nom, _ in etats], [n for _, n in etats], color=BLEU)


def _titres(axes: Any, found: Mapping[str, Any]) -> None:
    etats = sorted(found["titres"]["etats"].items(), key=lambda x: x[1])
    axes.barh([ETATS.get(nom, nom) for nom, _ in etats], [n for _, n in etats], color="#b8860b")


DESSINS: Final[Mapping[str, tuple[str, Dessin]]] = {
    "mois": ("FPS établis et titres émis, par mois", _mois),
    "jours": ("FPS par jour de la semaine", _barres("fps", "par_jour")),
    "heures": ("FPS par heure du constat", _barres("fps", "par_heure", " h")),
    "zones": ("FPS par zone", _barres("fps", "par_zone")),
    "delais": ("Délais des paiements amiables", _delais),
    "issues": ("Où en sont les FPS, à leur collectivité", _issues),
    "titres": ("Où en sont les titres exécutoires", _titres),
}
