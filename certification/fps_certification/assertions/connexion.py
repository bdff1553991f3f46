"""The findings about the connection of the product: what each party says of it by its API front, and the end of its certificate."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from fps.parties import LIBELLES, Party
from fps_certification.assertions.registre import Assertion, Resultat, Sens, assertion, entrer
from fps_certification.observation import Echange, Observation
from fps_certification.prealable.certificats import REFERENCE

FRONT: Final = "/front"
BIENTOT: Final = timedelta(days=30)  # real time: what ends sooner has its next one already


def _manques(vu: Observation, echange: Echange) -> list[str]:
    """The codes of what keeps the messages of the collectivité, in the answer of an API front; that of its refusal."""
    if not echange.accepte:
        return sorted(echange.codes) or [str(echange.statut)]
    return [str(m.get("code")) for m in echange.repondu.get("manques") or () if m.get("siret") in (None, vu.siret)]


def _du_sien(vu: Observation, echange: Echange) -> bool:
    lu = urlsplit(echange.chemin)
    return echange.methode == "GET" and lu.path == FRONT and parse_qs(lu.query).get("siret", [vu.siret]) == [vu.siret]


def _front(party: Party) -> Assertion:
    nom = LIBELLES[party]

    def evaluer(vu: Observation) -> Iterator[Resultat]:
        if siens := [e for e in vu.echanges if e.service is party and _du_sien(vu, e)]:
            manques = _manques(vu, siens[-1])
            yield Resultat(not manques, siens[-1], "rien qui manque", ", ".join(manques) or "rien ne manque")

    phrase = f"Le dernier contrôle du produit à l'API front ({nom}) ne trouve plus rien qui retienne ses messages."
    return Assertion(f"connexion/front-{party.value}", phrase, Sens.ENVOI, evaluer)


for _party in (Party.ANTAI, Party.DGFIP, Party.CCSP):
    entrer(_front(_party))


@assertion("connexion/certificat-renouvele", "Un certificat qui finit dans les trente jours a déjà son successeur, déposé et actif.")
def _renouvele(vu: Observation) -> Iterator[Resultat]:
    for party in (Party.ANTAI, Party.DGFIP, Party.CCSP):
        vus = [e for e in vu.echanges if e.service is party]
        montres = {e.qui for e in vus}
        actifs = [d for d in vu.depots if d.ou is party and d.etat == "active"]
        for depot in (d for d in actifs if d.cle in montres):
            dernier = vus[-1]
            siens = [d for d in actifs if (d.cle == REFERENCE) is (depot.cle == REFERENCE)]
            loin = [d for d in siens if d.fin is None or d.fin - dernier.wall_time >= BIENTOT]
            recu = "celui qui est montré est sans fin" if depot.fin is None else f"celui qui est montré finit le {depot.fin:%d/%m/%Y}"
            yield Resultat(bool(loin), dernier, "un certificat actif qui vaut encore trente jours", recu)
