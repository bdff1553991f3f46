// The same slider in one file: a day at a time, an explanation over it. Without it, all the days stand one after the other.
"use strict";
(() => {
  const jours = [...document.querySelectorAll(".un-jour")];
  const jour = document.getElementById("jour");
  const montrer = (rang) => {
    jours.forEach((un, n) => { un.hidden = n !== rang - 1; });
    const dit = document.querySelectorAll("#jours a")[rang - 1].textContent;
    document.getElementById("jour-dit").value = dit;
    jour.setAttribute("aria-valuetext", dit);
    jour.value = rang;
  };
  document.querySelector(".curseur").hidden = false;
  for (const une of document.querySelectorAll(".reponse")) une.popover = "auto";
  jour.addEventListener("input", () => montrer(Number(jour.value)));
  document.addEventListener("click", (event) => {
    const lien = event.target.closest('a[href^="#"]');
    const cible = lien && document.getElementById(lien.hash.slice(1));
    if (!cible) return;
    const jourVise = jours.indexOf(cible);
    if (jourVise >= 0) { event.preventDefault(); montrer(jourVise + 1); }
    if (cible.popover) { event.preventDefault(); cible.showPopover(); }
  });
  montrer(jours.length);
})();
