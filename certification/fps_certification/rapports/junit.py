"""The report of a run as JUnit XML: a requirement is a test case, in the suite of its plan and its flow."""

from itertools import groupby
from xml.etree import ElementTree as ET

from fps_certification.exigences.exigence import Niveau
from fps_certification.prealable.constat import Tenue
from fps_certification.rapports.rapport import Carte, ExigenceRendue, Rapport
from fps_certification.rapports.sources import source_dite
from fps_certification.verdict import Sort


def junit(*rapports: Rapport) -> str:
    """The XML text. What is not proved is skipped; what only a hypothesis asks too: neither a failure nor a success."""
    racine = ET.Element("testsuites", name="fps certifier " + " ".join(r.plan for r in rapports))
    for rapport in rapports:
        if rapport.prealable:
            _prealable(racine, rapport)
        _plan(racine, rapport)
    ET.indent(racine)
    return ET.tostring(racine, encoding="unicode", xml_declaration=True) + "\n"


def _plan(racine: ET.Element, rapport: Rapport) -> None:
    par_flux = sorted(rapport.exigences, key=lambda e: e.flux or 0)
    durees = {} if rapport.mesures is None else rapport.mesures.epreuves
    for rang, (flux, groupe) in enumerate(groupby(par_flux, key=lambda e: e.flux or 0)):
        cas = list(groupe)
        nom = f"{rapport.plan}, flux {flux}" if flux else f"{rapport.plan}, tous les flux"
        suite = ET.SubElement(racine, "testsuite", name=nom, errors="0", package=rapport.execution)
        suite.set("tests", str(len(cas)))
        suite.set("failures", str(sum(_echoue(e) for e in cas)))
        suite.set("skipped", str(sum(e.sort in (Sort.NON_PROUVE, Sort.HYPOTHESE_SEULE) for e in cas)))
        if rang == 0 and rapport.mesures is not None:  # the time of a check belongs to no flow: the first suite says that of the whole
            suite.set("time", f"{rapport.mesures.secondes:.3f}")
        proprietes = ET.SubElement(suite, "properties")
        for cle, valeur in (("produit", rapport.produit), ("mention", rapport.mention), ("fps", rapport.versions.fps)):
            ET.SubElement(proprietes, "property", name=cle, value=valeur)
        for epreuve, secondes in durees.items() if rang == 0 else ():
            ET.SubElement(proprietes, "property", name=f"secondes {epreuve}", value=f"{secondes:.3f}")
        for une in cas:
            _cas(suite, une)


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
    cas = ET.SubElement(suite, "testcase", classname=une.id, name=une.texte)
    if _echoue(une):
        premiere = une.echecs[0]
        niveau = "obligatoire" if une.niveau is Niveau.OBLIGATOIRE else "recommandé"
        dit = ET.SubElement(cas, "failure", message=_xml(f"{premiere.attendu} ; reçu : {premiere.recu}"[:500]), type=niveau)
        dit.text = _xml("\n\n".join(_dite(une, carte) for carte in une.echecs))
    elif une.sort is not Sort.CONFORME:
        ET.SubElement(cas, "skipped", message=(une.raison or une.echec_attendu or "seule une hypothèse le demande")[:500])


def _dite(une: ExigenceRendue, carte: Carte) -> str:
    lignes = (
        f"attendu : {carte.attendu}",
        f"reçu : {carte.recu}",
        f"source : {source_dite(une.source)}",
        f"où : {carte.verification}, {carte.ou}",
        f"rejouer : {carte.rejouer}",
        *([f"produit : {carte.produit}"] if carte.produit else ()),
    )
    return "\n".join(lignes)


def _xml(texte: str) -> str:
    """What XML 1.0 can hold: a product may have sent anything."""
    return "".join(c if c in "\n\t" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd" for c in texte)
