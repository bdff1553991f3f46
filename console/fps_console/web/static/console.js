// What a page cannot say without a script: that nobody answers, and where the eye must go after a refusal.
(() => {
  const panne = () => document.getElementById("panne");
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.ctx?.response === undefined) panne().hidden = false; // nothing came back
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (event.detail?.ctx?.response) panne().hidden = true;
  });
  const refus = document.querySelector("main .refus:not([hidden])");
  if (refus) refus.focus();
})();
