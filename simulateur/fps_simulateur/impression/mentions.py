"""The mentions that an avis de paiement must bear, in their order, each with what it must say of this notice."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from fps.droit.money import euros
from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import PARIS
from fps.messages.avis import TITRE_PARTIE_1, TITRE_PARTIE_2, AvisPaiement, AvisPaiementRectificatif, Etablissement, Modalites
from fps.messages.parties_prenantes import Adresse

INITIAL, RECTIFICATIF = "CGCT, art. R. 2333-120-4", "CGCT, art. R. 2333-120-14"
NUMERO: Final = "Arrêté du 6 novembre 2015, art. 4"
MOIS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
TYPOGRAPHIE: Final = str.maketrans("’\u2011\u2010\ufffe", "'---", "\u00ad")
Avis = AvisPaiement | AvisPaiementRectificatif


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing that the law wants on the notice: its name, its article, and the words by which it is found."""

    nom: str
    article: str
    textes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constat:
    """What became of a mention in a printed notice: found after the one before it, found elsewhere, or nowhere."""

    mention: Mention
    manquent: tuple[str, ...]
    ailleurs: bool = False

    @property
    def phrase(self) -> str:
        """« …: il manque « … » », or « … : elle n'est pas à sa place »."""
        if self.ailleurs:
            return f"{self.mention.nom} : elle est imprimée, mais pas à sa place ({self.mention.article})"
        manque = ", ".join(f"« {texte} »" for texte in self.manquent)
        return f"{self.mention.nom} : il manque {manque} ({self.mention.article})"


def plat(texte: str) -> str:
    """The words without their typography: one kind of apostrophe, of space, of hyphen, and no line."""
    droit = texte.translate(TYPOGRAPHIE)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", droit)).strip()


def jour(le: date) -> str:
    """« 18 juin 2026 », « 1er mars 2024 »."""
    return f"{'1er' if le.day == 1 else le.day} {MOIS[le.month - 1]} {le.year}"


def parties(avis: Avis) -> tuple[tuple[str, tuple[Mention, ...]], ...]:
    """The two parts that the article names, each with its mentions in order."""
    return ((TITRE_PARTIE_1, premiere(avis)), (TITRE_PARTIE_2, seconde(avis)))


def premiere(avis: Avis) -> tuple[Mention, ...]:
    """The first part: what the agent found, whose vehicle it is, what is due."""
    e, law = avis.etablissement, INITIAL if isinstance(avis, AvisPaiement) else RECTIFICATIF
    constat = e.date_heure_constat.astimezone(PARIS)
    found = [
        Mention("Collectivité qui a institué la redevance", law, (e.collectivite,)),
        Mention("Autorité dont relève l'agent, et ses coordonnées", law, (e.autorite.nom, *_adresse(e.autorite.adresse))),
        Mention("Numéro d'identification de l'agent", law, (e.agent,)),
        Mention("Date et heure du constat", law, (jour(constat.date()),)),
        Mention("Lieu du constat", law, (e.lieu.voie,)),
        Mention("Immatriculation et marque du véhicule", law, (e.vehicule.immatriculation, e.vehicule.marque)),
        Mention("Identité et adresse du redevable", law, (e.redevable.nom_complet, *_adresse(e.redevable.adresse))),
    ]
    if isinstance(e, Etablissement):
        found += [
            Mention("Date d'envoi", law, (jour(e.date_envoi),)),
            Mention("Montant du FPS dû", law, (euros(e.montant),)),
            Mention("Heure à laquelle le FPS cesse de produire ses effets", law, ("cessé de produire ses effets", _jour_de(e.fin_effets))),
        ]
    else:
        recu = (jour(e.date_reception_rapo),) if e.date_reception_rapo is not None else ()
        found += [Mention("Date de réception du RAPO", law, recu)] if recu else []
        found += [
            Mention("Date d'établissement de l'avis rectificatif", law, (jour(e.date_edition),)),
            Mention("Montant rectifié", law, (euros(e.montant_rectifie),)),
        ]
    return (*found, Mention("Signature, ou mention « Signé »", law, (e.signature,)))


