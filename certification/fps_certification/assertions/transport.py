"""The findings about every message: who speaks, how it is written, how it is sent again."""

import json
from collections import defaultdict
from collections.abc import Iterator

from fps.messages.recours_collectivite import PieceDefense
from fps_certification.assertions.registre import Resultat, assertion, jamais_refuse
from fps_certification.observation import DES_MESSAGES, Echange, Observation

FORMES = {
    "champ-inconnu": "Aucun champ n'est ajouté à ceux du message.",
    "champ-manquant": "Aucun champ obligatoire ne manque.",
    "date-heure-invalide": "Les instants sont en ISO 8601.",
    "date-invalide": "Les dates sont celles d'un calendrier, AAAA-MM-JJ.",
    "format-invalide": "Chaque texte a la forme que son champ demande.",
    "fuseau-manquant": "Les instants portent leur décalage.",
    "iban-invalide": "L'IBAN a une clé juste.",
    "json-invalide": "Le corps est du JSON.",
    "cle-json-dupliquee": "Aucun champ n'est écrit deux fois.",
    "nombre-trop-grand": "Aucun nombre ne dépasse 64 bits.",
    "liste-trop-courte": "Aucune liste n'est plus courte que permis.",
    "texte-trop-court": "Aucun texte n'est plus court que permis.",
    "texte-trop-long": "Aucun texte n'est plus long que permis.",
    "type-incorrect": "Chaque champ a son type : un nombre n'est pas un texte.",
    "valeur-hors-bornes": "Chaque nombre est dans ses bornes.",
    "valeur-inconnue": "Chaque choix est l'un de ceux du message.",
    "caractere-interdit": "Aucun texte ne contient de caractère de commande.",
    "corps-trop-grand": "Aucun message ne dépasse un mébioctet.",
    "type-de-contenu": "Le Content-Type est application/json.",
    "cle-idempotence-reutilisee": "Une Idempotency-Key ne sert qu'à un contenu.",
    "cle-idempotence-invalide": "Une Idempotency-Key a de 1 à 200 caractères imprimables.",
}
jamais_refuse("forme", FORMES, *DES_MESSAGES.values())
ACCES = {
    "certificat-requis": "Chaque message est présenté avec un certificat.",
    "certificat-illisible": "Le certificat présenté se lit.",
    "certificat-autorite-inconnue": "Le certificat vient d'une autorité reconnue.",
    "certificat-auto-signe": "Le certificat n'est pas signé par lui-même.",
    "certificat-expire": "Le certificat n'est pas expiré.",
    "certificat-revoque": "Le certificat n'est pas révoqué.",
    "certificat-pas-encore-valide": "Le certificat est déjà valide : son début est passé.",
    "certificat-cle-faible": "La clé du certificat est assez forte : RSA de 2048 bits, P-256 ou plus.",
    "certificat-usage": "Le certificat est fait pour s'authentifier, et son sujet porte le SIRET de son titulaire.",
    "certificat-autre-bac": "Le certificat est déposé dans le bac où le message est porté.",
    "certificat-non-depose": "Le certificat est déposé avant tout message.",
    "certificat-autre-siret": "Le certificat est celui qui a été déposé pour la collectivité du message, pas pour une autre.",
    "certificat-non-active": "Le certificat est activé avant tout message.",
    "certificat-desactive": "Aucun message n'est envoyé avec un certificat désactivé.",
    "certificat-remplace": "Aucun message n'est envoyé avec un certificat qui a été remplacé.",
    "certificat-pas-encore-effectif": "Aucun message n'est envoyé avant la date d'effet du certificat.",
    "certificat-hors-perimetre": "Chaque message reste dans les zones et les droits du certificat.",
}
jamais_refuse("acces", ACCES, *DES_MESSAGES.values())
PASSAGERS = frozenset({"certificat-expire", "certificat-revoque", "certificat-desactive"})  # another certificate mends them
DEBIT = {
    "trop-de-demandes": "Le produit reste sous le débit permis, ou attend ce que dit Retry-After.",
}
jamais_refuse("debit", DEBIT, *DES_MESSAGES.values())


