// The system of one town: FPS established and sent, letters read, RAPO decided, defence, repayments. Its memory is that of the process.

import { Refus } from './administration.mjs';
import { cle, composer, enParis, jour, minuit, unMoisApres } from './numero.mjs';
import { minore } from './ville.mjs';

/** The product itself refuses: what is asked is against its rules. */
export class Interdit extends Error {
  constructor(code, detail) {
    super(detail);
    this.code = code;
  }
}

const PAR_LETTRE = {
  'fps.05.fps-paye.v1': (fps, dit) => fps.encaisser(dit.reference, dit.montant_paye, dit.date_heure_paiement, dit.reste_du ? null : 'paye'),
  'fps.05.fps-paye-minore.v1': (fps, dit) => fps.encaisser(dit.reference, dit.montant_paye, dit.date_heure_paiement, 'paye-minore'),
  'fps.05.titre-paye-collectivite.v1': (fps, dit) => {
    const etat = dit.reste_du_collectivite ? null : 'titre-paye';
    fps.encaisser(`titre ${dit.numero_titre}`, dit.part_collectivite, dit.date_heure_paiement, etat);
  },
  'fps.05.paiement-rejete.v1': (fps, dit) => fps.perdre(dit.reference, dit.reste_du),
  'fps.05.paiement-annule.v1': (fps, dit) => fps.perdre(dit.reference, dit.reste_du),
  'fps.07.communication.v1': (fps, dit, registre) => registre.requetes.set(dit.numero_requete, { fps, communication: dit }),
  'fps.07.decision.v1': (fps, dit, registre) => Object.assign(registre.requetes.get(dit.numero_requete) ?? {}, { decision: dit }),
};

class Fps {
  constructor(message) {
    this.creation = message;
    this.numero = message.numero_fps;
    this.montant = message.montant_fps;
    this.etat = 'etabli';
    this.paiements = new Map(); // reference → { montant, annee }
    this.rendu = 0;
    this.rapo = null;
  }

  encaisser(reference, montant, instant, etat) {
    this.paiements.set(reference, { montant, annee: Number(instant.slice(0, 4)) });
    if (etat !== null) this.etat = etat;
  }

  perdre(reference, reste) {
    this.paiements.delete(reference);
    if (reste > 0 && this.etat !== 'annule') this.etat = 'transmis';
  }
}

/** What the product knows of one world: a check is played in a bac of its own. */
class Registre {
  constructor() {
    this.fps = new Map();
    this.requetes = new Map();
    this.ordres = new Map();
    this.lues = new Set(); // the letters that were read: each counts once
    this.pieces = 0;
    this.parties = null; // the administrations where its letters wait for it
  }
}

export class Produit {
  /** `antai`, `dgfip`, `ccsp`: the administrations; `lettres`: false when another product of the town takes its letters. */
  constructor(ville, antai, dgfip, ccsp, { lettres = true } = {}) {
    Object.assign(this, { ville, antai, dgfip, ccsp, lettres });
    this.registres = new Map();
  }

  /** The register of a bac; the first time, those where this product is enrolled are asked to keep the letters until they are taken. */
  async registre(bac) {
    if (!this.registres.has(bac)) this.registres.set(bac, new Registre());
    const registre = this.registres.get(bac);
    if (registre.parties === null) {
      const parties = [];
      for (const partie of this.lettres ? [this.antai, this.dgfip, this.ccsp] : []) {
        if (await this.#garder(bac, partie)) parties.push(partie);
      }
      registre.parties = parties;
    }
    return registre;
  }

  /** Ask an administration to keep the letters; false where the town gave this product nothing to do. */
  async #garder(bac, partie) {
    try {
      await partie.mettre(bac, `/destinations/${this.ville.siret}`, { mode: 'retrait' });
      return true;
    } catch (erreur) {
      if (erreur instanceof Refus && erreur.statut === 403) return false;
      throw erreur;
    }
  }

