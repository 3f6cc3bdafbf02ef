"""Beida's nineteen months: wishes, visits, co-building, a contested lane, a ground cleared of cars, one call.

    python examples/story_beida.py

Everything in it follows from the definition and the seed; what is assumed stands in ``govflow/stories/beida.py``.
"""

import govflow as gf
from govflow.casework.slips import slips_of
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
    beida, store = gf.load("beida"), MemoryStore()
    show(tell(beida, store=store))
    desk = gf.Desk(beida, store=store)
    lane = desk.find(lifecycle="project", category="lane_renovation").cases[0]
    print("The lane:", " → ".join(event.kind for event in lane.history if "state" in event.changes))
    call = desk.find(lifecycle="service", state="closed", limit=1).cases[0]
    print("The slips of one call:")
    print(slips_of(desk, call).to_text())


if __name__ == "__main__":
    main()
