"""The report of a run as data: what the other forms are made from, and what a program reads; its schema is published."""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from fps_certification import duel
from fps_certification.deroule import Jouee
from fps_certification.exigences.exigence import Exigence, Niveau, Source
from fps_certification.exigences.lecture import exigences
from fps_certification.observation import Echange, Observation
from fps_certification.plans.plan import Plan
from fps_certification.prealable.constat import Tenue
from fps_certification.preuves.liasse import MENTION
from fps_certification.rapports import carte
from fps_certification.sujets.sujet import Domaine
from fps_certification.verdict import Echec, Genre, Sort, Verdict

Champs = dict[str, Any]
FORMAT: Final = 2  # of the report: changes when a reader of the former one would be wrong


class _Partie(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class LigneComparee(_Partie):
    """Une ligne du message attendu en face de celle du message reçu."""

    marque: Literal["=", "≠", "−", "+"] = Field(description="Pareille, autre, manquante, en trop")
    attendu: str
    recu: str


class Carte(_Partie):
    """Un échec : ce qui était attendu, ce qui est venu, où, et comment le rejouer."""

    genre: Genre
    epreuve: str = Field(description="L'épreuve pendant laquelle c'est arrivé")
    verification: str = Field(description="L'assertion, ou l'étape")
    attendu: str
    recu: str
    ou: str = Field(description="Le service et le rang de l'échange, ou le jour")
    produit: str = Field(description="Dans un duel, le rôle du produit en cause ; vide autrement")
    le: str | None = Field(description="Le jour, à l'heure simulée (AAAA-MM-JJ)")
    echange: str | None = Field(description="L'échange en cause, par son identifiant dans « epreuves »")
    rejouer: str = Field(description="La commande qui rejoue l'épreuve seule")
    curl: str = Field(description="La commande qui refait l'échange, ou l'action demandée au produit")
    comparaison: tuple[LigneComparee, ...] = Field(description="Le message attendu le plus proche en face du message reçu")
    requete: str = Field(description="L'échange en cause, tel qu'il a passé")
    reponse: str


class ExigenceRendue(_Partie):
    """Ce qui est dit d'une exigence."""

    id: str
    texte: str
    flux: int | None
    niveau: Niveau
    source: Source
    sort: Sort
    preuves: int = Field(description="Combien de fois elle a été vue tenue")
    raison: str = Field(description="Pourquoi elle n'est pas prouvée ; vide autrement")
    echec_attendu: str = Field(description="Pourquoi son échec est attendu ; vide autrement")
    eprouvee_par: tuple[str, ...] = Field(description="Les épreuves et les assertions qui l'éprouvent")
    echecs: tuple[Carte, ...]


class Faute(_Partie):
    """Ce qui a arrêté une épreuve, et de qui c'est la faute."""

    epreuve: str
    domaine: Domaine
    phrase: str
    produit: str = Field(description="Dans un duel, le rôle du produit en cause ; vide autrement")


class ControleRendu(_Partie):
    """Ce qui a été regardé avant le plan : l'adresse, le bac, la convention, le certificat, les lettres."""

    controle: str
    tenue: Tenue
    phrase: str
    que_faire: str = Field(description="Quoi faire ; vide quand il n'y a rien à faire")
    domaine: Domaine | None = Field(description="De qui c'est l'affaire quand c'est une faute : configuration ou réseau")


class EtapeRendue(_Partie):
    """Une étape d'une épreuve."""

    rang: int
    quoi: str
    le: str = Field(description="Le jour, à l'heure simulée")
    prouve: tuple[str, ...]
    bon: bool


class EchangeRendu(_Partie):
    """Un échange du produit, tel que le service l'a gardé, ou une lettre qu'il a trouvée dans sa boîte."""

    id: str
    de: str
    a: str
    quoi: str = Field(description="Le message, ou la demande")
    le: str = Field(description="L'instant simulé")
    statut: int = Field(description="Ce qui lui a été répondu ; 0 pour une lettre reçue par le produit")
    requete: str
    reponse: str
    produit: str = Field(description="Dans un duel, le rôle du produit qui l'a porté ; vide autrement")


class EpreuveRendue(_Partie):
    """Une épreuve jouée : ses étapes, et ce qui a été échangé."""

    epreuve: str
    titre: str
    etapes: tuple[EtapeRendue, ...]
    echanges: tuple[EchangeRendu, ...]


class Mesures(_Partie):
    """Ce que l'exécution a duré. Une preuve le redit, elle ne le recalcule pas."""

    secondes: float
    epreuves: dict[str, float] = Field(description="Secondes de chaque épreuve")


class Versions(_Partie):
    """De quoi le verdict a été tiré."""

    fps: str
    exigences: str = Field(description="Empreinte des exigences, telles qu'elles sont écrites")


class Rapport(_Partie):
    """SPÉCIMEN — environnement simulé. Le verdict d'une exécution, qui ne vaut certification par personne."""

    format: Literal[2] = FORMAT
    mention: str
    plan: str
    titre: str
    produit: str
    execution: str
    etat: str = Field(description="conforme, non-conforme, configuration, simulateur ou incomplet")
    code: int = Field(description="Le code de sortie de la commande")
    prealable: tuple[ControleRendu, ...] = Field(description="Le contrôle préalable, dans l'ordre ; vide quand il n'a pas été fait")
    versions: Versions
    fautes: tuple[Faute, ...]
    exigences: tuple[ExigenceRendue, ...]
    epreuves: tuple[EpreuveRendue, ...]
    plan_joue: Plan = Field(description="Le plan tel qu'il a été joué : c'est de lui que « fps rejouer » repart")
    mesures: Mesures | None = None

    def compte(self, sort: Sort) -> int:
        """How many requirements had that lot."""
        return sum(e.sort is sort for e in self.exigences)

    def juge(self) -> Champs:
        """What a verification must find again: all but what the machine took."""
        return self.model_dump(mode="json", exclude={"mesures"})


@cache
def empreinte_des_exigences() -> str:
    """Twelve hexadecimal digits of the SHA-256 of all the requirements of this version."""
    dites = json.dumps([e.model_dump(mode="json") for e in exigences()], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(dites.encode()).hexdigest()[:12]


def rapport(verdict: Verdict, plan: Plan, produit: str, execution: str, mesures: Mesures | None = None) -> Rapport:
    """The report of a verdict; `mesures` is what it took, which the verdict does not depend on."""
    return Rapport(
        mention=MENTION,
        plan=verdict.plan,
        titre=plan.titre,
        produit=produit,
        execution=execution,
        etat=verdict.etat.name.lower().replace("_", "-"),
        code=verdict.etat.value,
        prealable=tuple(ControleRendu.model_validate(un) for un in verdict.constats),
        versions=Versions(fps=version("fps-certification"), exigences=empreinte_des_exigences()),
        fautes=tuple(Faute(epreuve=v, domaine=d, phrase=p, produit=de) for v, d, p, de in verdict.fautes),
        exigences=tuple(
            _exigence(r.exigence, execution, r.echecs, sort=r.sort, preuves=r.preuves, raison=r.raison, echec_attendu=r.attendu)
            for r in verdict.rendus
        ),
        epreuves=tuple(_epreuve(plan, jouee, vue) for jouee, vue in verdict.vues),
        plan_joue=plan,
        mesures=mesures,
    )


def _exigence(x: Exigence, execution: str, echecs: tuple[Echec, ...], **dit: Any) -> ExigenceRendue:
    return ExigenceRendue(
        id=x.id,
        texte=x.texte,
        flux=x.flux,
        niveau=x.niveau,
        source=x.source,
        eprouvee_par=(*x.epreuves, *x.assertions),
        echecs=tuple(_carte(e, execution) for e in echecs),
        **dit,
    )


def _carte(e: Echec, execution: str) -> Carte:
    return Carte(
        genre=e.genre,
        epreuve=e.epreuve,
        verification=e.verification,
        attendu=e.attendu,
        recu=e.recu,
        ou=e.ou,
        produit=e.produit,
        le=None if e.le is None else e.le.isoformat(),
        echange=None if e.echange is None else carte.identifiant(e.epreuve, e.echange),
        rejouer=f"fps rejouer {execution}#{e.epreuve}",
        curl=carte.curl(e),
        comparaison=tuple(LigneComparee(marque=m, attendu=a, recu=r) for m, a, r in carte.comparer(e)),
        requete=carte.requete(e),
        reponse=carte.reponse(e),
    )


def _epreuve(plan: Plan, jouee: Jouee, vue: Observation) -> EpreuveRendue:
    etapes = (EtapeRendue(rang=p.rang, quoi=p.quoi, le=p.date.isoformat(), prouve=p.prouve, bon=p.bon) for p in jouee.pas)
    lettres = (
        EchangeRendu(
            id=f"{jouee.vie}/{r.service.value}-lettre-{r.numero}",
            de=r.service.value,
            a="produit",
            quoi=r.type,
            le=r.date.isoformat(),
            statut=0,
            requete=f"{r.type} {r.sujet}",
            reponse=r.etat,
            produit="",
        )
        for r in vue.recues
    )
    envois = (_echange(jouee.vie, e, duel.de_l_echange(plan, vue, e)) for e in vue.echanges)
    tous = sorted((*envois, *lettres), key=lambda e: (e.le, e.statut == 0, e.id))
    return EpreuveRendue(epreuve=jouee.vie, titre=jouee.titre, etapes=tuple(etapes), echanges=tuple(tous))


def _echange(vie: str, e: Echange, produit: str) -> EchangeRendu:
    return EchangeRendu(
        id=carte.identifiant(vie, e),
        de="produit",
        a=e.service.value,
        quoi=e.message.nom if e.message is not None else f"{e.methode} {e.chemin}",
        le=e.date.isoformat(),
        statut=e.statut,
        requete=carte.brute(f"{e.methode} {e.chemin}", e.entetes, e.corps),
        reponse=carte.brute(str(e.statut), e.entetes_reponse, e.reponse),
        produit=produit,
    )
