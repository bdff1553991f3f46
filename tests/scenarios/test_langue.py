"""The language of the lives: moments in words, a town of one's own, and where each fault is."""

import re
import textwrap
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from fps.villes.catalogue import par_nom
from fps_simulateur.joueur import Deroulement, VieFausse, jouer
from fps_simulateur.langue.actes import acte
from fps_simulateur.langue.fautes import ViesIllisibles
from fps_simulateur.langue.modele import Etape, catalogue, lire
from fps_simulateur.langue.moments import Moment, quand
from fps_simulateur.pilote.reperes import REPERES
from fps_simulateur.pilote.world import World

EN_MONDE = pytest.mark.asyncio(loop_scope="session")
MOMENTS: dict[str, Any] = {
    "2023-09-28": date(2023, 9, 28),
    "2023-09-28T10:00": datetime(2023, 9, 28, 10),  # noqa: DTZ001 (the hour of Paris is meant)
    "J": Moment("J"),
    "j + 5": Moment("J", ((5, "jours"),)),
    "J+5": Moment("J", ((5, "jours"),)),
    "J+1 mois - 1 jour": Moment("J", ((1, "mois"), (-1, "jours"))),
    "2023-09-28 + 2 semaines": Moment(date(2023, 9, 28), ((2, "semaines"),)),
    "notification + 1 mois": Moment("notification", ((1, "mois"),)),
    "la veille de la limite de paiement": Moment("limite-paiement", ((-1, "jours"),)),
    "le lendemain de l'envoi de l'avis": Moment("envoi-avis", ((1, "jours"),)),
    "le lendemain du titre à 10 h 30": Moment("titre", ((1, "jours"),), time(10, 30)),
    "la veille du rejet implicite": Moment("rejet-implicite", ((-1, "jours"),)),
    "limite-rapo": Moment("limite-rapo"),
    "la fin de la minoration à 9:05": Moment("fin-minoration", (), time(9, 5)),
}
FAUX = {
    "notificasion": "vouliez-vous dire « notification » ?",
    "la veille de la limitte de paiement": "vouliez-vous dire « limite-paiement » ?",
    "notification + 1 moi": "vouliez-vous dire « mois » ?",
    "J+5 à 25 h": "n'est pas une heure",
    "un jour": "n'est pas un moment : une date",
}


@pytest.mark.parametrize(("ecrit", "compris"), MOMENTS.items())
def test_a_moment_is_read_as_a_clerk_writes_it(ecrit: str, compris: Any) -> None:
    assert quand(ecrit, REPERES) == compris


@pytest.mark.parametrize(("ecrit", "dit"), FAUX.items())
def test_what_is_no_moment_is_said_where_it_stands_with_the_nearest_word(ecrit: str, dit: str) -> None:
    with pytest.raises(ViesIllisibles) as wrong:
        lire(f"- vie: a\n  titre: A\n  etapes:\n    - {{ acte: établir un FPS }}\n    - {{ le: {ecrit} }}\n", "vie.yaml")
    (faute,) = wrong.value.fautes
    assert (faute.ligne, faute.colonne) == (5, 9) and dit in faute.texte


async def joue(monde: World, bac: str, texte: str, source: str = "vie.yaml") -> Deroulement:
    (vie,) = lire(texte, source)
    return await jouer(monde, vie, bac)


DITE = """
- vie: dite
  titre: Une vie sans aucune date
  etapes:
    - { acte: établir un FPS, antai: { etat: transmis } }
    - { le: J+1, antai: { etat: apa-envoye } }
    - { le: la veille de la notification, antai: { etat: apa-envoye } }
    - { le: notification, antai: { etat: notifie, date_notification: 2023-10-05 } }
    - { le: notification + 1 mois, antai: { etat: notifie } }
    - { le: le lendemain de la notification + 1 mois à 8 h }
    - { le: la limite de paiement, antai: { etat: notifie, date_limite_paiement: 2024-01-05 } }
    - { le: le lendemain de la limite de paiement, antai: { etat: impaye } }
    - { le: la veille du titre, antai: { etat: impaye } }
    - { le: titre, antai: { etat: titre-emis } }
    - { le: envoi de l'avis + 1 an }
"""


