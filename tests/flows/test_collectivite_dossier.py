"""The town and its FPS: control, register, own notices and payments, cancellations, what is told of each payment."""

from datetime import date
from typing import Any

import pytest

from fps.messages.annulation import FpsImpaye, InformationAnnulationTitre
from fps.messages.information_paiement import FpsPaye, FpsPayeMinore, PaiementAnnule, PaiementRejete, TitrePayeCollectivite
from fps.messages.mfps import AnnulationFps, CreationFps, ModificationFps
from fps.parties import Party
from tests.parler.exports import ecrit, lu
from tests.parler.ville import AU_BOURG, BOURG, DEMANDE, LILLE, VOITURE, Ville

pytestmark = pytest.mark.asyncio(loop_scope="session")
LE = date(2026, 6, 15)
PAYE: dict[str, Any] = {"reference": "CHQ-1", "montant_paye": 3500, "date_heure_paiement": "2026-06-15T12:00:00+02:00", "reste_du": 0}


# ------------------------------------------------------------------------------------------------- the register by plate


def ticket(debut: str, fin: str, montant: int, **champs: Any) -> dict[str, Any]:
    commun = {"siret": LILLE, "immatriculation": "AB-123-CD", "zone": "rouge", "reference": f"T-{debut}"}
    return {**commun, "debut": f"2026-06-15T{debut}:00+02:00", "fin": f"2026-06-15T{fin}:00+02:00", "montant": montant, **champs}


async def test_only_the_latest_visible_proof_is_deducted_and_the_effects_run_from_it(ville: Ville) -> None:
    await ville.agir("/stationnements/paiements", ticket("15:00", "16:00", 200))
    await ville.agir("/stationnements/paiements", ticket("16:30", "17:30", 500))
    fps = await ville.agir("/fps", {**DEMANDE, "date_heure_constat": "2026-06-15T19:00:00+02:00"})
    assert (fps["montant"], fps["montant_deduit"], fps["fin_effets"]) == (3000, 500, "2026-06-15T21:30:00+02:00")


@pytest.mark.parametrize(
    ("paye", "deduit"),
    [
        (ticket("14:30", "15:30", 500), 500),
        (ticket("13:59", "15:30", 500), 0),
        (ticket("16:30", "17:30", 500, visible=False), 0),
        (ticket("16:30", "17:30", 500, zone="verte"), 0),
        (ticket("16:30", "17:30", 500, immatriculation="CD-123-EF"), 0),
    ],
    ids=["dans la durée maximale", "durée maximale passée", "justificatif invisible", "autre zone", "autre plaque"],
)
async def test_a_proof_counts_when_the_law_says_so(paye: dict[str, Any], deduit: int, ville: Ville) -> None:
    await ville.agir("/stationnements/paiements", paye)
    fps = await ville.agir("/fps", {**DEMANDE, "date_heure_constat": "2026-06-15T19:00:00+02:00"})
    assert (fps["montant_deduit"], fps["montant"]) == (deduit, 3500 - deduit)


async def test_a_vehicle_that_has_paid_gets_no_fps(ville: Ville) -> None:
    await ville.agir("/stationnements/paiements", ticket("18:30", "20:30", 500))
    assert await ville.refuse("/fps", DEMANDE) == "vehicule-en-regle"


@pytest.mark.parametrize("nature", ["resident", "cmi-s", "faible-emission", "professionnel-sante", "deux-roues"])
async def test_a_right_is_asked_at_the_control_and_ends_on_its_day(nature: str, ville: Ville) -> None:
    droit = {"siret": LILLE, "immatriculation": "AB-123-CD", "nature": nature, "zones": ["rouge"], "depuis": "2026-01-01"}
    await ville.agir("/stationnements/droits", {**droit, "jusqu_au": "2026-06-15"})
    controle = {"siret": LILLE, "zone": "rouge", "immatriculation": "AB-123-CD"}
    assert (await ville.agir("/controles", controle))["verdict"] == "droit"
    assert await ville.refuse("/fps", DEMANDE) == "vehicule-en-regle"
    assert (await ville.agir("/controles", {**controle, "zone": "verte"}))["verdict"] == "a-constater"
    await ville.passer(1)
    assert (await ville.agir("/controles", controle))["verdict"] == "a-constater"
    registre = await ville.lire("/stationnements", siret=LILLE, immatriculation="AB-123-CD")
    assert [d["nature"] for d in registre["droits"]] == [nature]


