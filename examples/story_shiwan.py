"""Shiwan's Saturday: teams of three at a thousand doors, pairs, clothes, and evaluation by three levels.

    python examples/story_shiwan.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/shiwan.py``.
"""

import govflow as gf
from govflow.store import MemoryStore
from govflow.stories import tell


def main() -> None:
    """Tell the story, and look at something on the desk that it left."""
    shiwan, store = gf.load("shiwan"), MemoryStore()
    print(tell(shiwan, store=store).to_text())
    desk = gf.Desk(shiwan, store=store)
    matter = desk.find(lifecycle="grievance", channel="app", limit=1).cases[0]
    print("One matter heard at a door:", " → ".join(f"{event.kind} ({event.unit})" for event in matter.history))


if __name__ == "__main__":
    main()
