"""`fps certifier`: try a product against a plan, with reports and evidence; `fps verifier`: compute a verdict again from it."""

from pathlib import Path
from typing import Annotated

import typer

from fps_console.cli.options import Adresses, DataDir, Json, settings


def certifier(
    plan: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PLAN|FICHIER]…", help="Un plan livré, ou un fichier YAML : un plan, ou des vies. Plusieurs se suivent."),
    ] = None,
    montrer: Annotated[bool, typer.Option("--exigences", help="Montre les exigences, leur source et ce qui les éprouve.")] = False,
    plans: Annotated[bool, typer.Option("--plans", help="Montre les plans livrés.")] = False,
    valider: Annotated[bool, typer.Option("--valider", help="Lit le plan et dit ses fautes, sans rien éprouver.")] = False,
    prealable: Annotated[
        bool, typer.Option("--prealable", help="Contrôle l'adresse, le bac, la convention, le certificat, les lettres ; n'éprouve rien.")
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="EPREUVE|EX-…", help="Cette épreuve, ou ce qui éprouve cette exigence (répétable).")
    ] = None,
    rerun_failed: Annotated[
        bool, typer.Option("--rerun-failed", help="Rejoue, de la dernière exécution (du plan), ce qui a échoué ou n'est pas prouvé.")
    ] = False,
    pilote: Annotated[
        str | None, typer.Option(metavar="ADRESSE", help="Où le produit reçoit les actions ; en duel, « emission=…,rapo=… ».")
    ] = None,
    bac: Annotated[str | None, typer.Option(metavar="NOM", help="Le bac où le produit est enrôlé, que chaque épreuve copie.")] = None,
    observer: Annotated[
        bool, typer.Option("--observer", help="Ne joue rien : juge ce que le bac a vu passer, et dit ce qu'il reste à montrer.")
    ] = False,
    a_la_main: Annotated[
        bool, typer.Option("--a-la-main", help="Une personne conduit le produit : le terminal dit quoi faire, et le reconnaît.")
    ] = False,
    delai: Annotated[float, typer.Option(metavar="SECONDES", min=1, help="À la main : ce que chaque chose peut prendre.")] = 1800,
    reprendre: Annotated[
        bool, typer.Option("--reprendre", help="Reprend la dernière exécution interrompue du plan : ce qui était jugé n'est pas rejoué.")
    ] = False,
    recommencer: Annotated[bool, typer.Option("--recommencer", help="À la main : oublie le passage interrompu.")] = False,
    ville: Annotated[str | None, typer.Option(metavar="NOM", help="La collectivité du produit ; celle du plan, à défaut.")] = None,
    explorer: Annotated[
        bool, typer.Option("--explorer", help="Tire des suites d'actes et de jours que rien n'a écrites, et juge après chaque pas.")
    ] = False,
    graine: Annotated[str, typer.Option(metavar="N", help="Ce que l'exploration tire en dépend, et de rien d'autre.")] = "1",
    duree: Annotated[
        float, typer.Option(metavar="SECONDES", min=1, max=86_400, help="L'exploration finit alors, quoi qu'il arrive.")
    ] = 60.0,
    pas: Annotated[int | None, typer.Option(metavar="N", min=1, help="L'exploration finit après autant de pas.")] = None,
    sortie: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Où l'exploration écrit la vie qui échoue ; « exploration.yaml » à défaut.")
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi un rapport JUnit.")] = None,
    preuve: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit la preuve signée, que « fps verifier » relit.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi le rapport, page HTML à lire hors ligne.")] = None,
    pdf: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi le rapport en PDF/A, aux mêmes identifiants.")] = None,
    certificat: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi, avec --preuve, le certificat de conformité (PDF/A).")
    ] = None,
    badge: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi le badge (SVG).")] = None,
    commentaire: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXTE", help="Ce qu'en dit qui l'a regardée, signé avec la preuve (répétable)."),
    ] = None,
    comparer: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Dit ce qui diffère de deux exécutions (noms, rapports ou preuves).")
    ] = None,
    droit: Annotated[
        Path | None,
        typer.Option(
            metavar="FICHIER",
            help="Répète des passages (leur nom, leur preuve, un plan ; les derniers gardés, à défaut) sous un droit en brouillon (YAML).",
        ),
    ] = None,
    registre: Annotated[
        Path | None,
        typer.Option(metavar="DOSSIER", help="Relit chaque preuve (*.preuve) du dossier, et y écrit la page des résultats, index.html."),
    ] = None,
    essai: Annotated[
        list[str] | None, typer.Option("--ecrire-essai", metavar="EX-…", help="Écrit ici le fichier pytest de cette exigence (répétable).")
    ] = None,
    garder: Annotated[bool, typer.Option("--garder", help="Laisse les bacs des épreuves, pour les regarder.")] = False,
    parallele: Annotated[int, typer.Option(metavar="N", min=1, max=16, help="Épreuves jouées à la fois.")] = 4,
    adresses: Adresses = None,
    data_dir: DataDir = None,
    en_json: Json = False,
) -> int:
    """Éprouve un produit et le prouve ; état de sortie : 0 conforme, 1 non conforme, 2 configuration, 3 simulateur, 4 incomplet."""
    from fps_console.commandes import certifier as commande
    from fps_console.commandes.sorties import Sorties

    if montrer:
        return commande.show_requirements(en_json)
    if comparer is not None:
        from fps_console.commandes.rejouer import comparer_deux

        return comparer_deux(comparer, settings(adresses, data_dir), en_json)
    if registre is not None:
        from fps_console.commandes.registre import publish

        return publish(registre, settings(adresses, data_dir), en_json)
    if droit is not None:
        from fps_console.commandes.repetition import rehearse

        return rehearse(plan or (), droit, settings(adresses, data_dir), en_json)
    if plans or not (plan or observer or explorer or rerun_failed):
        return commande.show_plans(en_json)
    choisis = [
        commande.Choix(
            un, tuple(only or ()), pilote, bac, garder, parallele, observer, ville, a_la_main, delai, recommencer, reprendre=reprendre
        )
        for un in plan or (None,)
    ]
    [choix, *autres] = choisis
    if autres and (explorer or valider or prealable or reprendre):
        from fps_console.commandes.output import Panne

        phrase = "--explorer, --valider, --prealable et --reprendre prennent un plan à la fois."
        raise Panne(phrase, f"Gardez « {choix.plan} » seul.", code="options-contraires", statut=2)
    if reprendre and (observer or explorer):
        from fps_console.commandes.output import Panne

        phrase = "Une exploration et une observation ne se reprennent pas : rien n'y est joué épreuve par épreuve."
        raise Panne(phrase, "Ôtez --reprendre.", code="options-contraires", statut=2)
    if explorer:
        from fps_console.commandes.explorer import ExplorationVoulue, explore

        return explore(
            ExplorationVoulue(choix, graine, duree, pas, sortie), settings(adresses, data_dir), en_json=en_json, junit=junit, preuve=preuve
        )
    if valider:
        return commande.valider(choix, en_json)
    if prealable:
        return commande.control(choix, settings(adresses, data_dir), en_json)
    sorties = Sorties(junit, preuve, html, pdf, certificat, badge, tuple(commentaire or ()), tuple(essai or ()))
    faire = commande.rerun if rerun_failed else commande.certify
    return faire(choisis, settings(adresses, data_dir), sorties, en_json=en_json)


