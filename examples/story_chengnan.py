"""Chengnan's half-year: five grids, a station with eight services, sessions, demands answered in time, books.

    python examples/story_chengnan.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/chengnan.py``.
"""

import govflow as gf
from govflow.store import MemoryStore
from govflow.stories import Story, tell


def show(story: Story) -> None:
    """Print the chapters, and each figure reached beside the one reported."""
    for chapter in story.chapters:
        print(chapter.label["en"])
        for words in chapter.told:
            print(f"  {words['en']}")
        for one in chapter.figures:
            said = {"exact": "", "at_least": "at least ", "about": "about "}[one.figure.bound]
            print(f"  {one.figure.label['en']}: {one.value:,.0f} (reported: {said}{one.figure.value:,.0f})")
    print(f"All figures met, and the record of {story.audit.events:,} events whole: {story.met}")


def main() -> None:
    """Tell the story, and look at something on the desk that it left."""
    chengnan, store = gf.load("chengnan"), MemoryStore()
    show(tell(chengnan, store=store))
    desk = gf.Desk(chengnan, store=store)
    quarrel = desk.find(lifecycle="mediation").cases[0]
    print("The quarrel:", " → ".join(event.kind for event in quarrel.history))


if __name__ == "__main__":
    main()