  /** What time it is in the bac: what ANTAI says of it, not the clock of this machine. */
  async maintenant(bac) {
    await this.antai.lire(bac, `/front?siret=${this.ville.siret}`);
    return this.antai.instants.get(bac);
  }

  /** Take the letters, note what they say, then acknowledge them: cut in between, they come again and are known. */
  async relever(bac) {
    const registre = await this.registre(bac);
    for (const partie of registre.parties) {
      const { lettres } = await partie.lire(bac, `/messages?siret=${this.ville.siret}`);
      for (const lettre of lettres) {
        const dit = JSON.parse(lettre.corps);
        const fps = registre.fps.get(dit.numero_fps);
        if (!registre.lues.has(lettre.id) && fps) PAR_LETTRE[lettre.type]?.(fps, dit, registre);
        registre.lues.add(lettre.id);
      }
      if (lettres.length) await partie.poster(bac, '/messages/accuses', { siret: this.ville.siret, ids: lettres.map((l) => l.id) });
    }
    return registre;
  }

  /** The FPS of a number, after the letters were read. */
  async trouver(bac, numero) {
    const registre = await this.relever(bac);
    if (!registre.fps.has(numero)) registre.fps.set(numero, await this.#reprendre(bac, numero));
    return registre.fps.get(numero);
  }

  /** A FPS that another provider of the town established: what ANTAI shows of it (VA-Pilote). */
  async #reprendre(bac, numero) {
    try {
      const { dossier, constat } = await this.#suivi(bac, numero);
      const fps = new Fps({ numero_fps: numero, montant_fps: dossier.montant, date_heure_constat: constat.date_heure_constat });
      return Object.assign(fps, { etat: dossier.annule_le ? 'annule' : 'transmis' });
    } catch (erreur) {
      if (erreur instanceof Refus) throw new Interdit('fps-inconnu', `Aucun FPS ${numero} ici.`);
      throw erreur;
    }
  }

