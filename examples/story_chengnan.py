"""Chengnan's half-year: five grids, a station with eight services, sessions, demands answered in time, books.

    python examples/story_chengnan.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/chengnan.py``.
"""

import govflow as gf
from govflow.store import MemoryStore
from govflow.stories import tell


def main() -> None:
    """Tell the story, and look at something on the desk that it left."""
    chengnan, store = gf.load("chengnan"), MemoryStore()
    print(tell(chengnan, store=store).to_text())
    desk = gf.Desk(chengnan, store=store)
    quarrel = desk.find(lifecycle="mediation").cases[0]
    print("The quarrel:", " → ".join(event.kind for event in quarrel.history))


if __name__ == "__main__":
    main()
