"""Fuzhong's market Saturday: booths claimed, people served, demands settled there or handed in to the grids.

    python examples/story_fuzhong.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/fuzhong.py``.
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
    fuzhong, store = gf.load("fuzhong"), MemoryStore()
    show(tell(fuzhong, store=store))
    desk = gf.Desk(fuzhong, store=store)
    suggestion = desk.find(lifecycle="suggestion", limit=1).cases[0]
    print("One suggestion, word for word:", desk.texts(suggestion)[1, "text"].text)


if __name__ == "__main__":
    main()
