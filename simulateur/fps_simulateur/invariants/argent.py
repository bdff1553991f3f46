"""The fifth invariant, money: each act wrote what it told, on known accounts; two services say the same of the same money."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from fps.comptabilite import PLAN, Compte, Sens
from fps.droit.money import euros
from fps.parties import LIBELLES, Party
from fps.releves import Acte, Dossier, EcritureTenue
from fps_simulateur.invariants.comptes import AMIABLES, PIECES, RECETTES, RECIPROQUES, REFLETS, RENDUS, Cote, Pieces, Reciproque
from fps_simulateur.invariants.registres import Lettre, Mouvement, Registres, Rupture
from fps_simulateur.invariants.reversements import noter_reversements
from fps_simulateur.invariants.titres import titres_accordes

JAMAIS: Final = datetime.max.replace(tzinfo=UTC)


def argent(r: Registres) -> Iterator[Rupture]:
    """5. The books of the four services, each alone, then together, dossier by dossier and in total."""
    for party in r.parties:
        yield from ecritures_tenues(r, party)
    yield from plan_suivi(r)
    livres = par_dossier(r.mouvements)
    for reciproque in RECIPROQUES:
        yield from accord(r, reciproque, livres)
    for pieces in PIECES:
        yield from lettres_et_ecritures(r, pieces, livres)
    yield from rendus(r, livres)
    yield from nouvelles(r, livres)
    yield from reflets(r, livres)
    yield from titres_accordes(r)
    noter_reversements(r)


def par_dossier(mouvements: Iterable[Mouvement]) -> dict[str, list[Mouvement]]:
    """What was written of each dossier, in the order of the acts."""
    found: dict[str, list[Mouvement]] = defaultdict(list)
    for mouvement in sorted(mouvements, key=_ordre):
        found[mouvement.sujet].append(mouvement)
    return found


def _ordre(m: Mouvement) -> tuple[datetime, int]:
    return m.date, m.rang


def _nom(compte: str) -> str:
    return compte.partition(":")[0]


def ecritures_tenues(r: Registres, party: Party) -> Iterator[Rupture]:
    """The ledger holds what each act told, once, balanced."""
    for sujet, dossier in r.dossiers[party].items():
        tenues: dict[int, list[EcritureTenue]] = defaultdict(list)
        for tenue in dossier.ecritures:
            tenues[tenue.rang].append(tenue)
        dites = {acte.rang: acte for acte in dossier.actes if acte.ecriture is not None}
        for rang in sorted(tenues.keys() | dites.keys()):
            acte = dites.get(rang)
            if phrase := _faute(tenues[rang], acte):
                yield r.rupture(5, party, sujet, phrase, acte or r.actes.get((party, sujet, rang)))


def _faute(tenues: Sequence[EcritureTenue], acte: Acte | None) -> str:
    """What is wrong with what the ledger holds of an act; nothing when it is what the act told."""
    lignes = [ligne for tenue in tenues for ligne in tenue.lignes]
    dite = None if acte is None else acte.ecriture
    if ecart := sum(debit - credit for _, debit, credit in lignes):
        return f"écriture déséquilibrée de {euros(ecart)}"
    if dite is None:
        return f"écriture que rien ne justifie, « {tenues[0].libelle} »"
    if not lignes:
        return f"écriture manquante, « {dite.libelle} »"
    if lignes != list(dite.lignes) or {tenue.libelle for tenue in tenues} != {dite.libelle}:
        return f"l'écriture n'est pas celle de l'acte, « {dite.libelle} »"
    return ""


def plan_suivi(r: Registres) -> Iterator[Rupture]:
    """Every account is in the chart, for the right collectivité; none of a dossier is on the wrong side at the end of an instant."""
    soldes: dict[tuple[Party, str, str], int] = defaultdict(int)
    for _, groupe in groupby(sorted(r.mouvements, key=_ordre), key=lambda m: m.date):
        touches: dict[tuple[Party, str, str], Mouvement] = {}
        for m in groupe:
            soldes[m.party, m.sujet, m.compte] += m.montant
            touches[m.party, m.sujet, m.compte] = m
        for (party, sujet, nom), m in touches.items():
            compte, _, siret = nom.partition(":")
            connu = PLAN[party].get(compte)
            if connu is None or connu.par_collectivite != bool(siret) or (siret and not sujet.startswith(siret)):
                yield r.rupture(5, party, sujet, f"compte « {nom} » hors du plan", r.acte_de(m))
            elif "/" not in sujet and not _du_bon_cote(connu.sens, solde := soldes[party, sujet, nom]):
                yield r.rupture(
                    5, party, sujet, f"compte « {nom} » {'débiteur' if solde > 0 else 'créditeur'} de {euros(abs(solde))}", r.acte_de(m)
                )


def _du_bon_cote(sens: Sens, solde: int) -> bool:
    return sens is Sens.DEUX or (solde >= 0 if sens is Sens.DEBIT else solde <= 0)


def accord(r: Registres, quoi: Reciproque, livres: dict[str, list[Mouvement]]) -> Iterator[Rupture]:
    """Two services have written the same of a dossier."""
    for sujet, livre in livres.items():
        if Party.COLLECTIVITE in (quoi.gauche.party, quoi.droite.party) and not r.tenu_ici(sujet):
            continue
        gauche, droite = _ecrits(livre, quoi.gauche), _ecrits(livre, quoi.droite)
        if quoi.des and not any(m.party is quoi.gauche.party and m.libelle == quoi.des for m in livre):
            continue
        signe = -1 if quoi.opposes else 1
        faux = divergence([(m, m.montant) for m in gauche], [(m, signe * m.montant) for m in droite])
        if faux is not None:
            a, b = (sum(m.montant for m in x) for x in (gauche, droite))
            qui = [f"{euros(abs(s))} ({LIBELLES[c.party]})" for s, c in ((a, quoi.gauche), (b, quoi.droite))]
            yield r.rupture(5, faux.party, sujet, f"{quoi.objet} : {' contre '.join(qui)}", r.acte_de(faux))


def _ecrits(livre: Sequence[Mouvement], cote: Cote) -> list[Mouvement]:
    return [
        m for m in livre if m.party is cote.party and _nom(m.compte) in cote.comptes and (not cote.libelles or m.libelle in cote.libelles)
    ]


def divergence(gauche: Sequence[tuple[Mouvement, int]], droite: Sequence[tuple[Mouvement, int]]) -> Mouvement | None:
    """The movement that broke the agreement, after the last point where both sides agreed; None when they agree at the end.

    One letter may tell several payments at once: only the sums are compared, in the order of the acts. Where both sides wrote, the
    second one to write is named: what the first one tells is compared with its own entries (`lettres_et_ecritures`, `nouvelles`).
    """
    if sum(x for _, x in gauche) == sum(x for _, x in droite):
        return None
    a, b = _cumuls(gauche), _cumuls(droite)
    i = j = 0
    while suite := next(((k, n) for k in range(i, len(a)) for n in range(j, len(b)) if (k, n) > (i, j) and a[k] == b[n]), None):
        i, j = suite
    return max((m for m, _ in (*gauche[i : i + 1], *droite[j : j + 1])), key=_ordre)


def _cumuls(cote: Sequence[tuple[Mouvement, int]]) -> list[int]:
    found = [0]
    for _, montant in cote:
        found.append(found[-1] + montant)
    return found


def lettres_et_ecritures(r: Registres, pieces: Pieces, livres: dict[str, list[Mouvement]]) -> Iterator[Rupture]:
    """What a letter says was paid or given back is what the books say."""
    lettres: dict[str, list[Lettre]] = defaultdict(list)
    for lettre in r.de(pieces.lettre):
        lettres[lettre.sujet].append(lettre)
    cote = Cote(pieces.party, frozenset({pieces.compte}), pieces.libelles)
    for sujet in sorted(lettres.keys() | livres.keys()):
        dits = [(_par(r, x), x.corps[pieces.champ]) for x in lettres[sujet]]
        faux = divergence(sorted(dits, key=lambda d: _ordre(d[0])), [(m, abs(m.montant)) for m in _ecrits(livres.get(sujet, []), cote)])
        if faux is not None:
            phrase = f"« {pieces.lettre} » : {euros(sum(x for _, x in dits))}, les écritures disent autrement"
            yield r.rupture(5, faux.party, sujet, phrase, r.acte_de(faux))


def _par(r: Registres, lettre: Lettre) -> Mouvement:
    """A letter in the place of a movement: at the act that wrote it, or that received it; last when there is none."""
    party = lettre.cls.sender if (lettre.cls.sender, lettre.id) in r.par_lettre else lettre.service
    acte = r.par_lettre.get((party, lettre.id))
    rang, date = (0, JAMAIS) if acte is None else (acte.rang, acte.date)
    return Mouvement(party, lettre.sujet, rang, date, lettre.cls.nom, "", 0)


def rendus(r: Registres, livres: dict[str, list[Mouvement]]) -> Iterator[Rupture]:
    """Nothing goes back to a person beyond what was paid before; a cheque that bounces later changes nothing of it."""
    for sujet, livre in livres.items():
        paye = rendu = 0
        for m in livre:
            if (m.party, m.compte, m.libelle) in RENDUS:
                rendu -= m.montant
                if rendu > paye:
                    yield r.rupture(5, m.party, sujet, f"{euros(rendu)} remboursés pour {euros(paye)} payés", r.acte_de(m))
            elif m.compte == RECETTES.get(m.party) and m.montant > 0 and m.libelle not in AMIABLES:  # told by ANTAI's own entry
                paye += m.montant


def nouvelles(r: Registres, livres: dict[str, list[Mouvement]]) -> Iterator[Rupture]:
    """What the DGFiP tells of a title is in its books: what it holds, what it owes the collectivité; the rest is the State's."""
    dus = {x.sujet: x.corps["montant_impaye"] for x in r.de("EmissionTitre")}
    for lettre in r.de("TitrePaye", "TitrePayeCollectivite", recue=True):
        part = lettre.corps["part_collectivite"]
        if "part_etat" in lettre.corps and part + lettre.corps["part_etat"] != lettre.corps["montant_paye"]:
            yield r.par(5, lettre, f"{euros(part)} et {euros(lettre.corps['part_etat'])} pour {euros(lettre.corps['montant_paye'])} payés")
        elif part > dus.get(lettre.sujet, part):
            yield r.par(5, lettre, f"la collectivité recevrait {euros(part)} pour {euros(dus[lettre.sujet])} dus")
        envoi = r.par_lettre.get((Party.DGFIP, lettre.id))
        if envoi is None:
            continue
        ecrits = [m for m in livres.get(lettre.sujet, []) if m.party is Party.DGFIP and m.rang < envoi.rang and m.libelle not in AMIABLES]
        tenu = -sum(m.montant for m in ecrits if _nom(m.compte) == Compte.A_REVERSER)
        recu = sum(m.montant for m in ecrits if m.compte == Compte.ENCAISSEMENTS)
        if (part, lettre.corps.get("montant_paye", recu)) != (tenu, recu):
            phrase = f"la lettre dit {euros(part)} pour la collectivité, les comptes {euros(tenu)} sur {euros(recu)} encaissés"
            yield r.rupture(5, Party.DGFIP, lettre.sujet, phrase, envoi)


def reflets(r: Registres, livres: dict[str, list[Mouvement]]) -> Iterator[Rupture]:
    """What a dossier says of its money is the balance of its accounts."""
    for reflet in REFLETS:
        for sujet, dossier in r.dossiers[reflet.party].items():
            dit = _somme(dossier, reflet.somme)
            if dit is None:
                continue
            ecrits = _ecrits(livres.get(sujet, []), Cote(reflet.party, frozenset({reflet.compte}), reflet.libelles))
            solde = reflet.signe * sum(m.montant for m in ecrits)
            if solde != dit:
                nom = reflet.somme.rpartition(".")[2]
                phrase = f"« {nom} » vaut {euros(dit)}, le compte « {reflet.compte} » {euros(solde)}"
                yield r.rupture(5, reflet.party, sujet, phrase, r.acte_de(ecrits[-1]) if ecrits else None)


def _somme(dossier: Dossier[Any], chemin: str) -> int | None:
    """A sum of the statement of a dossier, None when the service holds nothing of it."""
    found: Any = dossier.partie
    for nom in chemin.split("."):
        found = None if found is None else getattr(found, nom)
    return None if found is None else int(found)
