"""What can be said to a desk about a case where it stands: what it must take, and what it must refuse.

Each is drawn for the case as it is: an open trigger by somebody with the right to it and all that it needs, or just
one thing wrong. It knows no store. Next: ``testing.desk``, which gives them to desks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import evolve, frozen
from hypothesis import strategies as st

from govflow.calendar import local_time
from govflow.casework.acting import Act, may_fire, open_ways
from govflow.casework.directory import ANONYMOUS, TOKEN, Actor
from govflow.casework.draft import Work
from govflow.casework.editions import Edition
from govflow.casework.limits import field_limits
from govflow.casework.opening import Open
from govflow.casework.permission import MEMBER, places, right, voice
from govflow.casework.visibility import is_hidden, may_see
from govflow.errors import Conflict, GovflowError, Refused, UnknownName, UsageError
from govflow.lifecycle import Field, Transition
from govflow.program.columns import DOWN, T_MOVE, T_SETS_SEVERITY
from govflow.testing.histories import weight

Draw = Callable[..., Any]
"""What draws: `draw(strategy, label)`, as the ``draw`` of Hypothesis's ``data()``."""

TEXTS = st.sampled_from(["车堵了", "<b>", "=1+1", "'; --", "\u202eabc", "a\nb", "\U0001f6a7"])
"""Texts as people write them; what not every store can keep is tried elsewhere."""

STRANGERS = ("resident:example-1", "resident:example-2", "member:example-7", "nobody")
"""Actors whom no definition knows."""

MOST, LEAST = 30, 4
"""How often a way is taken at most and at least; see ``histories.weight``."""

DAYS = 12
"""So many days ahead a date is looked for that the definition takes."""


@frozen
class Said:
    """A command: it must be taken where `refused` is empty, else be refused by one of these errors.

    `sure` is False where only the two desks are held to each other: what is right depends on more than is looked at.
    `alone`: it depends on other cases too, and is not said in one commit with what changes them.
    """

    command: Open | Act
    refused: tuple[type[GovflowError], ...] = ()
    sure: bool = True
    alone: bool = False


@frozen
class Remark:
    """A method of the desk that is no trigger, and what it is given."""

    name: str
    given: Mapping[str, Any]


@frozen(eq=False)
class Scene:
    """What a command is drawn for: the definition, the instant, the open cases, and who speaks for whom by a token."""

    edition: Edition
    at: int
    cases: Mapping[str, Work]
    tokens: Mapping[str, str]

    def actor(self, name: str) -> Actor:
        """Return the actor of a name; ``token:CASE`` stands for the token of that case."""
        if name.startswith(TOKEN):
            return Actor(name, next(who for who, case in self.tokens.items() if f"{TOKEN}{case}" == name), ())
        return self.edition.roster.actor(name)

    def voice(self, person: str) -> str:
        """Return the name under which a person acts: whoever opened a case without a name shows its token."""
        return f"{TOKEN}{self.tokens[person]}" if person.startswith(ANONYMOUS) else person

    def strangers(self) -> tuple[str, ...]:
        """Return people without a place in a case, some of them with a place elsewhere."""
        organization, directory = self.edition.roster.organization, self.edition.roster.directory
        outside = organization.ids[organization.size :]
        far = self.edition.roster.handlers(organization.size - 1)
        listed = (*(post.member for post in directory.posts), *(one.substitute for one in directory.stand_ins))
        return tuple(dict.fromkeys((*STRANGERS, *listed[:4], *outside[:2], *far[:1])))

    def near(self, work: Work) -> list[str]:
        """Return who may have a part in a case: by a post near it, by name, and strangers."""
        roster, facts = self.edition.roster, work.facts
        units = [work.position.unit, *(unit for place in ("above", "sender", "home") for unit in places(work, place))]
        names = [name for unit in dict.fromkeys(units) for name in roster.handlers(unit)[:3]]
        names += [facts[key] for key in ("reporter", "subject", "about", "handler") if facts.get(key)]
        names += [name for key in ("reporters", "parties", "helpers") for name in facts.get(key, ())]
        known = (name for name in map(self.voice, names) if name.startswith(TOKEN) or name in roster)
        return list(dict.fromkeys((*known, *self.strangers())))