async def test_a_lapi_control_gives_no_fps_before_the_act_of_an_agent_the_same_day_and_once(ville: Ville) -> None:
    lapi = {"siret": LILLE, "zone": "rouge", "immatriculation": "AB-123-CD", "source": "lapi"}
    constat = {"agent": "72", "voie": "12 rue de l'Exemple", "vehicule": VOITURE}
    premier, second = [await ville.agir("/controles", lapi) for _ in range(2)]
    assert (await ville.lire("/fps"))["elements"] == [] and premier["verdict"] == "a-constater"
    autre = {**constat, "vehicule": {**VOITURE, "immatriculation": "CD-123-EF"}}
    assert await ville.refuse(f"/controles/{premier['numero']}/constat", autre) == "constat-refuse"
    fps = await ville.agir(f"/controles/{premier['numero']}/constat", constat)
    assert (await ville.lire(f"/controles/{premier['numero']}"))["numero_fps"] == fps["numero"]
    assert await ville.refuse(f"/controles/{premier['numero']}/constat", constat) == "controle-sans-suite"
    troisieme = await ville.agir("/controles", lapi)
    assert (troisieme["verdict"], fps["numero"] in troisieme["raison"]) == ("fps-en-cours", True)
    assert await ville.refuse(f"/controles/{troisieme['numero']}/constat", constat) == "fps-en-cours"
    await ville.passer(1)
    assert await ville.refuse(f"/controles/{second['numero']}/constat", constat) == "controle-sans-suite"
    assert await ville.refuse("/controles/rien/constat", constat) == "controle-inconnu"
    assert await ville.refuse("/controles", {**lapi, "instant": "2026-06-17T12:00:00+02:00"}) == "constat-refuse"


async def test_a_control_of_a_vehicle_in_order_cannot_become_a_fps(ville: Ville) -> None:
    await ville.agir("/stationnements/paiements", ticket("18:30", "20:30", 500))
    controle = await ville.agir("/controles", {"siret": LILLE, "zone": "rouge", "immatriculation": "AB-123-CD"})
    assert controle["verdict"] == "paye"
    constat = {"agent": "72", "voie": "12 rue de l'Exemple", "vehicule": VOITURE}
    assert await ville.refuse(f"/controles/{controle['numero']}/constat", constat) == "vehicule-en-regle"


async def test_an_agent_establishes_from_the_day_of_the_oath_to_the_day_before_it_is_withdrawn(ville: Ville) -> None:
    client, url = ville.world.client, ville.url(f"/agents/{LILLE}/72")
    assert (await client.get(url)).json()["code"] == "agent-inconnu"
    for assermente, retire, code in [("2026-06-15", None, None), ("2026-06-16", None, "agent"), ("2026-01-01", "2026-06-15", "agent")]:
        assert (await client.put(url, json={"assermente_le": assermente, "retire_le": retire})).status_code == 200
        reponse = await ville.poster("/fps", DEMANDE)
        assert reponse.json().get("code") == (code and "agent-non-assermente")
    assert (await client.get(url)).json()["retire_le"] == "2026-06-15"


# ------------------------------------------------------------------------------------------------------- what is paid


