"""Jiafu's year: reporting in, a board that is claimed from, hard projects, duty in turn, honours.

    python examples/story_jiafu.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/jiafu.py``.
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
    jiafu, store = gf.load("jiafu"), MemoryStore()
    show(tell(jiafu, store=store))
    desk = gf.Desk(jiafu, store=store)
    project = max(desk.find(lifecycle="project", limit=100).cases, key=lambda case: case.facts["counter.received"])
    print("The dearest project:", " → ".join(event.kind for event in project.history if "state" in event.changes))


if __name__ == "__main__":
    main()
