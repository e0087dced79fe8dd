"""A vault that is kept: whoever answers many requests need not read the key file for each.

One per thread, as a vault is not for two; after half a minute it is made anew, so that a rotated key is soon used. What
an older one seals meanwhile opens all the same.
"""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Any

from dunkelwerk.infra.keys import Vault, key_file

SECONDS = 30.0
_kept = threading.local()


def vault_of(cursor: Any, *, on: date) -> Vault:
    """This thread's vault for the database of the cursor; raises CommandError where the key file cannot be used."""
    place = (str(key_file()), cursor.db.settings_dict["HOST"], cursor.db.settings_dict["NAME"], on)
    if getattr(_kept, "place", None) == place and time.monotonic() - _kept.at <= SECONDS:
        kept: Vault = _kept.vault
        return kept
    found = Vault(cursor, on=on)
    if not cursor.db.in_atomic_block:  # within one, its data key may be new, and gone if the transaction fails
        _kept.vault, _kept.place, _kept.at = found, place, time.monotonic()
    return found
