"""Two towns whose letters go to an editor: their dossiers, lived in every bac, and what the editor and the boxes must hold at the end."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from fps.droit.numero import NumeroFps
from fps.kit.ground.clock import civil_date, paris
from fps.messages.mfps import CreationFps
from fps.messages.paiement import PaiementFps
from fps.parties import Party
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.pilote.lectures import PiloteErreur
from tests.kill.comptes import Tables
from tests.kill.editeur import base
from tests.parler.mondes import Process, free_port

POUSSEE, RETIREE = "21000300000010", "21490099500017"  # Port-l'Épreuve, whose letters are pushed; Cholet, whose letters are pulled
PAR_VILLE: Final = 3
MONTANT: Final = 3_000
ESSAIS: Final = 90
FIN: Final = 90.0  # seconds that the last letters may take
Numeros = Sequence[NumeroFps]


class Abonnes:
    """The editor of a run, and the dossiers of its two towns in each bac."""

    def __init__(self, antai: str, pki: Path, folder: Path):
        self.port, self.base = free_port(), folder / "editeur.db"
        environment = {"EDITEUR_BASE": str(self.base), "EDITEUR_PORT": str(self.port), "EDITEUR_ANTAI": antai, "FPS_PKI_DIR": str(pki)}
        self.process = Process("tests.kill.editeur", environment, folder / "editeur.log")

    async def abonner(self, monde: QuatreServices, bac: str) -> None:
        """Say where the letters of the two towns go in a new bac."""
        choix = {POUSSEE: {"mode": "adresse", "adresse": f"http://127.0.0.1:{self.port}/{bac}"}, RETIREE: {"mode": "retrait"}}
        for siret, un in choix.items():
            for essai in range(ESSAIS):  # the pilot asks once, and ANTAI may have just been killed
                try:
                    await monde.pilot._call(Party.ANTAI, "PUT", f"/bacs/{bac}/destinations/{siret}", json=un)
                    break
                except PiloteErreur:
                    if essai == ESSAIS - 1:
                        raise
                    await asyncio.sleep(1)
        with base(self.base) as kept, kept:
            kept.execute("INSERT OR IGNORE INTO bacs VALUES (?, ?)", (bac, RETIREE))

    def fautes(self, bac: str, tables: Tables, attendues: int) -> Iterator[str]:
        """What the editor lost, doubled, or got in disorder, of so many letters that the dossiers of its towns bring."""
        with base(self.base) as kept:
            gardees = kept.execute("SELECT siret, id, sujet, rang, corps FROM lettres WHERE bac = ? ORDER BY ordre", (bac,)).fetchall()
        boites = {row["id"]: row for row in tables[Party.ANTAI]["boites"]}
        if (len(boites), len(gardees), len({(sujet, corps) for _, _, sujet, _, corps in gardees})) != (attendues,) * 3:
            yield f"{attendues} lettres pour l'éditeur, {len(boites)} dans ses boîtes, {len(gardees)} gardées par lui"
        yield from (f"lettre perdue pour l'éditeur : {id_}" for id_ in boites.keys() - {row[1] for row in gardees})
        yield from (f"lettre d'une boîte encore {row['etat']} : {id_}" for id_, row in boites.items() if row["etat"] != "acquittee")
        rangs = defaultdict[str, list[int]](list)
        for _, id_, sujet, rang, corps in gardees:
            if id_ not in boites:
                yield f"lettre à l'éditeur que personne n'a écrite : {id_}"
            elif (corps, rang if rang is not None else boites[id_]["rang"]) != (boites[id_]["body"], boites[id_]["rang"]):
                yield f"lettre à l'éditeur qui n'est pas celle de sa boîte : {id_}"
            else:
                rangs[sujet].append(boites[id_]["rang"])
        yield from (f"lettres en désordre chez l'éditeur : {sujet} {one}" for sujet, one in rangs.items() if one != sorted(one))

    async def finir(self, monde: QuatreServices, bac: str) -> None:
        """A push that failed is tried again in the time of the bac, which is over: what is left is sent again, as somebody would."""
        horloge = asyncio.get_running_loop()
        fin = horloge.time() + FIN
        while horloge.time() < fin:
            ouvertes = 0
            for siret in (POUSSEE, RETIREE):
                histoire = (await monde.pilot._call(Party.ANTAI, "GET", f"/bacs/{bac}/boites/{siret}", params={"limite": 500})).json()
                ouvertes += sum(one["etat"] != "acquittee" for one in histoire["lettres"])
            if not ouvertes:
                return
            await monde.pilot._call(Party.ANTAI, "POST", f"/bacs/{bac}/boites/{POUSSEE}/rejouer")
            await asyncio.sleep(0.5)


class Dossiers:
    """The dossiers of the two towns in one bac, that only the editor knows: each is paid by a cheque, which bounces, then by card."""

    def __init__(self, monde: QuatreServices, bac: str, depart: datetime, dates: Sequence[datetime]):
        self.monde, self.bac, self.depart = monde, bac, depart
        jour = civil_date(depart)
        self.numeros = [
            NumeroFps.composer(siret, jour, autorite=1, dispositif=900, ordre=n + 1)
            for siret in (POUSSEE, RETIREE)
            for n in range(PAR_VILLE)
        ]
        # The notice has come by the first of these days, and the term has not.
        jours = [date for date in dates if depart + timedelta(days=12) < date < depart + timedelta(days=80)]
        self.actes = dict(zip(jours, (self._cheque, self._impaye, self._carte), strict=False))

    async def etablir(self) -> None:
        """The messages FPS, which the editor writes to ANTAI itself."""
        for n, numero in enumerate(self.numeros):
            await self._envoyer(
                CreationFps.path, {**self._creation(numero), "vehicule": {**CreationFps.example["vehicule"], "immatriculation": plaque(n)}}
            )

    @property
    def lettres(self) -> int:
        """How many letters these acts bring to the editor: each dossier is paid by a cheque, which bounces, and paid again."""
        return len(self.numeros) * len(self.actes)

    async def jour(self, date: datetime | None) -> None:
        """What is done on that day."""
        if date in self.actes:
            await self.actes[date]()

    def _creation(self, numero: NumeroFps) -> dict[str, object]:
        constat = paris(civil_date(self.depart)).replace(hour=10, minute=42)
        montants = {"montant_fps": MONTANT, "montant_deduit": 0, "minoration": None}
        instants = {"date_heure_constat": constat.isoformat(), "fin_effets": constat.replace(hour=16).isoformat()}
        return {**CreationFps.example, "numero_fps": str(numero), "cle": numero.cle, "siret": numero.siret, **montants, **instants}

    async def _cheque(self) -> None:
        await self._payer("cheque", "CHQ")

    async def _impaye(self) -> None:
        for n, numero in enumerate(self.numeros):
            await self._envoyer(f"/dossiers/{numero}/cheque-impaye", {"reference": f"CHQ-{n}"})

    async def _carte(self) -> None:
        await self._payer("internet", "CB")

    async def _payer(self, moyen: str, reference: str) -> None:
        for n, numero in enumerate(self.numeros):
            paiement = {"immatriculation": plaque(n), "moyen": moyen, "montant": MONTANT, "reference": f"{reference}-{n}"}
            await self._envoyer(PaiementFps.path, {"numero_telepaiement": numero.telepaiement, **paiement})

    async def _envoyer(self, path: str, corps: object) -> None:
        answer = await self.monde.client.post(f"{self.monde.addresses[Party.ANTAI]}/bacs/{self.bac}{path}", json=corps)
        if answer.status_code >= 300 or answer.json().get("statut", "accepte") != "accepte":
            raise AssertionError(f"{path} : {answer.status_code} {answer.text[:400]}")


def plaque(n: int) -> str:
    """A plate of its own, of no reserved series, that no life of the crowd has."""
    return f"XB-{n + 101}-XC"
