"""What may happen to a titre exécutoire: issued with the collective title of the day, paid at the DGFiP."""

from collections.abc import Iterable
from datetime import date

from antai.actes.dossier import cles_origine, connu, origine_de, redevable_de
from antai.domain.dossier import Impaye
from antai.domain.mentions import Mention
from antai.domain.titre import SerieTitres, TitreCollectif, ecriture_titre, emission
from antai.domain.titre_annulation import ecriture_reglement
from fps.comptabilite import Libelle
from fps.kit.engine.work import Key, Work
from fps.messages.information_paiement import TitrePaye

EMISSION = "CGCT, art. R. 2333-120-16"
RECOUVREMENT = "CGPPP, art. L. 2323-7-1"


def cles_emission(numeros: list[str], le: date) -> Iterable[Key]:
    """What the titles of a day need: the contents, the title of each collectivité, the series of the year."""
    yield SerieTitres, (le.year,)
    for siret in dict.fromkeys(numero[:14] for numero in numeros):
        yield TitreCollectif, (siret, le)
    yield from cles_origine(numeros)
    yield from ((Impaye, (numero,)) for numero in numeros)


async def emettre(numero: str, work: Work) -> None:
    """The FPS and its majoration become a line of the collectivité's title of the day."""
    dossier, origine = await connu(numero, work), await origine_de(numero, work)
    titre = await _titre_du_jour(dossier.siret, work)
    work.add(titre.inscrire(dossier))
    place = {"numero_titre": titre.numero, "rang": titre.lignes}
    work.record(numero, Mention.EMISSION_TITRE, EMISSION, impaye=dossier.montant, majoration=dossier.majoration, **place)
    work.book(numero, ecriture_titre(dossier, work.today), EMISSION)
    work.send(emission(dossier, work.ville(dossier.siret), origine, await redevable_de(numero, work)))


async def _titre_du_jour(siret: str, work: Work) -> TitreCollectif:
    titre = await work.find(TitreCollectif, siret, work.today)
    if titre is None:
        serie = await work.find_or_add(SerieTitres(work.today.year))
        titre = TitreCollectif(siret, work.today, serie.suivant())
        work.add(titre)
    return titre


async def suivre_reglement(message: TitrePaye, work: Work) -> None:
    """Follow what the DGFiP collects of a title, cumulated; a late letter, or of a void title, changes nothing.

    Raises TitreNonEmis, LettreIncoherente.
    """
    dossier = await connu(message.numero_fps, work)
    if message.numero_titre == dossier.titre_leve and message.numero_titre != dossier.numero_titre:
        return
    dossier.exiger_titre(message.numero_titre, message.rang_annexe)
    rejets, avant = dossier.titre_rejets, dossier.titre_regle
    solde = message.reste_du == 0
    if not dossier.encaisser_titre(message.montant_paye, message.rabais, work.today, solde=solde, rejets=message.rejets):
        return
    mention = Mention.TITRE_PAYE if dossier.titre_reste_du == 0 else Mention.TITRE_PAYE_EN_PARTIE
    mention = mention if message.rejets == rejets else Mention.CHEQUE_IMPAYE
    work.record(dossier.numero, mention, RECOUVREMENT, montant=message.montant_paye, rabais=message.rabais, reste_du=dossier.titre_reste_du)
    ecriture = ecriture_reglement(dossier.siret, avant, dossier.titre_regle, work.today, Libelle.TITRE_EXECUTOIRE_PAYE)
    if ecriture is not None:
        work.book(dossier.numero, ecriture, RECOUVREMENT)
