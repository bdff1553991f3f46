"""Whence come the dates and amounts that the town does not compute: an act or a letter, and its article."""

from fps.droit.calculs import REMBOURSEMENT
from fps.kit.web.explication import Fait

CONSTAT = Fait(phrase="Constaté par l'agent assermenté", article="CGCT, art. L. 2333-87, II")
AGENT = "Décidé par l'agent qui examine le recours"
JURIDICTION = "Dit par la juridiction dans sa décision"
PIECE = "Jour de l'émission de la pièce par l'ordonnateur"
FAITS: dict[str, Fait] = {
    "date_heure_constat": CONSTAT,
    "montant": Fait(phrase="Montant du message FPS", article="CGCT, art. L. 2333-87, I"),
    "montant_deduit": Fait(phrase="Dernier justificatif de paiement, ou montant saisi par l'agent", article="CGCT, art. R. 2333-120-5"),
    "fin_effets": Fait(phrase="Heure dite par le message FPS", article="CGCT, art. R. 2333-120-6"),
    "accuse_le": Fait(phrase="Instant de l'accusé de l'ANTAI", article="CGCT, art. L. 2333-87, II"),
    "montant_rectifie": Fait(phrase="Dernier avis rectificatif, ou décharge partielle exécutée", article="CGCT, art. R. 2333-120-14"),
    "paye_le": Fait(phrase="Jour du dernier paiement, dit par qui l'a encaissé", article="CGCT, art. L. 2333-87, IV"),
    "creance": Fait(phrase="Solde des écritures du redevable", article="CGCT, art. L. 2333-87, IV"),
    "dette": Fait(phrase="Solde des écritures à rembourser", article=REMBOURSEMENT),
    "a_rembourser": Fait(phrase="Solde des écritures à rembourser", article=REMBOURSEMENT),
    "rapo.date_avis_reception": Fait(phrase="Date de l'avis de réception, postal ou électronique", article="CGCT, art. R. 2333-120-13"),
    "rapo.date_limite": Fait(phrase="Comptée de la notification que le requérant déclare", article="CGCT, art. R. 2333-120-13"),
    "rapo.date_cachet": Fait(phrase="Lue sur l'enveloppe par la collectivité", article="CRPA, art. L. 112-1"),
    "rapo.demandees_le": Fait(phrase="Jour de la demande de pièces par l'agent qui examine le recours", article="CRPA, art. L. 114-5"),
    "rapo.completer_avant_le": Fait(phrase="Délai donné par l'agent qui demande les pièces", article="CRPA, art. L. 114-5"),
    "rapo.complete_le": Fait(phrase="Jour où l'auteur du recours produit ce qui manquait", article="CRPA, art. L. 114-5"),
    "rapo.decide_le": Fait(phrase=f"{AGENT}, ce jour-là", article="CGCT, art. R. 2333-120-13"),
    "rapo.montant_rectifie": Fait(phrase=AGENT, article="CGCT, art. R. 2333-120-14"),
    "recours.communique_le": Fait(phrase="Jour de la communication par la juridiction", article="CGCT, art. R. 2333-120-44"),
    "recours.date_limite_defense": Fait(phrase="Fixée par la juridiction, qui l'explique", article="CGCT, art. R. 2333-120-44"),
    "recours.notifie_le": Fait(phrase="Dite par la juridiction : consultation, ou lettre", article="CGCT, art. R. 2333-120-60"),
    "recours.date_decision": Fait(phrase=JURIDICTION, article="CGCT, art. R. 2333-120-60"),
    "recours.fps_decharge": Fait(phrase=JURIDICTION, article="CGCT, art. R. 2333-120-60"),
    "recours.majoration_dechargee": Fait(phrase=JURIDICTION, article="CGCT, art. R. 2333-120-60"),
    "recours.execute_le": Fait(phrase="Jour de l'exécution par la collectivité", article="CGCT, art. R. 2333-120-17-2"),
    "recours.frais": Fait(phrase=JURIDICTION, article="CGCT, art. L. 2333-87-8"),
    "recours.frais_regles_le": Fait(phrase="Jour où la collectivité les verse, ou les reçoit", article="CGCT, art. L. 2333-87-8"),
    "remboursement.date_piece": Fait(phrase=PIECE, article=REMBOURSEMENT),
    "remboursement.genre": Fait(phrase=PIECE, article=REMBOURSEMENT),
    "remboursement.exercice_paiement": Fait(phrase=PIECE, article=REMBOURSEMENT),
}
