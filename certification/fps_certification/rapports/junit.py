"""The report of a run as JUnit XML: a requirement is a test case, in the suite of its flow."""

from itertools import groupby
from xml.etree import ElementTree as ET

from fps_certification.exigences.exigence import Niveau
from fps_certification.prealable.constat import Tenue
from fps_certification.rapports.rapport import ExigenceRendue, Rapport
from fps_certification.verdict import Sort


def junit(rapport: Rapport) -> str:
    """The XML text. What is not proved is skipped; what only a hypothesis asks too: neither a failure nor a success."""
    racine = ET.Element("testsuites", name=f"fps certifier {rapport.plan}")
    if rapport.prealable:
        _prealable(racine, rapport)
    par_flux = sorted(rapport.exigences, key=lambda e: e.flux or 0)
    for flux, groupe in groupby(par_flux, key=lambda e: e.flux or 0):
        cas = list(groupe)
        suite = ET.SubElement(racine, "testsuite", name=f"flux {flux}" if flux else "tous les flux", errors="0", time="0")
        for une in cas:
            _cas(suite, une)
        suite.set("tests", str(len(cas)))
        suite.set("failures", str(sum(_echoue(e) for e in cas)))
        suite.set("skipped", str(sum(e.sort in (Sort.NON_PROUVE, Sort.HYPOTHESE_SEULE) for e in cas)))
    ET.indent(racine)
    return ET.tostring(racine, encoding="unicode", xml_declaration=True) + "\n"


def _prealable(racine: ET.Element, rapport: Rapport) -> None:
    """What came before: an error is not a failure of the product."""
    controles = rapport.prealable
    suite = ET.SubElement(racine, "testsuite", name="contrôle préalable", failures="0", time="0", tests=str(len(controles)))
    suite.set("errors", str(sum(un.tenue is Tenue.FAUTE for un in controles)))
    suite.set("skipped", str(sum(un.tenue is Tenue.SANS_OBJET for un in controles)))
    for un in controles:
        cas = ET.SubElement(suite, "testcase", classname="prealable", name=un.controle, time="0")
        if un.tenue is Tenue.FAUTE:
            ET.SubElement(cas, "error", message=un.phrase[:500], type="" if un.domaine is None else un.domaine.value).text = un.que_faire
        elif un.tenue is Tenue.SANS_OBJET:
            ET.SubElement(cas, "skipped", message=un.phrase[:500])


def _echoue(une: ExigenceRendue) -> bool:
    return une.sort is Sort.NON_CONFORME and not une.echec_attendu


def _cas(suite: ET.Element, une: ExigenceRendue) -> None:
    cas = ET.SubElement(suite, "testcase", classname=une.id, name=une.texte, time="0")
    if _echoue(une):
        premiere = une.echecs[0]
        niveau = "obligatoire" if une.niveau is Niveau.OBLIGATOIRE else "recommandé"
        dit = ET.SubElement(cas, "failure", message=f"{premiere.attendu} ; reçu : {premiere.recu}"[:500], type=niveau)
        dit.text = "\n\n".join(
            f"attendu : {c.attendu}\nreçu : {c.recu}\nsource : {_source(une)}\noù : {c.verification}, {c.ou}\nrejouer : {c.rejouer}"
            for c in une.echecs
        )
    elif une.sort is not Sort.CONFORME:
        ET.SubElement(cas, "skipped", message=(une.raison or une.echec_attendu or "seule une hypothèse le demande")[:500])


def _source(une: ExigenceRendue) -> str:
    return " ; ".join(filter(None, (une.source.article, une.source.section, une.source.hypothese)))
