"""What the DGFiP says in the statement of a bac: its titles, what ANTAI collected before them, the accounts of the collectivités."""

from collections.abc import Sequence

from dgfip.domain.amiable import EncaissementAmiable
from dgfip.domain.prise_en_charge import PriseEnCharge
from dgfip.domain.reversement import CompteCollectivite, Reversement
from fps.kit.engine.releve import Releveur, lire, totaux
from fps.kit.engine.work import Work
from fps.releves import DossierDgfip, EnsembleDgfip, ReversementReleve, TitreReleve

SOMMES = ("montant_impaye", "majoration", "montant_paye", "montant_rembourse", "part_collectivite")


async def ensemble(work: Work) -> EnsembleDgfip:
    """Every title, and the accounts of the collectivités, month after month."""
    titres, sommes = await totaux(work, PriseEnCharge, *SOMMES)
    mois = sorted(await lire(work, Reversement, [()], ()), key=lambda r: (r.siret, r.mois))
    comptes = await lire(work, CompteCollectivite, [()], ())
    return EnsembleDgfip(
        titres=titres,
        reversements=tuple(ReversementReleve.model_validate(r) for r in mois),
        a_precompter={c.siret: c.a_precompter for c in comptes},
        **sommes,
    )


async def dossiers(work: Work, sujets: Sequence[str]) -> dict[str, DossierDgfip]:
    """What is held of each FPS."""
    cles = [(sujet,) for sujet in sujets]
    titres = {p.numero_fps: TitreReleve.model_validate(p) for p in await lire(work, PriseEnCharge, cles)}
    encaisses = {e.numero_fps: e.montant for e in await lire(work, EncaissementAmiable, cles)}
    connus = titres.keys() | encaisses.keys()
    return {n: DossierDgfip(titre=titres.get(n), encaisse_amiable=encaisses.get(n)) for n in connus}


RELEVE = Releveur(ensemble, dossiers)
