"""Beida's nineteen months: wishes, visits, co-building, a contested lane, a ground cleared of cars, one call.

    python examples/story_beida.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/beida.py``.
"""

import govflow as gf
from govflow.casework.slips import slips_of
from govflow.store import MemoryStore
from govflow.stories import tell


def main() -> None:
    """Tell the story, and look at something on the desk that it left."""
    beida, store = gf.load("beida"), MemoryStore()
    print(tell(beida, store=store).to_text())
    desk = gf.Desk(beida, store=store)
    lane = desk.find(lifecycle="project", category="lane_renovation").cases[0]
    print("The lane:", " → ".join(event.kind for event in lane.history if "state" in event.changes))
    call = desk.find(lifecycle="service", state="closed", limit=1).cases[0]
    print("The slips of one call:")
    print(slips_of(desk, call).to_text())


if __name__ == "__main__":
    main()
