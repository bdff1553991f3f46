// Swagger UI has no catalogue of words: what it writes in English is put in French as it appears; what comes from the contract is left alone.
const MOTS = {
  "Authorize": "S’identifier", "Available authorizations": "Identifications possibles", "Close": "Fermer", "Logout": "Se déconnecter", "Authorized": "Identifié",
  "Servers": "Serveurs", "Schemas": "Schémas", "Schema": "Schéma", "Edit Value": "Valeur", "Example Value": "Exemple", "Example": "Exemple", "Examples": "Exemples",
  "Parameters": "Paramètres", "No parameters": "Aucun paramètre", "Name": "Nom", "Value": "Valeur", "required": "obligatoire", "Request body": "Corps de la demande",
  "Responses": "Réponses", "Response": "Réponse", "Links": "Liens", "No links": "Aucun lien", "Media type": "Type de média",
  "Controls Accept header.": "Choisit l’en-tête Accept.", "Try it out": "Essayer", "Execute": "Envoyer", "Cancel": "Annuler", "Clear": "Effacer", "Reset": "Rétablir",
  "Server response": "Réponse du service", "Details": "Détails", "Response body": "Corps de la réponse", "Response headers": "En-têtes de la réponse",
  "Request URL": "Adresse demandée", "Download": "Télécharger", "Undocumented": "Hors du contrat", "Loading": "En cours", "Expand all": "Tout déplier",
  "Collapse all": "Tout replier", "Default value": "Valeur par défaut", "Enum": "Valeurs permises", "Available values": "Valeurs permises",
};
const ATTRIBUTS = ["aria-label", "title", "placeholder"];
const DU_CONTRAT = ".markdown, .opblock-summary-path, .opblock-summary-description, pre, code, textarea, input, option"; // the words of the contract

function traduire(racine) {
  const textes = document.createTreeWalker(racine, NodeFilter.SHOW_TEXT);
  for (let texte = textes.nextNode(); texte; texte = textes.nextNode()) {
    const mot = MOTS[texte.nodeValue.trim()];
    if (mot && !texte.parentElement.closest(DU_CONTRAT)) texte.nodeValue = texte.nodeValue.replace(texte.nodeValue.trim(), mot);
  }
  for (const element of racine.querySelectorAll?.("[aria-label], [title], [placeholder]") ?? [])
    for (const nom of ATTRIBUTS) if (MOTS[element.getAttribute(nom)]) element.setAttribute(nom, MOTS[element.getAttribute(nom)]);
}

new MutationObserver((changements) => {
  for (const { target } of changements) traduire(target.nodeType === Node.TEXT_NODE ? target.parentNode : target);
}).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true, characterData: true });
