"""How invariants name a claim."""

from __future__ import annotations

#: the reference of claim ``c`` of contract ``k``
CLAIM = "k.number || '/' || c.number"
CLAIMS = "claim c JOIN contract k ON k.id = c.contract_id"
