"""The articles on which the DGFiP founds its acts and its refusals."""

TITRE = "CGCT, art. R. 2333-120-16"
ANNULATION = "CGCT, art. R. 2333-120-17-3"
PAIEMENT = "CGPPP, art. L. 2323-7-1"
SAISIE = "LPF, art. L. 262"
PRESCRIPTION = "LPF, art. L. 274"
