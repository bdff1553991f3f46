"""Where the letters of a collectivité go in a bac: to the reference system of this simulator, to an editor's address, or to its box."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from fps.confiance.habilitation import Identite
from fps.errors import Conflit
from fps.kit.boxes import adresses, boites
from fps.kit.boxes.adresses import AdresseInterdite, AdressePermise
from fps.kit.boxes.boites import Acheminement, Destination, EtatLettre, LettreEnBoite, LettreInconnue, siret_de
from fps.kit.boxes.sonnette import Boites
from fps.kit.data import tables
from fps.kit.data.sql import Delete
from fps.kit.engine import audit
from fps.kit.engine.service import Service
from fps.kit.engine.work import Work
from fps.kit.wire.envelope import Letter
from fps.parties import Party
from fps.releves import ARRETEES


class BoiteSansAdresse(Conflit):
    """Cette boîte n'a pas d'adresse où envoyer ses lettres"""

    code = "boite-sans-adresse"
    que_faire = "Prenez les lettres par GET /messages, ou donnez d'abord une adresse : PUT /destinations/{siret}."


async def deposer(work: Work, letters: Mapping[int, Letter]) -> list[str]:
    """Take letters out of the outbox into the boxes, those that still have one; gives the SIRET of each that went in.

    A letter whose destination has changed since it was read stays in the outbox; so does one that another relay has just taken.
    """
    ici = {(row[0], row[2]) for row in await work.tx.load(tables.outbox, [(position,) for position in letters])}
    sirets, parties = [], []
    for position, letter in letters.items():
        siret = siret_de(letter) if (position, letter.id) in ici else None
        destination = None if siret is None else await work.find(Destination, siret)
        if siret is None or destination is None or destination.mode is Acheminement.REFERENCE:
            continue
        destination.dernier += 1
        le = work.now if destination.mode is Acheminement.ADRESSE else None
        what = (letter.id, letter.type, letter.subject, letter.rang, letter.time, letter.body, letter.traceparent)
        work.add(LettreEnBoite(siret, destination.dernier, *what, EtatLettre.ATTENTE, 0, 0, le, None))
        sirets.append(siret)
        parties.append((position, letter.id))
    work.batch.ops.append(Delete(tables.outbox, ("position", "id"), parties))
    work.batch.count(work.bac.nom, "deposees", len(parties))
    work.batch.count(work.bac.nom, ARRETEES[Party.COLLECTIVITE], len(parties))
    return sirets


async def poser(
    work: Work, siret: str, mode: Acheminement, adresse: AdressePermise | None, qui: Identite | str, temps: bool | None = None
) -> Destination:
    """Choose where the letters of a collectivité go, inside a transaction; `adresse` comes from `adresses.verifier`, asked before it.

    What is waiting follows: pushed to the new address at once, left to be pulled, or given back to the reference system. `temps`: whether
    letters of time come too; None: as before. Raises CommuneInconnue.
    """
    work.ville(siret)
    trouvee = await work.find_or_add(Destination(siret, Acheminement.REFERENCE, None, 0, work.now, ""))
    texte = None if adresse is None else adresse.texte
    change = (trouvee.mode, trouvee.adresse) != (mode, texte)
    trouvee.mode, trouvee.adresse, trouvee.posee_le, trouvee.posee_par = mode, texte, work.now, audit.nommer(qui)
    trouvee.temps = trouvee.temps if temps is None else temps
    if change and mode is Acheminement.REFERENCE:
        await boites.rendre(work, siret)
    elif change:
        await boites.relancer(work, siret, work.now if mode is Acheminement.ADRESSE else None)
    work.audit("destination", qui, siret, mode=mode.value, **({} if adresse is None else {"hote": adresse.hote}))
    return trouvee


async def choisir(
    service: Service,
    bac: str,
    siret: str,
    mode: Acheminement,
    texte: str | None,
    qui: Identite | str,
    condition: Callable[[Work], Awaitable[object]] | None = None,
    temps: bool | None = None,
) -> Destination:
    """The whole act, for a route: check the address, then choose. `condition` says, in the transaction, whether `qui` may.

    Raises AdresseInterdite, CommuneInconnue, BacInconnu, and what `condition` raises.
    """
    if condition is not None:  # before the network is asked anything for somebody who may not
        async with service.reading(bac) as reading:
            await condition(reading.work)
    try:
        if mode is not Acheminement.ADRESSE and texte is not None:
            raise AdresseInterdite("Adresse refusée : elle n'accompagne que le mode « adresse ».", "adresse")
        adresse = await adresses.verifier(texte or "", service.settings) if mode is Acheminement.ADRESSE else None
    except AdresseInterdite as error:
        await service.note(bac, "destination", qui, siret, code=error.code)
        raise

    async def run(work: Work) -> Destination:
        if condition is not None:
            await condition(work)
        return await poser(work, siret, mode, adresse, qui, temps)

    trouvee = await service.ask(bac, run, [(Destination, (siret,))])
    service.database.after(partial(service.extension(Boites).sonnette.sonner, bac, [siret]))
    return trouvee


async def rejouer(work: Work, siret: str, identifiant: str | None) -> int:
    """Push now the open letters of a box, or one of them; gives how many. Raises BoiteSansAdresse, LettreInconnue."""
    destination = await work.find(Destination, siret)
    if destination is None or destination.mode is not Acheminement.ADRESSE:
        raise BoiteSansAdresse(f"SIRET {siret}.")
    lettres = [x for x in await boites.ouvertes(work, siret) if identifiant in (None, x.id)]
    if identifiant is not None and not lettres:
        raise LettreInconnue(identifiant[:80])
    for lettre in lettres:
        lettre.relancer(work.now)
    return len(lettres)
