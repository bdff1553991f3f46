"""The acts of the lives, in the words of the trade: who is asked, by which route, what an act gives when the life does not say it.

Nothing else of the simulator knows an address of the four services, but the pilot, whose doors are its own.
"""

from collections.abc import Mapping
from typing import Any, Final

from fps.flows import by_type
from fps.messages.message import MessageClass
from fps.messages.specimen_pdf import piece_jointe
from fps.parties import Party
from fps_simulateur.langue.acte import Acte as Acte  # those who name the acts name it here
from fps_simulateur.langue.acte import consultation
from fps_simulateur.langue.enrolements import ENROLEMENTS
from fps_simulateur.langue.fautes import proche

Champs = dict[str, Any]


def _lettre(nom: str, type_: str, sens: str) -> Acte:
    cls = by_type(type_)
    return Acte(nom, sens, cls.receiver, cls.path, message=cls)


PLAQUE: Final = "AB-123-CD"
AGENT, DECIDEUR = "0072", "90"
ETABLIR: Final = "établir un FPS"
PANNE: Final = "poser une panne"
LIEU: Final = frozenset({"voie", "code_postal"})
_RUE: Final = {"siret": "{siret_ville}", "immatriculation": PLAQUE}
_VILLE, _ANTAI, _DGFIP, _CCSP = Party.COLLECTIVITE, Party.ANTAI, Party.DGFIP, Party.CCSP

