"""An application that keeps its own tickets and takes only the lifecycle: `lifecycle.machine(model=…)`.

    python examples/ticket_machine.py

The tickets stay what they were, with their own table and their own rights; what may follow on what comes from the
definition.
"""

from dataclasses import dataclass, field

from transitions import MachineError

import govflow as gf


@dataclass
class Ticket:
    """A ticket of an application that was there before."""

    number: int
    state: str = "received"
    counters: dict[str, int] = field(default_factory=dict)

    def facts(self) -> dict[str, int | str | bool]:
        """Tell the guards what this application knows."""
        return {"severity": 3, "has_superior": False, "children_open": 0}


def main() -> None:
    """Take one ticket through its life."""
    ticket = Ticket(17)
    gf.load("beida").lifecycles["grievance"].machine(model=ticket)
    for trigger in ("screen", "accept", "start", "resolve", "dispute", "start", "resolve", "confirm"):
        getattr(ticket, trigger)()
        print(f"{trigger:<8} -> {ticket.state}")
    print("reopened", ticket.counters["reopened"], "time")
    try:
        ticket.start()
    except MachineError as error:
        print("refused:", error)


if __name__ == "__main__":
    main()