# ------------------------------------------------------------ acts
def legal(draw: Draw, scene: Scene, work: Work) -> Said | None:
    """Return an act that is open to somebody, with what it needs; None where there is none."""
    ways = {trigger: ways for trigger, ways in open_ways(work).items() if _rightful(scene, work, ways)}
    if not ways:
        return None
    weighed = [name for name, ways_of in ways.items() for _ in range(_often(scene.edition, ways_of[-1]))]
    trigger = draw(st.sampled_from(weighed), label="trigger")
    way = scene.edition.way(ways[trigger][-1])
    by = draw(st.sampled_from(_rightful(scene, work, ways[trigger])), label="by")
    fields = _fields(draw, scene, work, way)
    if fields is None:
        return None
    more = _placed(draw, scene, work, ways[trigger][-1])
    behalf = None if by.startswith(TOKEN) else _substitute(draw, scene, work, by)
    command = Act(work.id, trigger, by if behalf is None else behalf, fields=fields, **more)
    if behalf is not None:
        command = evolve(command, behalf=by)
    sure = way.raises is None or not scene.edition.lifecycles[scene.edition.lifecycle(way.raises)].opened_by
    counted = any(isinstance(amount, str) for amount in way.add.values())  # there may be no room for so much
    return Said(command, sure=sure and not (way.joins or way.leaves or counted), alone=way.links is not None)


def _often(edition: Edition, transition: int) -> int:
    """Return how often a way is taken beside others: most often what ties cases together, which needs several steps."""
    way = edition.way(transition)
    return MOST if way.links or way.raises or way.follows else max(LEAST, weight(edition.program, transition))


def _rightful(scene: Scene, work: Work, ways: tuple[int, ...]) -> list[str]:
    """Return who may take some ways, each once where the definition says so; nobody from whom the case is hidden."""
    once, at = [one for way in ways if (one := scene.edition.way(way)).once], max(scene.at, work.facts["touched"])
    actors = ((name, scene.actor(name)) for name in scene.near(work))
    return [
        name
        for name, actor in actors
        if may_fire(work, ways, actor)
        and all(voice(work, way, actor) is not None for way in once)
        and not is_hidden(work.edition, work.facts, actor, at)
    ]


def _substitute(draw: Draw, scene: Scene, work: Work, by: str) -> str | None:
    """Return who stands in for the one who may act, sometimes, where the directory says that they may."""
    absent, out = scene.actor(by).person, {*work.facts.get("recused", ()), work.facts.get("about")}
    roster, at = scene.edition.roster, max(scene.at, work.facts["touched"])
    names = [one.substitute for one in roster.directory.stand_ins if roster.may_stand_in(one.substitute, absent, at)]
    free = [name for name in names if name not in out]
    return draw(st.sampled_from([None, *free]), label="stand-in") if free else None


def _placed(draw: Draw, scene: Scene, work: Work, transition: int) -> dict[str, Any]:
    """Return what an act says beside its fields: where down, how urgent, and of the case that it raises."""
    row, way = scene.edition.program.rules.transitions[transition], scene.edition.way(transition)
    more: dict[str, Any] = {}
    if row[T_SETS_SEVERITY]:
        more["severity"] = draw(st.sampled_from([None, 1, 2, 3, 4]), label="severity")
    cycle = scene.edition.lifecycles[work.position.lifecycle]
    if row[T_MOVE] == DOWN and len(cycle.ways(way.trigger)) == 1:
        below = scene.edition.roster.organization.subordinates(work.facts["unit"])
        more["to"] = draw(st.sampled_from([None, *below[:3]]), label="to")
    if way.raises is not None:
        opening = draw_opening(draw, scene, way.raises).command
        assert isinstance(opening, Open)
        more["child"] = {"category": opening.category, "channel": opening.channel, **opening.fields}
    return more


