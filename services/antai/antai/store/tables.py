"""The tables of ANTAI, and the case file that each one holds."""

from datetime import date

from sqlalchemy import MetaData

from antai.domain.annulation import InformationRecue
from antai.domain.avis import AvisEmis
from antai.domain.dossier import Constat, Dossier, Impaye
from antai.domain.espace.controle import Controle
from antai.domain.espace.espace import DepotConvention, Espace
from antai.domain.paiement import Paiement
from antai.domain.titre import LigneTitre, SerieTitres, TitreCollectif
from antai.domain.titre_annulation import Appariement, LigneAnnulation, SerieAnnulations, TitreAnnulation
from fps.kit.data.listes import Rangement
from fps.kit.data.records import Record
from fps.regles.verrou import Verrou

metadata = MetaData()

# Every list is read in one of these: what it filters by is behind what it is sorted by (ADR 0041).
DOSSIERS = Record(
    Dossier,
    metadata,
    "dossiers",
    key=("numero",),
    indexes={
        "dossiers_par_etat": ("etat", "numero"),
        "dossiers_par_reception": ("recu_le", "numero", "etat"),
        "dossiers_par_montant": ("montant", "numero", "etat"),
        "dossiers_par_plaque": ("plaque", "numero", "etat", "recu_le", "montant"),
    },
)
RANGEMENT = Rangement(DOSSIERS.table, {"recu": date, "montant": int, "etat": str}, colonnes={"recu": "recu_le"}, recu="recu")
# Written once: the rows that change stay narrow.
CONSTATS = Record(Constat, metadata, "constats", key=("numero",))
IMPAYES = Record(Impaye, metadata, "impayes", key=("numero",))
AVIS_EMIS = Record(
    AvisEmis,
    metadata,
    "avis_emis",
    key=("numero_avis", "nature"),
    indexes={"avis_emis_facture": ("siret", "date_envoi"), "avis_emis_par_fps": ("numero_fps",)},
)
PAIEMENTS = Record(Paiement, metadata, "paiements", key=("numero", "rang"))
VERROUS = Record(Verrou, metadata, "verrous", key=("numero",))
INFORMATIONS_RECUES = Record(InformationRecue, metadata, "informations_recues", key=("numero", "empreinte"))
APPARIEMENTS = Record(Appariement, metadata, "appariements", key=("numero", "numero_requete"))
SERIES_TITRES = Record(SerieTitres, metadata, "series_titres", key=("annee",))
TITRES = Record(TitreCollectif, metadata, "titres", key=("siret", "date_emission"), indexes={"titres_par_numero": ("numero",)})
LIGNES_TITRES = Record(LigneTitre, metadata, "lignes_titres", key=("numero_titre", "rang"))
SERIES_ANNULATIONS = Record(SerieAnnulations, metadata, "series_annulations", key=("annee",))
TITRES_ANNULATION = Record(
    TitreAnnulation, metadata, "titres_annulation", key=("siret", "date_emission"), indexes={"titres_annulation_par_numero": ("numero",)}
)
LIGNES_ANNULATIONS = Record(
    LigneAnnulation,
    metadata,
    "lignes_annulations",
    key=("numero_annulation", "rang"),
    indexes={"lignes_annulations_par_fps": ("numero_fps",)},
)
# The espace numérique of a collectivité, with its conventions: one row, read with each batch of letters.
ESPACES = Record(Espace, metadata, "espaces", key=("siret",))
# The document that the collectivité deposited, in base64.
DEPOTS_CONVENTIONS = Record(DepotConvention, metadata, "depots_conventions", key=("siret", "rang"))
CONTROLES = Record(Controle, metadata, "controles", key=("objet",))

# What the reads of the screens select from.
appariements = APPARIEMENTS.table
avis_emis = AVIS_EMIS.table
dossiers = DOSSIERS.table
espaces = ESPACES.table
lignes_annulations = LIGNES_ANNULATIONS.table
lignes_titres = LIGNES_TITRES.table
paiements = PAIEMENTS.table
titres = TITRES.table
titres_annulation = TITRES_ANNULATION.table

RECORDS = (
    DOSSIERS,
    CONSTATS,
    IMPAYES,
    AVIS_EMIS,
    PAIEMENTS,
    VERROUS,
    TITRES,
    LIGNES_TITRES,
    SERIES_TITRES,
    INFORMATIONS_RECUES,
    APPARIEMENTS,
    TITRES_ANNULATION,
    LIGNES_ANNULATIONS,
    SERIES_ANNULATIONS,
    ESPACES,
    DEPOTS_CONVENTIONS,
    CONTROLES,
)
