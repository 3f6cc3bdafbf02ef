"""A nightly job: fire what is due, erase what need not be kept any more, check the record.

    python examples/desk_nightly.py [sqlite:///desk.db] [--jump]

Run it from cron or a timer as often as you like; how often makes no difference to any history. Several at once do no
harm: each due deadline fires once, whoever calls. After more than a month of silence say ``--jump``: a desk does not
believe a clock that is so far ahead.
"""

import sys

import govflow as gf


def nightly(desk: gf.Desk, *, jump: bool = False) -> None:
    """Do the night's work on a desk and say what was done."""
    print("fired by deadlines:", desk.advance(jump=jump))
    print("texts erased:", sum(desk.retain().texts.values()))
    audit = desk.verify_audit()
    print("record whole:", audit.ok, "| events:", audit.events)


if __name__ == "__main__":
    urls = [argument for argument in sys.argv[1:] if argument != "--jump"] or ["sqlite:///desk.db"]
    nightly(gf.Desk(gf.load("beida"), store=urls[0]), jump="--jump" in sys.argv)