@EN_MONDE
async def test_a_life_is_lived_at_moments_that_are_past_or_to_come(monde: World) -> None:
    vecue = await joue(monde, "moments", DITE)
    assert datetime.fromisoformat((await monde.pilot.etat("moments"))["instant"]).date() == date(2024, 9, 29)
    titre = next(x for x in await monde.pilot.journal("moments", vecue.mots["numero"]) if x["acte"] == "emission-titre")
    assert titre["date"].startswith("2024-01-16")


@EN_MONDE
async def test_a_moment_that_never_comes_or_is_past_is_the_fault_of_its_step(monde: World) -> None:
    jamais = DITE.partition("    - { le: J+1")[0]
    with pytest.raises(VieFausse, match="étape 3 : « titre » n'arrive pas") as wrong:
        await joue(
            monde, "jamais", f"{jamais}    - {{ le: notification, acte: payer le FPS, avec: {{ montant: 3500 }} }}\n    - {{ le: titre }}\n"
        )
    assert wrong.value.etape == 3
    with pytest.raises(VieFausse, match="étape 3"):
        await joue(monde, "passe", f"{jamais}    - {{ le: titre }}\n    - {{ le: la veille de la notification }}\n")


A_SOI = """
- vie: a-soi
  titre: Une ville à soi
  ville: maville.yaml
  etapes:
    - { le: J+1 à 10 h, acte: établir un FPS, donne: { montant: 2000 }, antai: { etat: transmis } }
    - { le: notification, antai: { etat: notifie } }
    - { le: limite de paiement, acte: payer le FPS, avec: { montant: 2000 }, antai: { etat: paye } }
"""


def ville_a_soi() -> dict[str, Any]:
    modele = par_nom()["cholet"].model_dump(mode="json", by_alias=True)
    zone = modele["zones"][0] | {"code": "A", "fps": {"2018-01-01": {"voiture": 2000}}}
    return modele | {"siret": "21380001400010", "nom": "Ville d'Essai", "zones": [zone], "abonnements": [], "droits": []}


@EN_MONDE
async def test_a_life_is_lived_in_a_town_of_ones_own_by_its_file_or_in_the_life_itself(monde: World, tmp_path: Path) -> None:
    ecrite = yaml.safe_dump(ville_a_soi(), allow_unicode=True)
    (tmp_path / "maville.yaml").write_text(ecrite, "utf-8")
    (de_fichier,) = lire(A_SOI, "vie.yaml", tmp_path)
    (dedans,) = lire(A_SOI.replace("ville: maville.yaml", "ville:\n" + textwrap.indent(ecrite, "    ")), "vie.yaml")
    assert dedans.ville == de_fichier.ville
    vecue = await jouer(monde, de_fichier, "ville-a-soi")
    assert vecue.mots["siret"] == "21380001400010"
    (tmp_path / "maville.yaml").write_text(yaml.safe_dump(ville_a_soi() | {"siret": par_nom()["lille"].siret}), "utf-8")
    with pytest.raises(VieFausse, match="a-soi : la ville est refusée") as wrong:
        await jouer(monde, lire(A_SOI, "vie.yaml", tmp_path)[0], "ville-prise")
    assert wrong.value.etape == 0


def test_a_town_that_is_ill_written_is_a_fault_of_the_life_that_names_it(tmp_path: Path) -> None:
    def dit(texte: str) -> str:
        with pytest.raises(ViesIllisibles) as wrong:
            lire(texte, "vie.yaml", tmp_path)
        return str(wrong.value)

    assert "ligne 4, colonne 3 : le fichier de ville « maville.yaml » ne se lit pas" in dit(A_SOI)
    (tmp_path / "maville.yaml").write_text(yaml.safe_dump(ville_a_soi() | {"siret": "21380001400011"}), "utf-8")
    assert "ligne 4, colonne 3" in dit(A_SOI) and "n'a pas la bonne clé" in dit(A_SOI)
    assert "vouliez-vous dire « lille » ?" in dit(A_SOI.replace("maville.yaml", "lile"))
    assert "ligne 4" in dit(A_SOI.replace("maville.yaml", "{ nom: X, sirte: 1 }"))