async def test_a_payment_told_twice_is_booked_once_and_a_second_payment_is_owed_back(ville: Ville) -> None:
    numero = await ville.etablir()
    for cle in range(2):
        await ville.world.client.post(
            ville.url(FpsPaye.path), json={**FpsPaye.example, **PAYE, "numero_fps": numero}, headers={"Idempotency-Key": f"cle-{cle}"}
        )
    assert await ville.soldes(numero) == {"antai": 3500, "recettes": -3500}
    await ville.recevoir(FpsPaye, **PAYE | {"numero_fps": numero, "reference": "CB-2"})
    fps = await ville.fps(numero)
    assert (fps["etat"], fps["montant_paye"], fps["dette"]) == ("paye", 7000, 3500)
    await ville.recevoir(PaiementAnnule, numero_fps=numero, reference="CB-2", montant_annule=3500, reste_du=0)
    assert ((await ville.fps(numero))["etat"], (await ville.fps(numero))["dette"]) == ("paye", 0)
    assert await ville.soldes(numero) == {"antai": 3500, "recettes": -3500}
    paiements = await ville.lire(f"/fps/{numero}/paiements")
    assert [(p["reference"], p["etat"]) for p in paiements] == [
        ("CB-2", "annule"),
        ("CHQ-1", "encaisse"),
    ]


async def test_a_bounced_cheque_is_due_again_told_twice_or_before_the_payment(ville: Ville) -> None:
    numero = await ville.etablir()
    rejet = {"numero_fps": numero, "reference": "CHQ-1", "montant_rejete": 3500, "reste_du": 3500}
    assert await ville.lettre_refusee(PaiementRejete, **rejet) == "paiement-inconnu"
    await ville.recevoir(FpsPaye, **PAYE | {"numero_fps": numero, "moyen": "cheque"})
    for jour in ("2026-07-01", "2026-07-02"):
        await ville.recevoir(PaiementRejete, **rejet, date_heure_rejet=f"{jour}T00:00:00+02:00")
    fps = await ville.fps(numero)
    assert (fps["etat"], fps["montant_paye"], fps["creance"]) == ("transmis", 0, 3500)
    assert await ville.soldes(numero) == {"redevable": 3500, "recettes": -3500}


async def test_a_contested_minored_payment_makes_the_whole_fps_due_again(ville: Ville) -> None:
    numero = await ville.etablir()
    await ville.recevoir(
        FpsPayeMinore,
        numero_fps=numero,
        reference="CB-1",
        montant_fps=3500,
        montant_paye=2450,
        date_heure_paiement="2026-06-15T12:00:00+02:00",
    )
    assert await ville.soldes(numero) == {"antai": 2450, "recettes": -2450}
    await ville.recevoir(
        PaiementRejete, numero_fps=numero, reference="CB-1", motif="transaction-contestee", montant_rejete=2450, reste_du=3500
    )
    assert await ville.soldes(numero) == {"redevable": 3500, "recettes": -3500}


async def test_a_title_paid_in_parts_settles_the_fps_at_the_end_whatever_the_order_of_the_news(ville: Ville) -> None:
    numero = await ville.etablir()
    parts = [(2000, 1500), (1000, 2500), (3500, 0), (2000, 1500)]
    for i, (part, reste) in enumerate(parts):
        jour = f"2026-11-1{i}T09:30:00+01:00"
        await ville.recevoir(
            TitrePayeCollectivite, numero_fps=numero, part_collectivite=part, reste_du_collectivite=reste, date_heure_paiement=jour
        )
    fps = await ville.fps(numero)
    assert (fps["etat"], fps["montant_paye"]) == ("titre-paye", 3500)
    assert await ville.soldes(numero) == {"dgfip": 3500, "recettes": -3500}


# ------------------------------------------------------------------------------------- cancellations and modifications


async def test_a_cancelled_fps_is_owed_nothing_and_a_payment_that_crosses_is_owed_back(ville: Ville) -> None:
    avant, apres = await ville.etablir(), await ville.etablir()
    for numero, acte in ((avant, "payer"), (apres, "annuler"), (avant, "annuler"), (apres, "payer")):
        if acte == "payer":
            await ville.recevoir(FpsPaye, **PAYE | {"numero_fps": numero})
        else:
            await ville.agir(f"/fps/{numero}/annulation", {"motif": "Erreur de saisie."})
    vus = [await ville.fps(numero) for numero in (avant, apres)]
    assert [(f["etat"], f["dette"], f["creance"], f["montant_actuel"]) for f in vus] == [("annule", 3500, 0, 0)] * 2
    assert await ville.soldes(avant) == await ville.soldes(apres) == {"antai": 3500, "a-rembourser": -3500}
    assert await ville.envois(avant, AnnulationFps) == 1
    assert await ville.refuse(f"/fps/{avant}/annulation", {"motif": "Encore."}) == "acte-impossible"


