// The « pilote d'essai » of this product: POST /<action>, JSON in and out (docs/openapi-pilote.json).
//
//   node serveur.mjs --certificat certificat --ouvrir essai     once: the letters of the town wait for this product in that bac
//   node serveur.mjs --port 9000 --certificat certificat
//
// `--sans-lettres`: another product of the town takes its letters; this one asks ANTAI where a FPS stands (VA-Pilote).
// `--certificat`: the directory that « fps enroler » wrote: key, certificate, root of the simulator, addresses.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { Administration } from './administration.mjs';
import { Produit, repondre } from './produit.mjs';
import { LILLE } from './ville.mjs';

const { values: choix } = parseArgs({
  options: {
    port: { type: 'string', default: '9000' },
    certificat: { type: 'string', default: 'certificat' },
    ouvrir: { type: 'string' },
    'sans-lettres': { type: 'boolean', default: false },
  },
});
const lire = (nom) => readFileSync(`${choix.certificat}/${nom}`, 'utf8');
const tls = { cert: lire('certificat.pem'), key: lire('cle.pem'), ca: lire('racine.pem') };
const adresses = JSON.parse(lire('adresses.json'));
const [antai, dgfip, ccsp] = ['antai', 'dgfip', 'ccsp'].map((partie) => new Administration(adresses[partie], tls));
const produit = new Produit(LILLE, antai, dgfip, ccsp, { lettres: !choix['sans-lettres'] });

if (choix.ouvrir) {
  await produit.registre(choix.ouvrir);
  process.exit(0);
}

const serveur = createServer(async (demande, reponse) => {
  const rendre = (statut, corps) => {
    reponse.writeHead(statut, { 'Content-Type': 'application/json' });
    reponse.end(JSON.stringify(corps));
  };
  try {
    const morceaux = [];
    for await (const morceau of demande) morceaux.push(morceau);
    if (demande.method !== 'POST') return rendre(405, { code: 'methode', detail: 'POST /<action>' });
    return rendre(...(await repondre(produit, demande.url.slice(1), JSON.parse(Buffer.concat(morceaux).toString('utf8')))));
  } catch (erreur) {
    console.error(erreur);
    return rendre(500, { code: 'panne', detail: String(erreur.message) });
  }
});
serveur.listen(Number(choix.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${serveur.address().port}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
