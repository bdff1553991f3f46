// What the town decided: its zones, its prices, its people (docs/villes.md). Amounts are in centimes.

const adresse = { voie: 'Place Augustin Laurent', code_postal: '59000', commune: 'Lille', pays: 'FR' };

export const LILLE = {
  siret: '21590350100017',
  nom: 'Ville de Lille',
  autorite: 1,
  adresse,
  direction: { nom: 'Ville de Lille, direction du stationnement', adresse },
  recours: {
    nom: 'Ville de Lille, service des recours du stationnement',
    adresse,
    adresse_electronique: 'rapo@lille.example',
    url: 'https://rapo.lille.example/deposer',
  },
  minoration: { pourcent: 30, delai_jours: 9 },
  zones: {
    rouge: { code_postal: '59000', fps: 3500, minutes: 300 },
    verte: { code_postal: '59000', fps: 2500, minutes: 300 },
  },
};

/** What a FPS is reduced to when it is paid quickly: the town gives up 30 %. */
export const minore = (montant, ville) => montant - Math.round((montant * ville.minoration.pourcent) / 100);