  #ordre(registre, quand, poste) {
    const place = `${jour(quand)} ${poste}`;
    registre.ordres.set(place, (registre.ordres.get(place) ?? 0) + 1);
    return registre.ordres.get(place);
  }

  async etablir(bac, dit) {
    const registre = await this.registre(bac);
    const { ville } = this;
    const quand = dit.date_heure_constat ? new Date(dit.date_heure_constat) : await this.maintenant(bac);
    const zone = ville.zones[dit.zone];
    if (dit.siret !== ville.siret || !zone) throw new Interdit('hors-perimetre', `Ce produit ne connaît pas la zone « ${dit.zone} » de ${dit.siret}.`);
    const poste = Number(dit.agent);
    const numero = composer(ville.siret, quand, ville.autorite, poste, this.#ordre(registre, quand, poste));
    const deduit = dit.montant_deduit ?? 0;
    const montant = zone.fps - deduit;
    const message = {
      numero_fps: numero,
      cle: cle(numero),
      siret: ville.siret,
      date_heure_constat: enParis(quand),
      lieu: { voie: dit.voie, code_postal: dit.code_postal ?? zone.code_postal, commune: ville.adresse.commune, zone: dit.zone },
      vehicule: dit.vehicule,
      agent: { identifiant: dit.agent, autorite: ville.direction },
      montant_fps: montant,
      montant_deduit: deduit,
      fin_effets: enParis(new Date(quand.getTime() + zone.minutes * 60_000)),
      mode_notification: 'antai',
      minoration: { montant: minore(montant, ville), delai_jours: ville.minoration.delai_jours },
      contact_rapo: ville.recours,
      prestataire: 'Éditeur Exemple',
    };
    const fps = new Fps(message);
    registre.fps.set(numero, fps);
    const accuse = await this.antai.poster(bac, '/flux/01-message-fps/creation', message);
    fps.etat = accuse.statut === 'abandonne' ? 'abandonne' : 'transmis';
    return { numero, immatriculation: dit.vehicule.immatriculation };
  }

  /** What the API front of an administration says of this product: connected when nothing is missing for that collectivité. */
  async #connexion(bac, { siret, service, deposer }) {
    if (deposer) await this.#deposer(bac, siret, this[service]);
    const { manques } = await this[service].lire(bac, `/front?siret=${siret}`);
    const siens = manques.filter((manque) => manque.siret === null || manque.siret === siret);
    return { etat: siens.length ? 'non-connecte' : 'connecte', manques: siens.map((manque) => manque.code) };
  }

  /** Make the certificate of this connection known to an administration: the town, the court or the accountant then activates it. */
  async #deposer(bac, siret, partie) {
    try {
      await partie.poster(bac, '/certificats', { siret, prestataire: 'Éditeur Exemple' });
    } catch (erreur) {
      if (!(erreur instanceof Refus && erreur.code === 'certificat-deja-depose')) throw erreur;
    }
  }

  async lire(bac, dit) {
    if (dit.connexion) return this.#connexion(bac, dit.connexion);
    const fps = await this.trouver(bac, dit.numero);
    return { etat: fps.etat, montant: fps.montant };
  }

  async annuler(bac, dit, origine = dit.origine ?? 'erreur-agent') {
    const fps = await this.trouver(bac, dit.numero);
    const message = {
      numero_fps: fps.numero,
      siret: this.ville.siret,
      date_annulation: enParis(await this.maintenant(bac)),
      origine,
      motif: dit.motif,
    };
    await this.antai.poster(bac, '/flux/01-message-fps/annulation', message);
    fps.etat = 'annule';
    return {};
  }

  /** An avis rectificatif: it has a number of its own, that of the agent who makes it. */
  async #rectifier(bac, fps, agent, montant, motif, origine, recue) {
    const registre = await this.registre(bac);
    const maintenant = await this.maintenant(bac);
    const avis = composer(this.ville.siret, maintenant, this.ville.autorite, Number(agent), this.#ordre(registre, maintenant, Number(agent)));
    await this.antai.poster(bac, '/flux/01-message-fps/modification', {
      numero_fps: fps.numero,
      numero_avis: avis,
      cle_avis: cle(avis),
      siret: this.ville.siret,
      agent: { identifiant: agent, autorite: this.ville.direction },
      origine,
      date_reception_rapo: enParis(recue),
      date_edition: enParis(maintenant),
      montant_rectifie: montant,
      motif,
      contact_rapo: this.ville.recours,
    });
    fps.montant = montant;
    return {};
  }

  async baisser(bac, dit) {
    const fps = await this.trouver(bac, dit.numero);
    const constat = new Date(fps.creation.date_heure_constat);
    const recue = new Date(Math.max(minuit(dit.date_demande).getTime(), constat.getTime()));
    return this.#rectifier(bac, fps, dit.agent, dit.montant, dit.motif, 'collectivite', recue);
  }

  /** What ANTAI knows of the dossier: whether a titre was issued is told by no letter (VA-Pilote, with the certificate). */
  #suivi(bac, numero) {
    return this.antai.lire(bac, `/va-pilote/dossiers/${numero}?siret=${this.ville.siret}`);
  }

  async #annulerTitre(bac, fps, origine, fpsAnnule, majoration, motif, requete, decision) {
    await this.antai.poster(bac, '/flux/08-information-annulation/titre', {
      numero_fps: fps.numero,
      siret: this.ville.siret,
      numero_titre: null,
      origine,
      numero_requete: requete,
      date_decision: decision,
      etendue: fpsAnnule === fps.montant ? 'totale' : 'partielle',
      fps_annule: fpsAnnule,
      majoration_annulee: majoration,
      motif,
    });
    if (fpsAnnule === fps.montant) fps.etat = 'annule';
    return {};
  }

  /** What a judgement takes off a FPS whose titre is not issued yet: nothing but the FPS is there to be annulled. */
  async #annulerAvantTitre(bac, fps, decision, motif, requete) {
    const restant = fps.montant - decision.fps_decharge;
    await this.antai.poster(bac, '/flux/08-information-annulation/fps', {
      numero_fps: fps.numero,
      siret: this.ville.siret,
      origine: 'juridiction',
      numero_requete: requete,
      date_decision: decision.date_decision,
      etendue: restant === 0 ? 'totale' : 'partielle',
      montant_annule: decision.fps_decharge,
      montant_restant: restant,
      motif,
    });
    fps.montant = restant;
    if (restant === 0) fps.etat = 'annule';
    return {};
  }

  async 'abandonner-titre'(bac, dit) {
    const fps = await this.trouver(bac, dit.numero);
    const { dossier } = await this.#suivi(bac, fps.numero);
    const majoration = dossier.majoration;
    return this.#annulerTitre(bac, fps, 'collectivite', fps.montant, majoration, dit.motif, null, jour(await this.maintenant(bac)));
  }

  async 'recevoir-rapo'(bac, dit) {
    const fps = await this.trouver(bac, dit.numero_fps);
    if (fps.rapo) throw new Interdit('rapo-deja-depose', 'Ce FPS a déjà été contesté.');
    const { dossier: suivi } = await this.#suivi(bac, fps.numero);
    if (suivi.numero_titre) throw new Interdit('rapo-apres-titre', 'Le titre exécutoire est émis : le recours préalable n’est plus ouvert.');
    const recu = await this.maintenant(bac);
    const notifie = suivi.date_notification ?? dit.date_notification_avis ?? jour(recu);
    fps.rapo = { depot: dit, recu, tardif: jour(recu) > unMoisApres(notifie), decide: false };
    return {};
  }

  async 'decider-rapo'(bac, dit) {
    const fps = await this.trouver(bac, dit.numero);
    const { rapo } = fps;
    if (!rapo) throw new Interdit('rapo-absent', 'Aucun recours n’a été déposé.');
    if (rapo.decide || jour(await this.maintenant(bac)) > unMoisApres(jour(rapo.recu))) {
      throw new Interdit('rapo-deja-decide', 'Le recours est décidé, ou le silence d’un mois l’a rejeté.');
    }
    if (rapo.tardif && dit.sens !== 'irrecevable') throw new Interdit('rapo-irrecevable', 'Déposé après le mois : il est irrecevable.');
    if (!rapo.tardif && dit.sens === 'irrecevable' && !dit.sans_qualite) throw new Interdit('rapo-recevable', 'Rien ne le rend irrecevable.');
    if (dit.sens === 'acceptation-totale') await this.annuler(bac, dit, 'rapo');
    if (dit.sens === 'acceptation-partielle') await this.#rectifier(bac, fps, dit.agent, dit.montant_rectifie, dit.motif, 'rapo', rapo.recu);
    rapo.decide = true;
    return {};
  }

  async #requete(bac, numero) {
    const requete = (await this.relever(bac)).requetes.get(numero);
    if (!requete) throw new Interdit('requete-inconnue', `Aucune requête ${numero} n’a été communiquée.`);
    return requete;
  }

  /** The trial session of the court: the brief twice, a piece that changed under its former fingerprint (refused), the piece. */
  async #essayer(bac, { requete, essai, conteste_erreur, conclusions, moyens, signataire = 'Le maire, par délégation' }) {
    const { siret, numero_fps, piece } = essai;
    const ici = `/teletransmission/${siret}/essais`;
    const commun = { numero_requete: requete, numero_fps, siret, canal: 'teletransmission' };
    const memoire = { ...commun, conteste_erreur, conclusions, moyens, signataire };
    for (let fois = 0; fois < 2; fois += 1) await this.ccsp.poster(bac, `${ici}/memoire`, memoire);
    const octets = Buffer.from(piece.contenu, 'base64');
    octets[octets.length >> 1] ^= 1;
    try {
      await this.ccsp.poster(bac, `${ici}/piece`, { ...commun, rang: 1, piece: { ...piece, contenu: octets.toString('base64') } });
    } catch (erreur) {
      if (!(erreur instanceof Refus)) throw erreur;
    }
    await this.ccsp.poster(bac, `${ici}/piece`, { ...commun, rang: 1, piece });
    return {};
  }

  async defendre(bac, dit) {
    if (dit.essai) return this.#essayer(bac, dit);
    const { fps, communication } = await this.#requete(bac, dit.requete);
    const { date_limite_defense: limite } = communication;
    if (jour(await this.maintenant(bac)) > limite) throw new Interdit('defense-hors-delai', `La défense était attendue jusqu’au ${limite}.`);
    const commun = { numero_requete: dit.requete, numero_fps: fps.numero, siret: this.ville.siret, canal: dit.canal ?? 'teletransmission' };
    const signataire = dit.signataire ?? 'Le maire, par délégation';
    const { conteste_erreur, conclusions, moyens } = dit;
    await this.ccsp.poster(bac, '/flux/07-recours-collectivite/memoire', { ...commun, conteste_erreur, conclusions, moyens, signataire });
    for (const [rang, piece] of (dit.pieces ?? []).entries()) {
      await this.ccsp.poster(bac, '/flux/07-recours-collectivite/piece', { ...commun, rang: rang + 1, piece });
    }
    return {};
  }

  async executer(bac, dit) {
    const { fps, decision } = await this.#requete(bac, dit.requete);
    if (!decision || decision.fps_decharge + decision.majoration_dechargee === 0) throw new Interdit('rien-a-executer', 'La décision ne décharge de rien.');
    const motif = `Décision de la juridiction, requête ${dit.requete}.`;
    const { dossier } = await this.#suivi(bac, fps.numero);
    if (!dossier.numero_titre) return this.#annulerAvantTitre(bac, fps, decision, motif, dit.requete);
    return this.#annulerTitre(
      bac, fps, 'juridiction', decision.fps_decharge, decision.majoration_dechargee, motif, dit.requete, decision.date_decision,
    );
  }

  async rembourser(bac, dit) {
    const registre = await this.relever(bac);
    const fps = await this.trouver(bac, dit.numero);
    const encaisse = [...fps.paiements.values()].reduce((total, paiement) => total + paiement.montant, 0);
    const du = fps.etat === 'annule' ? 0 : fps.montant;
    const montant = dit.montant ?? encaisse - du - fps.rendu;
    if (montant <= 0) throw new Interdit('rien-a-rembourser', 'Rien n’a été payé en trop.');
    const aujourdhui = jour(await this.maintenant(bac));
    const exercice = Number(aujourdhui.slice(0, 4));
    const annee = Math.max(...[...fps.paiements.values()].map((paiement) => paiement.annee));
    const quoi = annee === exercice ? 'titre-annulation' : 'mandat';
    registre.pieces += 1;
    await this.dgfip.poster(bac, `/flux/09-document-comptable/${quoi}`, {
      numero_fps: fps.numero,
      siret: this.ville.siret,
      collectivite: this.ville.nom,
      numero_piece: `${quoi === 'mandat' ? 'MD' : 'TA'}-${exercice}-${String(registre.pieces).padStart(4, '0')}`,
      exercice,
      exercice_paiement: annee,
      date_piece: aujourdhui,
      cause: fps.rapo?.decide ? 'rapo' : 'collectivite',
      beneficiaire: dit.beneficiaire ?? fps.rapo?.depot.demandeur,
      iban: dit.iban,
      montant,
      montant_encaisse: encaisse,
      motif: 'Le forfait a été annulé ou réduit.',
    });
    fps.rendu += montant;
    return { montant };
  }
}

/** What the product answers to an action: done, refused with its code, or not done here. */
export async function repondre(produit, action, { bac, ...dit }) {
  const faits = ['etablir', 'lire', 'annuler', 'baisser', 'abandonner-titre', 'recevoir-rapo', 'decider-rapo', 'defendre', 'executer', 'rembourser'];
  if (!faits.includes(action)) return [501, { code: 'non-pris-en-charge' }];
  try {
    return [200, await produit[action](bac, dit)];
  } catch (erreur) {
    if (erreur instanceof Interdit || erreur instanceof Refus) return [409, { code: erreur.code, detail: erreur.message }];
    throw erreur;
  }
}