async def test_a_fps_is_lowered_while_unpaid_by_a_notice_with_its_own_number(ville: Ville) -> None:
    numero, paye = await ville.etablir(), await ville.etablir()
    demande = {"agent": "90", "montant": 2000, "date_demande": "2026-06-15", "motif": "Ticket retrouvé."}
    assert await ville.refuse(f"/fps/{numero}/modification", {**demande, "montant": 3500}) == "modification-impossible"
    assert await ville.refuse(f"/fps/{numero}/modification", demande) == "modification-avant-avis"
    await ville.passer(1)
    for faux in ("2026-06-14", "2026-06-17"):
        assert await ville.refuse(f"/fps/{numero}/modification", {**demande, "date_demande": faux}) == "demande-hors-dates"
    avis = await ville.agir(f"/fps/{numero}/modification", demande)
    assert avis["numero_avis"] != numero and await ville.envois(numero, ModificationFps) == 1
    assert ((await ville.fps(numero))["montant_actuel"], (await ville.soldes(numero))["redevable"]) == (2000, 2000)
    suivi = await ville.lire("/suivi", numero=avis["numero_avis"], immatriculation="ab 123 cd")
    assert (suivi["numero"], suivi["telepaiement"][:26], suivi["a_payer"]) == (numero, avis["numero_avis"], 2000)
    assert await ville.refuse(f"/fps/{numero}/modification", {**demande, "montant": 1000}) == "modification-deja-faite"
    await ville.recevoir(FpsPaye, **PAYE | {"numero_fps": paye})
    assert await ville.refuse(f"/fps/{paye}/modification", demande) == "modification-apres-paiement"
    await ville.agir(f"/fps/{numero}/annulation", {"motif": "Erreur."})
    assert await ville.refuse(f"/fps/{numero}/modification", demande) == "acte-impossible"


async def test_once_a_title_exists_for_sure_the_town_gives_it_up_by_flow_8_and_not_before(ville: Ville) -> None:
    numero, trop_tard = await ville.etablir(), await ville.etablir()
    limite = date.fromisoformat((await ville.fps(numero))["date_limite_paiement"])
    assert limite == date(2026, 9, 22)
    await ville.aller(date(2026, 10, 2))
    assert await ville.refuse(f"/fps/{numero}/annulation-titre", {"motif": "Erreur."}) == "aucun-titre"
    await ville.aller(date(2026, 10, 3))
    await ville.agir(f"/fps/{numero}/annulation-titre", {"motif": "Erreur."})
    assert (await ville.fps(numero))["etat"] == "annule"
    assert await ville.envois(numero, InformationAnnulationTitre) == 1 and await ville.soldes(numero) == {}
    await ville.aller(date(2026, 11, 2))
    assert await ville.refuse(f"/fps/{trop_tard}/annulation", {"motif": "Erreur."}) == "acte-apres-titre"
    demande = {"agent": "90", "montant": 2000, "date_demande": "2026-06-15", "motif": "Ticket."}
    assert await ville.refuse(f"/fps/{trop_tard}/modification", demande) == "acte-apres-titre"


async def test_a_cancellation_takes_the_way_that_antai_says_when_only_antai_knows_of_the_title(ville: Ville) -> None:
    poste, electronique = await ville.etablir(), await ville.etablir(vehicule={**VOITURE, "immatriculation": "ZE-601-CD"})
    await ville.aller(date(2026, 10, 3))
    await ville.agir(f"/fps/{poste}/annulation", {"motif": "Erreur."})
    await ville.agir(f"/fps/{electronique}/annulation-titre", {"motif": "Erreur."})
    for numero, ordre in ((poste, [1, 8]), (electronique, [8, 1])):
        fps = await ville.fps(numero)
        assert [(a["flux"], a["etat"]) for a in fps["actes"]] == list(zip(ordre, ["refuse", "accepte"], strict=True))
        assert (fps["etat"], fps["suite"], await ville.soldes(numero)) == ("annule", "aucune", {})


