"""What can be said to a desk about a case where it stands: what it must take, and what it must refuse.

Each is drawn for the case as it is: an open trigger by somebody with the right to it and all that it needs, or just
one thing wrong. It knows no store. Next: ``testing.desk``, which gives them to desks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
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
from govflow.casework.permission import MEMBER, left_out, places, right, voice, without_place
from govflow.casework.visibility import is_hidden, may_see
from govflow.errors import Conflict, GovflowError, Refused, UnknownName, UsageError
from govflow.lifecycle import Field, Transition
from govflow.organization import Organization
from govflow.program.columns import DOWN, T_MOVE, T_SETS_SEVERITY
from govflow.testing.frontier import distances

Draw = Callable[..., Any]
"""What draws: `draw(strategy, label)`, as the ``draw`` of Hypothesis's ``data()``."""

TEXTS = st.sampled_from(["车堵了", "<b>", "=1+1", "'; --", "\u202eabc", "a\nb", "\U0001f6a7"])
"""Texts as people write them; what not every store can keep is tried elsewhere."""

STRANGERS = ("resident:example-1", "resident:example-2", "member:example-7", "nobody")
"""Actors whom no definition knows."""

NEW, NEARER, TIED, PLAIN = 80, 40, 30, 3
"""How often a way is taken beside others: what nobody has done yet, what leads to where something can be done that
nobody has done yet, what ties cases or needs several people, whatever else."""

FAR = 1_000
"""How far it is to where there is nothing new."""

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
    seen: Collection[tuple[str, str]] = ()

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
    open_to = {trigger: (ways, _rightful(scene, work, ways)) for trigger, ways in open_ways(work).items()}
    open_to = {trigger: (ways, names) for trigger, (ways, names) in open_to.items() if names}
    far = distances(scene.edition.lifecycles[work.position.lifecycle], scene.seen)
    often = {trigger: _often(scene, work, far, ways[-1]) for trigger, (ways, _) in open_to.items()}
    while open_to:
        trigger = draw(st.sampled_from([name for name in open_to for _ in range(often[name])]), label="trigger")
        ways, names = open_to.pop(trigger)
        fields = _fields(draw, scene, work, scene.edition.way(ways[-1]))
        if fields is not None:
            return _said(draw, scene, work, ways, draw(st.sampled_from(names), label="by"), fields)
    return None


def _said(draw: Draw, scene: Scene, work: Work, ways: tuple[int, ...], by: str, fields: Mapping[str, Any]) -> Said:
    """Return the act of somebody who may: sometimes another stands in."""
    way = scene.edition.way(ways[-1])
    command = Act(work.id, way.trigger, by, fields=fields, **_placed(draw, scene, work, ways[-1]))
    behalf = None if by.startswith(TOKEN) else _substitute(draw, scene, work, by)
    if behalf is not None:
        command = evolve(command, by=behalf, behalf=by)
    opened = way.raises is not None and scene.edition.lifecycles[scene.edition.lifecycle(way.raises)].opened_by
    counted = any(isinstance(amount, str) for amount in way.add.values())  # there may be no room for so much
    away = way.move == "refer" and left_out(work.facts)  # there may be who has no part in the case
    sure = not (opened or counted or away or way.joins or way.leaves)
    return Said(command, sure=sure, alone=way.links is not None)


def _often(scene: Scene, work: Work, far: Mapping[str, int], transition: int) -> int:
    """Return how often a way is taken beside others: rather what is new or leads there, last of all what ends it."""
    cycle, way = scene.edition.lifecycles[work.position.lifecycle], scene.edition.way(transition)
    new, tied = (cycle.name, way.trigger) not in scene.seen, way.links or way.once
    early = len(cycle.sources(way)) > 1
    if way.target is not None and cycle.states[way.target].kind == "final" and (early or not new):
        return PLAIN if new or not far else 1
    if new:
        return NEW * 3 if tied else NEW
    if tied:
        return TIED
    if way.target is not None and far.get(way.target, FAR) < far.get(work.facts["state"], FAR):
        return NEARER
    return PLAIN * 4 if way.add else PLAIN


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
    absent, out = scene.actor(by).person, without_place(work.edition, work.facts)
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


