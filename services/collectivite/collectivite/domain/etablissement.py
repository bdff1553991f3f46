"""Establishing a FPS: its number, its amount from the tariff of the day, the message FPS that tells ANTAI."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from collectivite.domain.refus import ConstatRefuse, SerieEpuisee
from collectivite.domain.stationnement import phrase_gratuite
from collectivite.domain.tarif import bareme_de
from fps.droit import droit
from fps.droit.calculs import fin_effets, montant_fps
from fps.droit.calendar import ajouter_jours, paris_date
from fps.droit.numero import NumeroFps
from fps.messages.mfps import AccuseFps, CreationFps, ErreurAccuse, ModeNotification
from fps.messages.parties_prenantes import Agent, Lieu, Vehicule
from fps.regles.accuse import erreur
from fps.regles.controle_mfps import controler_creation
from fps.regles.serie import Serie
from fps.villes.communes import Commune, Zone
from fps.villes.prestataires import emetteur

ORDRE_MAXIMUM: Final = 999


@dataclass(frozen=True, slots=True)
class Constat:
    """What the agent saw and typed."""

    zone: str | None
    voie: str
    code_postal: str | None
    vehicule: Vehicule
    agent: str
    date_heure: datetime
    montant_deduit: int | None = None
    mode_notification: ModeNotification | None = None
    dispositif: str | None = field(default=None)
    autorite: int | None = None


@dataclass
class SerieAgent(Serie):
    """The numbers that one agent of one collectivité has used one day (arrêté of 6 November 2015, art. 4)."""

    siret: str
    jour: date
    agent: int

    def suivant(self) -> int:
        """The next order, from 1; raises SerieEpuisee after 999."""
        if self.dernier >= ORDRE_MAXIMUM:
            raise SerieEpuisee(f"Agent {self.agent:03d}, {self.jour:%d/%m/%Y} : {self.dernier} FPS établis.", "agent")
        return self.avancer()


def verifier_date(constat: Constat, maintenant: datetime) -> None:
    """Raises ConstatRefuse for a finding in the future."""
    if constat.date_heure > maintenant:
        raise ConstatRefuse("La date du constat est dans le futur : vérifiez l'horloge du terminal.", "date_heure_constat")


def verifier_anciennete(constat: Constat, maintenant: datetime) -> None:
    """Raises ConstatRefuse for a finding too old to become a FPS (hypothesis H107)."""
    jour, limite = paris_date(constat.date_heure), droit(paris_date(maintenant)).constat_anciennete_jours
    if ajouter_jours(jour, limite) < paris_date(maintenant):
        raise ConstatRefuse(f"Le constat du {jour:%d/%m/%Y} a plus de {limite} jours : vérifiez sa date.", "date_heure_constat")


def _hors_heures(ville: Commune, zone: Zone, constat: Constat) -> Iterator[ErreurAccuse]:
    reprise = ville.heures(zone.code).reprise(constat.date_heure)
    if reprise is not None:
        yield erreur(
            "hors-heures-payantes",
            "date_heure_constat",
            phrase_gratuite(ville.heures(zone.code).local(reprise)),
            "CGCT, art. L. 2333-87, I ; R. 2333-120-6",
            "N'établissez pas de FPS : aucune redevance n'est due hors des heures payantes de la zone.",
        )


def message_fps(ville: Commune, constat: Constat, serie: SerieAgent, maintenant: datetime, depart: datetime | None = None) -> CreationFps:
    """The message of a FPS; its amount is that of the zone less the latest proof (CGCT, art. L. 2333-87, I and R. 2333-120-5).

    `depart` is the hour of the latest proof: the effects of the FPS run from it (R. 2333-120-6), else from the finding.
    Raises HorsBareme, ZoneIntrouvable, ZoneAmbigue, AutoriteInconnue, SerieEpuisee, NumeroInvalide, and ConstatRefuse whose accusé names
    every error.
    """
    jour, zone = ville.jour(constat.date_heure), ville.situer(constat.voie, constat.code_postal, constat.zone)
    deduit, debut = constat.montant_deduit or 0, depart or constat.date_heure
    montant = montant_fps(bareme_de(ville, zone.code, constat.vehicule.categorie, jour), deduit)
    autorite, emet = ville.autorite_de(zone.code, constat.autorite), emetteur(ville.prestataires, zone.code)
    numero = NumeroFps.composer(ville.siret, jour, autorite=autorite.indicatif, dispositif=serie.agent, ordre=serie.suivant())
    message = CreationFps(
        numero_fps=str(numero),
        cle=numero.cle,
        siret=ville.siret,
        date_heure_constat=constat.date_heure,
        lieu=Lieu(
            voie=constat.voie,
            code_postal=constat.code_postal or zone.codes_postaux[0],
            commune=ville.adresse.commune,
            zone=zone.code,
        ),
        vehicule=constat.vehicule,
        agent=Agent(identifiant=constat.agent, autorite=ville.nommer(autorite)),
        dispositif=constat.dispositif,
        montant_fps=montant,
        montant_deduit=deduit,
        fin_effets=fin_effets(debut, zone.duree(ville.heures(zone.code).jour(debut)), ville.interruptions(zone.code, debut)),
        mode_notification=constat.mode_notification or ville.mode_notification,
        minoration=ville.minoration(montant, jour) if droit(jour).minoration_canaux else None,
        contact_rapo=ville.contact_rapo_de(zone.code),
        prestataire=None if emet is None else emet.nom,
    )
    plafond = zone.plafond(jour, constat.vehicule.categorie)
    erreurs = [
        *_hors_heures(ville, zone, constat),
        *controler_creation(message, maintenant=maintenant, plafond=plafond, fuseau=ville.fuseau),
    ]
    if erreurs:
        accuse = AccuseFps(numero_fps=message.numero_fps, statut="refuse", date_reception=maintenant, erreurs=tuple(erreurs))
        raise ConstatRefuse(" ".join(e.phrase for e in erreurs), erreurs[0].champ, accuse)
    return message
