"""What is looked at before a plan: each thing that is missing is a matter of configuration or of network, told with what to do."""

import ssl
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fps.confiance.habilitation import EtatHabilitation, Permission
from fps.kit.ground.clock import paris
from fps.kit.wire.envelope import canonical
from fps.parties import Party
from fps_certification.certifier import certifier, verifier
from fps_certification.execution import Demande, controler
from fps_certification.plans.plan import Plan, Produit, livres
from fps_certification.prealable.constat import Constat, Tenue
from fps_certification.prealable.sondes import COMMANDE, Arret, SondesReelles
from fps_certification.preuves import signature
from fps_certification.rapports.junit import junit
from fps_certification.sujets.sujet import Domaine
from fps_certification.verdict import Issue, Sort
from fps_simulateur.joueur import Ailleurs
from fps_simulateur.pilote.world import World
from tests.kit.bureau import habilitation_de
from tests.parler.certificats import certificat
from tests.parler.editeur import Editeur, tls
from tests.parler.editeur import editeur as ecouter
from tests.parler.partie import RANGS

pytestmark = pytest.mark.asyncio(loop_scope="session")
SIRET = "21590350100017"
TITULAIRE = "73282932000074"
LOIN = timedelta(days=400)


async def regarder(monde: World, plan: Plan, *, reseau: bool = False) -> dict[str, Constat]:
    """What is not good, by what was looked at."""
    demande = Demande(plan, f"prealable-{next(RANGS)}", reseau=reseau)
    found = await controler(demande, Ailleurs(monde.pilot), SondesReelles())
    return {un.controle: un for un in found if un.tenue in (Tenue.FAUTE, Tenue.AVERTISSEMENT)}


async def un_bac(monde: World, **quoi: Any) -> str:
    nom = f"prealable-{next(RANGS)}"
    await monde.pilot.creer(nom, paris(date(2024, 1, 2)), **quoi)
    return nom


def plan_de(bac: str, produit: str, nom: str = "cycle-complet") -> Plan:
    return livres()[nom].model_copy(update={"bac": bac, "produit": Produit(pilote=produit)})


async def poser(monde: World, bac: str, **choix: Any) -> None:
    for party in (Party.ANTAI, Party.DGFIP):
        answer = await monde.client.put(f"{monde.addresses[party]}/pilotage/bacs/{bac}/destinations/{SIRET}", json=choix)
        assert answer.status_code == 200, answer.text


async def test_each_step_of_an_enrolment_that_is_missing_is_told_until_none_is(monde: World, editeur: Editeur) -> None:
    assert "fps bac creer nulle-part" in (await regarder(monde, plan_de("nulle-part", editeur.adresse)))["bac"].que_faire
    vierge = await un_bac(monde, vierge=True)
    vus = await regarder(monde, plan_de(vierge, editeur.adresse))
    assert "POST /espaces" in vus["convention"].que_faire and vus["siret"].tenue is Tenue.AVERTISSEMENT
    bac = await un_bac(monde)
    plan = plan_de(bac, editeur.adresse)
    vus = await regarder(monde, plan)
    assert list(vus) == ["certificat (ANTAI)", "lettres de ANTAI", "lettres de DGFiP"]
    assert {un.domaine for un in vus.values()} == {Domaine.CONFIGURATION} and "système de référence" in vus["lettres de ANTAI"].phrase
    antai = monde.services[Party.ANTAI].service
    court, long = certificat(monde.pki, siret=TITULAIRE), certificat(monde.pki, siret=TITULAIRE, au=LOIN)
    await habilitation_de(antai, bac, court, SIRET, etat=EtatHabilitation.DEPOSEE)
    await poser(monde, bac, mode="retrait")
    assert "pas encore activé" in (await regarder(monde, plan))["certificat (ANTAI)"].phrase
    await habilitation_de(antai, bac, certificat(monde.pki, siret=TITULAIRE), SIRET)
    vus = await regarder(monde, plan)
    assert list(vus) == ["certificat (ANTAI)"] and vus["certificat (ANTAI)"].tenue is Tenue.AVERTISSEMENT, "it ends tomorrow"
    await habilitation_de(antai, bac, long, SIRET)
    assert await regarder(monde, plan) == {}
    await poser(monde, bac, mode="adresse", adresse="http://127.0.0.1:1027")
    vus = await regarder(monde, plan)
    assert set(vus) == {"lettres de ANTAI", "lettres de DGFiP"} and vus["lettres de ANTAI"].domaine is Domaine.RESEAU
    await poser(monde, bac, mode="adresse", adresse=editeur.adresse)
    assert await regarder(monde, plan) == {} and editeur.recues == [], "nothing was asked of the product"
    autres = await regarder(monde, plan_de(bac, editeur.adresse, "contentieux"))
    assert list(autres) == ["certificat (Juridiction du stationnement payant)", "lettres de Juridiction du stationnement payant"]
    await monde.pilot.regler(bac, "courant")
    assert f"fps bac figer {bac}" in (await regarder(monde, plan))["horloge"].que_faire
    await monde.pilot.supprimer(bac)


