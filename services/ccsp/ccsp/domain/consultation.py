"""The first opening of what the court made available, at a certain date and hour (CGCT, art. R. 2333-120-32 bis)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class PremiereConsultation:
    """Who opened a document first, and when: at the bac's clock, and at the machine's."""

    numero: str
    document: str
    par: str
    instant: datetime
    wall_time: datetime