_TOUS: Final = (
    # In the street.
    Acte(
        ETABLIR,
        "L'agent établit un FPS ; le dossier porte le nom que donne « dossier », sinon « fps », « fps-2 »…",
        _VILLE,
        "/fps",
        defauts={
            "siret": "{siret_ville}",
            "zone": "{zone_ville}",
            "voie": "12 rue de l'Exemple",
            "vehicule": {"immatriculation": PLAQUE, "pays": "FR", "marque": "Renault", "categorie": "voiture"},
            "agent": AGENT,
        },
        etablit=True,
    ),
    Acte(
        "payer au parcmètre",
        "Quelqu'un paie son stationnement.",
        _VILLE,
        "/stationnements/paiements",
        defauts=_RUE | {"zone": "{zone_ville}", "reference": "T-1"},
    ),
    Acte(
        "accorder un droit",
        "La collectivité accorde un droit : abonnement, carte, gratuité.",
        _VILLE,
        "/stationnements/droits",
        defauts=_RUE,
    ),
    Acte(
        "contrôler",
        "Un agent, ou une voiture de contrôle, regarde si un véhicule a payé.",
        _VILLE,
        "/controles",
        defauts=_RUE | {"zone": "{zone_ville}"},
    ),
    Acte(
        "constater après un contrôle",
        "Un agent constate l'absence de paiement qu'un contrôle a signalée, et établit le FPS.",
        _VILLE,
        "/controles/{controle}/constat",
        defauts={
            "agent": "72",
            "voie": "12 rue de l'Exemple",
            "vehicule": {"immatriculation": PLAQUE, "pays": "FR", "marque": "Renault", "categorie": "voiture"},
        },
        etablit=True,
    ),
    Acte(
        "assermenter un agent",
        "La collectivité enregistre l'assermentation d'un agent, ou son retrait.",
        _VILLE,
        "/agents/{siret_ville}/{agent}",
        "PUT",
    ),
    # The town and its FPS.
    Acte(
        "baisser le FPS",
        "La collectivité baisse un FPS impayé, sans RAPO.",
        _VILLE,
        "/fps/{numero}/modification",
        defauts={"agent": DECIDEUR},
    ),
    Acte("annuler le FPS", "La collectivité annule un FPS avant tout titre exécutoire.", _VILLE, "/fps/{numero}/annulation"),
    Acte("abandonner le titre", "La collectivité abandonne un FPS majoré.", _VILLE, "/fps/{numero}/annulation-titre"),
    Acte(
        "renvoyer un acte refusé",
        "La collectivité corrige un acte que l'ANTAI a refusé, et le renvoie ; « rang » dit lequel.",
        _VILLE,
        "/fps/{numero}/actes/{rang}/renvoi",
        defauts={"rang": 1},
    ),
    Acte(
        "payer avec la notice",
        "L'usager paie à la collectivité, avant l'envoi de l'avis, ce que dit la notice du pare-brise.",
        _VILLE,
        "/fps/{numero}/paiement-rapide",
        defauts={"moyen": "internet", "reference": "CB-1"},
    ),
    Acte(
        "payer à la collectivité",
        "L'usager paie un FPS à la collectivité, en cycle partiel.",
        _VILLE,
        "/fps/{numero}/paiements",
        defauts={"moyen": "guichet", "reference": "CB-1"},
    ),
    Acte(
        "chèque de la collectivité impayé",
        "La banque rejette un chèque que la collectivité a encaissé, en cycle partiel.",
        _VILLE,
        "/fps/{numero}/cheque-impaye",
        defauts={"reference": "CHQ-1"},
    ),
    Acte(
        "rembourser",
        "La collectivité rembourse ce qui a été payé en trop.",
        _VILLE,
        "/fps/{numero}/remboursements",
        defauts={"iban": "FR7630001007941234567890185"},
    ),
    Acte(
        "compenser",
        "La collectivité impute ce qui a été payé en trop sur un FPS majoré du même redevable (« sur »), au lieu de le rembourser.",
        _VILLE,
        "/fps/{numero}/compensation",
    ),
    consultation(
        "suivre son FPS",
        "L'usager suit son FPS sur le site de la collectivité.",
        _VILLE,
        "/suivi",
        numero="{numero}",
        immatriculation="{immatriculation}",
    ),
    # RAPO.
    _lettre("déposer un RAPO", "fps.03.depot.v1", "Le redevable conteste le FPS en ligne."),
    _lettre("déposer un RAPO par lettre", "fps.03.depot-postal.v1", "Le redevable conteste le FPS par lettre recommandée."),
    consultation("consulter le RAPO", "Un agent lit un RAPO et sa recevabilité.", _VILLE, "/rapos/{numero}"),
    Acte(
        "demander les pièces du RAPO",
        "La collectivité demande ce qui manque à un RAPO.",
        _VILLE,
        "/rapos/{numero}/pieces",
        defauts={"agent": DECIDEUR},
    ),
    Acte("décider le RAPO", "La collectivité décide d'un RAPO.", _VILLE, "/rapos/{numero}/decision", defauts={"agent": DECIDEUR}),
    # ANTAI.
    _lettre("payer le FPS", "fps.04.paiement-fps.v1", "L'usager paie le FPS à l'ANTAI."),
    Acte("lire l'e-avis", "Le redevable ouvre l'avis dématérialisé.", _ANTAI, "/dossiers/{numero}/lecture"),
    Acte("rendre le pli", "La poste rend à l'ANTAI un avis qu'elle n'a pas pu distribuer.", _ANTAI, "/dossiers/{numero}/pli-non-distribue"),
    Acte(
        "chèque du FPS impayé",
        "La banque rejette un chèque que l'ANTAI a encaissé.",
        _ANTAI,
        "/dossiers/{numero}/cheque-impaye",
        defauts={"reference": "CHQ-1"},
    ),
    Acte("rendre le double paiement", "L'ANTAI rend ce qui a été payé deux fois.", _ANTAI, "/dossiers/{numero}/restitution"),
    Acte(
        "répondre de l'annulation",
        "Un agent répond d'une annulation que nulle décision n'appuie.",
        _ANTAI,
        "/dossiers/{numero}/requetes/{numero_requete}/reglement",
        defauts={"par": "C. Spécimen"},
    ),
    # The public accountant.
    _lettre("payer le titre", "fps.04.paiement-titre.v1", "L'usager paie le titre exécutoire."),
    Acte(
        "chèque du titre impayé",
        "La banque rejette un chèque que le comptable a encaissé.",
        _DGFIP,
        "/prises-en-charge/{numero}/cheque-impaye",
        defauts={"reference": "CHQ-1"},
    ),
    Acte(
        "demander une remise",
        "Le redevable demande la remise gracieuse de la majoration.",
        _DGFIP,
        "/prises-en-charge/{numero}/remise",
        defauts={"motif": "Revenus modestes."},
    ),
    Acte("décider la remise", "Le comptable décide d'une demande de remise.", _DGFIP, "/prises-en-charge/{numero}/remise/decision"),
    Acte("suspendre le recouvrement", "Le comptable suspend le recouvrement.", _DGFIP, "/prises-en-charge/{numero}/suspension"),
    Acte("reprendre le recouvrement", "Le comptable reprend le recouvrement.", _DGFIP, "/prises-en-charge/{numero}/reprise"),
    consultation("consulter les remboursements", "Le comptable lit les remboursements d'un FPS.", _DGFIP, "/remboursements/{numero}"),
    consultation(
        "consulter le reversement",
        "La collectivité lit le reversement d'un mois (« mois: 2023-10 »).",
        _DGFIP,
        "/reversements/{siret}/{mois}",
    ),
    # The court.
    _lettre("saisir la juridiction", "fps.06.requete.v1", "Le requérant saisit la juridiction du stationnement payant."),
    _lettre("répondre à la juridiction", "fps.06.reponse.v1", "Le requérant produit ce que la juridiction lui demande."),
    consultation("consulter le recours", "La collectivité lit une requête.", _VILLE, "/recours/{requete}"),
    Acte("défendre", "La collectivité dépose son mémoire en défense et ses pièces.", _VILLE, "/recours/{requete}/memoire"),
    Acte("juger", "La juridiction statue.", _CCSP, "/requetes/{requete}/decision", defauts={"nature": "jugement"}),
    Acte("rectifier la décision", "La juridiction rectifie une erreur matérielle.", _CCSP, "/requetes/{requete}/rectification"),
    Acte(
        "ouvrir la décision",
        "Une partie ouvre la décision mise à sa disposition.",
        _CCSP,
        "/requetes/{requete}/consultation",
        defauts={"partie": "requerant"},
    ),
    Acte("se pourvoir", "La juridiction note un pourvoi en cassation.", _CCSP, "/requetes/{requete}/pourvoi"),
    Acte("exécuter la décision", "La collectivité exécute une décision de la juridiction.", _VILLE, "/recours/{requete}/execution"),
    Acte("régler les frais", "La collectivité verse les frais de l'instance, ou les reçoit.", _VILLE, "/recours/{requete}/frais"),
    Acte("demander l'exécution", "Le requérant demande l'exécution d'une décision.", _CCSP, "/requetes/{requete}/execution"),
    Acte("prononcer une astreinte", "La juridiction prononce une astreinte.", _CCSP, "/requetes/{requete}/astreinte"),
    Acte("classer l'exécution", "La juridiction classe une demande d'exécution satisfaite.", _CCSP, "/requetes/{requete}/classement"),
    *ENROLEMENTS,
    # An editor under test, in the place of the reference collectivité.
    _lettre("créer un FPS", "fps.01.creation.v1", "Le produit de la collectivité transmet un FPS."),
    _lettre("modifier un FPS", "fps.01.modification.v1", "Le produit transmet un FPS rectificatif."),
    _lettre("annuler un FPS", "fps.01.annulation.v1", "Le produit annule un FPS."),
    _lettre("informer d'une annulation de FPS", "fps.08.fps.v1", "Le produit annonce l'annulation d'un FPS."),
    _lettre("informer d'une annulation de titre", "fps.08.titre.v1", "Le produit annonce l'annulation d'un titre."),
    _lettre("déclarer un FPS impayé", "fps.11.fps-impaye.v1", "Le produit déclare un FPS impayé, en cycle partiel."),
    _lettre("émettre un titre d'annulation de recette", "fps.09.titre-annulation.v1", "Le produit annule une recette."),
    _lettre("émettre un mandat de remboursement", "fps.09.mandat.v1", "Le produit mandate un remboursement."),
    _lettre("déposer un mémoire", "fps.07.memoire.v1", "Le produit dépose un mémoire en défense."),
    _lettre("produire une pièce", "fps.07.piece.v1", "Le produit dépose une pièce de la défense."),
    # What goes wrong between the simulator and that product.
    Acte(
        PANNE,
        "Le pilote dérange les échanges avec le produit de la ville : ce que « panne » dit arrive désormais à ses lettres.",
        _ANTAI,
        "/pilotage/bacs/{bac}/pannes/{siret_ville}/{regle}",
        "PUT",
        pilote=True,
    ),
    Acte(
        "lever une panne",
        "Le pilote lève une panne, par son nom.",
        _ANTAI,
        "/pilotage/bacs/{bac}/pannes/{siret_ville}/{regle}",
        "DELETE",
        pilote=True,
    ),
)
ACTES: Final[Mapping[str, Acte]] = {acte.nom: acte for acte in _TOUS}
LETTRES: Final[Mapping[str, MessageClass]] = {acte.nom: acte.message for acte in _TOUS if acte.message is not None}