async def test_a_perimeter_that_is_too_small_is_told(monde: World, editeur: Editeur) -> None:
    bac = await un_bac(monde)
    lui = certificat(monde.pki, siret=TITULAIRE, au=LOIN)
    await habilitation_de(monde.services[Party.ANTAI].service, bac, lui, SIRET, droits=(Permission.RAPO,), zones=("ROUGE",))
    await poser(monde, bac, mode="retrait")
    vus = await regarder(monde, plan_de(bac, editeur.adresse))
    assert vus["périmètre, certificat (ANTAI)"].phrase == "Le périmètre ne comprend pas : emission."


@pytest.mark.parametrize(
    ("adresse", "controle", "domaine"),
    [
        ("http://nulle-part.invalid:9000", "n'est le nom de personne", Domaine.RESEAU),
        ("http://127.0.0.1:9", "refuse la connexion", Domaine.RESEAU),
        ("http://127.0.0.1:99999", "une adresse s'écrit", Domaine.CONFIGURATION),
    ],
)
async def test_a_product_that_cannot_be_reached_is_never_a_non_conformity(
    monde: World, tmp_path: Path, adresse: str, controle: str, domaine: Domaine
) -> None:
    plan = Plan(plan="absent", titre="Personne", epreuves=("amiable-transmis",), exigences=("EX-190",), produit=Produit(pilote=adresse))
    certifiee = await certifier(Demande(plan, "absent"), monde.client, monde.addresses, monde.token)
    found = certifiee.rapport
    assert (found.code, [f.domaine for f in found.fautes]) == (Issue.CONFIGURATION, [domaine])
    assert controle in found.prealable[0].phrase and {e.sort for e in found.exigences} == {Sort.NON_PROUVE}
    assert f'<error message="{adresse}' in junit(found) and "<failure" not in junit(found)
    certifiee.prouver(tmp_path / "preuve", signature.cle(tmp_path))
    assert (await verifier(tmp_path / "preuve"))[1] == found, "computed again from what was seen of the network then"


async def test_a_tls_chain_that_nobody_believes_is_told_and_a_good_one_is_dated(monde: World, editeur: Editeur, tmp_path: Path) -> None:
    sondes = SondesReelles({"lettres": lambda: ssl.create_default_context(cafile=str(monde.pki.fichier_autorites))})
    async with ecouter(**tls(monde.pki, tmp_path) | {"ssl_cert_reqs": ssl.CERT_NONE}) as ouvert:
        crue = await sondes.sonder(ouvert.adresse.replace("127.0.0.1", "localhost"), "lettres")
        assert crue.arret is Arret.TLS and "Hostname mismatch" in crue.detail, "the name counts"
        assert "unable to get local issuer" in (await sondes.sonder(ouvert.adresse, "produit")).detail
    en_clair = await sondes.sonder(editeur.adresse.replace("http:", "https:"), "produit")
    assert en_clair.arret is Arret.TLS and "TLS échoue" in en_clair.detail


async def test_a_command_that_is_no_program_of_this_machine_is_told() -> None:
    sondes = SondesReelles()
    assert (await sondes.sonder(f"{COMMANDE}{sys.executable} produit.py", "produit")).arret is None
    for ligne in ("/nulle/part etablir", 'echo "', ""):
        assert (await sondes.sonder(COMMANDE + ligne, "produit")).arret is Arret.COMMANDE


async def test_the_network_of_the_services_is_looked_at_where_there_is_one(monde: World) -> None:
    bac = await un_bac(monde)
    vus = await regarder(monde, livres()["cycle-complet"].model_copy(update={"bac": bac}), reseau=True)
    assert len(vus) == 4 and {un.domaine for un in vus.values()} == {Domaine.RESEAU}, "nobody listens there: they are in this process"


async def test_a_plan_says_the_same_in_whatever_order_it_is_written_as_its_evidence_does(monde: World) -> None:
    """The evidence is canonical: what was looked at in the order of a file was not found again, and nobody could verify it."""
    commandes = dict.fromkeys(("lire", "etablir", "annuler"), "true")
    ecrit = {"plan": "ordre", "titre": "Un ordre", "exigences": ("EX-101", "EX-102"), "produit": {"commandes": commandes}}
    attendus = {"EX-102": "à venir", "EX-101": "à venir"}
    plan = Plan.model_validate(ecrit | {"echecs_attendus": attendus})
    relu = Plan.model_validate_json(canonical(plan.model_dump(mode="json")))
    assert plan.produit is not None and relu.produit is not None
    assert list(plan.produit.commandes) == list(relu.produit.commandes) and list(plan.echecs_attendus) == list(relu.echecs_attendus)
    dits = [[un.controle for un in await controler(Demande(un, "ordre"), Ailleurs(monde.pilot), SondesReelles())] for un in (plan, relu)]
    assert dits[0] == dits[1] and any("etablir" in un for un in dits[0])
    duel = {role: {"commandes": {"etablir": commande}} for role, commande in (("rapo", "true"), ("emission", "false"))}
    deux = Plan.model_validate(ecrit | {"produit": None, "produits": duel})
    assert list(deux.produits) == ["emission", "rapo"]
