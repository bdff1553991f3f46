"""A form of a document with parts, lists of parts and values by date: its fields, each row that was added, and the document read back."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fps_console.web.champs import CENTIMES, Champ, Illisible, Schema, _feuille, _lire, _suivre, _vraie, centimes, en_euros
from fps_console.web.formes import Saisie

DEPUIS, CLE, VALEUR = "depuis", "cle", "valeur"
RANGS: Final = 200  # rows of one list
PLUS, MOINS = "plus", "moins"
Valeurs = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Noeud:
    """A place of the form: a field, a part with its fields, or a list with its rows.

    A row of a list may have its key before its value: the day from which it is so (`DEPUIS`), or a word (`CLE`). `seule`: one day alone
    may be left out.
    """

    nom: str
    genre: str  # champ, partie, suite
    champ: Champ
    schema: Schema
    enfants: tuple["Noeud", ...] = ()
    cle: str = ""
    seule: bool = False
    facultatif: bool = False  # it is left out when nothing is typed in it
    nul: bool = False  # or told to be nothing, where its word has to be there

    def champs(self) -> "Iterator[Noeud]":
        """Its fields, and those of its parts and rows."""
        if self.genre == "champ":
            yield self
        for enfant in self.enfants:
            yield from enfant.champs()


@dataclass
class Lu:
    """A document that was typed: what it says, and the field of each of its places."""

    lieux: dict[str, str] = field(default_factory=dict)
    fautes: dict[str, str] = field(default_factory=dict)

    def champ(self, lieu: str) -> str:
        """The field of a place of the document, or of the nearest one above it; nothing for the whole."""
        while lieu and lieu not in self.lieux:
            lieu = lieu.rpartition(".")[0]
        return self.lieux.get(lieu, "")


@dataclass(frozen=True)
class Imbrique:
    """The form of a schema; `mots` gives the words of a place (its path without ranks, or its last one) and their help, `DEPUIS` too."""

    schema: Schema
    parts: Schema
    mots: Mapping[str, tuple[str, str]]

    def arbre(self, saisie: Saisie) -> tuple[Noeud, ...]:
        """Its fields, with the rows that were typed."""
        return self._partie("", self.schema, saisie, facultatif=False)

    def tous(self, saisie: Saisie) -> Iterator[Noeud]:
        """Every place of the form, as it was typed."""
        return _tous(self.arbre(saisie))

    def valeurs(self, document: Mapping[str, Any]) -> Saisie:
        """What stands in each field for a document."""
        found: Valeurs = {}
        self._ecrire("", self.schema, document, found)
        return Saisie({nom: v[-1] for nom, v in found.items() if v}, None, {}, found)

    def rang(self, saisie: Saisie, geste: str) -> Saisie:
        """What was typed, with a row more (« plus:zones ») or less (« moins:zones:1 »)."""
        sens, nom, un = (*geste.split(":"), "", "")[:3]
        rangs = saisie.plusieurs.get(nom, ())
        if sens == PLUS and len(rangs) < RANGS:
            neuf = max((int(r) for r in rangs if r.isdecimal()), default=-1) + 1
            ajoute: Valeurs = {nom: (*rangs, str(neuf))}
            suite = next((n for n in _tous(self.arbre(replace(saisie, plusieurs={**saisie.plusieurs, **ajoute}))) if n.nom == nom), None)
            if suite is None or suite.genre != "suite":
                return saisie
            for une in suite.enfants[-1].champs():
                ajoute |= {une.nom: une.champ.coches or (une.champ.defaut,)}
            valeurs = {**saisie.valeurs, **{n: v[-1] for n, v in ajoute.items()}}
            return replace(saisie, valeurs=valeurs, plusieurs={**saisie.plusieurs, **ajoute})
        if sens == MOINS:
            return replace(saisie, plusieurs={**saisie.plusieurs, nom: tuple(r for r in rangs if r != un)})
        return saisie

    def lire(self, saisie: Saisie) -> tuple[dict[str, Any], Lu]:
        """The document that was typed; raises Illisible with every field that cannot be read."""
        lu = Lu()
        document = _lire_partie(self.arbre(saisie), saisie, "", lu)
        if lu.fautes:
            raise Illisible(lu.fautes)
        return document, lu

    # How a schema is laid out.
    def _dire(self, nom: str, requis: bool) -> Champ:
        libelle, aide = self.mots.get(_sans_rangs(nom)) or self.mots.get(nom.rpartition(".")[2]) or (nom.rpartition(".")[2], "")
        return Champ(nom, libelle, "texte", aide, requis)

    def _partie(self, prefixe: str, schema: Schema, saisie: Saisie, *, facultatif: bool) -> tuple[Noeud, ...]:
        exiges = frozenset(schema.get("required", ()))
        noeuds = (
            (mot, self._noeud(f"{prefixe}{mot}", une, saisie, requis=mot in exiges and not facultatif, facultatif=facultatif))
            for mot, une in schema["properties"].items()
        )
        return tuple(replace(noeud, nul=noeud.facultatif and mot in exiges) for mot, noeud in noeuds)

    def _noeud(self, nom: str, une: Schema, saisie: Saisie, *, requis: bool, facultatif: bool = False) -> Noeud:
        schema, nul = self._vrai(une)
        champ = self._dire(nom, requis and not nul)
        if (par_cle := self._par_cle(schema)) is not None:
            cle, valeur, seule = par_cle
            rangs = [r for r in saisie.plusieurs.get(nom, ()) if r.isdecimal()][:RANGS]
            lignes = tuple(self._ligne(f"{nom}.{r}", cle, valeur, saisie, seule=seule and len(rangs) == 1) for r in rangs)
            return Noeud(nom, "suite", champ, schema, lignes, cle=cle, seule=seule)
        if schema.get("additionalProperties"):
            return Noeud(nom, "champ", replace(champ, genre="table"), schema, facultatif=nul)
        if "properties" in schema:
            interieur = self._partie(f"{nom}.", schema, saisie, facultatif=nul or facultatif)
            return Noeud(nom, "partie", champ, schema, interieur, facultatif=nul)
        if schema.get("type") == "array" and "properties" in self._vrai(schema["items"])[0]:
            rangs = [r for r in saisie.plusieurs.get(nom, ()) if r.isdecimal()][:RANGS]
            items = self._vrai(schema["items"])[0]
            lignes = tuple(
                Noeud(
                    f"{nom}.{r}",
                    "partie",
                    self._dire(f"{nom}.{r}", True),
                    items,
                    self._partie(f"{nom}.{r}.", items, saisie, facultatif=False),
                )
                for r in rangs
            )
            return Noeud(nom, "suite", champ, schema, lignes)
        feuille = _feuille(
            replace(champ, facultatif=nom if facultatif else ""), schema, self.parts, None if nul or facultatif else une.get("default")
        )
        return Noeud(
            nom, "champ", replace(feuille, aide=champ.aide if feuille.aide == champ.aide else feuille.aide), schema, facultatif=nul
        )

    def _ligne(self, nom: str, cle: str, valeur: Schema, saisie: Saisie, *, seule: bool) -> Noeud:
        libelle, aide = self.mots[cle]
        la_cle = Noeud(
            f"{nom}.{cle}",
            "champ",
            Champ(f"{nom}.{cle}", libelle, "date" if cle == DEPUIS else "texte", aide, not seule),
            {"type": "string"},
        )
        dedans = self._noeud(f"{nom}.{VALEUR}", valeur, saisie, requis=True)
        parent = self._dire(nom.rpartition(".")[0], True)
        if dedans.genre == "champ":
            dedans = replace(dedans, champ=replace(dedans.champ, libelle=parent.libelle, aide=""))
        return Noeud(nom, "partie", parent, valeur, (la_cle, dedans), cle=cle, seule=seule)

    def _vrai(self, une: Schema) -> tuple[Schema, bool]:
        schema, nul = _vraie(une, self.parts)
        return _suivre(schema, self.parts), nul

    def _par_cle(self, schema: Schema) -> tuple[str, Schema, bool] | None:
        """How the rows of a mapping are named, what each is, and whether one alone may go without; None for what has no rows."""
        for branche in schema.get("oneOf", ()):
            if _par_jour(branche):
                return DEPUIS, branche["additionalProperties"], True
        carte = schema.get("additionalProperties")
        if _par_jour(schema):
            return DEPUIS, schema["additionalProperties"], False
        return (CLE, carte, False) if carte and not _table(carte, self.parts) else None

    # What stands in its fields.
    def _ecrire(self, nom: str, une: Schema, dit: Any, found: Valeurs) -> None:
        schema, _ = self._vrai(une)
        if (par_cle := self._par_cle(schema)) is not None:
            cle, valeur, seule = par_cle
            lignes = {"": dit} if seule and dit is not None and not _datees(dit) else dict(dit or {})
            found[nom] = tuple(str(n) for n in range(len(lignes)))
            for n, (quand, quoi) in enumerate(lignes.items()):
                found[f"{nom}.{n}.{cle}"] = (str(quand),)
                self._ecrire(f"{nom}.{n}.{VALEUR}", valeur, quoi, found)
        elif carte := schema.get("additionalProperties"):
            found[nom] = ("\n".join(f"{k} : {_montrer(v, self._vrai(carte)[0])}" for k, v in (dit or {}).items()),)
        elif "properties" in schema:
            for mot, sous in schema["properties"].items():
                self._ecrire(f"{nom}.{mot}" if nom else mot, sous, None if dit is None else dit.get(mot, sous.get("default")), found)
        elif schema.get("type") == "array" and "properties" in self._vrai(schema["items"])[0]:
            found[nom] = tuple(str(n) for n in range(len(dit or ())))
            for n, ligne in enumerate(dit or ()):
                self._ecrire(f"{nom}.{n}", schema["items"], ligne, found)
        elif schema.get("type") == "array":
            dits = tuple(map(str, dit or ()))
            found[nom] = dits if "enum" in self._vrai(schema["items"])[0] else ("\n".join(dits),)
        else:
            found[nom] = ("" if dit is None else _montrer(dit, schema),)


def _lire_partie(noeuds: Iterable[Noeud], saisie: Saisie, lieu: str, lu: Lu) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for noeud in noeuds:
        mot = noeud.nom.rpartition(".")[2]
        dit = _lire_noeud(noeud, saisie, f"{lieu}.{mot}" if lieu else mot, lu)
        if dit is not None or noeud.nul:
            found[mot] = dit
    return found


def _lire_noeud(noeud: Noeud, saisie: Saisie, lieu: str, lu: Lu) -> Any:
    lu.lieux.setdefault(lieu, noeud.nom)
    if noeud.genre == "champ":
        try:
            return _lire_champ(noeud, saisie)
        except ValueError as error:
            lu.fautes[noeud.nom] = str(error)
            return None
    if noeud.genre == "partie":
        if noeud.facultatif and not any(v.strip() for f in noeud.champs() for v in saisie.plusieurs.get(f.nom, ())):
            return None
        return _lire_partie(noeud.enfants, saisie, lieu, lu)
    if not noeud.cle:
        return [_lire_noeud(ligne, saisie, f"{lieu}.{n}", lu) for n, ligne in enumerate(noeud.enfants)] or None
    lues: dict[str, Any] = {}
    for ligne in noeud.enfants:
        la_cle, valeur = ligne.enfants
        cle = saisie[la_cle.nom].strip()
        if not cle and noeud.seule and len(noeud.enfants) == 1:
            lu.lieux[lieu] = valeur.nom
            return _lire_noeud(valeur, saisie, lieu, lu)
        if not cle or cle in lues:
            lu.fautes[la_cle.nom] = (
                "Cette date est déjà donnée." if cle in lues else "Dites à partir de quel jour." if noeud.cle == DEPUIS else "Dites lequel."
            )
            continue
        lu.lieux[f"{lieu}.{cle}"] = valeur.nom
        lues[cle] = _lire_noeud(valeur, saisie, f"{lieu}.{cle}", lu)
    return lues or None


def _lire_champ(noeud: Noeud, saisie: Saisie) -> Any:
    """What was typed in a field; raises ValueError."""
    texte = saisie[noeud.nom].strip()
    if noeud.champ.genre == "table":
        return dict(_lignes(texte, noeud.schema["additionalProperties"])) or (None if noeud.facultatif else {})
    if noeud.schema.get("type") == "number" and texte:
        serre = texte.replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,4})?", serre):
            raise ValueError("Écrivez un nombre : 2 ou 1,5.")
        return float(serre)
    lu = _lire(noeud.champ, saisie)
    return None if lu == [] else lu


def _lignes(texte: str, valeur: Schema) -> Iterator[tuple[str | int, Any]]:
    """The lines « clé : valeur » of a table; raises ValueError."""
    vues = set[str]()
    for ligne in filter(None, (brute.strip() for brute in texte.splitlines())):
        cle, deux_points, dit = (un.strip() for un in ligne.partition(":"))
        if not (deux_points and cle and (dit or valeur.get("type") == "array")):
            raise ValueError(f"« {ligne[:40]} » : écrivez une ligne « clé : valeur ».")
        if cle in vues:
            raise ValueError(f"« {cle[:40]} » est dit deux fois.")
        vues.add(cle)
        lue: Any = dit
        if valeur.get("type") == "array":
            lue = [un.strip() for un in dit.split(",") if un.strip()]
        elif valeur.get("maximum") == CENTIMES:
            lue = centimes(dit)
        yield int(cle) if re.fullmatch(r"[0-9]{1,6}", cle) else cle, lue


def _montrer(dit: Any, schema: Schema) -> str:
    if schema.get("type") == "array":
        return ", ".join(map(str, dit))
    if schema.get("type") == "integer" and schema.get("maximum") == CENTIMES:
        return en_euros(int(dit))
    return str(dit).replace(".", ",") if schema.get("type") == "number" else str(dit)


def _table(carte: Schema, parts: Schema) -> bool:
    """Whether a mapping to that is written as lines: numbers, words or lists of words."""
    valeur, _ = _vraie(carte, parts)
    return valeur.get("type") in ("integer", "string") or (valeur.get("type") == "array" and valeur["items"].get("type") == "string")


def _par_jour(schema: Schema) -> bool:
    return bool(schema.get("propertyNames", {}).get("format") == "date")


def _datees(dit: Any) -> bool:
    return isinstance(dit, Mapping) and bool(dit) and all(re.fullmatch(r"\d{4}-\d\d-\d\d", str(k)) for k in dit)


def _tous(noeuds: Sequence[Noeud]) -> Iterator[Noeud]:
    for noeud in noeuds:
        yield noeud
        yield from _tous(noeud.enfants)


def _sans_rangs(nom: str) -> str:
    return ".".join(mot for mot in nom.split(".") if not mot.isdecimal() and mot != VALEUR)
