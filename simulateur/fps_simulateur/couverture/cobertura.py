"""The coverage of paths as Cobertura's XML, that GitLab and GitHub show on the lines of the code: those where each point is written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.etree import ElementTree

from fps_simulateur.couverture.bilan import Bilan, Vu, par_groupe

ENTETE: Final = '<?xml version="1.0" ?>\n<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n'
ORIGINE: Final = "0"  # the same runs give the same bytes: no hour of a machine


def ecrire(bilan: Bilan) -> str:
    """The whole document: a package is a service, a class a machine, a flow or a file of refusals, a branch a state that an act leaves.

    What has a reason not to be exercised is not there.
    """
    dits = [vu for vu in bilan.vus if vu.fois or vu.raison is None]
    racine = ElementTree.Element("coverage", {**_taux(dits), **_sommes(dits), "version": "fps-simulateur", "timestamp": ORIGINE})
    ElementTree.SubElement(ElementTree.SubElement(racine, "sources"), "source").text = "."
    paquets = ElementTree.SubElement(racine, "packages")
    for service in dict.fromkeys(vu.point.service for vu in dits):
        siens = [vu for vu in dits if vu.point.service == service]
        paquet = ElementTree.SubElement(paquets, "package", {"name": service, **_taux(siens)})
        classes = ElementTree.SubElement(paquet, "classes")
        for (_, groupe, fichier), vus in par_groupe(siens).items():
            _classe(classes, f"{groupe} ({fichier.rpartition('/')[2]})", fichier, vus)
    ElementTree.indent(racine)
    return f"{ENTETE}{ElementTree.tostring(racine, encoding='unicode')}\n"


def _classe(classes: ElementTree.Element, nom: str, fichier: str, vus: Sequence[Vu]) -> None:
    classe = ElementTree.SubElement(classes, "class", {"name": nom, "filename": fichier, **_taux(vus)})
    ElementTree.SubElement(classe, "methods")
    lignes = ElementTree.SubElement(classe, "lines")
    for numero, dits in sorted(_lignes(vus).items()):
        ligne = ElementTree.SubElement(lignes, "line", {"number": str(numero[-1]), "hits": str(_fois(dits))})
        if departs := [n for vu in dits for n in vu.departs]:
            faits = sum(map(bool, departs))
            part = f"{100 * faits // len(departs)}%"
            ligne.attrib |= {"branch": "true", "condition-coverage": f"{part} ({faits}/{len(departs)})"}
            conditions = ElementTree.SubElement(ligne, "conditions")
            ElementTree.SubElement(conditions, "condition", {"number": "0", "type": "jump", "coverage": part})


def _fois(vus: Iterable[Vu]) -> int:
    """A line is covered when all that it holds was exercised."""
    return min(vu.fois for vu in vus)


def _lignes(vus: Iterable[Vu]) -> Mapping[tuple[str, str, str, int], list[Vu]]:
    """What each line of each class holds."""
    found: dict[tuple[str, str, str, int], list[Vu]] = {}
    for cle, dits in par_groupe(vus).items():
        for vu in dits:
            found.setdefault((*cle, vu.point.ligne), []).append(vu)
    return found


def _comptes(vus: Sequence[Vu]) -> tuple[int, int, int, int]:
    lignes = [_fois(dits) > 0 for dits in _lignes(vus).values()]
    departs = [n > 0 for vu in vus for n in vu.departs]
    return sum(lignes), len(lignes), sum(departs), len(departs)


def _taux(vus: Sequence[Vu]) -> dict[str, str]:
    lues, lignes, faits, departs = _comptes(vus)
    return {"line-rate": _part(lues, lignes), "branch-rate": _part(faits, departs), "complexity": "0"}


def _sommes(vus: Sequence[Vu]) -> dict[str, str]:
    noms = ("lines-covered", "lines-valid", "branches-covered", "branches-valid")
    return {nom: str(compte) for nom, compte in zip(noms, _comptes(vus), strict=True)}


def _part(faits: int, tous: int) -> str:
    return f"{faits / tous if tous else 1.0:.4f}"
