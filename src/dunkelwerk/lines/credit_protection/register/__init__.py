"""Recording in the register by hand: recovery, payee, blocked account, arrears, recourse, address. docs/register.md.

It has notice, record, second check and replayable order like a process, but nothing decides it dark.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dunkelwerk.decisions.process import Process
from dunkelwerk.lines.credit_protection.line import CREDIT_PROTECTION
from dunkelwerk.lines.credit_protection.parameters import CreditProtectionParameters
from dunkelwerk.lines.credit_protection.register.change import RegisterChange

PROCESS: Process[RegisterChange, Any, Any, CreditProtectionParameters] = Process(
    "register_change",
    title="Eintragung ins Register",
    line=CREDIT_PROTECTION,
    notice=RegisterChange,
    folder=Path(__file__).parent,
)
