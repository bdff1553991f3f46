"""The number of a FPS and its key, as this editor computes them (arrêté du 6 novembre 2015, art. 4; docs/specification.md, H01)."""

from datetime import date


def composer(siret: str, jour: date, dispositif: int, ordre: int) -> str:
    """26 digits: SIRET, year, authority, day of the year, device, rank of the day; raises ValueError when one does not fit."""
    if not (0 <= dispositif <= 999 and 1 <= ordre <= 999):
        raise ValueError("le dispositif et l'ordre tiennent sur trois chiffres")
    return f"{siret}{jour:%y}1{jour:%j}{dispositif:03d}{ordre:03d}"


def cle(numero: str) -> str:
    """The two digits of its key."""
    return f"{int(numero) % 97:02d}"
