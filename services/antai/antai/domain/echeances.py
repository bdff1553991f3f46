"""The days that ANTAI plans: each kind has its act in `deadlines.py`."""

from enum import StrEnum


class Echeance(StrEnum):
    """What will happen by itself; its subject is the number of the FPS, or the SIRET of an espace."""

    ENVOI_APA = "envoi-apa"
    EAVIS_NON_LU = "eavis-non-lu"
    PLI_NON_DISTRIBUE = "pli-non-distribue"
    NOTIFICATION = "notification"
    LIMITE_PAIEMENT = "limite-paiement"
    EMISSION_TITRE = "emission-titre"
    RELANCE_ANNULATION = "relance-annulation"
    CONTROLE_ESPACE = "controle-espace"
    SIGNATURE_CONVENTION = "signature-convention"