GABARIT = """
- vie: debut
  titre: Jusqu'à l'avis
  ville: bourg
  variables: { plaque: AB-123-CD }
  etapes:
    - { acte: établir un FPS, avec: { plaque: "{plaque}" } }
- vie: paye
  titre: Payé par {moyen}
  inclure: debut
  variables: { plaque: EF-456-GH, montant: 1700 }
  cas:
    - { moyen: internet, jours: 1 }
    - { moyen: Chèque, jours: 2 }
  etapes:
    - { le: "J+{jours}", acte: payer à la collectivité, avec: { moyen: "{moyen}", montant: "{montant}" }, donne: { numero: "{numero}" } }
"""


def test_a_life_is_played_once_for_each_case_after_the_life_that_it_includes() -> None:
    debut, internet, cheque = lire(GABARIT, "vie.yaml")
    assert [v.vie for v in (debut, internet, cheque)] == ["debut", "paye-internet", "paye-cheque"]
    assert (internet.titre, internet.ville, internet.place, debut.place) == ("Payé par internet", "bourg", (1, 1), (0, 0))
    assert [e.avec for e in cheque.etapes] == [{"plaque": "EF-456-GH"}, {"moyen": "Chèque", "montant": 1700}]
    assert debut.etapes[0].avec == {"plaque": "AB-123-CD"} and cheque.etapes[1].le == Moment("J", ((2, "jours"),))
    assert cheque.etapes[1].donne == {"numero": "{numero}"}, "what is only known later keeps its braces"


FAUX_GABARITS = {
    "a variable that is missing": ("Payé par {moyen}", "Payé par {moyens}", "ligne 9, colonne 3", "vouliez-vous dire « moyen » ?"),
    "a variable of a day": ('"J+{jours}"', '"J+{jour}"', "ligne 16, colonne 9", "vouliez-vous dire « jours » ?"),
    "a column that is missing": ("Chèque, jours: 2", "Chèque", "ligne 14, colonne 7", "il manque « jours » à ce cas"),
    "a column that is none": ("Chèque, jours: 2", "Chèque, jour: 2", "ligne 14", "n'est pas une colonne de cette table"),
    "a variable that serves nothing": ("{ plaque: AB-123-CD }", "{ plaque: AB-123-CD, x: 1 }", "ligne 5", "« x » ne sert nulle part"),
    "a life that is none": ("inclure: debut", "inclure: debit", "ligne 10, colonne 3", "vouliez-vous dire « debut » ?"),
    "a file that is not there": ("inclure: debut", "inclure: ailleurs.yaml#debut", "ligne 10, colonne 3", "ce fichier ne se lit pas"),
    "a life that includes itself": ("  ville: bourg", "  inclure: paye", "ligne", "une vie ne s'inclut pas elle-même : "),
}


@pytest.mark.parametrize(("avant", "apres", "ou", "quoi"), FAUX_GABARITS.values(), ids=FAUX_GABARITS)
def test_a_gabarit_that_is_ill_written_says_where(avant: str, apres: str, ou: str, quoi: str) -> None:
    assert avant in GABARIT
    with pytest.raises(ViesIllisibles) as wrong:
        lire(GABARIT.replace(avant, apres, 1), "vie.yaml")
    assert ou in str(wrong.value) and quoi in str(wrong.value)


def test_a_life_includes_one_of_another_file_or_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "vies.yaml").write_text(GABARIT, "utf-8")
    suite = "- {vie: suite, titre: Suite, inclure: DEBUT, etapes: [{le: J+9, antai: {etat: abandonne}}]}"
    (de_fichier,) = lire(suite.replace("DEBUT", "vies.yaml#debut"), "vie.yaml", tmp_path)
    assert (de_fichier.ville, len(de_fichier.etapes)) == ("bourg", 2)
    (du_catalogue,) = lire(suite.replace("DEBUT", "abandon-vehicule-vole"), "vie.yaml", tmp_path)
    assert len(du_catalogue.etapes) == 4 and du_catalogue.place == (0, 3)
    with pytest.raises(ViesIllisibles, match="a 2 vies : dites laquelle, « vies"):
        lire(suite.replace("DEBUT", "vies.yaml"), "vie.yaml", tmp_path)
    with pytest.raises(ViesIllisibles, match="est une table de 2 cas"):
        lire(suite.replace("DEBUT", "vies.yaml#paye"), "vie.yaml", tmp_path)


