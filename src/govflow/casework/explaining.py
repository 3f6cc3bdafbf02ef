"""Who may do what next with a case, and why not the rest: every trigger of its lifecycle, each with its reasons.

What is open and who has the right to it is asked of the same functions that decide a command (``acting``,
``permission``); here it is only told. Next: ``due`` for the clocks.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from govflow.casework.acting import may_fire, open_ways
from govflow.casework.arguments import checked
from govflow.casework.directory import Actor
from govflow.casework.draft import Work
from govflow.casework.effects import circles
from govflow.casework.permission import voice, who_could
from govflow.casework.reader import Reader
from govflow.errors import Refused, UnknownName
from govflow.lifecycle import Transition
from govflow.program import Obstacle, Position, arrive, guard_facts, obstacle
from govflow.program.columns import NONE, S_TAKE

NOWHERE = {
    "up": "nobody is above {unit}",
    "down": "the way home does not lead down from {unit}",
    "refer": "no department takes {category} from {unit}",
    "convene": "no unit at or above {unit} holds a joint conference",
}
"""Why a move leads nowhere."""


NOBODY = "(nobody)"
"""How it ends where who could do something is told, and no one is left."""


@frozen
class Choice:
    """A trigger of a case: whether it is `open` where the case stands, and whether the actor who asks may fire it.

    `mine` is None where nobody in particular asks. `who` could fire it, `needs` and `takes` are what is said with it,
    `to` is the state that it leads to, None where everything stays. `why` tells in words what stands in the way, of
    everybody or of the actor; it is empty where nothing does.
    """

    trigger: str
    open: bool
    mine: bool | None = None
    who: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    to: str | None = None
    why: str = ""
    label: Mapping[str, str] = field(factory=dict, repr=False)


@frozen
class Explanation:
    """What can happen to a case next. `pending` are deadlines that have passed: they fire before anything else does."""

    case: str
    version: int
    state: str
    unit: str
    choices: tuple[Choice, ...]
    pending: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """The triggers that whoever asked may fire; those that are open at all where nobody in particular asked."""
        return tuple(choice.trigger for choice in self.choices if choice.open and choice.mine is not False)

    @checked
    def why_not(self, trigger: str) -> str:
        """Return what stands in the way of a trigger, empty where nothing does; UnknownName where there is no such."""
        whys = {choice.trigger: choice.why for choice in self.choices}
        if trigger not in whys:
            raise UnknownName("trigger", trigger, whys)
        return whys[trigger]


def explain(reader: Reader, case: str) -> Explanation:
    """Return who may do what next with a case, and why not the rest."""
    work = reader.office.work(reader.row(case))
    actor = None if reader.by is None else work.edition.roster.known(reader.by)
    opened = open_ways(work)
    clocks = zip(work.edition.clocks(work.position.lifecycle), work.position.clocks, strict=True)
    return Explanation(
        case=work.id,
        version=work.version,
        state=work.facts["state"],
        unit=work.facts["unit"],
        choices=tuple(
            _open(work, trigger, opened[trigger], actor, reader.at)
            if trigger in opened
            else Choice(trigger, False, None if actor is None else False, why=_closed(work, trigger, ways))
            for trigger, ways in work.edition.ways[work.position.lifecycle].items()
        ),
        pending=tuple(work.edition.deadline(at).name for at, c in clocks if c.due is not None and c.due <= reader.at),
    )


def _open(work: Work, trigger: str, ways: tuple[int, ...], actor: Actor | None, at: int) -> Choice:
    """Return a trigger that is open: a case is taken from its queue on the way, where that is needed."""
    edition, way = work.edition, work.edition.way(ways[-1])
    steps = [who_could(work, edition.who[step]) for step in ways]
    who = tuple(dict.fromkeys(name for step in steps for name in step))
    why = "" if actor is None else _not_mine(work, ways, actor, who, at)
    mine = None if actor is None else not why
    if actor is None and any(all(name.endswith(NOBODY) for name in step) for step in steps):
        fact = f"nobody is left to {way.trigger!r} at {work.facts['unit']}"
        rule = "whoever has a post there or above has no part in the case"
        why = str(Refused(work.id, fact, rule, "give somebody else such a post in the desk's directory", who=who))
    takes = edition.takes[ways[-1]]
    return Choice(trigger, True, mine, who, way.needs, takes, way.target, why, way.label)


def _not_mine(work: Work, ways: tuple[int, ...], actor: Actor, who: tuple[str, ...], at: int) -> str:
    """Return why an actor may not fire a trigger that is open, empty where they may."""
    edition, way = work.edition, work.edition.way(ways[-1])
    fact = f"{actor.id} cannot {way.trigger!r} at {work.facts['unit']}"
    if may_fire(work, ways, actor):
        if way.once and voice(work, way, actor) is None:
            return str(Refused(work.id, fact, "each does so once, and they have"))
        return _idle(work, way, actor)
    words = dict.fromkeys(word for step in ways for word in edition.who[step])
    absent = (edition.roster.known(name) for name in edition.roster.stands_in_for(actor.person, at))
    remedy = next((f"say behalf={one.id!r}: they stand in" for one in absent if may_fire(work, ways, one)), "")
    return str(Refused(work.id, fact, f"only {' or '.join(words)} may", remedy, who=who))


def _idle(work: Work, way: Transition, actor: Actor) -> str:
    """Return why somebody would come into a circle, or leave one, in vain; whom they could name is not known yet."""
    known = work.edition.fields[work.position.lifecycle]
    if not any(known[name].kind == "actor" for name in (*way.needs, *way.takes)):
        try:
            circles(work, way, actor, {})
        except Refused as refused:
            return str(refused)
    return ""


def _closed(work: Work, trigger: str, ways: tuple[int, ...]) -> str:
    """Return why nobody can fire a trigger where the case stands."""
    edition, state = work.edition, work.facts["state"]
    fact = f"cannot {trigger!r} from {state!r} at {work.facts['unit']}"
    if not work.open:
        return str(Refused(work.id, fact, "the case is closed"))
    if not any(edition.who[way] for way in ways):
        return str(Refused(work.id, f"nobody fires {trigger!r}", _by_itself(work, trigger, ways)))
    told = [_rule(work, position, way) for position in _positions(work) for way in ways if edition.who[way]]
    found = max((one for one in told if one is not None), key=lambda one: one[0], default=(0, "only a deadline does"))
    return str(Refused(work.id, fact, found[1]))


def _by_itself(work: Work, trigger: str, ways: tuple[int, ...]) -> str:
    deadlines = work.edition.lifecycles[work.position.lifecycle].deadlines.values()
    fired = [f"the deadline {one.name!r} does" for one in deadlines if one.fires == trigger]
    followed = {work.edition.way(way).follows for way in ways} - {None}
    return " or ".join(fired + [f"the case follows its {what}" for what in sorted(map(str, followed))])


def _positions(work: Work) -> list[Position]:
    """Return where the case stands, and where it would once it is taken from its queue."""
    program, position = work.edition.program, work.position
    take = program.rules.states[position.state][S_TAKE]
    taken = [] if take == NONE else [arrive(program, position, take, position.unit, at=work.facts["touched"])]
    return [position, *taken]


def _rule(work: Work, position: Position, transition: int) -> tuple[int, str] | None:
    """Return what stands in the way of a transition at a position: how near it came, and the rule."""
    edition, way = work.edition, work.edition.way(transition)
    found = obstacle(edition.program, position, transition)
    if found is None:
        return None
    facts = {"unit": work.facts["unit"], "category": work.facts.get("category") or "such a case"}
    if found is Obstacle.STATE:
        rule = f"it is open in {', '.join(edition.lifecycles[position.lifecycle].sources(way))}"
    elif found is Obstacle.MOVE:
        rule = "the case is away and comes back first" if position.stack else "the case is not away"
    elif found is Obstacle.GUARD:
        rule = _guard(work, position, edition.lifecycles[position.lifecycle].condition(way) or "")
    else:
        rule = NOWHERE[way.move].format(**facts)
    return list(Obstacle).index(found), rule


def _guard(work: Work, position: Position, when: str) -> str:
    values = guard_facts(work.edition.program, position, when)
    said = {True: "yes", False: "no", None: "not said"}
    here = ", ".join(f"{name} is {said[v] if v is None or isinstance(v, bool) else v}" for name, v in values.items())
    return f"the definition asks for: {when}; here {here}"
