"""Every exploration that the findings read, made once: what people could do, and what the simulation does.

`survey` is the only place that decides what is explored; the families of findings only look at the maps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from attrs import field, frozen

from govflow.program import Program
from govflow.verification.conditions import conditions
from govflow.verification.exploration import Explorer, Map, explore, explorer
from govflow.verification.homes import Homes, homes
from govflow.verification.offers import in_the_simulation, on_the_desk
from govflow.verification.openings import Opening, desk_openings, same_behaviour, stream_openings

Course = Literal["desk", "simulation"]


@frozen(eq=False)
class Survey:
    """A program explored: its classes of homes, the maps of what people could do by lifecycle, and of the simulation.

    `streams` are the openings of each stream, in the order of ``program.streams``, before any are merged.
    """

    program: Program = field(repr=False)
    homes: Homes = field(repr=False)
    desk: tuple[tuple[Map, ...], ...]
    simulation: tuple[tuple[Map, ...], ...]
    streams: tuple[tuple[Opening, ...], ...]

    def maps(self, course: Course, lifecycle: int) -> tuple[Map, ...]:
        """Return the maps of a lifecycle: of what people could do, or of what the simulation does."""
        return (self.desk if course == "desk" else self.simulation)[lifecycle]

    def again(self, course: Course, earlier: Map, caps: Mapping[int, int], *, most: int) -> Map:
        """Explore the cases of an earlier map once more, counting what is in `caps`."""
        return explore(_explorer(self.program, earlier.opening, course, caps), earlier.opening, most=most)


def survey(program: Program) -> Survey:
    """Explore a program: every lifecycle as people may use it, and as the assumptions make cases go."""
    classes = homes(program)
    lifecycles = range(len(program.names.lifecycles))
    streams = tuple(stream_openings(classes, stream) for stream in program.streams)
    arriving = same_behaviour(program, (one for openings in streams for one in openings))
    return Survey(
        program=program,
        homes=classes,
        desk=tuple(_explored(program, desk_openings(classes, lifecycle), "desk") for lifecycle in lifecycles),
        simulation=tuple(
            _explored(program, (one for one in arriving if one.lifecycle == lifecycle), "simulation")
            for lifecycle in lifecycles
        ),
        streams=streams,
    )


def _explored(program: Program, openings: Iterable[Opening], course: Course) -> tuple[Map, ...]:
    return tuple(explore(_explorer(program, one, course, {}), one) for one in openings)


def _explorer(program: Program, opening: Opening, course: Course, caps: Mapping[int, int]) -> Explorer:
    """Return an explorer for the cases of an opening; only on the desk can a case have children (rule L2)."""
    known = conditions(program, opening.lifecycle, severities=opening.severities, children=course == "desk", caps=caps)
    return explorer(program, known, on_the_desk if course == "desk" else in_the_simulation)
