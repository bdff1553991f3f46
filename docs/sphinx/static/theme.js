// Before anything is drawn: the colours that the reader chose, else those of the system.
document.body.dataset.theme = localStorage.getItem("theme") || "auto";

// In titles too an accent counts for nothing: what was typed is looked for as the titles write it.
if (typeof Search !== "undefined") {
  const nu = (texte) => texte.toLowerCase().trim().normalize("NFD").replace(/\p{Mn}/gu, "");
  const chercher = Search._performSearch;
  Search._performSearch = (demande, ...autres) => {
    const formes = new Set([demande.toLowerCase().trim()]), voulu = nu(demande);
    for (const titre of Object.keys(Search._index.alltitles)) {
      const ecrit = titre.toLowerCase().trim().normalize("NFC"), ici = nu(ecrit).indexOf(voulu);
      if (ici >= 0 && nu(ecrit).length === ecrit.length) formes.add(ecrit.slice(ici, ici + voulu.length));
    }
    const vus = new Map(); // the last ones are shown first
    for (const forme of formes) for (const trouve of chercher(forme, ...autres)) {
      const cle = JSON.stringify(trouve.slice(0, 3));
      if (!vus.has(cle) || vus.get(cle)[4] < trouve[4]) vus.set(cle, trouve);
    }
    return [...vus.values()].sort((a, b) => a[4] - b[4] || (a[1] < b[1] ? 1 : -1));
  };
}
