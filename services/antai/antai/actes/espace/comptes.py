"""What may happen to the accounts of the agents of an espace: the first with the request, the others by a responsable."""

from antai.actes.espace.espace import ouvert
from antai.domain.espace.refus import DernierResponsable, RoleInsuffisant
from fps.kit.engine.work import Work
from fps.kit.trust import personnes
from fps.kit.trust.personnes import ComptePersonnel, EtatCompte

RESPONSABLE, AGENT = "responsable", "agent"


def espace_comptes(siret: str) -> str:
    """What the accounts of the agents of a collectivité belong to."""
    return f"antai:{siret}"


async def ouvrir_premier(siret: str, login: str, nom: str, empreinte: str, work: Work) -> None:
    """The account of who asks; the same login of a request that was refused is opened again, with its new password."""
    ancien = await work.find(ComptePersonnel, espace_comptes(siret), login)
    if ancien is None:
        await personnes.creer(work, espace_comptes(siret), login, nom, empreinte, RESPONSABLE)
        return
    ancien.nom, ancien.empreinte, ancien.role = nom, empreinte, RESPONSABLE
    ancien.etat, ancien.mot_de_passe_le, ancien.echecs, ancien.verrouille_jusqu_a = EtatCompte.ACTIF, work.batch.wall, 0, None


async def fermer_premier(siret: str, login: str, work: Work) -> None:
    """The request is refused: who asked has no account any more. Raises CompteInconnu."""
    await personnes.fermer(work, espace_comptes(siret), login)


async def ouvrir(par: ComptePersonnel | None, siret: str, login: str, nom: str, empreinte: str, role: str, work: Work) -> ComptePersonnel:
    """A new account, opened by a responsable or by the administration (None).

    Raises RoleInsuffisant, the refusal of the espace, LoginPris.
    """
    _exiger_responsable(par)
    await ouvert(siret, work)
    return await personnes.creer(work, espace_comptes(siret), login, nom, empreinte, role)


async def fermer(par: ComptePersonnel | None, siret: str, login: str, work: Work) -> ComptePersonnel:
    """Close an account; one responsable at least remains.

    Raises RoleInsuffisant, the refusal of the espace, CompteInconnu, DernierResponsable.
    """
    _exiger_responsable(par)
    await ouvert(siret, work)
    espace = espace_comptes(siret)
    # The accounts are found by their key, so that two closings at once see each other.
    connus = [c.login for c in await personnes.de_l_espace(work.tx, work.bac.nom, espace)]
    autres = [await personnes.connu(work, espace, autre) for autre in connus if autre != login]
    compte = await personnes.connu(work, espace, login)
    if compte.role == RESPONSABLE and not any(c.role == RESPONSABLE and c.etat is EtatCompte.ACTIF for c in autres):
        raise DernierResponsable(f"« {login} »", "login")
    return await personnes.fermer(work, espace, login)


def _exiger_responsable(par: ComptePersonnel | None) -> None:
    if par is not None and par.role == AGENT:
        raise RoleInsuffisant(f"Rôle « {par.role} ».")