def rejouer(
    reference: Annotated[
        str,
        typer.Argument(metavar="EXECUTION#ÉPREUVE", help="Une exécution, son rapport ou sa preuve ; puis une épreuve, une exigence."),
    ],
    montrer: Annotated[bool, typer.Option("--montrer", help="Montre la carte de l'échec, entière, sans rien rejouer.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FICHIER", help="Écrit aussi un rapport JUnit.")] = None,
    adresses: Adresses = None,
    data_dir: DataDir = None,
    en_json: Json = False,
) -> int:
    """Rejoue sur le même produit une épreuve d'une exécution ; mêmes états de sortie que « fps certifier »."""
    from fps_console.commandes import certifier as commande
    from fps_console.commandes.rejouer import montrer_cartes
    from fps_console.commandes.sorties import Sorties

    if montrer:
        return montrer_cartes(reference, settings(adresses, data_dir), en_json)
    return commande.replay(reference, settings(adresses, data_dir), Sorties(junit), en_json=en_json)


def verifier(
    liasse: Annotated[Path, typer.Argument(metavar="PREUVE", help="Le fichier que « fps certifier --preuve » a écrit.")],
    cles: Annotated[
        str | None,
        typer.Option(metavar="FICHIER|ADRESSE", help="Les clés publiques (JWKS) de qui l'a signée ; à défaut, la sienne est nommée."),
    ] = None,
    en_json: Json = False,
) -> int:
    """Recalcule, sans aucun service, le verdict d'une preuve, et trouve ce qui y aurait été changé."""
    from fps_console.commandes.preuves import verify as start

    return start(liasse, cles, en_json)
