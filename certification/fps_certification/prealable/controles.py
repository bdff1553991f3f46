"""The checks that come before a plan: the addresses, the bac and its clock, the town, its convention, its certificates, its letters."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fps.confiance.habilitation import PERMISSIONS
from fps.flows import MESSAGES
from fps.messages.message import MessageClass
from fps.parties import LIBELLES, SERVICES, Channel, Party
from fps.villes.catalogue import par_nom
from fps_certification.plans.plan import Plan
from fps_certification.prealable import duel
from fps_certification.prealable.certificats import REFERENCE, Depot, deposes, lire
from fps_certification.prealable.constat import Constat, Tenue, averti, bon, mauvais, sans_objet
from fps_certification.prealable.sondes import COMMANDE, Arret, Sonde, Sondes
from fps_certification.sujets.sujet import Domaine
from fps_simulateur.joueur import QuatreServices
from fps_simulateur.pilote.pilot import PiloteErreur

BIENTOT: Final = timedelta(days=30)  # what ends sooner is told
TEMOINS: Final = (Party.ANTAI, Party.DGFIP, Party.CCSP)
ETATS: Final = {
    "deposee": "déposé, pas encore activé",
    "desactivee": "désactivé",
    "expiree": "expiré",
    "revoquee": "révoqué",
    "remplacee": "remplacé",
}
QUE_FAIRE: Final = {
    Arret.ADRESSE: "Corrigez cette adresse.",
    Arret.RESOLUTION: "Corrigez ce nom, ou déclarez-le sur cette machine.",
    Arret.PORT: "Démarrez le serveur qui doit y écouter, ou corrigez le port.",
    Arret.TLS: "Donnez à ce serveur un certificat à son nom, d'une autorité crue ici ; ou corrigez l'adresse.",
    Arret.COMMANDE: "Corrigez cette commande dans le plan.",
}


@dataclass(frozen=True, slots=True)
class Examen:
    """What is looked at: the plan, in which bac (None: none is there before it), and whether the services are reached by the network."""

    plan: Plan
    bac: str | None
    monde: QuatreServices
    sondes: Sondes
    reseau: bool = False
    a_la_main: bool = False  # a product that a person drives

    @property
    def siret(self) -> str:
        """The collectivité."""
        return par_nom()[self.plan.ville].siret

    @property
    def du_dehors(self) -> bool:
        """Whether a product is tried, and not the reference system."""
        produit = self.plan.produit
        return self.a_la_main or bool(self.plan.produits) or (produit is not None and produit.du_dehors)

    def messages(self) -> tuple[MessageClass, ...]:
        """What the product sends in the flows of the plan."""
        return tuple(c for c in _rest() if c.sender is Party.COLLECTIVITE and c.flow in self._flux())

    def lettres(self) -> tuple[MessageClass, ...]:
        """What it receives in them."""
        return tuple(c for c in _rest() if c.receiver is Party.COLLECTIVITE and c.sender in TEMOINS and c.flow in self._flux())

    def _flux(self) -> frozenset[int]:
        return frozenset(e.flux for e in self.plan.portee() if e.flux is not None)


def _rest() -> Iterator[MessageClass]:
    return (c for c in MESSAGES if c.channel is Channel.REST)


async def examiner(examen: Examen) -> tuple[Constat, ...]:
    """Everything that is looked at, in order; what is behind a fault is not. Whatever the services answer, it ends."""
    found: list[Constat] = []
    for controle in (_adresses, _bac, _ville, _convention, _certificats, _lettres):
        if examen.bac is None and controle is not _adresses:
            found.append(sans_objet("bac", "aucun bac n'est donné : chaque épreuve a le sien, neuf, où tout est enrôlé"))
            break
        try:
            found += [un async for un in controle(examen)]
        except PiloteErreur as error:
            found.append(_du_pilote(examen, error))
        if any(un.tenue is Tenue.FAUTE for un in found) and controle in (_adresses, _bac):
            break
    return tuple(found)


def _du_pilote(examen: Examen, error: PiloteErreur) -> Constat:
    nom, code = LIBELLES[error.service], error.problem.get("code")
    if code == "service-injoignable":
        return mauvais("services", f"{nom} ne répond pas.", "« fps up » les démarre ; « fps doctor » dit plus.", Domaine.RESEAU)
    if code == "bac-inconnu":
        que_faire = f"fps bac creer {examen.bac}, puis fps enroler {examen.siret} --bac {examen.bac} --sortie certificat."
        return mauvais("bac", f"Le bac « {examen.bac} » n'existe pas.", que_faire)
    phrase = f"{nom} : {error.problem.get('title', 'refus')}. {error.problem.get('detail', '')}".strip()
    return mauvais("bac", phrase, str(error.problem.get("que_faire") or "« fps doctor » cherche la cause."))


async def _adresses(examen: Examen) -> AsyncIterator[Constat]:
    """Name, port, TLS of each server that is to be reached."""
    if examen.reseau:
        for party, adresse in ((party, examen.monde.addresses[party]) for party in SERVICES):  # in one order, wherever they come from
            yield _sonde(examen, f"adresse de {LIBELLES[party]}", await examen.sondes.sonder(adresse, "service"))
    seul = examen.plan.produit
    for nom, produit in [("", seul)] if seul is not None else examen.plan.adversaires().items():
        de = nom and f" ({nom})"
        if produit.pilote is not None:
            yield _sonde(examen, f"adresse du produit{de}", await examen.sondes.sonder(produit.pilote, "produit"))
        for action, ligne in produit.commandes.items():
            yield _sonde(examen, f"commande « {action} »{de}", await examen.sondes.sonder(COMMANDE + ligne, "produit"))


def _sonde(examen: Examen, controle: str, sonde: Sonde) -> Constat:
    quoi = sonde.quoi.removeprefix(COMMANDE)
    if sonde.arret is not None:
        domaine = Domaine.RESEAU if sonde.arret in (Arret.RESOLUTION, Arret.PORT, Arret.TLS) else Domaine.CONFIGURATION
        return mauvais(controle, f"{quoi} : {sonde.detail}.", QUE_FAIRE[sonde.arret], domaine)
    if sonde.fin is not None and sonde.fin - examen.sondes.maintenant() < BIENTOT:
        return averti(controle, f"{quoi} : son certificat TLS finit le {sonde.fin:%d/%m/%Y}.", "Renouvelez-le avant.")
    return bon(controle, quoi)


async def _bac(examen: Examen) -> AsyncIterator[Constat]:
    """The bac is there, and its four clocks say the same still time."""
    bac = str(examen.bac)
    etat = await examen.monde.pilot.etat(bac)
    yield bon("bac", f"« {bac} » est dans les quatre services")
    instants = {x["instant"] for x in etat["services"].values()}
    if etat["mode"] != "fige":
        yield mauvais("horloge", f"« {bac} » suit le temps réel.", f"fps bac figer {bac} : c'est le plan qui mène son temps.")
    elif len(instants) > 1:
        dits = ", ".join(f"{LIBELLES[Party(s)]} : {x['instant']}" for s, x in etat["services"].items())
        yield mauvais("horloge", f"Les services ne sont pas à la même heure ({dits}).", f"fps advance --bac {bac} --de PT0S les accorde.")
    else:
        yield bon("horloge", f"à l'arrêt, le {datetime.fromisoformat(etat['instant']):%d/%m/%Y à %H:%M}")


async def _ville(examen: Examen) -> AsyncIterator[Constat]:
    """The SIRET of the plan is that of a town of the bac."""
    from fps_simulateur.pilote import villes

    ville = par_nom()[examen.plan.ville]
    if await villes.connue(examen.monde.pilot, str(examen.bac), ville.siret) is None:
        phrase = f"{ville.nom} (SIRET {ville.siret}) n'est pas une collectivité de ce bac : elle y a la configuration par défaut."
        yield averti("siret", phrase, f"fps ville ajouter {ville.siret} --bac {examen.bac}.")
    else:
        yield bon("siret", f"{ville.nom}, {ville.siret}")


async def _convention(examen: Examen) -> AsyncIterator[Constat]:
    """The collectivité has an espace numérique, and a convention in force on the day of the bac."""
    answer = await lire(examen.monde, Party.ANTAI, str(examen.bac), f"/espaces/{examen.siret}/conventions")
    vues: Any = answer.json()
    if answer.status_code != 200:
        yield mauvais("convention", f"{vues.get('title')}.", str(vues.get("que_faire")))
        return
    signees = [une for une in vues if une["etat"] == "en-vigueur"]
    if not signees:
        dites = ", ".join(f"n° {une['rang']} : {une['etat']}" for une in vues) or "aucune"
        yield mauvais(
            "convention", f"Aucune convention n'est en vigueur à l'ANTAI ({dites}).", f"fps enroler {examen.siret} --bac {examen.bac}."
        )
        return
    fin = max(une["fin"] for une in signees)
    jour = (await examen.monde.pilot.etat(str(examen.bac)))["instant"][:10]
    if date.fromisoformat(fin) - date.fromisoformat(jour) < BIENTOT:
        yield averti(
            "convention", f"La convention finit le {date.fromisoformat(fin):%d/%m/%Y}, à l'horloge du bac.", "Renouvelez-la avant."
        )
    else:
        yield bon("convention", f"en vigueur, cycle {signees[-1]['cycle']}")


async def _certificats(examen: Examen) -> AsyncIterator[Constat]:
    """At each party that the plan talks to, a certificate that is deposited, active, not at its end, and may do what the plan asks."""
    tous = await deposes(examen.monde, str(examen.bac), examen.siret)
    siens = [un for un in tous if (un.cle == REFERENCE) is not examen.du_dehors]
    for party in TEMOINS:
        messages = [cls for cls in examen.messages() if cls.receiver is party]
        if not messages and party is not Party.ANTAI:
            continue
        nom = LIBELLES[party]
        for constat in _certificat(examen, f"certificat ({nom})", [un for un in siens if un.ou is party], messages):
            yield constat
        if party is Party.ANTAI and examen.plan.produits:
            for constat in duel.certificats(examen.plan, [un for un in siens if un.ou is party and un.etat == "active"]):
                yield constat
        if party is Party.CCSP:
            answer = await lire(examen.monde, party, str(examen.bac), f"/teletransmission/{examen.siret}")
            for manque in answer.json().get("manques") or ():
                yield mauvais(f"télétransmission ({nom})", str(manque.get("phrase")), str(manque.get("que_faire")))


def _certificat(examen: Examen, controle: str, ici: list[Depot], messages: Iterable[MessageClass]) -> Iterator[Constat]:
    if not ici:
        que_faire = f"fps enroler {examen.siret} --bac {examen.bac}, ou POST /certificats dans une connexion qui montre le vôtre."
        yield mauvais(controle, f"Aucun certificat n'est déposé pour {examen.siret}.", que_faire)
        return
    actifs = [un for un in ici if un.etat == "active"]
    if not actifs:
        etats = ", ".join(sorted({ETATS.get(un.etat, un.etat) for un in ici}))
        yield mauvais(
            controle, f"Aucun certificat n'est actif : {etats}.", "La collectivité l'active dans son espace ; expiré, déposez-en un neuf."
        )
        return
    maintenant = examen.sondes.maintenant()
    fin = max((un.fin for un in actifs if un.fin is not None), default=None)
    if fin is not None and fin - maintenant < BIENTOT:
        yield averti(
            controle, f"Le dernier certificat actif finit le {fin:%d/%m/%Y}.", "Déposez le suivant avant : les deux valent ensemble."
        )
    else:
        yield bon(controle, "déposé et actif")
    manquent = sorted({_droit(cls) for cls in messages if not any(PERMISSIONS[cls] & un.droits for un in actifs)})
    if manquent:
        phrase = f"Le périmètre ne comprend pas : {', '.join(manquent)}."
        yield mauvais(f"périmètre, {controle}", phrase, "La collectivité le change dans son espace, à l'activation.")
    elif all(un.zones for un in actifs):
        zones = sorted({zone for un in actifs for zone in un.zones})
        yield averti(
            f"périmètre, {controle}", f"Limité aux zones {', '.join(zones)}.", "Le plan établit des FPS dans la première de la ville."
        )


def _droit(cls: MessageClass) -> str:
    return " ou ".join(sorted(PERMISSIONS[cls]))


async def _lettres(examen: Examen) -> AsyncIterator[Constat]:
    """The letters of the plan go to the product, at an address that can be reached, or wait for it in its box."""
    for party in dict.fromkeys(cls.sender for cls in examen.lettres()):
        controle = f"lettres de {LIBELLES[party]}"
        vue = await examen.monde.pilot.destination(party, str(examen.bac), examen.siret)
        if vue["mode"] == "adresse":
            yield _sonde(examen, controle, await examen.sondes.sonder(vue["adresse"], "lettres"))
        elif examen.plan.lettres and examen.du_dehors:
            phrase = f"Ce plan pousse des lettres au produit, les siennes sont en mode « {vue['mode']} »."
            yield mauvais(controle, phrase, f"PUT /destinations/{examen.siret}, mode « adresse » : voyez docs/lettres.md.")
        elif vue["mode"] == "retrait":
            yield bon(controle, "à prendre dans la boîte")
        elif examen.du_dehors:
            phrase = "Elles vont au système de référence : le produit n'en recevrait aucune."
            yield mauvais(controle, phrase, f"PUT /destinations/{examen.siret}, mode « adresse » ou « retrait ».")
        else:
            yield bon(controle, "reçues par le système de référence")
