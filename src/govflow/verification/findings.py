"""What a verification returns: findings, each with its place, its reason and the way there, in one report.

Values only. The codes are listed in `CODES`; those of a malformed definition are the codes of its faults.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from attrs import frozen

from govflow.community.places import order
from govflow.errors import Fault

Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

CODES: Mapping[str, Severity] = MappingProxyType({
    "dead_end": "error",
    "final_exits": "error",
    "trap": "error",
    "unstaffed": "error",
    "zero_time": "error",
    "endless": "warning",
    "idle_deadline": "warning",
    "interrupt_loop": "warning",
    "nearly_full": "warning",
    "never_enabled": "warning",
    "overload": "warning",
    "unreachable": "warning",
    "absent": "note",
    "given_up": "note",
    "no_households": "note",
    "silent_deadline": "note",
})  # fmt: skip
"""What can be unsound, and how grave it is: an error is a promise that cannot be kept, a note is good to know."""


@frozen
class Finding:
    """One thing that is wrong or worth knowing: where (`place`, a key path), what (`text`), how one comes there.

    `text` says subject, fact, rule and remedy. `path` holds the steps of the shortest way from the opening of a
    case, each a trigger, with the deadline that fires it in brackets and the level it leads to, if another.
    """

    severity: Severity
    code: str
    place: str
    text: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = f"{self.severity}: {self.place}: {self.text}" if self.place else f"{self.severity}: {self.text}"
        return f"{line}\n  the way there: {' > '.join(self.path)}" if self.path else line

    def to_data(self) -> dict[str, Any]:
        """Return the finding as a table of plain values.

        >>> finding("trap", "lifecycle.wish.states.lost", "…").to_data()["severity"]
        'error'
        """
        return {
            "severity": self.severity,
            "code": self.code,
            "place": self.place,
            "text": self.text,
            "path": list(self.path),
        }


@frozen
class Report:
    """All findings about one community, gravest first, then by place. `malformed` says that it could not be loaded."""

    subject: str
    findings: tuple[Finding, ...] = ()
    malformed: bool = False

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings and notes may be there."""
        return not self.errors

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are warnings."""
        return self._of("warning")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that are notes."""
        return self._of("note")

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.severity == severity)

    def to_data(self) -> dict[str, Any]:
        """Return the report as a table of plain values, for JSON.

        >>> Report("x").to_data()["ok"]
        True
        """
        return {
            "community": self.subject,
            "ok": self.ok,
            "malformed": self.malformed,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "notes": len(self.notes),
            "findings": [found.to_data() for found in self.findings],
        }


def finding(code: str, place: str, text: str, path: Iterable[str] = ()) -> Finding:
    """Return a finding of a known code, as grave as `CODES` says."""
    return Finding(CODES[code], code, place, text, tuple(path))


def report(subject: str, findings: Iterable[Finding]) -> Report:
    """Return the report of `findings`, each once, in the order of reports."""
    return Report(subject, tuple(sorted(dict.fromkeys(findings), key=_order)))


def fault_report(subject: str, faults: Iterable[Fault]) -> Report:
    """Return the report of a definition that cannot be loaded: every fault is an error under its own code."""
    found = (Finding("error", fault.code, fault.path, fault.text) for fault in faults)
    return Report(subject, tuple(sorted(dict.fromkeys(found), key=_order)), malformed=True)


def _order(found: Finding) -> tuple[Any, ...]:
    return SEVERITIES.index(found.severity), order(found.place), found.code, found.text, found.path