def illegal(draw: Draw, scene: Scene, work: Work) -> Said:
    """Return an act with one thing wrong, and the errors that may say so."""
    found: Said = draw(st.sampled_from(list(_wrong(scene, work))), label="wrong")
    return found


def _wrong(scene: Scene, work: Work) -> Iterator[Said]:
    """Yield acts that must be refused: of a name that is not known, not open, not theirs, badly said."""
    edition, ways = scene.edition, open_ways(work)
    no = (Refused, UnknownName) if edition.lifecycles[work.position.lifecycle].restricted else (Refused,)
    yield Said(Act(work.id, "no_such", "nobody"), (UnknownName,))
    yield Said(Act("no such case", next(iter(edition.ways[work.position.lifecycle])), "nobody"), (UnknownName,))
    for trigger in edition.ways[work.position.lifecycle]:
        if trigger not in ways:
            yield from (Said(Act(work.id, trigger, name), no) for name in scene.near(work)[:2])
    for trigger, of_trigger in ways.items():
        way, rightful = edition.way(of_trigger[-1]), _rightful(scene, work, of_trigger)
        others = [name for name in scene.near(work) if not may_fire(work, of_trigger, scene.actor(name))]
        yield from (Said(Act(work.id, trigger, name), no) for name in others[:3])
        if not rightful:
            continue
        act = Act(work.id, trigger, rightful[0])
        yield Said(evolve(act, fields={"colour": "red"}), (UsageError,))
        yield Said(evolve(act, version=0), (Conflict,))
        yield Said(evolve(act, by=STRANGERS[-1], behalf=_post(scene, work)), no)
        if way.needs:
            yield Said(act, (UsageError,))
        if not edition.program.rules.transitions[of_trigger[-1]][T_SETS_SEVERITY]:
            yield Said(evolve(act, severity=1), (UsageError,))
        if edition.program.rules.transitions[of_trigger[-1]][T_MOVE] == DOWN:
            yield Said(evolve(act, to=work.facts["unit"]), (Refused, UsageError))


def _post(scene: Scene, work: Work) -> str:
    handlers = scene.edition.roster.handlers(work.position.unit)
    return handlers[0] if handlers else scene.edition.roster.organization.ids[work.position.unit]


# ------------------------------------------------------------ remarks
def remark(draw: Draw, scene: Scene, work: Work) -> Remark | None:
    """Return something that somebody may do beside the lifecycle, None where nobody may."""
    at = max(scene.at, work.facts["touched"])
    seeing = [name for name in scene.near(work) if may_see(work.edition, work.facts, scene.actor(name), at)]
    extending = list(_extensions(scene, work))
    names = [*(("note", "attach", "recuse") if seeing else ()), *(("extend", "extend") if extending else ())]
    if not names:
        return None
    name = draw(st.sampled_from(names), label="what")
    if name == "extend":
        return Remark(name, {"case": work.id, **draw(st.sampled_from(extending), label="extension")})
    by = draw(st.sampled_from(seeing), label="by")
    said: Mapping[str, dict[str, Any]] = {
        "note": {"text": draw(TEXTS, label="text")},
        "attach": {"reference": "photo.jpg", "sha256": "0" * 64},
        "recuse": {},
    }
    return Remark(name, {"case": work.id, "by": by, **said[name]})


def _extensions(scene: Scene, work: Work) -> Iterator[dict[str, Any]]:
    """Yield what may be said of deadlines that run and may be extended."""
    for clock, index in zip(work.position.clocks, scene.edition.clocks(work.position.lifecycle), strict=True):
        deadline = scene.edition.deadline(index)
        rule = deadline.extend
        if rule is None or clock.due is None or clock.extended >= rule.times:
            continue
        for name in scene.near(work):
            if right(work, (rule.by,), scene.actor(name)) is not None:
                yield {"deadline": deadline.name, "within": str(rule.at_most), "by": name}


