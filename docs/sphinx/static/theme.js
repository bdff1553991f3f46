// Before anything is drawn: the colours that the reader chose, else those of the system.
document.body.dataset.theme = localStorage.getItem("theme") || "auto";
