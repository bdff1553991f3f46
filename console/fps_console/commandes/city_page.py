"""The page of a run: one HTML file that needs nothing from elsewhere; its figures, what is real beside, its drawings, its parameters."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

from fps.droit.money import euros
from fps.kit.web.page import SPECIMEN, STYLE
from fps.parties import LIBELLES, Party
from fps_console.mots.lexique import ETATS
from fps_simulateur.population.parametres import Parametres

PLUS: Final = (
    "main{max-width:60em}table{border-collapse:collapse;width:100%;margin:1em 0;font-size:16px}"
    "th,td{text-align:left;padding:.3em .6em;border-bottom:1px solid #c9d1d9;vertical-align:top}td.n,th.n{text-align:right}"
    "figure{margin:1.5em 0}svg{max-width:100%;height:auto}small{color:#55616d}.faux{color:#7a1f1f;font-weight:bold}"
)


def rapport(found: Mapping[str, Any], parametres: Parametres, dessins: Mapping[str, tuple[str, str]]) -> str:
    """The whole file: the figures of a run (`population.bilan`), its parameters, its drawings."""
    corps = "\n".join(_corps(found, parametres, dessins))
    titre = f"{found['ville']}, une population simulée"
    return (
        f'<!doctype html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(titre)} · {SPECIMEN}</title>\n<style>{STYLE}{PLUS}</style>\n</head>\n<body>\n"
        f'<p class="specimen">{SPECIMEN}</p>\n<main>\n<h1>{escape(titre)}</h1>\n{corps}\n</main>\n</body>\n</html>\n'
    )


def _corps(found: Mapping[str, Any], parametres: Parametres, dessins: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    fiche, fps, titres, requetes = (found[nom] for nom in ("marche", "fps", "titres", "requetes"))
    graine = escape(str(fiche["graine"]))
    yield (
        f"<p>Du {_jour(fiche['du'])} au {_jour(fiche['au'])}, graine « {graine} » : {fps['etablis']} FPS établis pour "
        f"{euros(fps['montant'])}, {euros(fps['paye_amiable'])} payés à l'amiable ; {titres['emis']} titres exécutoires pour "
        f"{euros(titres['reclame'])}, {euros(titres['paye'])} payés ; {requetes['deposees']} requêtes devant la juridiction.</p>"
    )
    yield "<h2>Le réel et le simulé</h2>"
    yield _table(
        ("Chiffre public", "Réel", "Simulé", "Écart", "Source"),
        (
            (
                escape(c["dit"]),
                escape(c["reel"]),
                escape(c["simule"] or "—"),
                escape(_ecart(c["ecart"])),
                f'<small>{escape(c["source"])} <a href="{escape(c["url"])}">page</a></small>',
            )
            for c in found["comparaison"]
        ),
    )
    for nom, (titre, svg) in dessins.items():
        yield f'<figure role="img" aria-label="{escape(titre)}" id="{escape(nom)}">{svg}</figure>'
    yield "<h2>Où en est chacun</h2>"
    for dit, etats in (("FPS, à la collectivité", fps["etats"]), ("Titres, à la DGFiP", titres["etats"]), ("Requêtes", requetes["etats"])):
        yield f"<h3>{escape(dit)}</h3>"
        yield _table(("État", "Nombre"), ((escape(ETATS.get(nom, nom)), str(n)) for nom, n in etats.items()))
    yield "<h3>RAPO, par année</h3>"
    colonnes = {"recus": "Reçus", "admis": "Admis", "rejetes": "Rejetés", "irrecevables": "Irrecevables", "decisions_implicites": "Silence"}
    yield _table(
        ("Année", *colonnes.values(), "Délai moyen"),
        (
            (
                str(annee),
                *(str(un.get(nom, 0)) for nom in colonnes),
                "—" if un["delai_moyen_jours"] is None else f"{un['delai_moyen_jours']} j",
            )
            for annee, un in found["rapo"].items()
        ),
    )
    yield from _livres(found)
    yield "<h2>D'où vient cette population</h2>"
    yield "<p>Chaque paramètre a sa source publique, ou l'hypothèse qui l'a fait choisir ; « --parametres » en change.</p>"
    yield _table(
        ("Paramètre", "Valeur", "D'où"),
        (
            (escape(f"{theme}.{nom}"), f"<small>{escape(_valeur(un['valeur']))}</small>", f"<small>{escape(_dou(un))}</small>")
            for theme, dits in parametres.model_dump(mode="json").items()
            for nom, un in dits.items()
        ),
    )


def _livres(found: Mapping[str, Any]) -> Iterator[str]:
    livres, lettres, invariants = found["livres"], found["lettres"], found["invariants"]
    yield "<h2>Les livres</h2>"
    yield "<p>Ils sont équilibrés.</p>" if livres["equilibres"] else '<p class="faux">Ils ne sont pas équilibrés.</p>'
    yield _table(
        ("Service", "Compte", "Solde"),
        (
            (escape(LIBELLES[Party(service)]), escape(compte), escape(euros(solde)))
            for service, soldes in livres["soldes"].items()
            for compte, solde in soldes.items()
        ),
    )
    yield f"<p>{lettres['ecrites']} lettres écrites, {lettres['mortes']} mortes, {lettres['en_attente']} en attente.</p>"
    if invariants is not None:
        faux = "".join(f"<li>{escape(une)}</li>" for une in invariants["premieres"])
        yield (
            f'<p class="faux">{invariants["ruptures"]} invariants enfreints.</p><ul>{faux}</ul>'
            if faux
            else "<p>Aucun invariant enfreint.</p>"
        )


def _table(entetes: Iterable[str], lignes: Iterable[Iterable[str]]) -> str:
    """A table; its cells are HTML already."""
    tete = "".join(f'<th scope="col">{escape(un)}</th>' for un in entetes)
    corps = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in ligne) + "</tr>" for ligne in lignes)
    return f"<table>\n<thead><tr>{tete}</tr></thead>\n<tbody>\n{corps}\n</tbody>\n</table>"


def _jour(texte: str) -> str:
    return "/".join(reversed(texte.split("-")))


def _ecart(part: float | None) -> str:
    if part is None:
        return "période trop courte"
    return "aucun" if part == 0 else f"{part * 100:+.0f} %".replace("-", "−")


def _valeur(valeur: Any) -> str:
    if isinstance(valeur, dict):
        return ", ".join(f"{nom} : {_valeur(une)}" for nom, une in valeur.items())
    if isinstance(valeur, list):
        return " à ".join(map(str, valeur))
    return f"{valeur:g}".replace(".", ",")


def _dou(un: Mapping[str, Any]) -> str:
    return f"Source : {un['source']}" if un["source"] else f"Hypothèse : {un['hypothese']}"