def seconde(avis: Avis) -> tuple[Mention, ...]:
    """The second part: how to pay, what follows, how to contest."""
    m, law = avis.modalites, INITIAL if isinstance(avis, AvisPaiement) else RECTIFICATIF
    limite = (jour(m.date_limite_paiement),) if m.date_limite_paiement is not None else ()
    found = [
        Mention("Service auprès duquel le FPS est payé", law, (m.service_paiement.nom,)),
        Mention("Modes de paiement", law, ("Comment payer",)),
        Mention("Date limite de paiement", law, ("Date limite de paiement", *limite)),
        Mention(
            "Titre exécutoire et majoration à défaut de paiement",
            law,
            ("titre exécutoire", f"{m.majoration_pourcent} %", euros(m.majoration_minimum)),
        ),
    ]
    if isinstance(avis, AvisPaiement) or avis.rapo_ouvert:
        found += _rapo(m, law)
    found.append(Mention("Juridiction et délai pour la saisir", law, (m.juridiction,)))
    return (*found, Mention("Droits d'accès et de rectification", law, ("droit d'accès et de rectification", m.droits_donnees.nom)))


def _rapo(m: Modalites, law: str) -> list[Mention]:
    return [
        Mention("RAPO obligatoire, à peine d'irrecevabilité", law, ("recours administratif préalable est obligatoire", "irrecevabilité")),
        Mention("Coordonnées de l'autorité du RAPO", law, (m.contact_rapo.nom,)),
        Mention("Délai du RAPO", law, ("à compter de la notification",)),
        Mention("Forme et pièces du RAPO", law, ("lettre recommandée", *m.pieces_rapo)),
        Mention("Silence valant rejet", law, ("vaut décision de rejet",)),
    ]


def _adresse(adresse: Adresse) -> tuple[str, ...]:
    return tuple(filter(None, (adresse.voie, adresse.code_postal)))


def _jour_de(instant: datetime) -> str:
    return jour(instant.astimezone(PARIS).date())


def manquantes(avis: Avis, texte: str) -> list[Constat]:
    """The mentions that the text of a printed notice has not, or not in the order of the article; none when it has them all."""
    lu = plat(texte)
    found = [Constat(Mention("Numéro de l'avis, 26 chiffres", NUMERO, ()), (numero,)) for numero in _numeros(avis) if numero not in lu]
    titres = [plat(titre) for titre, _ in parties(avis)]
    coupes = [lu.find(titres[0]), lu.find(titres[1])]
    for rang, (titre, mentions) in enumerate(parties(avis)):
        if coupes[rang] < 0:
            law = mentions[0].article
            found.append(Constat(Mention(f"Partie « {titre} »", law, (titre,)), (titre,)))
            continue
        fin = coupes[1] if rang == 0 and coupes[1] > coupes[0] else len(lu)
        found += _en_ordre(mentions, lu[coupes[rang] : fin])
    return found


def _numeros(avis: Avis) -> list[str]:
    numero = avis.numero_fps if isinstance(avis, AvisPaiement) else avis.numero_avis
    return [plat(NumeroFps.lire(numero).affichage).split(" Clé")[0]]


def _en_ordre(mentions: Sequence[Mention], partie: str) -> list[Constat]:
    """The mentions that are not in the longest run of them that follow one another: missing, or not in their place."""
    places = [list(_places(mention, partie)) for mention in mentions]
    runs: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}  # how many follow one another → where the last ends at the soonest, which
    for rang, ici in enumerate(places):
        for nombre, (fin, suivies) in sorted(runs.items(), reverse=True):
            if (apres := next((bout for debut, bout in ici if debut >= fin), None)) is not None:
                autre = runs.get(nombre + 1)
                if autre is None or apres < autre[0]:
                    runs[nombre + 1] = (apres, (*suivies, rang))
    suivies = runs[max(runs)][1]
    found = []
    for rang, mention in enumerate(mentions):
        if rang not in suivies:
            perdus = tuple(plat(texte) for texte in mention.textes if plat(texte) not in partie)
            found.append(Constat(mention, perdus, ailleurs=not perdus))
    return found


def _places(mention: Mention, partie: str) -> Iterator[tuple[int, int]]:
    """Where a mention begins and ends, each time: its words one after the other."""
    premier, *autres = map(plat, mention.textes)
    debut = partie.find(premier)
    while debut >= 0:
        bout: int = debut + len(premier)
        for texte in autres:
            trouve = partie.find(texte, bout)
            if trouve < 0:
                return
            bout = trouve + len(texte)
        yield debut, bout
        debut = partie.find(premier, debut + 1)
