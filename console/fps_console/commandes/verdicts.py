"""How the verdict of a certification is told in a terminal: its failure cards first, then what nothing proves, then the sums."""

from collections.abc import Iterable
from dataclasses import dataclass

from fps_certification.epreuves.lecture import epreuves
from fps_certification.exigences.exigence import Niveau
from fps_certification.exigences.lecture import par_id
from fps_certification.prealable.constat import Tenue
from fps_certification.rapports import page
from fps_certification.rapports.carte import en_colonnes
from fps_certification.rapports.rapport import Carte, ControleRendu, ExigenceRendue, Rapport
from fps_certification.rapports.sources import source_dite
from fps_certification.verdict import Issue, Sort
from fps_console.commandes.output import say

NIVEAUX = {Niveau.OBLIGATOIRE: "obligatoire", Niveau.RECOMMANDE: "recommandé"}
SORTS = {
    Sort.CONFORME: "conforme",
    Sort.NON_CONFORME: "non conforme",
    Sort.NON_PROUVE: "non prouvé",
    Sort.HYPOTHESE_SEULE: "hypothèse seule",
    Sort.DECLARE: "déclaré",
}
ETATS = {
    Issue.CONFORME: "CONFORME",
    Issue.NON_CONFORME: "NON CONFORME",
    Issue.CONFIGURATION: "À CONFIGURER",
    Issue.SIMULATEUR: "LE SIMULATEUR A FAILLI",
    Issue.INCOMPLET: "INCOMPLET",
}
MARQUES = {Tenue.BON: "✓", Tenue.AVERTISSEMENT: "!", Tenue.FAUTE: "✗", Tenue.SANS_OBJET: "·"}
TENUES = 9  # lines of a comparison told in a terminal
CARTES = 10  # failures told in a terminal; all of them are in the reports


def tell(found: Rapport) -> None:
    """The report for a person."""
    say(found.mention)
    say(f"Plan « {found.plan} », produit : {found.produit}")
    tell_control(un for un in found.prealable if un.tenue in (Tenue.FAUTE, Tenue.AVERTISSEMENT))
    ratees = [e for e in found.exigences if e.sort in (Sort.NON_CONFORME, Sort.HYPOTHESE_SEULE)]
    for exigence in ratees[:CARTES]:
        _carte(exigence)
    if len(ratees) > CARTES:
        say(f"… et {len(ratees) - CARTES} autres exigences manquées : --json, --junit.")
    for faute in found.fautes[sum(un.tenue is Tenue.FAUTE for un in found.prealable) :]:
        say(f"✗ {faute.epreuve} ({', '.join(filter(None, (faute.domaine.value, faute.produit)))}) : {faute.phrase[:400]}")
    sans = [e for e in found.exigences if e.sort is Sort.NON_PROUVE]
    for exigence in sans[:CARTES]:
        say(f"? {exigence.id} {exigence.texte} — {exigence.raison}")
    if len(sans) > CARTES:
        say(f"… et {len(sans) - CARTES} autres exigences non prouvées.")
    say(f"{ETATS[Issue(found.code)]} : {page.compter(found)}.")


def tell_control(constats: Iterable[ControleRendu]) -> None:
    """What was looked at before, for a person."""
    for un in constats:
        say(f"{MARQUES[un.tenue]} {un.controle} : {un.phrase}{f' → {un.que_faire}' if un.que_faire else ''}")


@dataclass(frozen=True, slots=True)
class Jauge:
    """How many mandatory requirements were met, of how many, and what is still to be shown, in the words of the checks."""

    tenues: int
    exigees: int
    restes: tuple[str, ...]


def jauge(found: Rapport) -> Jauge:
    """The meter of a run."""
    exiges = [e for e in found.exigences if e.niveau is Niveau.OBLIGATOIRE and par_id(e.id).non_teste is None and not par_id(e.id).exploree]
    restes = [e for e in exiges if e.sort is Sort.NON_PROUVE]
    titres = dict.fromkeys(epreuves()[nom].titre for e in restes for nom in par_id(e.id).epreuves)
    phrases = dict.fromkeys(e.texte for e in restes if not par_id(e.id).epreuves)
    return Jauge(sum(e.sort in (Sort.CONFORME, Sort.DECLARE) for e in exiges), len(exiges), (*titres, *phrases))


def compter(found: Rapport) -> None:
    """The meter of an observation, for a person."""
    vue = jauge(found)
    plein = 40 * vue.tenues // max(1, vue.exigees)
    say(f"[{'█' * plein}{'·' * (40 - plein)}] {vue.tenues} exigences obligatoires montrées sur {vue.exigees}")
    if found.compte(Sort.CONFORME) == 0:
        say("Rien n'a été vu de ce produit : ce bac est observé à partir de maintenant. Faites-le parler, puis relancez.")
    if vue.restes:
        say("Il reste à montrer :")
        for phrase in vue.restes:
            say(f"  – {phrase}")


def _carte(exigence: ExigenceRendue) -> None:
    """The five lines of the first failure, and the lines where the message differs from the one that was expected."""
    carte = exigence.echecs[0]
    say(f"✗ {exigence.id} ({NIVEAUX[exigence.niveau]}) {exigence.texte}")
    for ligne in cinq_lignes(exigence, carte):
        say(f"    {ligne}")
    if carte.comparaison:
        say(en_colonnes([(un.marque, un.attendu, un.recu) for un in carte.comparaison], TENUES))


def cinq_lignes(exigence: ExigenceRendue, carte: Carte) -> tuple[str, ...]:
    """Expected, received, the article or the section, where, how to replay."""
    return (
        f"attendu : {carte.attendu}",
        f"reçu    : {carte.recu}",
        f"source  : {source_dite(exigence.source)}",
        f"où      : {carte.verification}{', ' + carte.ou if carte.ou else ''}",
        f"rejouer : {carte.rejouer}",
        *([f"produit : {carte.produit}"] if carte.produit else ()),  # of a duel
    )


def montrer(exigence: ExigenceRendue, carte: Carte) -> None:
    """A card whole: its five lines, the two messages, the exchange as it passed, the command that does it again."""
    say(f"✗ {exigence.id} ({NIVEAUX[exigence.niveau]}) {exigence.texte}")
    for ligne in cinq_lignes(exigence, carte):
        say(f"    {ligne}")
    for titre, texte in (
        ("Attendu, et reçu", en_colonnes([(u.marque, u.attendu, u.recu) for u in carte.comparaison]) if carte.comparaison else ""),
        ("Demandé", carte.requete),
        ("Répondu", carte.reponse),
        ("Refaire l'échange", carte.curl),
    ):
        if texte:
            say(f"\n{titre} :\n{texte}")
