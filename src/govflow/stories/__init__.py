"""Stories: what five communities report, told on a desk at the reported scale.

``govflow story NAME`` and `tell` let people with limited hours do what a report tells, from the reporting-in to the
honours, and put the figures they reach beside those reported. What is reached comes of headcounts, capacities,
calendars and clocks, and with fewer people or hours it is not. What nobody can derive, such as how many people bring
something, a story is *given*: its row says so, and it is not counted among what was met.

**How to write a story.** A module named after its community has one function ``tell(community, *, seed, store)``. It
makes a `Stage` (``stage.py``: the desk, its clock, luck), begins *processes* on it (generators that act on
``stage.desk`` and yield what they wait for), lets the time pass with ``stage.run(until)``, and returns
``stage.story(chapters)``. What people do with the queue of their unit are *plays* (``crew.py``): `serve` takes cases
one after the other in somebody's `Hours`, `doing` makes the usual play, `answering` the reaction of whoever a case
waits for, `coming` brings cases at the rates that the community assumes. Who serves where, with whom and when is
planned by ``govflow.planning``. A figure is read off the desk (``stage.find``) or off a plan, and
``stage.reached(name, value)`` puts it beside the report's; ``stage.given(name)`` is the only way to begin with one. The
module's docstring says what is assumed, what is reported or given, and what comes out. Ids are examples, and a single
recognisable incident has another place and object.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from os import PathLike
from typing import Any

from govflow.community import Community, load
from govflow.errors import UnknownName
from govflow.stories.story import Chapter, Reached, Story

TOLD = ("beida", "chengnan", "fuzhong", "jiafu", "shiwan")
"""The communities of which there is a story."""


def tell(community: str | PathLike[str] | Mapping[str, Any] | Community, *, seed: int = 1, store: Any = None) -> Story:
    """Tell the story of a community and return it; everything in it follows from the definition and `seed`.

    `store` is an empty one in which the desk keeps what happens (default: memory). A changed definition tells what
    would have come of it under the same luck. UnknownName where there is no story of that name.
    """
    definition = community if isinstance(community, Community) else load(community)
    if definition.name not in TOLD:
        raise UnknownName("story", definition.name, TOLD)
    story: Story = import_module(f"govflow.stories.{definition.name}").tell(definition, seed=seed, store=store)
    return story


__all__ = ["TOLD", "Chapter", "Reached", "Story", "tell"]
