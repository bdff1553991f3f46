"""The acts of an enrolment: the certificate of a collectivité at each party, the homologation of its system by the court."""

from typing import Final

from fps.parties import Party
from fps_simulateur.langue.acte import Acte, consultation

_VILLE, _ANTAI, _CCSP = Party.COLLECTIVITE, Party.ANTAI, Party.CCSP

ENROLEMENTS: Final = (
    # The homologation of a system of télétransmission.
    Acte(
        "ouvrir une séance d'essai",
        "La juridiction ouvre une séance d'essai d'homologation, pour le certificat dont « empreinte » est l'empreinte.",
        _CCSP,
        "/teletransmission/{siret_ville}/homologations",
        defauts={"systeme": "Système de référence", "version": "essai", "empreinte": "service:collectivite"},
    ),
    Acte(
        "passer la séance d'essai",
        "La collectivité dépose le mémoire et la pièce d'essai, le mémoire deux fois, la pièce une fois changée.",
        _VILLE,
        "/teletransmission/essais",
        defauts={
            "conteste_erreur": True,
            "conclusions": "Rejeter la requête.",
            "moyens": "L'avis est régulier.",
        },
    ),
    consultation(
        "lire la séance d'essai",
        "La juridiction montre le rapport d'une séance d'essai.",
        _CCSP,
        "/teletransmission/{siret_ville}/homologations/{rang}",
    ),
    # The certificate of the collectivité at ANTAI, and what the API front says of it.
    consultation(
        "contrôler la connexion",
        "La collectivité demande à un service, par son API front, si ses messages passent (« service: dgfip », « ccsp »).",
        _VILLE,
        "/connexions/{siret}/{service}",
        siret="{siret_ville}",
        service="antai",
    ),
    *(
        Acte(
            f"{acte} le certificat",
            f"La collectivité {fait}, dans son espace numérique, le certificat dont « empreinte » est l'empreinte.",
            _ANTAI,
            f"/espaces/{{siret_ville}}/certificats/{{empreinte}}/{route}",
            defauts={"empreinte": "service:collectivite"},
        )
        for acte, fait, route in (("désactiver", "désactive", "desactivation"), ("activer", "active", "activation"))
    ),
    # What a product does of its own certificate where nobody is enrolled, and what the three parties make of it.
    Acte(
        "déposer le certificat",
        "La collectivité dépose son certificat à un service, dans la connexion qui le montre (« service: dgfip », « ccsp »).",
        _VILLE,
        "/connexions/{siret}/{service}",
        defauts={"siret": "{siret_ville}", "service": "antai"},
    ),
    Acte(
        "activer le certificat à la DGFiP",
        "Le comptable active le certificat dont « empreinte » est l'empreinte.",
        Party.DGFIP,
        "/collectivites/{siret_ville}/certificats/{empreinte}/activation",
        defauts={"empreinte": "service:collectivite"},
    ),
    Acte(
        "activer le certificat à la juridiction",
        "La collectivité active, au portail de la juridiction, le certificat dont « empreinte » est l'empreinte.",
        _CCSP,
        "/teletransmission/{siret_ville}/certificats/{empreinte}/activation",
        defauts={"empreinte": "service:collectivite"},
    ),
    Acte(
        "signer la convention de télétransmission",
        "La collectivité signe avec la juridiction la convention de télétransmission.",
        _CCSP,
        "/teletransmission/{siret_ville}/conventions",
        defauts={"signataire": "Le maire, par délégation"},
    ),
)
