"""Where a requirement comes from, in one line."""

from fps_certification.exigences.exigence import Source


def source_dite(source: Source) -> str:
    """The article, the section of the specification, the hypothesis: those that there are."""
    section = f"spécification, « {source.section} »" if source.section else None
    return " ; ".join(filter(None, (source.article, section, source.hypothese)))