# Where each service shows a dossier, and who explains a value.
VUES: Final[Mapping[Party, str]] = {
    _VILLE: "/fps/{numero}",
    _ANTAI: "/dossiers/{numero}",
    _DGFIP: "/prises-en-charge/{numero}",
    _CCSP: "/requetes/{requete}",
}
# Where each service lists its dossiers, page after page; what the route of an act becomes when many of them are given at once.
LISTES: Final[Mapping[Party, str]] = {_VILLE: "/fps", _ANTAI: "/dossiers", _DGFIP: "/prises-en-charge", _CCSP: "/requetes"}
LOT: Final = "/lot"
RAPPORT_RAPO: Final = "/rapports/rapo/{siret}/{annee}"
EXPLICATIONS: Final[Mapping[Party, str]] = {
    _ANTAI: "/dossiers/{numero}/explication/{champ}",
    _DGFIP: "/prises-en-charge/{numero}/explication/{champ}",
}

# Short words for what is longer.
_VEHICULE: Final = {"plaque": "immatriculation", "pays": "pays", "marque": "marque", "categorie": "categorie"}


def acte(nom: str) -> Acte:
    """The act of that name; raises ValueError with the nearest one."""
    if nom not in ACTES:
        raise ValueError(f"« {nom} » n'est pas un acte{proche(nom, ACTES)}")
    return ACTES[nom]


