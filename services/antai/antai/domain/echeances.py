"""The days that ANTAI plans: each kind has its act in `deadlines.py`."""

from fps.regles.echeances import Nature


class Echeance(Nature):
    """What will happen by itself; its subject is the number of the FPS, or the SIRET of an espace."""

    ENVOI_APA = "envoi-apa", "L'avis de paiement part", "CGCT, art. L. 2333-87, II"
    EAVIS_NON_LU = (
        "eavis-non-lu",
        "L'avis électronique, que personne n'a lu, part par la poste",
        "CGCT, art. L. 2333-87, II ; hypothèse H48",
    )
    PLI_NON_DISTRIBUE = "pli-non-distribue", "La poste rapporte le pli de l'avis", "CGCT, art. L. 2333-87, II ; hypothèse H49"
    NOTIFICATION = "notification", "L'avis est réputé notifié", "CGCT, art. L. 2333-87, II"
    LIMITE_PAIEMENT = "limite-paiement", "Le délai de paiement est passé : le FPS est impayé", "CGCT, art. L. 2333-87, IV"
    EMISSION_TITRE = "emission-titre", "Le titre exécutoire est émis, le FPS majoré", "CGCT, art. R. 2333-120-16"
    RELANCE_ANNULATION = (
        "relance-annulation",
        "L'annulation que la juridiction a décidée n'est pas dite : l'ANTAI la réclame",
        "CGCT, art. R. 2333-120-60 ; hypothèse H13",
    )
    CONTROLE_ESPACE = (
        "controle-espace",
        "L'ANTAI décide de la demande d'espace numérique",
        "Loi n° 2014-58 du 27 janvier 2014, art. 63 ; hypothèse H85",
    )
    SIGNATURE_CONVENTION = (
        "signature-convention",
        "L'ANTAI décide de la convention déposée",
        "Loi n° 2014-58 du 27 janvier 2014, art. 63 ; hypothèse H85",
    )
