"""The report of a run as data: what the other forms are made from, and what a program reads; its schema is published."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from fps_certification.exigences.exigence import Niveau, Source
from fps_certification.prealable.constat import Tenue
from fps_certification.preuves.liasse import MENTION
from fps_certification.sujets.sujet import Domaine
from fps_certification.verdict import Sort, Verdict

Champs = dict[str, Any]


class _Partie(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class Carte(_Partie):
    """Un échec : ce qui était attendu, ce qui est venu, où, et comment le rejouer."""

    epreuve: str = Field(description="L'épreuve pendant laquelle c'est arrivé")
    verification: str = Field(description="L'assertion, ou l'étape")
    attendu: str
    recu: str
    ou: str = Field(description="Le service et le rang de l'échange, ou le jour")
    rejouer: str = Field(description="La commande qui rejoue l'épreuve seule")
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
    echecs: tuple[Carte, ...]


class Faute(_Partie):
    """Ce qui a arrêté une épreuve, et de qui c'est la faute."""

    epreuve: str
    domaine: Domaine
    phrase: str


class ControleRendu(_Partie):
    """Ce qui a été regardé avant le plan : l'adresse, le bac, la convention, le certificat, les lettres."""

    controle: str
    tenue: Tenue
    phrase: str
    que_faire: str = Field(description="Quoi faire ; vide quand il n'y a rien à faire")
    domaine: Domaine | None = Field(description="De qui c'est l'affaire quand c'est une faute : configuration ou réseau")


class Rapport(_Partie):
    """Le verdict d'une exécution. Environnement simulé : il ne vaut certification par personne."""

    mention: str
    plan: str
    titre: str
    produit: str
    execution: str
    etat: str = Field(description="conforme, non-conforme, configuration, simulateur ou incomplet")
    code: int = Field(description="Le code de sortie de la commande")
    prealable: tuple[ControleRendu, ...] = Field(description="Le contrôle préalable, dans l'ordre ; vide quand il n'a pas été fait")
    fautes: tuple[Faute, ...]
    exigences: tuple[ExigenceRendue, ...]

    def compte(self, sort: Sort) -> int:
        """How many requirements had that lot."""
        return sum(e.sort is sort for e in self.exigences)


def rapport(verdict: Verdict, titre: str, produit: str, execution: str) -> Rapport:
    """The report of a verdict."""
    rendues = []
    for r in verdict.rendus:
        cartes = tuple(
            Carte(
                epreuve=e.epreuve,
                verification=e.verification,
                attendu=e.attendu,
                recu=e.recu,
                ou=e.ou,
                rejouer=f"fps certifier {verdict.plan} --only {e.epreuve}",
                requete=e.requete,
                reponse=e.reponse,
            )
            for e in r.echecs
        )
        x = r.exigence
        rendues.append(
            ExigenceRendue(
                id=x.id,
                texte=x.texte,
                flux=x.flux,
                niveau=x.niveau,
                source=x.source,
                sort=r.sort,
                preuves=r.preuves,
                raison=r.raison,
                echec_attendu=r.attendu,
                echecs=cartes,
            )
        )
    return Rapport(
        mention=MENTION,
        plan=verdict.plan,
        titre=titre,
        produit=produit,
        execution=execution,
        etat=verdict.etat.name.lower().replace("_", "-"),
        code=verdict.etat.value,
        prealable=tuple(ControleRendu.model_validate(un) for un in verdict.constats),
        fautes=tuple(Faute(epreuve=v, domaine=d, phrase=p) for v, d, p in verdict.fautes),
        exigences=tuple(rendues),
    )
