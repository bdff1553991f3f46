// How this product speaks to an administration: HTTPS, its certificate in the connection, the same Idempotency-Key for the same letter.

import { createHash } from 'node:crypto';
import { Agent, request } from 'node:https';

const ESSAIS = 5;
const ATTENTE = 500; // ms before the second try, then twice as long each time
const DELAI = 10_000; // ms without an answer

/** The administration refused: its problem says the code, the field, the article and what to do. */
export class Refus extends Error {
  constructor(statut, probleme) {
    super(`${probleme.title ?? statut} — ${probleme.detail ?? ''}`);
    this.statut = statut;
    this.code = probleme.code;
    this.erreurs = probleme.accuse?.erreurs ?? probleme.erreurs ?? [];
  }
}

export class Administration {
  /** `adresse`: of the service; `tls`: { cert, key, ca } in PEM. */
  constructor(adresse, tls) {
    this.adresse = adresse.replace(/\/$/, '');
    this.agent = new Agent({ keepAlive: true, ...tls });
    this.instants = new Map(); // bac → what its clock said last
  }

  lire(bac, chemin) {
    return this.demander('GET', bac, chemin);
  }

  mettre(bac, chemin, corps) {
    return this.demander('PUT', bac, chemin, corps);
  }

  /** Send a message. Its key is drawn from its content: sent again, it is the same letter and counts once. */
  poster(bac, chemin, corps) {
    const texte = JSON.stringify(corps);
    const identifiant = createHash('sha256').update(`${chemin}\n${texte}`).digest('hex').slice(0, 40);
    return this.demander('POST', bac, chemin, corps, identifiant);
  }

  /** Who did not answer, or could not (5xx, 429), is asked again, not before what Retry-After says. */
  async demander(methode, bac, chemin, corps, identifiant) {
    for (let essai = 1; ; essai += 1) {
      let reponse;
      try {
        reponse = await this.#une(methode, bac, chemin, corps, identifiant);
      } catch (erreur) {
        if (essai === ESSAIS) throw erreur;
        await new Promise((suite) => setTimeout(suite, ATTENTE * 2 ** (essai - 1)));
        continue;
      }
      if ((reponse.statut >= 500 || reponse.statut === 429) && essai < ESSAIS) {
        const dit = Number(reponse.entetes['retry-after'] ?? 0) * 1000;
        await new Promise((suite) => setTimeout(suite, Math.max(dit, ATTENTE * 2 ** (essai - 1))));
        continue;
      }
      const lu = reponse.texte ? JSON.parse(reponse.texte) : {};
      if (reponse.statut >= 400) throw new Refus(reponse.statut, lu);
      return lu;
    }
  }

  #une(methode, bac, chemin, corps, identifiant) {
    const texte = corps === undefined ? undefined : JSON.stringify(corps);
    const headers = { Accept: 'application/json' };
    if (texte !== undefined) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(texte) });
    if (identifiant !== undefined) headers['Idempotency-Key'] = identifiant;
    return new Promise((bien, mal) => {
      const url = `${this.adresse}/bacs/${bac}${chemin}`;
      const demande = request(url, { method: methode, headers, agent: this.agent, timeout: DELAI }, (reponse) => {
        const morceaux = [];
        reponse.on('data', (morceau) => morceaux.push(morceau));
        reponse.on('error', mal);
        reponse.on('end', () => {
          if (!reponse.complete) return mal(new Error(`${url} : la réponse a été coupée`));
          const instant = reponse.headers['fps-instant'];
          if (instant) this.instants.set(bac, new Date(instant));
          return bien({ statut: reponse.statusCode, entetes: reponse.headers, texte: Buffer.concat(morceaux).toString('utf8') });
        });
      });
      demande.on('timeout', () => demande.destroy(new Error(`${url} : rien en ${DELAI} ms`)));
      demande.on('error', mal);
      demande.end(texte);
    });
  }

  fermer() {
    this.agent.destroy();
  }
}
