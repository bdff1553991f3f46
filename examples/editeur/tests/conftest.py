"""The product, in a bac of its own for each test, with a certificate that the three parties know there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stationnement.administration import Administration
from stationnement.produit import Produit
from stationnement.registre import Registre
from stationnement.ville import lire

from fps_simulateur.client import BacSync

LILLE = lire(Path(__file__).resolve().parents[1] / "stationnement/lille.json")


@pytest.fixture(scope="session")
def certificat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where its key and its certificate are: the same in every bac, as a true system has one."""
    return tmp_path_factory.mktemp("certificat")


@pytest.fixture
def produit(fps: BacSync, certificat: Path) -> Iterator[Produit]:
    """The product at work for Lille; `fps` is the world around it: the time, the driver, the post."""
    enrole = fps.enroler(certificat, LILLE.siret, "Éditeur Exemple")
    montre = (enrole.certificat, enrole.cle, enrole.racine)
    antai, dgfip = (Administration(fps.adresse(partie), *montre) for partie in ("antai", "dgfip"))
    neuf = Produit(LILLE, Registre(), antai, dgfip)
    neuf.ouvrir()
    yield neuf
    neuf.fermer()
