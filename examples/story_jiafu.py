"""Jiafu's year: reporting in, a board that is claimed from, hard projects, duty in turn, honours.

    python examples/story_jiafu.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/jiafu.py``.
"""

import govflow as gf
from govflow.store import MemoryStore
from govflow.stories import tell


def main() -> None:
    """Tell the story, and look at something on the desk that it left."""
    jiafu, store = gf.load("jiafu"), MemoryStore()
    print(tell(jiafu, store=store).to_text())
    desk = gf.Desk(jiafu, store=store)
    project = max(desk.find(lifecycle="project", limit=100).cases, key=lambda case: case.facts["counter.received"])
    print("The dearest project:", " → ".join(event.kind for event in project.history if "state" in event.changes))


if __name__ == "__main__":
    main()
