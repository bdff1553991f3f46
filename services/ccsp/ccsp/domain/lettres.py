"""The letters of the court: each carries the name of the court of the day (décret n° 2024-733)."""

from datetime import date, datetime

from ccsp.domain.bordereau import Depot
from ccsp.domain.recevabilite import MOTIFS
from ccsp.domain.requete import Requete
from fps.droit import droit
from fps.messages.parties_prenantes import Adresse, Contact
from fps.messages.recours_collectivite import AccuseDepotMemoire, CommunicationRequete, DecisionCollectivite, DecisionTitre
from fps.messages.recours_usager import AccuseDepotRequete, DecisionRequerant, DemandeRegularisation
from fps.parties import SITES, Party
from fps.villes.communes import Commune

ADRESSE = Adresse(voie="3 rue du Simulateur", code_postal="87000", commune="Limoges")


def juridiction(le: date) -> Contact:
    """The court as it is called that day."""
    return Contact(nom=f"{droit(le).juridiction} (environnement simulé)", adresse=ADRESSE, url=SITES[Party.CCSP])


def defendeur(requete: Requete, ville: Commune | None) -> str:
    """The collectivité that defends, by its name, or by its number when the bac does not know it."""
    return f"Collectivité de SIRET {requete.siret}" if ville is None else ville.nom


def accuse_depot(requete: Requete, pieces: int, canal: str, instant: datetime, le: date) -> AccuseDepotRequete:
    """Time-stamped proof of a filing (CGCT, art. R. 2333-120-32 octies)."""
    return AccuseDepotRequete.model_validate(
        {
            "numero_requete": requete.numero,
            "numero_fps": requete.numero_fps,
            "horodatage": instant,
            "canal": canal,
            "pieces_recues": pieces,
            "confirmer_avant_le": None if requete.confirmee_le else requete.confirmer_avant_le,
            "juridiction": droit(le).juridiction,
        }
    )


def demande(requete: Requete, le: date) -> DemandeRegularisation:
    """What is missing, and that silence is worth renunciation (CGCT, art. R. 2333-120-39)."""
    return DemandeRegularisation(
        numero_requete=requete.numero,
        numero_fps=requete.numero_fps,
        juridiction=juridiction(le),
        requerant=requete.depot.requerant,
        motifs=tuple(f"{MOTIFS[code].titre()}." for code in requete.motifs),
        date_envoi=le,
        delai_mois=droit(le).regularisation_mois,
        renonciation=True,
    )


def communication(requete: Requete, instant: datetime, le: date) -> CommunicationRequete:
    """The petition as the defendant receives it (CGCT, art. R. 2333-120-44)."""
    if requete.limite_defense is None:
        raise ValueError("the petition is not communicated yet")
    depot = requete.depot
    return CommunicationRequete(
        numero_requete=requete.numero,
        numero_fps=requete.numero_fps,
        siret=requete.siret,
        objet=requete.objet,
        requerant=depot.requerant,
        conclusions=depot.conclusions or requete.complements,
        moyens=depot.moyens or requete.complements,
        pieces=depot.pieces,
        date_mise_a_disposition=instant,
        date_limite_defense=requete.limite_defense,
        juridiction=droit(le).juridiction,
    )


def accuse_memoire(requete: Requete, depot: Depot, le: date, motif: str | None = None) -> AccuseDepotMemoire:
    """Time-stamped proof of a brief or a piece, with its fingerprint (CGCT, art. R. 2333-120-32 octies); its motive when refused."""
    piece = depot.nature == "piece"
    return AccuseDepotMemoire(
        numero_requete=requete.numero,
        numero_fps=requete.numero_fps,
        numero_depot=depot.numero,
        horodatage=depot.horodatage,
        recevable=motif is None,
        motif=motif,
        rang=depot.rang,
        fichier=depot.fichier if piece else None,
        taille=depot.taille,
        empreinte=depot.empreinte,
        juridiction=droit(le).juridiction,
    )


def decision_ouverte(requete: Requete) -> DecisionCollectivite:
    """The decision again for the collectivité that opened it, with the date that its consultation gives; raises ValueError before it."""
    if requete.decision is None or requete.jugee_a is None:
        raise ValueError("the petition is not decided yet")
    return decisions(requete, None, requete.jugee_a, requete.decision.date_decision)[1]


def decisions(
    requete: Requete, defend: Commune | None, instant: datetime, le: date
) -> tuple[DecisionRequerant, DecisionCollectivite, DecisionTitre | None]:
    """The decision for each party, and for ANTAI when a title is touched (CGCT, art. R. 2333-120-60)."""
    d, titre = requete.decision, requete.depot.numero_titre
    if d is None or requete.notifiee_collectivite_le is None:
        raise ValueError("the petition is not decided yet")
    delai = droit(le).execution_mois
    requerant = DecisionRequerant(
        numero_requete=requete.numero,
        numero_fps=requete.numero_fps,
        juridiction=juridiction(le),
        requerant=requete.depot.requerant,
        defendeur=defendeur(requete, defend),
        nature=d.nature,
        date_decision=d.date_decision,
        sens=d.sens,
        motifs=d.motifs,
        dispositif=d.dispositif,
        fps_decharge=d.fps_decharge,
        majoration_dechargee=d.majoration_dechargee,
        amende_abus=d.amende_abus,
        frais=d.frais,
        frais_a_la_charge_de=d.frais_a_la_charge_de,
        rectifiee_le=d.rectifiee_le,
        date_mise_a_disposition=le,
        delai_execution_mois=delai if d.decharge else None,
        voie_recours="Cassation devant le Conseil d'État",
        delai_recours_mois=droit(le).cassation_mois,
    )
    ville = DecisionCollectivite(
        numero_requete=requete.numero,
        numero_fps=requete.numero_fps,
        siret=requete.siret,
        objet=requete.objet,
        nature=d.nature,
        date_decision=d.date_decision,
        sens=d.sens,
        motifs=d.motifs,
        dispositif=d.dispositif,
        fps_decharge=d.fps_decharge,
        majoration_dechargee=d.majoration_dechargee,
        frais=d.frais,
        frais_a_la_charge_de=d.frais_a_la_charge_de,
        rectifiee_le=d.rectifiee_le,
        date_mise_a_disposition=instant,
        date_notification=requete.notifiee_collectivite_le,
        delai_execution_mois=delai,
        juridiction=droit(le).juridiction,
    )
    if not d.decharge or (requete.objet != "titre" and titre is None):
        return requerant, ville, None
    antai = DecisionTitre(
        numero_requete=requete.numero,
        numero_fps=requete.numero_fps,
        siret=requete.siret,
        numero_titre=titre,
        nature=d.nature,
        date_decision=d.date_decision,
        sens=d.sens,
        fps_decharge=d.fps_decharge,
        majoration_dechargee=d.majoration_dechargee,
        juridiction=droit(le).juridiction,
    )
    return requerant, ville, antai
