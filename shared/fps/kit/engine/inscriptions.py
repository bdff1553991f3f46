"""A town is given to a bac that lives, is configured otherwise from a day on, or is taken from it: each all or nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, bindparam, delete, or_, select

from fps.errors import Conflit, Introuvable
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.engine import villes
from fps.kit.engine.bacs import enrol, tables_of
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.web.geste import geste_en_cours
from fps.parties import Party
from fps.villes.annuaire import DEPUIS, Version

ESPACES = (Party.ANTAI, Party.CCSP)  # where the agents of a town have accounts
_C = tables.chains.c
_DOSSIERS: Any = (
    select(_C.subject)
    .where(_C.bac == bindparam("nom", type_=Text), _C.subject >= bindparam("de", type_=Text), _C.subject < bindparam("jusqu_a", type_=Text))
    .limit(1)
)


class VilleExistante(Conflit):
    """Ce bac connaît déjà cette collectivité"""

    code = "ville-existante"
    que_faire = "Donnez le premier jour de sa nouvelle configuration (« depuis »), après celui de la précédente, ou retirez-la d'abord."


class VilleNonDonnee(Introuvable):
    """Personne n'a rien dit de cette collectivité à ce bac"""

    code = "ville-non-donnee"
    que_faire = "Un SIRET valable suffit pour l'enrôler ; « fps ville ajouter » lui donne un nom, des zones et des tarifs."


class VilleAvecDossiers(Conflit):
    """Cette collectivité a des dossiers dans ce bac"""

    code = "ville-avec-dossiers"
    que_faire = "Ses dossiers gardent la configuration de leur jour : donnez-lui-en une autre à partir de demain, ou créez un autre bac."


async def inscrire(service: Service, nom: str, versions: Sequence[Version], *, essai: bool = False) -> None:
    """Give towns to a bac, each enrolled with its reference system unless the bac is blank; `essai` keeps nothing.

    Raises BacInconnu, VilleExistante, VilleAvecDossiers.
    """
    async with service.database.write() as tx:
        batch = service.batch(tx)
        await batch.open([nom], [])
        work = Work(batch, batch.bac(nom))
        for version in villes.retenues(service.party, versions):
            siret, nouvelle = version.commune.siret, not work.villes.connait(version.commune.siret)
            await _verifier(version, work)
            work.inscrire(version)
            if nouvelle and not work.bac.vierge:
                await enrol(service, siret, work)
        work.keep()
        batch.noter(work.bac, geste_en_cours.get())
        if not essai:
            await batch.save()


async def _verifier(version: Version, work: Work) -> None:
    """A later configuration counts from a day that no dossier has known; the first one takes the place of the default one (H124).

    Raises VilleExistante, VilleAvecDossiers.
    """
    siret = version.commune.siret
    connues = work.villes.villes.get(siret, ())
    derniere = connues[-1] if connues else Version(DEPUIS, work.ville(siret))
    remplace = derniere.commune.par_defaut and version.depuis == derniere.depuis
    if version.depuis <= derniere.depuis and not remplace:
        raise VilleExistante(f"{derniere.commune.nom}, SIRET {siret}, configurée depuis le {derniere.depuis:%d/%m/%Y}.", "siret")
    dossiers = await avec_dossiers(work.tx, work.bac.nom, siret)
    if dossiers and version.depuis <= work.today:
        raise VilleAvecDossiers(f"{derniere.commune.nom}, à partir du {version.depuis:%d/%m/%Y}.", "depuis")
    if dossiers and not connues:  # they keep the configuration of their day
        work.inscrire(derniere)


async def avec_dossiers(tx: Transaction, nom: str, siret: str) -> bool:
    """Whether something was ever written of a FPS of this town."""
    return bool(await tx.select(_DOSSIERS, nom=nom, de=siret, jusqu_a=f"{siret}:"))


def donnees(siret: str, work: Work) -> tuple[Version, ...]:
    """The configurations that this bac was given of a town; raises VilleNonDonnee, CommuneInconnue."""
    ville = work.ville(siret)
    if not work.villes.connait(siret):
        raise VilleNonDonnee(f"{ville.nom}, bac « {work.bac.nom} ».", "siret")
    return work.villes.villes[siret]


async def radier(service: Service, nom: str, siret: str) -> None:
    """Take a town from a bac, with all that enrolled it; raises BacInconnu, CommuneInconnue, VilleNonDonnee, VilleAvecDossiers."""
    async with service.database.write() as tx:
        batch = service.batch(tx)
        await batch.open([nom], [])
        work = Work(batch, batch.bac(nom))
        ville = donnees(siret, work)[-1].commune
        if await avec_dossiers(tx, nom, siret):
            raise VilleAvecDossiers(f"{ville.nom}, SIRET {siret}.", "siret")
        work.radier(siret)
        work.keep()
        batch.noter(work.bac, geste_en_cours.get())
        await batch.save()
        await _desenroler(service, tx, nom, siret)


async def retablir(service: Service, nom: str, siret: str, versions: Sequence[Version]) -> None:
    """Give a town back the configurations that it had, none when nobody had told of it: a gift to four services failed in one.

    Raises BacInconnu, CommuneInconnue, VilleAvecDossiers when a dossier was opened meanwhile under what is taken back.
    """
    async with service.database.write() as tx:
        batch = service.batch(tx)
        await batch.open([nom], [])
        work = Work(batch, batch.bac(nom))
        connues, versions = work.villes.villes.get(siret, ()), villes.retenues(service.party, versions)
        reprises = [*(v for v in connues if v not in versions), *(v for v in versions if v not in connues)]
        dossiers = await avec_dossiers(tx, nom, siret)
        if dossiers and any(v.depuis <= work.today for v in reprises):
            raise VilleAvecDossiers(f"{work.ville(siret).nom}, SIRET {siret}.", "siret")
        work.radier(siret)
        for version in versions:
            work.inscrire(version)
        work.keep()
        batch.noter(work.bac, geste_en_cours.get())
        await batch.save()
        if not versions and not dossiers and not work.bac.vierge and not await _a_la_main(tx, nom, siret):
            await _desenroler(service, tx, nom, siret)


async def _a_la_main(tx: Transaction, nom: str, siret: str) -> bool:
    """Whether somebody enrolled this town: a certificate that is not the reference system's, an account of one of its agents."""
    deposes = await tx.load(tables.habilitations, [(nom, siret)], ("bac", "siret"))
    agents = await tx.load(tables.comptes_nominatifs, [(nom, f"{p}:{siret}") for p in ESPACES], ("bac", "espace"))
    return bool(agents) or any(cle != f"service:{Party.COLLECTIVITE}" for _, cle, *_ in deposes)


async def _desenroler(service: Service, tx: Transaction, nom: str, siret: str) -> None:
    """Everything that enrolled a town: its espace, its certificates, its agents."""
    for table in tables_of(service):
        if "siret" in table.c:
            await tx.execute(delete(table).where(table.c.bac == nom, table.c.siret == siret))
        elif "espace" in table.c:  # the accounts and the sessions of its agents
            await tx.execute(delete(table).where(table.c.bac == nom, or_(*(table.c.espace == f"{p}:{siret}" for p in ESPACES))))