def new_due(scene: Scene, work: Work) -> int | None:
    """Return when the first of those deadlines of a case falls due of which none has fallen due before."""
    clocks = zip(work.position.clocks, scene.edition.clocks(work.position.lifecycle), strict=True)
    dues = ((clock.due, f"expiry:{scene.edition.deadline(index).name}") for clock, index in clocks)
    new = (due for due, name in dues if due is not None and (work.facts["lifecycle"], name) not in scene.seen)
    return min(new, default=None)


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
    names = ["note", "attach", "note", "attach", "recuse"] * bool(seeing) + ["extend", "extend"] * bool(extending)
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
def draw_opening(draw: Draw, scene: Scene, lifecycle: str) -> Said:
    """Return the opening of a case."""
    edition = scene.edition
    community, organization = edition.program.community, edition.roster.organization
    cycle, intake = community.lifecycles[lifecycle], community.intake.get(lifecycle)
    channels = tuple(intake.channel) if intake else (None, *community.channels)
    number = draw(st.sampled_from(_homes(organization)), label="home")
    household = draw(st.sampled_from([None, *_households(scene, organization.ids[number])]), label="household")
    handlers = edition.roster.handlers(number)[:1]
    by = draw(st.sampled_from(_openers(scene, lifecycle, handlers)), label="by")
    command = Open(
        lifecycle,
        by,
        category=draw(st.sampled_from([None, *community.categories]), label="category"),
        channel=draw(st.sampled_from(channels), label="channel"),
        household=household,
        unit=None if household else organization.ids[number],
        severity=draw(st.sampled_from([None, None, 1, 4]), label="severity"),
        reporter=draw(st.sampled_from([None, STRANGERS[1]]), label="reporter") if by else None,
        subject=draw(st.sampled_from([STRANGERS[2]] if cycle.subject else [None, STRANGERS[1]]), label="subject"),
        about=draw(st.sampled_from([None, None, None, *(one for one in handlers if "#" in one)]), label="about"),
        fields=_opening_fields(draw, scene, lifecycle),
    )
    own = command.about is not None and command.about == by
    return Said(command, sure=not own and _may_open(scene, cycle.opened_by, command, handlers))


def _openers(scene: Scene, lifecycle: str, handlers: Sequence[str]) -> list[str | None]:
    """Return who opens a case: mostly those of whom it is sure that they may."""
    names = [*STRANGERS[:3], *handlers, None]
    words = scene.edition.program.community.lifecycles[lifecycle].opened_by
    sure = [name for name in names if _may_open(scene, words, Open(lifecycle, name), handlers)]
    return [*sure * 4, *names]


def _homes(organization: Organization) -> list[int]:
    """Return the units of a few places at each level, the lowest first, those outside last."""
    levels: dict[int, list[int]] = {}
    for unit, level in enumerate(organization.level):
        levels.setdefault(level if unit < organization.size else -1, []).append(unit)
    return [unit for _, units in sorted(levels.items(), reverse=True) for unit in (*units[:2], *units[-2:])]


def _households(scene: Scene, unit: str) -> tuple[str, ...]:
    given = (household for household, contact in scene.edition.roster.directory.households.items() if contact == unit)
    return (*given, *scene.edition.roster.organization.household_ids(unit)[:1])


def _may_open(scene: Scene, words: tuple[str, ...], command: Open, handlers: Sequence[str]) -> bool:
    """Say whether it is sure that somebody may open a case; `handlers` are those of its home."""
    if not words or "anyone" in words:
        return True
    if command.by is None or command.about is not None:
        return False
    actor = scene.actor(command.by)
    handles = any(standing.handles for standing in actor.standings)
    member = bool(actor.standings) or actor.person.startswith(MEMBER)
    home = "handler@home" in words or (
        "handler@here" in words and command.lifecycle not in scene.edition.program.community.intake
    )
    near = home and command.by in handlers
    return near or ("handler@anywhere" in words and handles) or ("member" in words and member)


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
            value = _somebody(draw, scene, work, name)
        else:
            value = _value(draw, scene, lifecycle, known[name], at)
        if value is not None:
            said[name] = value
        elif wanted:
            return None
    return said


def _somebody(draw: Draw, scene: Scene, work: Work, name: str) -> str | None:
    """Return whom a field names: a case is given only to who handles it where it is."""
    names = [one for one in scene.near(work) if not one.startswith(TOKEN)]
    if name == "handler":
        names = [one for one in names if right(work, ("handler@here",), scene.actor(one)) is not None]
    return draw(st.sampled_from(names), label=name) if names else None


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
        return draw(st.sampled_from([0, "12.5", 25]), label=field.name)
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