@assertion("transport/cle-presente", "Chaque message porte une Idempotency-Key.")
def _presente(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages():
        yield Resultat("idempotency-key" in echange.entetes, echange, "un en-tête Idempotency-Key", "aucun")


@assertion("transport/cle-par-contenu", "Deux messages différents n'ont pas la même Idempotency-Key.")
def _par_contenu(vu: Observation) -> Iterator[Resultat]:
    contenus: dict[tuple[str, str], set[str]] = defaultdict(set)
    for echange in vu.messages():
        if (cle := echange.entetes.get("idempotency-key")) is not None:
            contenus[echange.service.value, cle].add(echange.corps)
            yield Resultat(
                len(contenus[echange.service.value, cle]) == 1, echange, "une clé neuve pour un contenu neuf", f"« {cle} » resservie"
            )


@assertion("transport/contenu-par-cle", "Un message accepté n'est pas renvoyé sous une autre Idempotency-Key.")
def _par_cle(vu: Observation) -> Iterator[Resultat]:
    cles: dict[tuple[str, str], str | None] = {}
    for echange in vu.messages():
        cle, quoi = echange.entetes.get("idempotency-key"), (echange.chemin, echange.corps)
        if quoi in cles:
            yield Resultat(cles[quoi] == cle, echange, f"la clé du premier envoi, « {cles[quoi]} »", f"« {cle} »")
        elif echange.accepte:
            yield Resultat(True, echange, "un envoi", "un envoi")
        if echange.accepte or echange.statut >= 500:
            cles.setdefault(quoi, cle)


@assertion("transport/repris-apres-panne", "Un message sans réponse, ou répondu 5xx ou 429, est renvoyé jusqu'à ce qu'il en ait une.")
def _repris(vu: Observation) -> Iterator[Resultat]:
    envois: dict[tuple[str, str], list[Echange]] = defaultdict(list)
    for echange in vu.messages():
        envois[echange.chemin, echange.corps].append(echange)
    for tous in envois.values():
        if any(_a_reprendre(e) for e in tous):
            dernier = tous[-1]
            yield Resultat(not _a_reprendre(dernier), dernier, "un nouvel envoi", f"abandonné après {len(tous)} envoi(s), {dernier.statut}")


@assertion("transport/attente-respectee", "Après un 503 ou un 429, le produit attend ce que dit Retry-After.")
def _attente(vu: Observation) -> Iterator[Resultat]:
    avant: dict[tuple[str, str], tuple[Echange, float]] = {}
    for echange in vu.messages():
        quoi = (echange.chemin, echange.corps)
        if quoi in avant:
            premier, secondes = avant.pop(quoi)
            attente = (echange.wall_time - premier.wall_time).total_seconds()
            yield Resultat(attente >= secondes, echange, f"au moins {secondes:g} s", f"{attente:.1f} s")
        if _a_reprendre(echange) and (dit := echange.entetes_reponse.get("retry-after", "")).isdigit():
            avant[quoi] = echange, float(dit)


@assertion(
    "transport/repris-apres-certificat",
    "Un message refusé pour son seul certificat est renvoyé inchangé, sous la même clé, quand un certificat vaut.",
)
def _certificat(vu: Observation) -> Iterator[Resultat]:
    envois: dict[tuple[str, str], list[Echange]] = defaultdict(list)
    for echange in vu.messages():
        envois[echange.chemin, echange.corps].append(echange)
    for tous in envois.values():
        premier = next((e for e in tous if e.statut == 403 and e.codes & PASSAGERS), None)
        if premier is not None:
            cle = premier.entetes.get("idempotency-key")
            bon = any(e.accepte and e.entetes.get("idempotency-key") == cle for e in tous)
            yield Resultat(bon, tous[-1], "le même message, sous la même clé, accepté", f"{len(tous)} envoi(s), {tous[-1].statut}")


def _a_reprendre(echange: Echange) -> bool:
    return echange.statut >= 500 or echange.statut == 429


@assertion("transport/refus-non-insiste", "Un message refusé n'est pas renvoyé à l'identique le même jour : il est corrigé.")
def _insiste(vu: Observation) -> Iterator[Resultat]:
    refuses: dict[tuple[str, str], str] = {}
    for echange in vu.messages():
        quoi = (echange.chemin, echange.corps)
        if 400 <= echange.statut < 500 and echange.statut not in (401, 403, 429):
            yield Resultat(refuses.get(quoi) != f"{echange.date:%F}", echange, "un message corrigé", "le même message, le même jour")
            refuses[quoi] = f"{echange.date:%F}"
        elif echange.accepte:
            yield Resultat(True, echange, "un message accepté", "accepté")


@assertion("transport/utf-8", "Le corps est en UTF-8.")
def _utf8(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages():
        yield Resultat(not echange.corps.startswith("base64:"), echange, "un texte en UTF-8", "des octets qui n'en sont pas")


@assertion("transport/sans-virgule", "Aucun nombre n'a de partie décimale, sauf une position.")
def _sans_virgule(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages():
        if echange.message is PieceDefense or echange.donnees is None:
            continue
        faux = sorted(_decimaux(echange.donnees))
        yield Resultat(not faux, echange, "des entiers", ", ".join(faux))


def _decimaux(valeur: object, champ: str = "") -> Iterator[str]:
    if isinstance(valeur, float) and champ.rpartition(".")[2] not in ("latitude", "longitude"):
        yield champ
    elif isinstance(valeur, dict):
        for nom, dedans in valeur.items():
            yield from _decimaux(dedans, f"{champ}.{nom}" if champ else str(nom))
    elif isinstance(valeur, list):
        for rang, dedans in enumerate(valeur):
            yield from _decimaux(dedans, f"{champ}.{rang}")


@assertion("transport/json-objet", "Le corps de chaque message est un objet JSON.")
def _objet(vu: Observation) -> Iterator[Resultat]:
    for echange in vu.messages():
        if "corps-trop-grand" in echange.codes:  # nobody read it to its end
            continue
        try:
            lu = json.loads(echange.corps)
        except ValueError:
            lu = None
        yield Resultat(isinstance(lu, dict), echange, "un objet JSON", type(lu).__name__)
