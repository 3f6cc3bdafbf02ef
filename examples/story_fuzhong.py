"""Fuzhong's market Saturday: booths claimed, people served, demands settled there or handed in to the grids.

    python examples/story_fuzhong.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/fuzhong.py``.
"""

import govflow as gf
from govflow.store import MemoryStore
from govflow.stories import tell


def main() -> None:
    """Tell the story, and look at something on the desk that it left."""
    fuzhong, store = gf.load("fuzhong"), MemoryStore()
    print(tell(fuzhong, store=store).to_text())
    desk = gf.Desk(fuzhong, store=store)
    suggestion = desk.find(lifecycle="suggestion", limit=1).cases[0]
    print("One suggestion, word for word:", desk.texts(suggestion)[1, "text"].text)


if __name__ == "__main__":
    main()
