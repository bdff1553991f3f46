"""The tables of ANTAI, and the case file that each one holds."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, MetaData, Table, Text

from antai.domain.annulation import InformationRecue
from antai.domain.avis import AvisEmis
from antai.domain.dossier import Constat, Dossier, Impaye
from antai.domain.espace.controle import Controle
from antai.domain.espace.espace import DepotConvention, Espace
from antai.domain.paiement import Paiement
from antai.domain.titre import LigneTitre, SerieTitres, TitreCollectif
from antai.domain.titre_annulation import Appariement, LigneAnnulation, SerieAnnulations, TitreAnnulation
from fps.kit.data.records import Record
from fps.kit.data.sql import Instant
from fps.regles.verrou import Verrou

metadata = MetaData()

dossiers = Table(
    "dossiers",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("siret", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("immatriculation", Text, nullable=False),
    Column("montant_initial", BigInteger, nullable=False),
    Column("montant", BigInteger, nullable=False),
    Column("minoration_montant", BigInteger),
    Column("minoration_delai", BigInteger),
    Column("recu_le", Date, nullable=False),
    Column("etat", Text, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("motif_abandon", Text),
    Column("electronique", Boolean, nullable=False),
    Column("date_envoi", Date),
    Column("lu_le", Instant),
    Column("date_notification", Date),
    Column("date_limite_paiement", Date),
    Column("minoration_jusqu_au", Date),
    Column("pli_revenu_le", Date),
    Column("numero_avis", Text),
    Column("rapo_rectifie", Boolean, nullable=False),
    Column("annule_le", Date),
    Column("origine_annulation", Text),
    Column("montant_paye", BigInteger, nullable=False),
    Column("paye_le", Date),
    Column("paiements", BigInteger, nullable=False),
    Column("trop_percu", BigInteger, nullable=False),
    Column("majoration", BigInteger, nullable=False),
    Column("numero_titre", Text),
    Column("rang_annexe", BigInteger),
    Column("date_titre", Date),
    Column("titre_rabais", BigInteger, nullable=False),
    Column("titre_rejets", BigInteger, nullable=False),
    Column("titre_solde", Boolean, nullable=False),
    Column("titre_fps_annule", BigInteger, nullable=False),
    Column("titre_majoration_annulee", BigInteger, nullable=False),
    Column("requete_en_attente", Text),
)

# Written once: the rows that change stay narrow.
constats = Table(
    "constats",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("redevable", Text),
    Column("introuvable", Boolean, nullable=False),
)

impayes = Table(
    "impayes",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("redevable", Text),
)

avis_emis = Table(
    "avis_emis",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_avis", Text, primary_key=True),
    Column("nature", Text, primary_key=True),
    Column("numero_fps", Text, nullable=False),
    Column("siret", Text, nullable=False),
    Column("date_envoi", Date, nullable=False),
    Column("montant", BigInteger, nullable=False),
    Column("message", Text),
    Index("avis_emis_facture", "bac", "siret", "date_envoi"),
)

paiements = Table(
    "paiements",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True),
    Column("siret", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("moyen", Text, nullable=False),
    Column("montant", BigInteger, nullable=False),
    Column("minore", Boolean, nullable=False),
    Column("le", Date, nullable=False),
    Column("delai_jours", BigInteger, nullable=False),
    Column("sort", Text, nullable=False),
)

verrous = Table(
    "verrous",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("echecs", BigInteger, nullable=False),
    Column("jusqu_a", Instant),
)

informations_recues = Table(
    "informations_recues",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("empreinte", Text, primary_key=True),
    Column("message", Text, nullable=False),
    Column("recue_le", Date, nullable=False),
)

appariements = Table(
    "appariements",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero", Text, primary_key=True),
    Column("numero_requete", Text, primary_key=True),
    Column("decision", Text),
    Column("decision_le", Date),
    Column("annulation", Text),
    Column("annulation_le", Date),
    Column("relance_le", Date),
    Column("refus", Text),
    Column("refuse_le", Date),
)

series_titres = Table(
    "series_titres",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("annee", BigInteger, primary_key=True),
    Column("dernier", BigInteger, nullable=False),
)

titres = Table(
    "titres",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("date_emission", Date, primary_key=True),
    Column("numero", Text, nullable=False),
    Column("lignes", BigInteger, nullable=False),
    Column("total_impaye", BigInteger, nullable=False),
    Column("total_majoration", BigInteger, nullable=False),
)

lignes_titres = Table(
    "lignes_titres",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_titre", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True),
    Column("numero_fps", Text, nullable=False),
    Column("montant_impaye", BigInteger, nullable=False),
    Column("majoration", BigInteger, nullable=False),
)

series_annulations = Table(
    "series_annulations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("annee", BigInteger, primary_key=True),
    Column("dernier", BigInteger, nullable=False),
)

titres_annulation = Table(
    "titres_annulation",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("date_emission", Date, primary_key=True),
    Column("numero", Text, nullable=False),
    Column("lignes", BigInteger, nullable=False),
    Column("total_fps", BigInteger, nullable=False),
    Column("total_majoration", BigInteger, nullable=False),
)

lignes_annulations = Table(
    "lignes_annulations",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("numero_annulation", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True),
    Column("numero_fps", Text, nullable=False),
    Column("etendue", Text, nullable=False),
    Column("motif", Text, nullable=False),
    Column("montant_fps_annule", BigInteger, nullable=False),
    Column("majoration_annulee", BigInteger, nullable=False),
    Column("reste_du", BigInteger, nullable=False),
)

# The espace numérique of a collectivité, with its conventions: one row, read with each batch of letters.
espaces = Table(
    "espaces",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("adresse", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("demandeur", Text, nullable=False),
    Column("etat", Text, nullable=False),
    Column("demande_le", Instant, nullable=False),
    Column("decide_le", Instant),
    Column("motif", Text),
    Column("reglages", Text, nullable=False),
    Column("conventions", Text, nullable=False),
)

# The document that the collectivité deposited, in base64.
depots_conventions = Table(
    "depots_conventions",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("siret", Text, primary_key=True),
    Column("rang", BigInteger, primary_key=True),
    Column("empreinte", Text, nullable=False),
    Column("contenu", Text, nullable=False),
)

controles = Table(
    "controles",
    metadata,
    Column("bac", Text, primary_key=True),
    Column("objet", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("jours", BigInteger, nullable=False),
)

DOSSIERS = Record(dossiers, Dossier)
ESPACES = Record(espaces, Espace)
CONSTATS = Record(constats, Constat)
IMPAYES = Record(impayes, Impaye)
TITRES = Record(titres, TitreCollectif)
LIGNES_TITRES = Record(lignes_titres, LigneTitre)
TITRES_ANNULATION = Record(titres_annulation, TitreAnnulation)
LIGNES_ANNULATIONS = Record(lignes_annulations, LigneAnnulation)
APPARIEMENTS = Record(appariements, Appariement)
AVIS_EMIS = Record(avis_emis, AvisEmis)
PAIEMENTS = Record(paiements, Paiement)
RECORDS = (
    DOSSIERS,
    CONSTATS,
    IMPAYES,
    AVIS_EMIS,
    PAIEMENTS,
    Record(verrous, Verrou),
    TITRES,
    LIGNES_TITRES,
    Record(series_titres, SerieTitres),
    Record(informations_recues, InformationRecue),
    APPARIEMENTS,
    TITRES_ANNULATION,
    LIGNES_ANNULATIONS,
    Record(series_annulations, SerieAnnulations),
    ESPACES,
    Record(depots_conventions, DepotConvention),
    Record(controles, Controle),
)
