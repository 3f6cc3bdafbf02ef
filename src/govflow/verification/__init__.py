"""What can be proved of a community before anything runs: unreachable, trapped, stuck, unstaffed, overloaded.

`verify` gives a `Report` of `Finding` values. Everything is read from the program's tables; no move and no guard
is known here again, and nothing here fires, draws or records. Open ``verify`` first, then ``homes`` and
``openings`` (why a few representative cases speak for all), ``conditions`` (guards where not everything is
known) and ``exploration`` (how far a case can come); every other page is one family of findings.
"""

from govflow.verification.findings import CODES, Finding, Report
from govflow.verification.verify import verify

__all__ = ["CODES", "Finding", "Report", "verify"]
