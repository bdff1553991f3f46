"""What this system does: an agent finds a vehicle without a ticket, a FPS leaves; in the evening, the letters are read."""

import json
from typing import Any

from stationnement.administration import Administration, Refus
from stationnement.message import Constat, creation
from stationnement.registre import Registre
from stationnement.ville import Ville

CREATION = "/flux/01-message-fps/creation"
# The letters that say a payment: what was paid of what the town is owed, and what is still due to it.
PAIEMENTS = {
    "fps.05.fps-paye.v1": ("montant_paye", "reste_du"),
    "fps.05.fps-paye-minore.v1": ("montant_paye", None),
    "fps.05.titre-paye-collectivite.v1": ("part_collectivite", "reste_du_collectivite"),
}


class Produit:
    """The system of one town, with the administrations that it writes to and reads."""

    def __init__(self, ville: Ville, registre: Registre, antai: Administration, dgfip: Administration):
        self.ville, self.registre, self.antai, self.dgfip = ville, registre, antai, dgfip

    def ouvrir(self) -> None:
        """Ask both to keep the letters of the town until they are taken."""
        for partie in (self.antai, self.dgfip):
            partie.retrait(self.ville.siret)

    def fermer(self) -> None:
        """Hang up, and close the register."""
        for un in (self.antai, self.dgfip, self.registre):
            un.fermer()

    def verbaliser(self, constat: Constat) -> str:
        """A FPS, sent to the ANTAI; gives its number. Raises Refus, and the register says « refuse »."""
        jour = constat.instant.date().isoformat()
        ordre = self.registre.ordre(jour, constat.dispositif)
        message = creation(self.ville, constat, ordre)
        numero = str(message["numero_fps"])
        self.registre.ajouter(numero, constat.plaque, jour, constat.dispositif, ordre, int(message["montant_fps"]))
        self.envoyer(message)
        return numero

    def envoyer(self, message: dict[str, Any]) -> None:
        """Send it, as many times as one wants: its number is its identifier, and it counts once."""
        numero = str(message["numero_fps"])
        try:
            accuse = self.antai.poster(CREATION, message, numero)
        except Refus:
            self.registre.dire(numero, "refuse")
            raise
        self.registre.dire(numero, "abandonne" if accuse["statut"] == "abandonne" else "transmis")

    def relever(self) -> int:
        """Read the letters that wait, note what they say, then acknowledge them; gives how many were new."""
        neuves = 0
        for partie in (self.antai, self.dgfip):
            lettres = partie.lettres(self.ville.siret)
            neuves += sum(self._lire(une) for une in lettres)
            if lettres:  # noted first: what is cut in between comes again, and is known
                partie.acquitter(self.ville.siret, [une["id"] for une in lettres])
        return neuves

    def _lire(self, lettre: dict[str, Any]) -> bool:
        corps, nature = json.loads(lettre["corps"]), lettre["type"]
        if nature not in PAIEMENTS:  # kept, and said by its name: « paiement-annule », « decision »…
            return self.registre.noter(lettre["id"], nature, corps["numero_fps"], 0, nature.split(".")[2])
        paye, reste = PAIEMENTS[nature]
        etat = "paye-en-partie" if reste and corps[reste] else "paye"
        return self.registre.noter(lettre["id"], nature, corps["numero_fps"], corps[paye], etat)