def test_a_word_that_is_none_inside_what_an_act_gives_is_told_where_it_stands() -> None:
    etapes = {
        "établir un FPS, avec: { vehicule: { imatriculation: AB-123-CD } }": "colonne 51 : « imatriculation »",
        "déposer un RAPO, avec: { demandeur: { identite: { nomm: X } } }": "de « identite » ; vouliez-vous dire « nom »",
        "déposer un RAPO, avec: { pieces: [rapo, { nature: autre, fichiers: x }] }": "colonne 72 : « fichiers » n'est pas un mot de",
        "rembourser, avec: { beneficiaire: { adresse: { comune: Lille } } }": "« comune » n'est pas un mot de « adresse » ; vouliez",
        "défendre, avec: { pieces: [avis-paiement, { natur: autre }] }": "colonne 59 : « natur » n'est pas un mot de « pieces » ; vou",
        "passer la séance d'essai, avec: { essai: { numero: X } }": "« numero » n'est pas un mot de « essai »",
        "payer le FPS, avec: { montan: 3500 }": "« montan » n'est pas un mot de « payer le FPS » ; vouliez-vous dire « montant »",
    }
    for etape, dit in etapes.items():
        with pytest.raises(ViesIllisibles, match=r"ligne 4") as trouve:
            lire(f"- vie: a\n  titre: A\n  etapes:\n    - {{ acte: {etape} }}\n", "essai.yaml")
        assert dit in str(trouve.value)


def test_what_can_never_be_as_it_is_expected_is_told_where_it_stands_with_the_nearest_word() -> None:
    etapes = {
        "acte: payer le FPS, refus: fps-deja-payee": "colonne 29 : « fps-deja-payee » n'est le code d'aucun refus",
        "antai: { etatt: paye }": "colonne 18 : « etatt » n'est pas un champ que montre « antai » ; vouliez-vous dire « etat » ?",
        "dgfip: { a_paye: 3500 }": "« a_paye » n'est pas un champ que montre « dgfip » ; vouliez-vous dire « a_payer » ?",
        "courriers: [1.avis-paiemen]": "« 1.avis-paiemen » n'est le type d'aucun courrier",
        "recus: { 13.avertisement: 1 }": "« 13.avertisement » n'est le type d'aucun courrier ; vouliez-vous dire « 13.avertissement » ?",
        "contenu: { 13.avertisement: { a_payer: 1 } }": "« 13.avertisement » n'est le type d'aucun courrier",
    }
    for etape, dit in etapes.items():
        with pytest.raises(ViesIllisibles, match=r"ligne 4") as trouve:
            lire(f"- vie: a\n  titre: A\n  etapes:\n    - {{ {etape} }}\n", "essai.yaml")
        assert dit in str(trouve.value)
    etape = "{ ccsp: { decision.frais: 1, '{champ}': 2 }, recus: { '{type}': 1 }, courriers: ['{type}'] }"
    assert len(lire(f"- {{ vie: a, titre: A, etapes: [{etape}] }}\n", "essai.yaml")) == 1  # a path, and what a variable will say


def test_each_life_of_the_catalogue_expects_something_of_its_money_its_letters_or_a_refusal() -> None:
    """States and dates alone would not see a sum that is wrong, or a letter that nobody sent."""
    argent = re.compile(r"montant|majoration|payer|creance|dette|frais|reste|astreinte|amende|_du$|^du$")

    def dit(etape: Etape) -> bool:
        champs = [etape.donne, etape.explication, *(champs for _, champs in etape.attendus())]
        lettres = etape.courriers is not None or etape.recus or etape.contenu
        return bool(lettres or etape.refus or etape.echeances) or any(argent.search(mot) for une in champs for mot in une)

    nees = [vie for vie in catalogue() if any(e.acte is not None and acte(e.acte).etablit for e in vie.etapes)]
    assert [vie.vie for vie in nees if not any(map(dit, vie.etapes))] == []
    assert len(catalogue()) - len(nees) < 25, "of a street where nobody owes anything, nothing is expected"
