"""A subscriber that feeds notices: every event once and in order, going on where it stopped.

    python examples/desk_notices.py

The position up to which notices went out is kept in the desk's store under the subscription's name. An error in the
callback stops the delivery there, and the next delivery begins with the same event.
"""

import govflow as gf
from govflow.casework import CountingIds


def notice(event: gf.Event) -> str | None:
    """Return the notice that an event gives cause for, if any."""
    if event.kind == "escalate" and event.by == "clock":
        return f"{event.case}: time is up at {event.unit}, it goes up a level"
    if event.kind == "resolve":
        return f"{event.case}: solved, please say whether you are satisfied"
    return None


def main() -> None:
    """Open two cases, let one be late, and deliver the notices twice."""
    beida = gf.load("beida")
    clock = gf.ManualClock(beida.calendars["office"].instant("2026-01-05T10:00"))
    desk = gf.Desk(beida, clock=clock, ids=CountingIds())
    sent: list[str] = []
    notices = desk.subscribe(lambda event: sent.append(text) if (text := notice(event)) else None, name="notices")

    for number in (1, 2):
        case = desk.open(
            "grievance", category="lighting", channel="doorstep", unit="host/1-1-1", by=f"resident:example-{number}"
        )
        desk.act(case, "accept", by="host/1-1-1#1")
    desk.act(case, "start", by="host/1-1-1#1")
    desk.act(case, "resolve", by="host/1-1-1#1")
    clock.at += 5 * 86_400_000_000
    desk.advance()

    print("delivered:", notices.deliver())
    print(*sent, sep="\n")
    print("delivered again:", notices.deliver())


if __name__ == "__main__":
    main()
