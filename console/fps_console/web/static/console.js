// What a page cannot say without a script: that nobody answers, that a session ended before a form left, where the eye must go after a refusal.
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
  const refus = document.querySelector("main .refus:not([hidden])");
  if (refus) refus.focus();
})();
