// What a page cannot say without a script: that nobody answers, that a session ended, what was typed before one went back, where the eye must go.
(() => {
  const panne = () => document.getElementById("panne");
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.ctx?.response === undefined) panne().hidden = false; // nothing came back
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail?.ctx?.response) panne().hidden = true;
  });
  // A form that would leave for nobody, or without a session, stays where it is, with what was typed in it.
  const demandees = new WeakSet(), permises = new WeakSet();
  document.addEventListener("submit", async (event) => {
    const forme = event.target;
    if (event.defaultPrevented || forme.method !== "post" || !forme.closest("main") || permises.delete(forme)) return;
    event.preventDefault();
    if (demandees.has(forme)) return; // a double click
    demandees.add(forme);
    const reponse = await fetch("/seance", { cache: "no-store" }).catch(() => null);
    demandees.delete(forme);
    const finie = document.getElementById("seance-finie");
    panne().hidden = reponse !== null;
    finie.hidden = reponse?.status !== 403;
    if (!panne().hidden) panne().focus();
    else if (!finie.hidden) finie.focus();
    else {
      permises.add(forme);
      forme.requestSubmit(event.submitter);
    }
  });
  // The button that goes back finds what was typed, which no cache keeps: the same form, that does its act once.
  const formes = () => [...document.querySelectorAll("main form[method=post]")];
  const lieu = (rang) => `saisie ${rang} ${location.pathname}${location.search}`;
  const champs = (forme) => [...forme.elements].filter((e) => e.name && e.name !== "jeton" && !/^(password|file|submit)$/.test(e.type));
  const coche = (e) => e.type === "checkbox" || e.type === "radio";
  addEventListener("pagehide", () => {
    try {
      formes().forEach((forme, rang) => {
        sessionStorage.setItem(lieu(rang), JSON.stringify(champs(forme).map((e) => [e.name, coche(e) ? e.checked : e.value])));
      });
    } catch { /* more than the browser keeps */ }
  });
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
    formes().forEach((forme, rang) => {
      const dits = JSON.parse(sessionStorage.getItem(lieu(rang)) ?? "[]"), ici = champs(forme);
      if (dits.length !== ici.length || ici.some((e, i) => e.name !== dits[i][0] || (e.type === "hidden" && e.name !== "cle" && e.value !== dits[i][1]))) return; // another form
      ici.forEach((e, i) => { if (coche(e)) e.checked = dits[i][1]; else e.value = dits[i][1]; });
    });
  }
  const refus = document.querySelector("main .refus:not([hidden])");
  if (refus) refus.focus();
})();