def donnees(un: Acte, avec: Mapping[str, Any]) -> Champs:
    """What an act gives: what the life says, its short words written whole, over what the act gives by default (not for a letter)."""
    given = dict(avec)
    if "vehicule" in un.defauts:
        vehicule = {long: str(given.pop(court)) for court, long in _VEHICULE.items() if court in given}
        if vehicule:
            given["vehicule"] = fusion(vehicule, given.get("vehicule", {}))
    elif "plaque" in given and "immatriculation" in un.defauts:
        given["immatriculation"] = given.pop("plaque")
    defauts = un.defauts
    if not given.keys().isdisjoint(LIEU) and "zone" not in given:  # who says where lets the town find the zone
        defauts = {nom: value for nom, value in defauts.items() if nom != "zone"}
    return fusion(defauts, pieces_jointes(given))


def courts(un: Acte) -> dict[str, str]:
    """The short words of an act, with what each stands for."""
    if "vehicule" in un.defauts:
        return {court: f"« {long} » du véhicule" for court, long in _VEHICULE.items()}
    if "immatriculation" in un.defauts:
        return {"plaque": "« immatriculation »"}
    return {}


def pieces_jointes(avec: Mapping[str, Any]) -> Champs:
    """What is given, each of its pieces written whole."""
    if not isinstance(avec.get("pieces"), list):
        return dict(avec)
    return {**avec, "pieces": [piece(one) for one in avec["pieces"]]}


def piece(donnee: Any) -> Any:
    """A piece by its nature alone (« rapo »), or with its file (« nature », « fichier »): a specimen of PDF that says that name."""
    if isinstance(donnee, str):
        donnee = {"nature": donnee}
    if not isinstance(donnee, Mapping) or not {"nature"} <= donnee.keys() <= {"nature", "fichier"}:
        return donnee
    return piece_jointe(str(donnee["nature"]), str(donnee.get("fichier", f"{donnee['nature']}.pdf")))


def fusion(base: Mapping[str, Any], given: Mapping[str, Any]) -> Champs:
    """The fields given over those of the base, part by part."""
    found = dict(base)
    for nom, value in given.items():
        old = found.get(nom)
        found[nom] = fusion(old, value) if isinstance(value, Mapping) and isinstance(old, Mapping) else value
    return found
