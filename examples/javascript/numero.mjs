// The number of a FPS and its key (arrêté du 6 novembre 2015, art. 4; docs/specification.md, H01), and the days of Paris.

const PARIS = 'Europe/Paris';
const parties = new Intl.DateTimeFormat('en-CA', { timeZone: PARIS, year: 'numeric', month: '2-digit', day: '2-digit' });
const decalage = new Intl.DateTimeFormat('en', { timeZone: PARIS, timeZoneName: 'longOffset' });

/** The civil day in Paris of an instant, « AAAA-MM-JJ ». */
export const jour = (instant) => parties.format(instant);

/** An instant with the offset of Paris at that moment, to the second. */
export function enParis(instant) {
  const nom = decalage.formatToParts(instant).find((p) => p.type === 'timeZoneName').value; // « GMT+02:00 »
  const signe = nom.slice(3) || '+00:00';
  const minutes = Number(signe.slice(1, 3)) * 60 + Number(signe.slice(4, 6));
  const la = new Date(instant.getTime() + (signe[0] === '-' ? -minutes : minutes) * 60_000);
  return la.toISOString().slice(0, 19) + signe;
}

/** The first instant of a day in Paris. */
export function minuit(jour_) {
  const vers = new Date(`${jour_}T00:00:00Z`);
  for (const heures of [2, 1]) {
    const essai = new Date(vers.getTime() - heures * 3_600_000);
    if (enParis(essai).startsWith(`${jour_}T00:00:00`)) return essai;
  }
  return vers;
}

/** The same day of the next month, or the last of that month when it has none (the month of the RAPO). */
export function unMoisApres(jour_) {
  const [annee, mois, rang] = jour_.split('-').map(Number);
  const dernier = new Date(Date.UTC(annee, mois + 1, 0)).getUTCDate();
  return new Date(Date.UTC(annee, mois, Math.min(rang, dernier))).toISOString().slice(0, 10);
}

/** 26 digits: SIRET, year, authority, day of the year, agent or device, rank of the day. */
export function composer(siret, instant, autorite, poste, ordre) {
  const [annee, mois, rang] = jour(instant).split('-').map(Number);
  const quantieme = (Date.UTC(annee, mois - 1, rang) - Date.UTC(annee, 0, 1)) / 86_400_000 + 1;
  const trois = (n) => String(n).padStart(3, '0');
  return `${siret}${String(annee).slice(2)}${autorite}${trois(quantieme)}${trois(poste)}${trois(ordre)}`;
}

/** The remainder of the number divided by 97, on two digits. The number is too large for a double: BigInt. */
export const cle = (numero) => String(BigInt(numero) % 97n).padStart(2, '0');
