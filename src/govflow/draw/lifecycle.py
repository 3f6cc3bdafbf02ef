"""A lifecycle as a diagram: states are boxes, transitions arrows, what may happen anywhere a note.

Parallel transitions between the same two states become one arrow with a line for each; transitions from ``*``
and those without a target are listed in notes, since an arrow from everywhere tells nobody anything. This page
knows no community and no unit; open ``flow.py`` for how such a diagram is placed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from govflow.draw.diagram import Diagram, Edge, EdgeKind, Node, Note
from govflow.draw.words import known_language, listed, name, word
from govflow.lifecycle import ANYWHERE, DEFAULT, Deadline, FieldLimit, Label, Lifecycle, Transition

START = "(start)"
"""The id of the dot at which every case begins; no state can be called so."""

CLOCK = "◷"
_MOVES = {"stay": "", "up": " ↑", "down": " ↓", "refer": " ↗", "convene": " ↗", "back": " ↙"}


def lifecycle_diagram(
    lifecycle: Lifecycle, lang: str = "en", *, levels: Mapping[str, Label] = MappingProxyType({})
) -> Diagram:
    """Return `lifecycle` as a diagram, labelled in `lang`; `levels` are the labels of the levels it speaks of.

    Every state is one node, every transition one line: of the arrow from each of its sources, or of a note.
    In English a level goes by its own name, in other languages by its label.

    Raises:
        UnknownName: a language that nothing is written in.

    >>> from govflow.lifecycle import Lifecycle, State, Transition
    >>> states = {"open": State("open", "wait"), "closed": State("closed", "final")}
    >>> tiny = Lifecycle("tiny", "open", states, (Transition("close", ("open",), "closed", by=("reporter",)),))
    >>> [edge.lines for edge in lifecycle_diagram(tiny).edges]
    [(), ('close',)]
    """
    known_language(lang)
    return Diagram(
        title=name(lifecycle.label, lang, lifecycle.name.replace("_", " ")),
        shape="flow",
        nodes=(Node(START, (), "start"), *_states(lifecycle, lang)),
        edges=(Edge(f"{START} -> {lifecycle.start}", START, lifecycle.start, kind="start"), *_arrows(lifecycle, lang)),
        notes=tuple(note for note in _notes(lifecycle, levels, lang) if note.lines),
        lang=lang,
    )


def _states(lifecycle: Lifecycle, lang: str) -> Iterable[Node]:
    for state in lifecycle.states.values():
        running = [d for d in lifecycle.deadlines.values() if state.name in d.runs and not _wide(d, lifecycle)]
        clocks = [_title(d.label, d.name, lang) for d in running]
        title = _title(state.label, state.name, lang)
        lines = (title, f"{CLOCK} {listed(clocks, lang)}") if clocks else (title,)
        yield Node(state.name, lines, state.kind, detail=(state.name, word(state.kind, lang)))


def _arrows(lifecycle: Lifecycle, lang: str) -> Iterable[Edge]:
    """Merge the transitions that leave the same state for the same state, in order of first mention."""
    bundles: dict[tuple[str, str], list[Transition]] = {}
    for transition in lifecycle.transitions:
        if transition.target is None or ANYWHERE in transition.source:
            continue
        for source in dict.fromkeys(transition.source):
            bundles.setdefault((source, transition.target), []).append(transition)
    for (source, target), bundle in bundles.items():
        kind: EdgeKind = "clock" if all(t.by == ("clock",) for t in bundle) else "move"
        lines = tuple(_once([_line(t, lang) for t in bundle]))
        detail = tuple(_story(t, lifecycle, lang) for t in bundle)
        yield Edge(f"{source} -> {target}", source, target, lines, kind, detail)


def _once(lines: list[str]) -> Iterable[str]:
    """Say a repeated line once and how often."""
    return (f"{line} ×{times}" if times > 1 else line for line, times in Counter(lines).items())


def _line(transition: Transition, lang: str) -> str:
    """Return the few words that stand at an arrow: the trigger, the move, whether a clock fires it."""
    mark = f" {CLOCK}" if "clock" in transition.by else ""
    return _title(transition.label, transition.trigger, lang) + _MOVES[transition.move] + mark


def _story(transition: Transition, lifecycle: Lifecycle, lang: str) -> str:
    """Return all that a reader may ask about a transition: who, what is needed, under which guard."""
    parts = [_line(transition, lang)]
    if transition.by:
        parts.append(word("by", lang, who=listed(transition.by, lang)))
    if transition.needs:
        parts.append(word("needs", lang, fields=listed(transition.needs, lang)))
    if condition := lifecycle.condition(transition):
        parts.append(word("when", lang, guard=condition))
    return listed(parts, lang, "semicolon")


def _notes(lifecycle: Lifecycle, levels: Mapping[str, Label], lang: str) -> Iterable[Note]:
    anywhere = [t for t in lifecycle.transitions if ANYWHERE in t.source]
    inside = [t for t in lifecycle.transitions if t.target is None and ANYWHERE not in t.source]
    everywhere = tuple(_once([_from_anywhere(t, lifecycle, lang) for t in anywhere]))
    yield Note("(anywhere)", word("anywhere", lang), everywhere)
    yield Note("(internal)", word("internal", lang), tuple(_once([_inside(t, lifecycle, lang) for t in inside])))
    limits = tuple(_limits(deadline, lifecycle, levels, lang) for deadline in lifecycle.deadlines.values())
    yield Note("(deadlines)", word("deadlines", lang), limits)
    yield Note("(legend)", word("legend", lang), tuple(_legend(lifecycle, lang)))


def _from_anywhere(transition: Transition, lifecycle: Lifecycle, lang: str) -> str:
    line = _line(transition, lang)
    if transition.target is None:
        return listed([line, word("stays", lang)], lang, "colon")
    return f"{line} → {_state(transition.target, lifecycle, lang)}"


def _inside(transition: Transition, lifecycle: Lifecycle, lang: str) -> str:
    sources = listed((_state(source, lifecycle, lang) for source in dict.fromkeys(transition.source)), lang)
    return f"{_line(transition, lang)} ({sources})"


def _by_level(limits: Mapping[str, object], levels: Mapping[str, Label], lang: str) -> str:
    """List limits by level; the one for all other levels last, and alone without a word."""
    named = {level: limit for level, limit in limits.items() if level != DEFAULT}
    told = [
        f"{level if lang == 'en' else _title(levels.get(level, {}), level, lang)} {limit}"
        for level, limit in named.items()
    ]
    if DEFAULT in limits:
        told.append(f"{word('others', lang) if named else ''}{limits[DEFAULT]}")
    return listed(told, lang)


def _wide(deadline: Deadline, lifecycle: Lifecycle) -> bool:
    """Tell whether a deadline runs in most states, so that naming it in each of them would tell nothing."""
    return 2 * len(_still(deadline, lifecycle)) < sum(state.kind != "final" for state in lifecycle.states.values())


def _still(deadline: Deadline, lifecycle: Lifecycle) -> list[str]:
    """Return the states, final ones aside, in which a deadline stands still."""
    return [s.name for s in lifecycle.states.values() if s.kind != "final" and s.name not in deadline.runs]


def _running(deadline: Deadline, lifecycle: Lifecycle, lang: str) -> str:
    """Say where a deadline runs, if that is not said in the boxes of its states."""
    if not _wide(deadline, lifecycle):
        return ""
    still = listed((_state(state, lifecycle, lang) for state in _still(deadline, lifecycle)), lang)
    return word("semicolon", lang) + (word("runs.but", lang, states=still) if still else word("runs", lang))


def _limits(deadline: Deadline, lifecycle: Lifecycle, levels: Mapping[str, Label], lang: str) -> str:
    """Return a deadline in one line: its limits by level, its clock, what it fires."""
    if isinstance(deadline.limit, FieldLimit):
        limits = word("field", lang, limit=deadline.limit.at_most)
    else:
        limits = _by_level(deadline.limit, levels, lang)
    fired = [t for t in lifecycle.transitions if t.trigger == deadline.fires]
    end = _title(fired[0].label, fired[0].trigger, lang) if fired else word("overdue", lang)
    head = listed([_title(deadline.label, deadline.name, lang), limits], lang, "colon")
    fires = f"{word(deadline.clock, lang)} → {end}"
    return listed([head, fires], lang, "semicolon") + _running(deadline, lifecycle, lang)


def _legend(lifecycle: Lifecycle, lang: str) -> Iterable[str]:
    """Explain the signs that this picture uses, and no others."""
    moves = {t.move for t in lifecycle.transitions}
    if "up" in moves:
        yield f"↑ {word('up', lang)}"
    if "down" in moves:
        yield f"↓ {word('down', lang)}"
    if moves & {"refer", "convene"}:
        yield f"↗ {word('away', lang)}"
    if "back" in moves:
        yield f"↙ {word('back', lang)}"
    if lifecycle.deadlines:
        yield f"{CLOCK} {word('clock', lang)}"
    if any(edge.kind == "clock" for edge in _arrows(lifecycle, lang)):
        yield word("clock.edge", lang)


def _state(state: str, lifecycle: Lifecycle, lang: str) -> str:
    found = lifecycle.states.get(state)
    return _title(found.label if found else {}, state, lang)


def _title(label: Mapping[str, str], plain: str, lang: str) -> str:
    return name(label, lang, plain.replace("_", " "))
