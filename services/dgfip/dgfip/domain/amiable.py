"""What ANTAI collects of a FPS before any title: the Treasury accounts for it (arrêté of 1 September 2016, art. 1; hypothesis H96)."""

from dataclasses import dataclass

from fps.messages.information_paiement import EncaissementFps


@dataclass
class EncaissementAmiable:
    """What is collected so far of one FPS, in centimes; `rang` is that of the latest news."""

    numero_fps: str
    siret: str
    rang: int = 0
    montant: int = 0

    def apprendre(self, message: EncaissementFps) -> int:
        """The change that a news makes, in centimes; 0 for one that is older than the latest known."""
        if message.rang <= self.rang:
            return 0
        avant, self.rang, self.montant = self.montant, message.rang, message.montant_encaisse
        return self.montant - avant
