"""What the certification can tell today: its requirements; and, asked for a verdict, that it has none."""

from fps.parties import LIBELLES
from fps_certification.exigences.exigence import Exigence, Niveau
from fps_certification.exigences.lecture import exigences
from fps_console.commandes.output import Panne, dump, grid, say, screen

PAS_ENCORE = 4  # neither a success (0) nor a product that failed (1): nothing was tried

NIVEAUX = {Niveau.OBLIGATOIRE: "obligatoire", Niveau.RECOMMANDE: "recommandé"}


def not_yet() -> int:
    """Say that no product can be certified: raises Panne, whose exit status is PAS_ENCORE."""
    raise Panne(
        "La certification n'est pas encore là : les exigences sont écrites, mais il n'y a ni plan, ni épreuve, ni verdict.",
        "« fps certifier --exigences » montre ce qu'un produit devra prouver. Rien n'a été éprouvé.",
        code="certification-absente",
        statut=PAS_ENCORE,
    )


def show_requirements(en_json: bool) -> int:
    """Print every requirement: a table for people, or JSON. Raises ExigencesIllisibles."""
    found = exigences()
    if en_json:
        dump([exigence.model_dump(mode="json") for exigence in found])
        return 0
    columns = (
        ("N°", {"no_wrap": True}),
        "Acteur",
        ("Flux", {"justify": "right"}),
        "Niveau",
        ("Exigence", {"ratio": 3}),
        ("Source", {"ratio": 2}),
    )
    grid("Ce qu'un produit devra prouver", columns, [_row(exigence) for exigence in found], on=screen())
    obligatoires = sum(exigence.niveau is Niveau.OBLIGATOIRE for exigence in found)
    sans = sum(not exigence.epreuves for exigence in found)
    say(f"{len(found)} exigences, dont {obligatoires} obligatoires ; {sans} sans épreuve, avec leur raison (--json).")
    say("Aucune n'est encore éprouvée sur un produit : ceci n'est pas une certification.")
    return 0


def _row(exigence: Exigence) -> tuple[object, ...]:
    source = exigence.source
    cited = [source.article, f"spécification, {source.section}" if source.section else None, source.hypothese]
    flux = "tous" if exigence.flux is None else exigence.flux
    return exigence.id, LIBELLES[exigence.acteur], flux, NIVEAUX[exigence.niveau], exigence.texte, " ; ".join(filter(None, cited))
