"""What a run of the certification writes beside the verdict that it tells: reports, evidence, the file of a test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fps.kit.ground.clock import wall_now
from fps.kit.ground.settings import Settings
from fps_certification.certifier import Certifiee
from fps_certification.preuves import signature
from fps_certification.preuves.refus import refusee
from fps_certification.rapports.certificat import badge, certificat
from fps_certification.rapports.imprime import imprimer
from fps_certification.rapports.junit import junit
from fps_certification.rapports.page import page
from fps_console.commandes.executions import garder
from fps_console.commandes.output import complain, say
from fps_console.commandes.rejouer import ecrire_essai

Dire = Callable[[str], None]


@dataclass(frozen=True)
class Sorties:
    """The files that were asked for."""

    junit: Path | None = None
    preuve: Path | None = None
    html: Path | None = None
    pdf: Path | None = None
    certificat: Path | None = None
    badge: Path | None = None
    commentaires: tuple[str, ...] = ()  # of who looked at the run: signed with the evidence
    essais: tuple[str, ...] = ()  # the requirements whose file of pytest is written, in the directory of the command


def ecrire(faites: Sequence[Certifiee], sorties: Sorties, settings: Settings, *, en_json: bool) -> None:
    """Write them, and keep the report of each run. Raises Panne, OSError."""
    dire: Dire = (lambda phrase: None) if en_json else say
    for une in faites:
        garder(une.rapport, settings.data_dir)
    if sorties.junit is not None:
        sorties.junit.write_text(junit(*(une.rapport for une in faites)), "utf-8")
    for une in faites:
        if sorties.html is not None:
            _de(sorties.html, une, len(faites)).write_text(page(une.rapport), "utf-8")
        if sorties.pdf is not None:
            _de(sorties.pdf, une, len(faites)).write_bytes(imprimer(une.rapport, wall_now().date()))
        if sorties.badge is not None:
            _de(sorties.badge, une, len(faites)).write_text(badge(une.rapport, wall_now().date()), "utf-8")
        if sorties.preuve is not None:
            _prouver(une, _de(sorties.preuve, une, len(faites)), settings, sorties, dire, len(faites))
    for exigence in sorties.essais:
        une = next((u for u in faites if any(e.id == exigence for e in u.rapport.exigences)), faites[0])
        place = ecrire_essai(une.rapport, exigence, Path())
        dire(f"Essai : {place} (pytest {place})")


def _de(place: Path, une: Certifiee, combien: int) -> Path:
    """The file of one plan among several: its name is in that of the file."""
    return place if combien == 1 else place.with_name(f"{place.stem}-{une.rapport.plan}{place.suffix}")


def _prouver(une: Certifiee, place: Path, settings: Settings, sorties: Sorties, dire: Dire, combien: int) -> None:
    if (refus := refusee(une.rapport)) is not None:
        complain(f"la preuve n'est pas écrite : {refus}.", "Le rapport dit ce qui manque : --json, --junit.")
        return
    cle = signature.cle(settings.data_dir)
    empreinte = une.prouver(place, cle, sorties.commentaires)
    dire(f"Preuve : {place} (fps verifier {place})")
    if sorties.certificat is not None:
        certifie = _de(sorties.certificat, une, combien)
        certifie.write_bytes(certificat(une.rapport, empreinte, cle.thumbprint(), wall_now().date()))
        dire(f"Certificat : {certifie}")
