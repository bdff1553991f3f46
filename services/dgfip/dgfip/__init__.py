"""Service of the DGFiP: taking charge of titles, warnings, their payment."""