# ---------------------------------------------------------------------------- windscreen, quick payment, cycle partiel


async def test_a_quick_payment_is_possible_until_the_fifth_day_and_stops_the_notice(ville: Ville) -> None:
    dernier, tard = [await ville.etablir(mode_notification="pare-brise") for _ in range(2)]
    poste = await ville.etablir()
    paiement = {"montant": 3500, "moyen": "guichet", "reference": "R-1"}
    assert await ville.refuse(f"/fps/{poste}/paiement-rapide", paiement) == "paiement-rapide-impossible"
    await ville.aller(date(2026, 6, 20))
    assert await ville.refuse(f"/fps/{dernier}/paiement-rapide", {**paiement, "montant": 3400}) == "montant-paiement"
    for _ in range(2):
        assert (await ville.agir(f"/fps/{dernier}/paiement-rapide", paiement))["etat"] == "paye-rapide"
    assert await ville.soldes(dernier) == {"regie": 3500, "recettes": -3500} and await ville.envois(dernier, AnnulationFps) == 1
    await ville.aller(date(2026, 6, 21))
    assert await ville.refuse(f"/fps/{tard}/paiement-rapide", paiement) == "paiement-rapide-impossible"


async def test_in_cycle_partiel_the_town_prints_its_notice_takes_its_payments_and_tells_antai_at_the_term(ville: Ville) -> None:
    paye, impaye = [await ville.etablir(**AU_BOURG) for _ in range(2)]
    fps = await ville.fps(paye)
    assert (fps["etat"], fps["montant"], fps["date_notification"], fps["date_limite_paiement"]) == (
        "notifie",
        1700,
        "2026-06-15",
        "2026-09-15",
    )
    assert await ville.envois(paye, CreationFps) == 0 and await ville.courriers(paye) == ["apa-collectivite"]
    assert await ville.refuse(f"/fps/{paye}/paiements", {"montant": 1701, "reference": "C-1"}) == "montant-paiement"
    await ville.agir(f"/fps/{paye}/paiements", {"montant": 700, "moyen": "cheque", "reference": "C-1"})
    await ville.agir(f"/fps/{impaye}/paiements", {"montant": 700, "moyen": "cheque", "reference": "C-1"})
    await ville.aller(date(2026, 9, 15))
    for _ in range(2):
        assert (await ville.agir(f"/fps/{paye}/paiements", {"montant": 1000, "reference": "C-2"}))["etat"] == "paye"
    assert await ville.envois(impaye, FpsImpaye) == 0
    await ville.aller(date(2026, 9, 16))
    assert [(await ville.fps(n))["etat"] for n in (paye, impaye)] == ["paye", "impaye"]
    assert [await ville.envois(n, FpsImpaye) for n in (paye, impaye)] == [0, 1]
    assert await ville.refuse(f"/fps/{impaye}/paiements", {"montant": 1000, "reference": "C-3"}) == "delai-paiement-expire"
    assert await ville.soldes(impaye) == {"redevable": 1000, "regie": 700, "recettes": -1700}
    complet = await ville.etablir()
    assert await ville.refuse(f"/fps/{complet}/paiements", {"montant": 1000, "reference": "C-1"}) == "hors-cycle-partiel"
    assert (await ville.lire("/fps", siret=BOURG, etat="impaye"))["elements"][0]["numero"] == impaye


