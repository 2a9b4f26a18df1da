"""What stands between this machine and a vault: each step looked at by itself, in order."""

from vaultio.diagnosis.checks import Check, State, broken
from vaultio.diagnosis.examination import Examination

__all__ = ["Check", "Examination", "State", "broken"]
