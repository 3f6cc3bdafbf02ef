"""Shiwan's Saturday: teams of three at a thousand doors, pairs, clothes, and evaluation by three levels.

    python examples/story_shiwan.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/shiwan.py``.
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
    shiwan, store = gf.load("shiwan"), MemoryStore()
    show(tell(shiwan, store=store))
    desk = gf.Desk(shiwan, store=store)
    matter = desk.find(lifecycle="grievance", channel="app", limit=1).cases[0]
    print("One matter heard at a door:", " → ".join(f"{event.kind} ({event.unit})" for event in matter.history))


if __name__ == "__main__":
    main()
