// The slider of a dossier says its day; the address follows it; an explanation that comes takes the focus.
"use strict";
(() => {
  const dire = (jour) => {
    const lien = document.querySelectorAll("#jours a")[Number(jour.value) - 1];
    if (!lien) return;
    document.getElementById("jour-dit").value = lien.textContent;
    jour.setAttribute("aria-valuetext", lien.textContent);
  };
  document.addEventListener("input", (event) => { if (event.target.id === "jour") dire(event.target); });
  document.addEventListener("click", (event) => {
    if (event.target.closest(".panneau .fermer")) document.getElementById("panneau").replaceChildren();
  });
  const page = document.getElementById("contenu");
  const panneau = () => document.getElementById("panneau");
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      if (target.id === "panneau" && addedNodes.length && panneau().firstElementChild && !panneau().querySelector(".fermer")) {
        const fermer = document.createElement("button");
        fermer.className = "fermer discret";
        fermer.textContent = "Fermer";
        panneau().prepend(fermer);
        panneau().focus({ preventScroll: true });
      }
      for (const node of addedNodes) if (node.id === "instant") history.replaceState(history.state, "", node.dataset.adresse);
    }
  }).observe(page, { childList: true, subtree: true });
})();
