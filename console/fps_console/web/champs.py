"""A form made from a JSON Schema: its fields, what stands in each at first, and what was typed, read back as that schema wants it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from fps.kit.ground.clock import PARIS
from fps.kit.ground.faults import Malformed
from fps.kit.wire.envelope import parse
from fps_console.mots.saisie import question, valeur
from fps_console.web.formes import Saisie
from fps_console.web.pieces import jointes
from fps_simulateur.langue.actes import piece

CENTIMES: Final = 99_999_999  # the bound of an integer that is an amount
LONG: Final = 200  # characters from which a text has several lines
DEPOSE: Final = "depose"  # the hidden field of what was sent: an empty list of boxes is then an answer
_EN_CENTIMES: Final = re.compile(r",? en centimes(?: d'euro)?")
_ADRESSE: Final = re.compile(r" ?\((?:GET|POST|PUT) [^)]*\)")  # a route says nothing to who fills a form
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Champ:
    """A field of a form: its path in the message, its words, and how it is typed."""

    nom: str
    libelle: str
    genre: str  # texte, long, entier, euros, date, instant, oui, choix, coches, piece, pieces, lignes, table, secret, json
    aide: str = ""
    requis: bool = False
    defaut: str = ""
    coches: tuple[str, ...] = ()  # what is ticked at first
    options: tuple[tuple[str, str], ...] = ()
    longueur: int = 0
    si: tuple[str, str] | None = None  # it is read only when that other field has that value
    facultatif: str = ""  # the part, optional as a whole, in which it stands

    @property
    def mot(self) -> str:
        """The last word of its path."""
        return self.nom.rpartition(".")[2]


class Illisible(ValueError):
    """What was typed in some fields cannot be read: each with its reason."""

    def __init__(self, champs: Mapping[str, str]):
        super().__init__(", ".join(champs))
        self.champs = dict(champs)


@dataclass(frozen=True, slots=True)
class Formulaire:
    """The fields of a message, in its order."""

    champs: tuple[Champ, ...] = field(default=())

    @classmethod
    def de(cls, schema: Schema, parts: Schema, base: Mapping[str, Any], *, sauf: Iterable[str] = ()) -> "Formulaire":
        """Those of a schema, filled with what `base` says; `parts`: what its references name; `sauf`: the words left out."""
        return cls(tuple(_objet("", schema, parts, base, frozenset(sauf))))

    def avec(self, options: Mapping[str, Sequence[tuple[str, str]]]) -> "Formulaire":
        """The same, the fields of these names being chosen in a list."""
        return Formulaire(tuple(replace(c, genre="choix", options=tuple(options[c.nom])) if c.nom in options else c for c in self.champs))

    def partager(self, premiers: Iterable[str], caches: Iterable[str]) -> tuple[list[Champ], list[Champ]]:
        """The fields that are shown first, and those that are folded: what nobody has to give, and what the dossier knows (`caches`)."""
        devant, plies, tus = set(premiers), [], set(caches)
        montres: list[Champ] = []
        for champ in self.champs:
            if champ.nom in devant or (champ.requis and champ.nom not in tus and not champ.facultatif):
                montres.append(champ)
            else:
                plies.append(champ)
        return montres, plies

    def lire(self, saisie: Saisie) -> dict[str, Any]:
        """What was typed, as the message says it; an empty field is left out. Raises Illisible with every field that cannot be read."""
        fautes: dict[str, str] = {}
        found: dict[str, Any] = {}
        for champ in self.champs:
            if champ.si is not None and saisie[champ.si[0]] != champ.si[1]:
                continue
            if champ.facultatif and not any(saisie[c.nom].strip() for c in self.champs if c.facultatif == champ.facultatif):
                continue
            try:
                lu = _lire(champ, saisie)
            except ValueError as error:
                fautes[champ.nom] = str(error)
                continue
            if lu is not None:
                _poser(found, champ.nom.split("."), lu)
        if fautes:
            raise Illisible(fautes)
        return found


def _objet(prefixe: str, schema: Schema, parts: Schema, base: Any, sauf: frozenset[str], facultatif: str = "") -> Iterator[Champ]:
    exiges = frozenset(schema.get("required", ()))
    for nom, une in schema.get("properties", {}).items():
        if not prefixe and nom in sauf:
            continue
        dit = base.get(nom, une.get("default")) if isinstance(base, Mapping) else None
        yield from _champ(f"{prefixe}{nom}", une, parts, dit, requis=nom in exiges and not facultatif, facultatif=facultatif)


def _champ(nom: str, une: Schema, parts: Schema, dit: Any, *, requis: bool, facultatif: str) -> Iterator[Champ]:
    """A word of a schema as one field, or as those of the part that it names."""
    libelle = question(nom.rpartition(".")[2])
    aide = _ADRESSE.sub("", str(une.get("description", "")))
    if aide.startswith(libelle) and len(aide) < len(libelle) + 15:  # it says nothing more
        aide = ""
    vraie, nul = _vraie(une, parts)
    branches = [_suivre(b, parts) for b in vraie.get("oneOf", ())]
    if branches and all("properties" in b for b in branches):
        yield from _branches(nom, branches, parts, dit, requis=requis, facultatif=facultatif)
        return
    if "properties" in vraie and "empreinte" not in vraie["properties"]:
        part = facultatif or ("" if requis or not nul else nom)
        yield from _objet(f"{nom}.", vraie, parts, dit if dit is not None or part else {}, frozenset(), part)
        return
    yield _feuille(Champ(nom, libelle, "texte", aide, requis and not nul, facultatif=facultatif), vraie, parts, dit)


def _branches(nom: str, branches: Sequence[Schema], parts: Schema, dit: Any, *, requis: bool, facultatif: str) -> Iterator[Champ]:
    """One part or another, which a list of theirs chooses."""
    cle = next((n for n in branches[0]["properties"] if all("const" in b["properties"].get(n, {}) for b in branches)), "nature")
    sortes = [str(b["properties"][cle]["const"]) for b in branches]
    choisie = str(dit[cle]) if isinstance(dit, Mapping) and cle in dit else "" if facultatif else sortes[0]
    vide = [("", "—")] if facultatif else []
    options = (*vide, *((s, valeur(s)) for s in sortes))
    yield Champ(f"{nom}.{cle}", question(nom.rpartition(".")[2]), "choix", "", requis, choisie, options=options, facultatif=facultatif)
    for sorte, branche in zip(sortes, branches, strict=True):
        autres = {n: p for n, p in branche["properties"].items() if n != cle}
        sous = _objet(f"{nom}.", {**branche, "properties": autres}, parts, dit if sorte == choisie else None, frozenset(), facultatif)
        for champ in sous:
            yield replace(champ, si=(f"{nom}.{cle}", sorte), requis=champ.requis and sorte == choisie)


def _feuille(champ: Champ, vraie: Schema, parts: Schema, dit: Any) -> Champ:
    """How a value is typed, from what its schema says."""
    texte = "" if dit is None else str(dit)
    longueur = min(int(vraie.get("maxLength", 0)), 20_000)
    if valeurs := vraie.get("enum"):
        vide = () if champ.requis and not champ.facultatif else (("", "—"),)
        options = (*vide, *((str(v), valeur(str(v))) for v in valeurs))
        return replace(champ, genre="choix", options=options, defaut=texte)
    match vraie.get("type"):
        case "boolean":
            dits = "" if dit is None else "oui" if dit else "non"
            vide = () if champ.requis and dits else (("", "—"),)
            return replace(champ, genre="choix", options=(*vide, ("oui", "Oui"), ("non", "Non")), defaut=dits, aide=champ.aide)
        case "integer" if int(vraie.get("maximum", 0)) == CENTIMES:
            aide = _EN_CENTIMES.sub("", champ.aide).strip(" ,;").removesuffix("Montant")
            return replace(champ, genre="euros", aide=aide, defaut="" if dit is None else en_euros(int(dit)))
        case "integer":
            return replace(champ, genre="entier", defaut=texte)
        case "array":
            return _liste(champ, _suivre(vraie.get("items", {}), parts), parts, dit)
        case "object":
            if "empreinte" in vraie.get("properties", {}):
                return replace(_pieces(champ, vraie, parts, [dit] if dit else []), genre="piece", defaut=str((dit or {}).get("nature", "")))
            return replace(champ, genre="json", defaut="" if dit is None else json.dumps(dit, ensure_ascii=False))
    if vraie.get("format") == "password":
        return replace(champ, genre="secret", longueur=longueur)
    if vraie.get("format") == "date":
        return replace(champ, genre="date", defaut=texte, aide="" if champ.aide.startswith("Date (") else champ.aide)
    if vraie.get("format") == "date-time":
        local = datetime.fromisoformat(texte).astimezone(PARIS).strftime("%Y-%m-%dT%H:%M") if texte else ""
        return replace(champ, genre="instant", defaut=local, aide="" if champ.aide.startswith("Date et heure") else champ.aide)
    return replace(champ, genre="long" if longueur > LONG * 10 else "texte", defaut=texte, longueur=longueur)


def _liste(champ: Champ, items: Schema, parts: Schema, dit: Any) -> Champ:
    dits = list(dit or ())
    if "empreinte" in items.get("properties", {}):
        return _pieces(champ, items, parts, dits)
    if valeurs := items.get("enum"):
        return replace(champ, genre="coches", options=tuple((str(v), valeur(str(v))) for v in valeurs), coches=tuple(map(str, dits)))
    if items.get("type") == "string":
        return replace(champ, genre="lignes", defaut="\n".join(map(str, dits)), aide=f"{champ.aide} Une réponse par ligne.".strip())
    return replace(champ, genre="json", defaut=json.dumps(dits, ensure_ascii=False) if dits else "")


def _pieces(champ: Champ, items: Schema, parts: Schema, dits: Sequence[Any]) -> Champ:
    """Pieces by their nature: each is a specimen of PDF."""
    natures = _suivre(items["properties"]["nature"], parts).get("enum", ())
    coches = tuple(dict.fromkeys(str(p["nature"] if isinstance(p, Mapping) else p) for p in dits))
    aide = "Une pièce cochée est un PDF, SPÉCIMEN, qui dit son nom."
    return replace(champ, genre="pieces", options=tuple((n, valeur(n)) for n in natures), coches=coches, aide=aide)


def _lire(champ: Champ, saisie: Saisie) -> Any:
    """The value of a field; None when it is empty. Raises ValueError with what is wrong."""
    if champ.genre == "coches":
        return [v for v in saisie.plusieurs.get(champ.nom, ()) if v]
    texte = saisie[champ.nom].strip()
    if champ.genre in ("piece", "pieces"):
        siennes = jointes(champ.nom, saisie.valeurs, frozenset(v for v, _ in champ.options))
        if champ.genre == "pieces":
            return [piece(v) for v in saisie.plusieurs.get(champ.nom, ()) if v] + siennes
        return siennes[0] if siennes else piece(texte) if texte else None
    if not texte:
        return None
    match champ.genre:
        case "euros":
            return centimes(texte)
        case "entier":
            if not re.fullmatch(r"-?[0-9]{1,9}", texte):
                raise ValueError("Écrivez un nombre entier.")
            return int(texte)
        case "instant":
            try:
                lu = datetime.fromisoformat(texte)
            except ValueError:
                raise ValueError("Écrivez un jour et une heure : 2026-06-12T10:42.") from None
            return (lu if lu.tzinfo else lu.replace(tzinfo=PARIS)).isoformat()
        case "lignes":
            return [ligne.strip() for ligne in texte.splitlines() if ligne.strip()]
        case "json":
            try:
                return parse(texte)
            except Malformed:
                raise ValueError("Écrivez du JSON.") from None
        case "choix" if champ.options and {v for v, _ in champ.options} <= {"", "oui", "non"}:
            return texte == "oui"
    return texte


def centimes(texte: str) -> int:
    """An amount in euros as a person writes it (« 35 », « 17,50 € »), in centimes; raises ValueError with what to write."""
    serre = re.sub(r"[\s\u00a0\u202f€]", "", texte).replace(",", ".")
    try:
        if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", serre):
            raise InvalidOperation
        return int(Decimal(serre) * 100)
    except InvalidOperation:
        raise ValueError("Écrivez une somme en euros : 35 ou 17,50.") from None


def en_euros(somme: int) -> str:
    """Centimes as they are typed: « 17,50 »."""
    return f"{somme // 100},{somme % 100:02d}"


def _vraie(une: Schema, parts: Schema) -> tuple[Schema, bool]:
    """What a word is when it is there, and whether it may be null."""
    suivie = _suivre(une, parts)
    choix = [_suivre(b, parts) for b in suivie.get("anyOf", ())]
    if not choix:
        return suivie, False
    vraies = [b for b in choix if b.get("type") != "null"]
    return (vraies[0] if len(vraies) == 1 else {**suivie, "oneOf": vraies}), len(vraies) < len(choix)


def _suivre(une: Schema, parts: Schema) -> Schema:
    while "$ref" in une:
        une = {**parts[str(une["$ref"]).rpartition("/")[2]], **{k: v for k, v in une.items() if k != "$ref"}}
    return une


def _poser(found: dict[str, Any], chemin: Sequence[str], lu: Any) -> None:
    for mot in chemin[:-1]:
        found = found.setdefault(mot, {})
    found[chemin[-1]] = lu
