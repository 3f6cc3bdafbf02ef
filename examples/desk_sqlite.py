"""A desk over one SQLite file: a grievance is opened, acted on, escalated by a deadline, and closed by silence.

    python examples/desk_sqlite.py [FILE]

The clock is one that stands until it is set, so that a month passes in a second; leave it out and the desk takes the
machine's own.
"""

import sys
import tempfile
from pathlib import Path

import govflow as gf

DAY = 86_400_000_000  # instants are whole microseconds UTC


def show(case: gf.Case) -> None:
    """Print where a case stands."""
    print(f"{case.lifecycle}: {case.state} at {case.unit}, version {case.version}")


def main(file: str) -> None:
    """Run the example on a database file."""
    beida = gf.load("beida")
    clock = gf.ManualClock(beida.calendars["office"].instant("2026-01-05T10:00"))
    desk = gf.Desk(beida, store=f"sqlite:///{file}", clock=clock)

    case = desk.open(
        "grievance",
        category="parking",
        channel="doorstep",
        household="household/3-2-11-4",
        by="resident:example-1",
        text="Cars stand in the gateway every evening.",
    )
    show(case)
    show(desk.act(case, "accept", by="host/3-2-11#1"))

    clock.at += 7 * DAY  # nobody starts work on it: the deadline of each level passes in turn
    print("events fired by deadlines:", desk.advance())
    show(desk.case(case))

    unit = desk.case(case).unit
    desk.act(case, "start", by=f"{unit}#1")
    show(desk.act(case, "resolve", by=f"{unit}#1"))

    clock.at += 8 * DAY  # the resident is asked and says nothing for a week
    desk.advance()
    show(desk.case(case))
    print("events:", [event.kind for event in desk.history(case)])
    print("record whole:", desk.verify_audit().ok)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(str(Path(folder) / "desk.db"))