# ------------------------------------------------------------ openings
def draw_opening(draw: Draw, scene: Scene, lifecycle: str | None = None) -> Said:
    """Return the opening of a case, of any lifecycle or of this one."""
    edition = scene.edition
    community, organization = edition.program.community, edition.roster.organization
    name = lifecycle or draw(st.sampled_from(edition.program.names.lifecycles), label="lifecycle")
    cycle, intake = community.lifecycles[name], community.intake.get(name)
    channels = tuple(intake.channel) if intake else (None, *community.channels)
    number = draw(st.integers(0, len(organization.ids) - 1), label="home")
    household = draw(st.sampled_from([None, *_households(scene, organization.ids[number])]), label="household")
    handlers = edition.roster.handlers(number)
    by = draw(st.sampled_from([*STRANGERS[:3], *handlers[:1], None]), label="by")
    command = Open(
        name,
        by,
        category=draw(st.sampled_from([None, *community.categories]), label="category"),
        channel=draw(st.sampled_from(channels), label="channel"),
        household=household,
        unit=None if household else organization.ids[number],
        severity=draw(st.sampled_from([None, None, 1, 4]), label="severity"),
        reporter=draw(st.sampled_from([None, STRANGERS[1]]), label="reporter") if by else None,
        subject=draw(st.sampled_from([STRANGERS[2]] if cycle.subject else [None, STRANGERS[1]]), label="subject"),
        about=draw(st.sampled_from([None, None, None, *handlers[:1]]), label="about"),
        fields=_opening_fields(draw, scene, name),
    )
    own = command.about is not None and command.about == by
    return Said(command, sure=not own and _may_open(scene, cycle.opened_by, command))


def _households(scene: Scene, unit: str) -> tuple[str, ...]:
    given = (household for household, contact in scene.edition.roster.directory.households.items() if contact == unit)
    return (*given, *scene.edition.roster.organization.household_ids(unit)[:1])


def _may_open(scene: Scene, words: tuple[str, ...], command: Open) -> bool:
    """Say whether it is sure that somebody may open a case; how near they must be, the desk knows."""
    if not words or "anyone" in words:
        return True
    if command.by is None or command.about is not None:
        return False
    actor = scene.actor(command.by)
    handles = any(standing.handles for standing in actor.standings)
    member = bool(actor.standings) or actor.person.startswith(MEMBER)
    return ("handler@anywhere" in words and handles) or ("member" in words and member)


def bad_openings(scene: Scene, said: Said) -> list[Said]:
    """Return openings that have one thing wrong where what is `said` has none."""
    good = said.command
    assert isinstance(good, Open)
    wrong = [
        (evolve(good, lifecycle="no_such"), UnknownName),
        (evolve(good, category="no_such"), UnknownName),
        (evolve(good, channel="no_such"), UnknownName),
        (evolve(good, unit="host/no-such", household=None), UnknownName),
        (evolve(good, unit=None, household="household/no-such"), UnknownName),
        (evolve(good, severity=5), UsageError),
        (evolve(good, fields={**good.fields, "colour": "red"}), UsageError),
    ]
    wrong += [
        (evolve(good, fields={k: v for k, v in good.fields.items() if k != need}), UsageError)
        for need in scene.edition.program.community.lifecycles[good.lifecycle].needs
    ]
    return [Said(command, (error,)) for command, error in wrong]


