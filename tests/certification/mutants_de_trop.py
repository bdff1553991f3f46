"""Products that say too much: of a FPS or a petition that nobody knows, before the law, too late; and that take no letter of a kind."""

from collections.abc import Mapping

from fps.droit.numero import cle
from fps.messages.annulation import InformationAnnulationTitre
from fps.messages.comptable import RejetDocumentComptable
from fps.messages.information_paiement import PaiementAnnule
from fps.messages.mfps import AnnulationFps, ModificationFps
from fps.messages.recours_collectivite import MemoireDefense
from tests.certification.mutants import Champs, Mutant, avec, de_creation, decale
from tests.certification.mutants_de_suite import poussee, rectificatif, sourde_a


def _inconnu(dit: Champs) -> Champs:
    """The same of a FPS that was never transmitted."""
    neuf = dit["numero_fps"][:-3] + "777"
    return {**dit, "numero_fps": neuf} | ({"cle": cle(neuf)} if "cle" in dit else {})


def _avant_la_minoration(dit: Champs) -> Champs:
    """A finding of 2019, when ANTAI took no reduced FPS."""
    neuf = dit["numero_fps"][:14] + "19" + dit["numero_fps"][16] + "152" + dit["numero_fps"][20:]
    quand = {"date_heure_constat": "2019-06-01T10:00:00+02:00", "fin_effets": "2019-06-01T15:00:00+02:00"}
    return {**dit, **quand, "numero_fps": neuf, "cle": cle(neuf)}


def _rectifie_tard(dit: Champs) -> Champs:
    """A rectificatif that answers a RAPO of two months ago."""
    return rectificatif(dit) | {
        "origine": "rapo",
        "montant_rectifie": 1500,
        "date_reception_rapo": decale(jours=-60)(dit["date_annulation"]),
    }


DE_TROP: tuple[Mutant, ...] = (
    Mutant("rectifie-un-inconnu", ("amiable-baisse",), ModificationFps, puis=(ModificationFps.path, _inconnu)),
    Mutant(
        "annule-le-titre-d-un-inconnu", ("titre-abandonne",), InformationAnnulationTitre, puis=(InformationAnnulationTitre.path, _inconnu)
    ),
    Mutant(
        "defend-une-requete-inconnue",
        ("contentieux-decharge",),
        MemoireDefense,
        puis=(MemoireDefense.path, avec(numero_requete="24999999")),
    ),
    de_creation("minore-avant-que-ce-soit-permis", _avant_la_minoration),
    Mutant("decide-apres-le-mois", ("amiable-annule-tard",), AnnulationFps, _rectifie_tard, ailleurs=ModificationFps.path),
    poussee("rejet-comptable-refuse", "reception-rejet-deux-fois", sourde_a(RejetDocumentComptable)),
    poussee("double-paiement-refuse", "reception-double-paiement", sourde_a(PaiementAnnule)),
)
ATTRAPES_DE_TROP: Mapping[str, str] = {
    "rectifie-un-inconnu": "EX-158 EX-193",
    "annule-le-titre-d-un-inconnu": "EX-801 EX-818",
    "defend-une-requete-inconnue": "EX-720",
    "minore-avant-que-ce-soit-permis": "EX-123 EX-190",
    "decide-apres-le-mois": "EX-107 EX-176",
    "rejet-comptable-refuse": "EX-004 EX-082 EX-930",
    "double-paiement-refuse": "EX-082 EX-522",
}
