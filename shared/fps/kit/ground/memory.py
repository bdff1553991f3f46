"""How often Python looks for what nobody holds any more."""

import gc


def patient() -> None:
    """Look less often: a service is a hundred thousand objects that live as long as it does, which Python would walk at every turn.

    Called before anything is imported: a start costs a quarter less.
    """
    gc.set_threshold(20_000, 20, 20)