async def test_what_is_badly_typed_is_refused_with_every_error_and_sums_are_told_in_euros(ville: Ville) -> None:
    numero = await ville.etablir(**AU_BOURG)
    vide = await ville.poster(f"/fps/{numero}/annulation", {"motif": "   "})
    assert (vide.status_code, [e["champ"] for e in vide.json()["erreurs"]]) == (422, ["motif"])
    page = await ville.world.client.get(ville.url("/fps"), params={"apres": "zzz"})
    assert page.status_code == 422
    trop = (await ville.poster(f"/fps/{numero}/paiements", {"montant": 1701, "reference": "C-1"})).json()
    assert trop["detail"].replace("\u00a0", " ") == "Payé 17,01 €, dû 17,00 €."
    rapide = (await ville.poster(f"/fps/{numero}/paiement-rapide", {"montant": 1700, "reference": "C-1"})).json()
    assert (rapide["code"], "cycle partiel" in rapide["detail"]) == ("paiement-rapide-impossible", True)


# --------------------------------------------------------------------------------------------------- the usager's door


async def test_the_door_of_the_usager_opens_with_the_right_pair_only_and_never_says_which_half_is_wrong(ville: Ville) -> None:
    numero = await ville.etablir()
    fps = await ville.fps(numero)
    suivi = await ville.lire("/suivi", numero=fps["telepaiement"], immatriculation="AB-123-CD")
    assert (suivi["a_payer"], suivi["montant_normal"], suivi["minore_jusqu_au"]) == (2450, 3500, "2026-06-25")
    assert (suivi["date_envoi"], suivi["date_notification"], suivi["date_limite_rapo"]) == ("2026-06-16", "2026-06-22", "2026-07-22")
    assert [e["libelle"] for e in suivi["historique"]] == ["FPS établi", "FPS transmis à l'ANTAI"]
    faux = [(numero, "CD-123-EF"), (numero[:-1] + "9", "AB-123-CD"), (numero + "98", "AB-123-CD")]
    refus = [await ville.world.client.get(ville.url("/suivi"), params={"numero": n, "immatriculation": p}) for n, p in faux]
    assert {(r.status_code, r.json()["code"], r.json()["title"]) for r in refus} == {
        (404, "suivi-inconnu", "Aucun FPS ne répond à ce numéro et à cette immatriculation")
    }
    await ville.aller(date(2026, 6, 26))
    suivi = await ville.lire("/suivi", numero=numero, immatriculation="AB-123-CD")
    assert (suivi["a_payer"], suivi["montant_minore"]) == (3500, None)


async def test_the_register_of_an_export_of_before_is_found_again_under_its_plate(ville: Ville) -> None:
    """As the migration of a database does: AB123CD and AB-123-CD were two registers, a driver who had paid got a FPS."""
    corps = {"siret": LILLE, "immatriculation": "AB-123-CD", "reference": "T-1", "zone": "rouge", "montant": 500}
    await ville.agir("/stationnements/paiements", {**corps, "debut": "2026-06-15T19:00:00+02:00", "fin": "2026-06-15T21:00:00+02:00"})
    adresse = f"{ville.world.addresses[Party.COLLECTIVITE]}/pilotage/bacs"
    ancien = lu((await ville.world.client.get(f"{adresse}/{ville.bac}/export")).content)
    table = ancien["tables"]["stationnements"]
    place = table["colonnes"].index("immatriculation")
    (ligne,) = table["lignes"]
    paiements = table["colonnes"].index("paiements")
    autre = [*ligne[:paiements], ligne[paiements].replace("T-1", "T-2"), *ligne[paiements + 1 :]]
    table["lignes"] = [[*x[:place], plaque, *x[place + 1 :]] for x, plaque in ((ligne, "AB123CD"), (autre, "AB 123 CD"))]
    repris = f"{ville.bac}-repris"
    reponse = await ville.world.client.post(
        f"{adresse}/{repris}/import", content=ecrit(ancien), headers={"Content-Type": "application/x-ndjson"}
    )
    assert reponse.status_code == 201, reponse.text
    la = Ville(ville.world, repris, LE)
    registre = await la.lire("/stationnements", siret=LILLE, immatriculation="AB-123-CD")
    assert [p["reference"] for p in registre["paiements"]] == ["T-1", "T-2"]
    controle = {"siret": LILLE, "zone": "rouge", "immatriculation": "AB-123-CD", "source": "lapi"}
    assert (await la.agir("/controles", controle, calme=False))["verdict"] == "paye"
