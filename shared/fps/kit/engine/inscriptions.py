"""A town is given to a bac that lives, is configured otherwise from a day on, or is taken from it: each all or nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, bindparam, delete, or_, select

from fps.errors import Conflit
from fps.kit.data import tables
from fps.kit.data.database import Transaction
from fps.kit.engine.bacs import enrol, tables_of
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.villes.annuaire import Version

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
        for version in versions:
            siret, nouvelle = version.commune.siret, not work.villes.connait(version.commune.siret)
            await _verifier(version, work)
            work.inscrire(version)
            if nouvelle and not work.bac.vierge:
                await enrol(service, siret, work)
        work.keep()
        if not essai:
            await batch.save()


async def _verifier(version: Version, work: Work) -> None:
    """A later configuration counts from a day that no dossier has known. Raises VilleExistante, VilleAvecDossiers."""
    siret = version.commune.siret
    connues = work.villes.villes.get(siret, ())
    if not connues:
        return
    if version.depuis <= connues[-1].depuis:
        raise VilleExistante(f"{connues[-1].commune.nom}, SIRET {siret}, configurée depuis le {connues[-1].depuis:%d/%m/%Y}.", "siret")
    if version.depuis <= work.today and await avec_dossiers(work.tx, work.bac.nom, siret):
        raise VilleAvecDossiers(f"{connues[-1].commune.nom}, à partir du {version.depuis:%d/%m/%Y}.", "depuis")


async def avec_dossiers(tx: Transaction, nom: str, siret: str) -> bool:
    """Whether something was ever written of a FPS of this town."""
    return bool(await tx.select(_DOSSIERS, nom=nom, de=siret, jusqu_a=f"{siret}:"))


async def radier(service: Service, nom: str, siret: str) -> None:
    """Take a town from a bac, with all that enrolled it; raises BacInconnu, CommuneInconnue, VilleAvecDossiers."""
    async with service.database.write() as tx:
        batch = service.batch(tx)
        await batch.open([nom], [])
        work = Work(batch, batch.bac(nom))
        ville = work.ville(siret)
        if await avec_dossiers(tx, nom, siret):
            raise VilleAvecDossiers(f"{ville.nom}, SIRET {siret}.", "siret")
        work.radier(siret)
        work.keep()
        await batch.save()
        for table in tables_of(service):
            if "siret" in table.c:
                await tx.execute(delete(table).where(table.c.bac == nom, table.c.siret == siret))
            elif "espace" in table.c:  # the accounts and the sessions of its agents
                await tx.execute(
                    delete(table).where(table.c.bac == nom, or_(*(table.c.espace == f"{p}:{siret}" for p in ("antai", "ccsp"))))
                )
