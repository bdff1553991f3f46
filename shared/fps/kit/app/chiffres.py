"""The figures of a service that are read when somebody asks for them: what waits, what is dead, clocks, certificates."""

import asyncio
from typing import Final

from fps.kit.boxes.boites import OUVERTES
from fps.kit.engine import figures
from fps.kit.engine.figures import State
from fps.kit.engine.service import Service
from fps.kit.ground.clock import wall_now
from fps.kit.ground.faults import Unavailable
from fps.kit.ground.telemetry import Metrics
from fps.kit.trust.expirations import expirations
from fps.kit.trust.pki import Pki

AGE: Final = 1.0  # seconds during which they are not read again: anybody may ask for them
WAYS: Final = ("envoi", "reception", "echeance")


class Chiffres:
    """Reads them into the metrics of the service, at most once a second."""

    def __init__(self, service: Service, metrics: Metrics, pki: Pki):
        self.service, self.metrics, self.pki = service, metrics, pki
        self._read = float("-inf")
        self._turn = asyncio.Lock()

    async def relever(self) -> None:
        """Bring the figures up to date; without its database, a service says that it has none, and what it knows without it."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if now - self._read < AGE:
                return
            self._read = now
            tell, service = self.metrics.tell, self.service
            tell("fps_demandes_en_attente", "Demandes qui attendent le prochain lot", {(): service.collector.waiting})
            tell("fps_instructions_sql", "Instructions SQL envoyées", {(): service.database.statements})
            dates = {(nom,): au.timestamp() for nom, au in expirations(self.pki, service.party).items()}
            tell("fps_certificat_expiration_secondes", "Expiration de chaque certificat, en secondes Unix", dates, ("certificat",))
            try:
                async with service.database.read() as tx:
                    state = await figures.read(tx, wall_now(), (OUVERTES[0].value, OUVERTES[1].value))
            except Unavailable:
                state, there = State(), 0
            else:
                there = 1
            tell("fps_base_disponible", "1 : la base répond", {(): there})
            self._tell(state, told=bool(there))

    def _tell(self, state: State, *, told: bool) -> None:
        """What was read; nothing is told of what could not be: nothing waits is not the same as nobody knows."""
        tell = self.metrics.tell
        leaving, boxed = state.leaving.items(), {etat.value: state.boxed.get(etat.value) for etat in OUVERTES}
        to, etat = ("destinataire",), ("etat",)
        tell("fps_lettres_en_partance", "Lettres qui ne sont pas arrivées", {(p.value,): w.number for p, w in leaving}, to)
        tell("fps_lettre_attente_secondes", "Attente de la plus ancienne", {(p.value,): w.seconds for p, w in leaving}, to)
        numbers = {(nom,): w.number if w else 0 for nom, w in boxed.items()} if told else {}
        tell("fps_lettres_en_boite", "Lettres des éditeurs qui attendent", numbers, etat)
        ages = {(nom,): w.seconds for nom, w in boxed.items() if w}
        tell("fps_boite_attente_secondes", "Attente de la plus ancienne lettre d'un éditeur", ages, etat)
        dead = {(way,): state.dead.get(way, 0) for way in WAYS} if told else {}
        tell("fps_lettres_mortes", "Lettres mortes, et échéances enterrées (sens « echeance »)", dead, ("sens",))
        clocks = {(bac, marche.value): instant.timestamp() for bac, (marche, instant) in state.clocks.items()}
        tell("fps_horloge_instant_secondes", "Instant des derniers bacs qui ont bougé", clocks, ("bac", "marche"))
        tell("fps_echeances_retard_jours", "Jours de retard d'un bac qui court", {(): state.late} if told else {})
