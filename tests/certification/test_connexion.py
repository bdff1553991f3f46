"""The connection of a product: every refusal that may meet it there has a requirement, or the reason why it has none."""

from collections.abc import Iterator

from fps.confiance.refus import AccesRefuse
from fps_certification.assertions import REGISTRE
from fps_simulateur.pilote.world import DEFINITIONS

AVANT = "what is missing before any message is looked at before the plan, and is « configuration »"
PERSONNE = "it is told to a person in a page or an espace, who has an account there, and not to a product"
PILOTE = "it is told to who drives the simulator"
PORTAIL = "the gate tells it to a browser"
SANS_EXIGENCE = {
    "acces-refuse": "no door gives it: it is what all of these are",
    "certificat-autre-role": "a product has no certificate of a service: every letter that a certificate brings is a collectivité's",
    "entete-certificat-non-cru": "a certificate in a header is that of a proxy, which whoever runs the simulator declares",
    "certificat-autre-collectivite": "it is told to a deposit, which no message is",
    "essai-autre-certificat": "EX-750 is about the certificate of the trial session",
    **dict.fromkeys(("espace-absent", "espace-en-attente", "espace-refuse", "convention-absente", "convention-non-deposee"), AVANT),
    **dict.fromkeys(
        ("convention-a-signer-par-l-antai", "convention-pas-encore-en-vigueur", "convention-echue", "convention-resiliee"), AVANT
    ),
    **dict.fromkeys(
        ("cahier-des-charges-non-accepte", "homologation-absente", "homologation-en-cours", "homologation-autre-version"), AVANT
    ),
    **{f"convention-juridiction-{etat}": AVANT for etat in ("absente", "pas-encore-en-vigueur", "echue", "denoncee")},
    **dict.fromkeys(("role-insuffisant", "role-responsable", "code-perime", "portail-par-session", "identifiants-refuses"), PERSONNE),
    **dict.fromkeys(("session-requise", "session-expiree"), PERSONNE),
    **dict.fromkeys(("jeton-requis", "pilotage-hors-machine"), PILOTE),
    **dict.fromkeys(("hote-inconnu", "origine-refusee"), PORTAIL),
}


def refus_d_acces(racine: type[AccesRefuse] = AccesRefuse) -> Iterator[str]:
    """The code of every reason to keep a door shut."""
    yield racine.code
    for cls in racine.__subclasses__():
        yield from refus_d_acces(cls)


def test_every_refusal_of_a_connection_has_its_requirement_or_the_reason_why_it_has_none() -> None:
    assert len(DEFINITIONS) == 4  # whose refusals are loaded
    eprouves = {nom.partition("/")[2] for nom in REGISTRE if nom.startswith("acces/")}
    tous = set(refus_d_acces())
    assert sorted(tous - eprouves - SANS_EXIGENCE.keys()) == []
    assert sorted(eprouves & SANS_EXIGENCE.keys()) == [] and SANS_EXIGENCE.keys() | eprouves <= tous
