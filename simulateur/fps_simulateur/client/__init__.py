"""A bac in the hands of a program: acts in the words of the trade, time by name, what is expected; awaited, or not."""

from fps_simulateur.client.asynchrone import Bac, Dossier, Monde, Refuse, ouvrir
from fps_simulateur.client.synchrone import BacSync, DossierSync, MondeSync, ouvrir_sync

__all__ = ["Bac", "BacSync", "Dossier", "DossierSync", "Monde", "MondeSync", "Refuse", "ouvrir", "ouvrir_sync"]