# ------------------------------------------------------------ what is said with them
def _opening_fields(draw: Draw, scene: Scene, lifecycle: str) -> dict[str, Any]:
    cycle = scene.edition.program.community.lifecycles[lifecycle]
    known = cycle.known_fields()
    names = [*cycle.needs, *(name for name in cycle.takes if draw(st.booleans(), label=f"say {name}?"))]
    found = {name: _value(draw, scene, scene.edition.lifecycle(lifecycle), known[name], scene.at) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _fields(draw: Draw, scene: Scene, work: Work, way: Transition) -> dict[str, Any] | None:
    """Return what a way needs and some of what it takes; None where something needed cannot be said here."""
    lifecycle, at = work.position.lifecycle, max(scene.at, work.facts["touched"])
    known = scene.edition.fields[lifecycle]
    said: dict[str, Any] = {}
    for name in dict.fromkeys((*way.needs, *([way.links] if way.links else []), *way.takes)):
        wanted = name in way.needs or name == way.links
        if not wanted and not draw(st.booleans(), label=f"say {name}?"):
            continue
        if known[name].kind == "case":
            value = _main(draw, scene, work)
        elif known[name].kind == "actor":
            value = draw(st.sampled_from([n for n in scene.near(work) if not n.startswith(TOKEN)]), label=name)
        else:
            value = _value(draw, scene, lifecycle, known[name], at)
        if value is not None:
            said[name] = value
        elif wanted:
            return None
    return said


def _main(draw: Draw, scene: Scene, work: Work) -> str | None:
    """Return a case that this one can follow: an open one of its kind that does not follow it, hidden from nobody."""
    cycle = work.position.lifecycle
    alike = [] if scene.edition.lifecycles[cycle].restricted else scene.cases.values()
    found = [w.id for w in alike if w.open and w.position.lifecycle == cycle and work.id not in _followed(scene, w)]
    return draw(st.sampled_from(found), label="main") if found else None


def _followed(scene: Scene, work: Work) -> list[str]:
    found = [work.id]
    while (main := scene.cases[found[-1]].facts.get("main")) is not None:
        found.append(main)
    return found


def _value(draw: Draw, scene: Scene, lifecycle: int, field: Field, at: int) -> Any:
    """Return a value that a field takes, None where there is none now."""
    edition = scene.edition
    if field.kind == "text":
        return draw(TEXTS, label=field.name)
    if field.kind == "reason":
        return draw(st.sampled_from(_reasons(edition.lifecycles[lifecycle].reasons)), label=field.name)
    if field.kind == "date":
        days = _dates(scene, lifecycle, field.name, at)
        return draw(st.sampled_from(days), label=field.name) if days else None
    if field.kind == "choice":
        return draw(st.sampled_from(field.options), label=field.name)
    if field.kind == "choices":
        return draw(st.lists(st.sampled_from(field.options)), label=field.name)
    if field.kind == "unit":
        return draw(st.sampled_from(edition.roster.organization.ids[:5]), label=field.name)
    if field.kind == "money":
        return draw(st.sampled_from([0, "12.5", 1000]), label=field.name)
    if field.kind == "number":
        return draw(st.sampled_from([0, 1, 3]), label=field.name)
    return STRANGERS[0]


def _reasons(codes: Mapping[str, Any]) -> Sequence[str]:
    words = ("in words of one's own",) if not codes or "other" in codes else ()
    return (*list(codes)[:3], *words)


def _dates(scene: Scene, lifecycle: int, name: str, at: int) -> list[str]:
    """Return the days to come that a field takes, wherever the case is."""
    program = scene.edition.program
    today = local_time(at, program.community.zone).date()
    days = [(today + timedelta(days=number)).isoformat() for number in range(1, DAYS)]
    units = {calendar: unit for unit, calendar in enumerate(program.places.calendar)}.values()
    return [day for day in days if all(_taken(scene, lifecycle, unit, {name: day}, at) for unit in units)]


def _taken(scene: Scene, lifecycle: int, unit: int, fields: Mapping[str, str], at: int) -> bool:
    try:
        field_limits(scene.edition, lifecycle, unit, fields, at)
    except UsageError:
        return False
    return True
