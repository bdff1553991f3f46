"""Products whose creation is ill formed, each in one way: sizes, numbers, characters, keys."""

from collections.abc import Mapping

from fps.messages.comptable import TitreAnnulationRecette
from fps.messages.recours_collectivite import PieceDefense
from tests.certification.mutants import Mutant, avec, de_creation, de_suite, du_fil

DE_FORME: tuple[Mutant, ...] = (
    de_creation("montant-negatif", avec(montant_deduit=-100)),
    de_creation("caractere-de-commande", avec(dispositif="P\a1")),
    de_creation("nombre-de-soixante-six-bits", avec(montant_deduit=2**66)),
    du_fil("message-d-un-mebioctet-et-plus", octets=lambda corps: corps + b" " * (1 << 20)),
    du_fil("cle-d-idempotence-trop-longue", entetes=lambda h: h | {"idempotency-key": "k" * 201}),
    de_creation("contact-oublie", avec(contact_rapo=None)),
    de_suite("iban-faux", "titre-rembourse", TitreAnnulationRecette, avec(iban="FR7630006000011234567890188")),
    de_suite("piece-vide", "contentieux-pieces", PieceDefense, avec(piece__contenu="")),
    de_suite("piece-en-texte-clair", "contentieux-pieces", PieceDefense, avec(piece__contenu="Le ticket de l'horodateur.")),
)
ATTRAPES_DE_FORME: Mapping[str, str] = {
    "montant-negatif": "EX-023 EX-105 EX-133 EX-190",
    "caractere-de-commande": "EX-025 EX-190",
    "nombre-de-soixante-six-bits": "EX-031 EX-105 EX-133 EX-190",
    "message-d-un-mebioctet-et-plus": "EX-026 EX-190",
    "cle-d-idempotence-trop-longue": "EX-014 EX-029 EX-190",
    "contact-oublie": "EX-126 EX-190",
    "iban-faux": "EX-016 EX-901",
    "piece-vide": "EX-701 EX-715",
    "piece-en-texte-clair": "EX-014 EX-701",
}
