"""Acting on a case: who, by what right, on which way, with what said; then the events.

A command is decided against the case as it stands after everything that fell due before it. It is allowed whole or
refused with one error that says why, and who could (rule C1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import define, field, frozen
from msgspec.structs import replace

from govflow.casework import links
from govflow.casework.deadlines import settle
from govflow.casework.directory import Actor
from govflow.casework.draft import Draft, Work
from govflow.casework.editions import Edition
from govflow.casework.effects import circles
from govflow.casework.limits import field_limits
from govflow.casework.opening import Open, severity_of, without_words
from govflow.casework.permission import NO_POST, left_out, right, voice, who_could
from govflow.casework.saying import SILENT, Said, keep, listen
from govflow.casework.visibility import is_hidden, may_see
from govflow.errors import Refused, UnknownName, UsageError
from govflow.lifecycle import CLOCK, Transition
from govflow.program import Position, arrive, destination
from govflow.program.columns import NONE, S_TAKE, T_SETS_SEVERITY

Raise = Callable[[Draft, Open, str], tuple[Work, str | None]]
"""What opens a case that another one raises: how, and the id of that one."""


@frozen
class Act:
    """A command on a case: fire `trigger`. `behalf` names the absent holder for whom `by` acts.

    `to` names the subordinate for a move down, `severity` what a transition sets; `version` is the one that was looked
    at: at another one the command is a Conflict. `fields` are what the definition needs or takes; `child` says of a
    case that the transition raises what its opening says.
    """

    case: str
    trigger: str
    by: str
    behalf: str | None = None
    to: str | None = None
    severity: int | None = None
    version: int | None = None
    fields: Mapping[str, Any] = field(factory=dict, repr=without_words)
    child: Mapping[str, Any] = field(factory=dict, repr=without_words)


@define(eq=False)
class Acting:
    """Somebody who acts on a case at the instant `at`: for whom, and whether the desk's clock stood behind the case."""

    actor: Actor
    behalf: Actor | None
    at: int
    skew: bool

    @property
    def holder(self) -> Actor:
        """Whose places count: the absent holder's, where somebody stands in."""
        return self.behalf or self.actor

    @property
    def persons(self) -> tuple[str, ...]:
        """Who acts, whose places count first."""
        return (self.actor.person,) if self.behalf is None else (self.behalf.person, self.actor.person)

    def body(self, work: Work, post: str = NO_POST) -> dict[str, Any]:
        """Return what an event says of who did it, when and where."""
        body: dict[str, Any] = {"at": self.at, "by": self.actor.id, "unit": work.facts["unit"]}
        if post:
            body["post"] = post
        if self.behalf is not None:
            body["behalf"] = self.behalf.id
        if self.skew:
            body["skew"] = True
        return body


def acting(draft: Draft, work: Work, by: str, behalf: str | None = None) -> Acting:
    """Return who acts on a case, after everything that fell due before; refused where nobody may stand in."""
    at = _settled(draft, work)
    if by == CLOCK:  # the desk itself, whose retention periods are over
        return Acting(Actor(CLOCK, CLOCK, ()), None, at, at != draft.now)
    return _stands_in(draft, work, by, behalf, at)


def admitted(draft: Draft, work: Work, by: str, behalf: str | None = None) -> Acting:
    """Return who acts on a case, as `acting` does; UnknownName where it is restricted and hidden from them.

    Then they are told nothing of it, not even why not.
    """
    at = _settled(draft, work)
    if is_hidden(work.edition, work.facts, work.edition.roster.actor(by), at):
        raise UnknownName("case", work.id)
    return _stands_in(draft, work, by, behalf, at)


def _settled(draft: Draft, work: Work) -> int:
    """Let take effect what fell due on a case before now, and return the instant at which it can be acted on."""
    settle(draft, work, max(draft.now, work.facts["touched"]), inclusive=False)
    touched: int = work.facts["touched"]
    return max(draft.now, touched)


def _stands_in(draft: Draft, work: Work, by: str, behalf: str | None, at: int) -> Acting:
    roster = work.edition.roster
    actor = roster.actor(by)
    if behalf is None:
        return Acting(actor, None, at, at != draft.now)
    absent = roster.actor(behalf)
    if not roster.may_stand_in(actor.person, absent.person, at):
        rule = "the directory does not say that the one stands in for the other now"
        raise Refused(work.id, f"{by} cannot act for {behalf}", rule, "add a StandIn to the desk's directory")
    if actor.person in work.facts.get("recused", ()) or actor.person == work.facts.get("about"):
        raise Refused(work.id, f"{by} cannot act for {behalf}", "who has no part in a case stands in for nobody in it")
    return Acting(actor, absent, at, at != draft.now)


def act(draft: Draft, command: Act, raised: Raise) -> Work:
    """Fire a trigger of a case, or refuse; an outcome fired straight from a queue takes the case first (rule L1)."""
    work = draft.case(command.case)
    one = admitted(draft, work, command.by, command.behalf)
    edition, position = work.edition, work.position
    ways = edition.ways[position.lifecycle].get(command.trigger)
    if ways is None:
        raise UnknownName("trigger", command.trigger, edition.ways[position.lifecycle])
    to = NONE if command.to is None else edition.roster.organization.index(command.to)
    take, transition, unit = next(_paths(work, ways, to), (NONE, NONE, NONE))
    if unit == NONE:
        raise refusal(work, one, command.trigger)
    if to not in (NONE, unit):
        if not may_see(edition, work.facts, one.holder, one.at):
            raise refusal(work, one, command.trigger)
        raise UsageError(f"{command.trigger} leads to {edition.roster.organization.ids[unit]}: leave 'to' out")
    if take != NONE:
        taking = Act(work.id, edition.way(take).trigger, command.by)
        _fire(draft, work, one, taking, take, position.unit, raised, asked=command.trigger)
    _fire(draft, work, one, command, transition, unit, raised)
    return work


def _paths(work: Work, ways: tuple[int, ...], to: int) -> Iterator[tuple[int, int, int]]:
    """Yield how a case can go one of some ways: the take that comes first (NONE: none), the way, and where it leads.

    A case that waits in a queue is taken from it only for ways that are not open in the queue itself.
    """
    program, position = work.edition.program, work.position
    for way in ways:
        unit = destination(program, position, way, to=to)
        if unit != NONE:
            yield NONE, way, unit
    take = program.rules.states[position.state][S_TAKE]
    if take != NONE:
        taken = arrive(program, position, take, position.unit, at=work.facts["touched"])
        for way in ways:
            unit = destination(program, taken, way, to=to)
            if unit != NONE:
                yield take, way, unit


def _fire(
    draft: Draft,
    work: Work,
    one: Acting,
    command: Act,
    transition: int,
    unit: int,
    raised: Raise,
    *,
    asked: str | None = None,
) -> None:
    """Fire one transition: the right to it, what is said, the step, what follows of it, the event.

    `asked` is the trigger that was asked for, where this one only comes before it.
    """
    edition, before = work.edition, work.position
    way, words = edition.program.names.transitions[transition][1], edition.who[transition]
    substitute = None if one.behalf is None else one.actor
    post = right(work, words, one.holder, internal=way.target is None, substitute=substitute)
    if post is None:
        raise refusal(work, one, command.trigger, words, asked)
    body = one.body(work, post)
    if command.child and way.raises is None and command.trigger == way.trigger:
        raise UsageError(f"{way.trigger} raises no other case: leave 'child' out")
    said = _said(draft, work, one, command, transition, body)
    position = arrive(
        edition.program,
        before,
        transition,
        unit,
        at=one.at,
        severity=None if command.severity is None else _severity(edition, transition, command.severity),
        limits=field_limits(edition, before.lifecycle, unit, said.fields, one.at),
        amounts={counter: said.amounts[name] for counter, name in edition.counted[transition]},
    )
    if way.move == "refer" and (place := edition.roster.organization.ids[unit]) in left_out(work.facts):
        raise Refused(work.id, f"cannot {way.trigger!r} to {place}", "the case is about it, or it has withdrawn")
    if edition.ceilings[transition]:
        _fits(work, transition, position)
    beside: dict[str, Any] = {}
    if transition in edition.sociable:
        beside = _beside(draft, work, one, command, transition, said, body, raised)
        position = replace(position, children=position.children + (way.raises is not None))
    links.go(draft, work, transition, position, body, persons=one.persons, fields=said.fields, beside=beside)


def _fits(work: Work, transition: int, after: Position) -> None:
    """Refuse an amount that would take a counter over its ceiling."""
    edition, before = work.edition, work.position
    said, names = dict(edition.counted[transition]), edition.program.names.counters[before.lifecycle]
    for counter, ceiling in edition.ceilings[transition]:
        if after.counters[counter] > after.counters[ceiling]:
            left: str | int = after.counters[ceiling] - before.counters[counter]
            if edition.fields[before.lifecycle][said[counter]].kind == "money":
                left = f"{Decimal(left) / 100} yuan"
            rule = f"{names[counter]} is at most {names[ceiling]}: {left} can be added"
            raise Refused(work.id, f"cannot {edition.way(transition).trigger!r} so much", rule, "say a smaller amount")


def _said(draft: Draft, work: Work, one: Acting, command: Act, transition: int, body: dict[str, Any]) -> Said:
    """Return what was said with a command, and put it into the body of its event."""
    edition, way = work.edition, work.edition.way(transition)
    if not command.fields and not way.needs:
        return SILENT
    takes = edition.takes[transition]
    said = listen(edition, work.position.lifecycle, way.trigger, command.fields, needs=way.needs, takes=takes)
    say(draft, work, body, one, said)
    return said


def _beside(
    draft: Draft,
    work: Work,
    one: Acting,
    command: Act,
    transition: int,
    said: Said,
    body: dict[str, Any],
    raised: Raise,
) -> dict[str, Any]:
    """Do what a transition does beside moving the case: to other cases, to its circles, to the unit above."""
    way, roster = work.edition.way(transition), work.edition.roster
    if way.once and voice(work, way, one.holder) is None:
        raise Refused(work.id, f"{one.holder.id} cannot {way.trigger!r} again", "each does so once", "")
    if way.copies:
        body["copied"] = [roster.organization.ids[above] for above in roster.above(work.position.unit)[:1]]
    return circles(work, way, one.holder, said.fields) | _linked(draft, work, one, way, said, command, raised)


def _linked(
    draft: Draft, work: Work, one: Acting, way: Transition, said: Said, command: Act, raised: Raise
) -> dict[str, Any]:
    """Do what a transition does to other cases, and return what that changes of this one."""
    changed: dict[str, Any] = {}
    if way.links is not None:
        if way.links not in said.fields:
            raise UsageError(f"{way.trigger} needs {way.links!r}: say the id of the case that this one follows")
        main = draft.case(said.fields[way.links])
        settle(draft, main, one.at, inclusive=False)
        if is_hidden(main.edition, main.facts, one.actor, one.at):
            raise UnknownName("case", main.id)
        changed |= links.merge(draft, work, main.id, one.at, one.actor.id)
    if way.unlinks:
        changed |= links.part(draft, work, one.at, one.actor.id)
    if way.raises is not None:
        child, _ = raised(draft, _child(work, way.raises, command), work.id)
        changed["raised"] = [*work.facts.get("raised", ()), child.id]
    return changed


def _child(work: Work, lifecycle: str, command: Act) -> Open:
    """Return the opening of a case that another raises: of the same matter, unless the command says otherwise.

    It is the matter of whom the raising case concerns, for it is they who can say that it is solved; the text said with
    the command is its text too, where it takes one.
    """
    facts, given = work.facts, command.child
    same = {name: facts.get(name) for name in ("category", "channel", "household", "subject")}
    same |= {"unit": None if facts.get("household") else facts["home"], "reporter": facts.get("subject")}
    same["reporter"] = same["reporter"] or facts["reporter"]
    placed = {name: given[name] for name in (*same, "severity") if name in given}
    cycle = work.edition.program.community.lifecycles[lifecycle]
    said = {name: value for name, value in given.items() if name not in placed}
    if "text" in command.fields and "text" in (*cycle.needs, *cycle.takes):
        said.setdefault("text", command.fields["text"])
    return Open(lifecycle, command.by, fields=said, **{**same, **placed})


def say(draft: Draft, work: Work, body: dict[str, Any], one: Acting, said: Said) -> None:
    """Put what was said into the body of the event that comes next: codes and ids as they are, texts as commitments."""
    if said.fields:
        fields = dict(said.fields)
        if "reason" in fields:
            body["reason"] = fields.pop("reason")
        if fields:
            body["fields"] = fields
    if said.texts:
        body["texts"] = keep(draft, work, one.actor.person, said.texts)


def _severity(edition: Edition, transition: int, severity: int) -> int:
    if not edition.program.rules.transitions[transition][T_SETS_SEVERITY]:
        trigger = edition.way(transition).trigger
        raise UsageError(f"{trigger} sets no severity: leave it out, or use a transition that does")
    return severity_of(severity)


def open_ways(work: Work) -> dict[str, tuple[int, ...]]:
    """Return the triggers that people can fire on a case where it stands, each with the transitions that it takes."""
    edition, position = work.edition, work.position
    found: dict[str, tuple[int, ...]] = {}
    for trigger, ways in edition.ways[position.lifecycle].items():
        take, way, _ = next(_paths(work, ways, NONE), (NONE, NONE, NONE))
        steps = tuple(step for step in (take, way) if step != NONE)
        if steps and all(edition.who[step] for step in steps):
            found[trigger] = steps
    return found


def may_fire(work: Work, ways: tuple[int, ...], actor: Actor) -> bool:
    """Say whether an actor has the right to each of some transitions."""
    edition = work.edition
    return all(right(work, edition.who[w], actor, internal=edition.way(w).target is None) is not None for w in ways)


def open_triggers(work: Work, actor: Actor) -> list[str]:
    """Return the triggers that are open to an actor on a case where it stands."""
    return [trigger for trigger, ways in open_ways(work).items() if may_fire(work, ways, actor)]


def refusal(
    work: Work, one: Acting, trigger: str, words: tuple[str, ...] | None = None, asked: str | None = None
) -> Refused:
    """Return the error of a trigger that is not open, or that somebody has no right to.

    Who may not see the case learns from it neither where the case stands nor who is at work there, and so hears of the
    trigger that was `asked` for and not of one that comes before it.
    """
    edition, actor, state, unit = work.edition, one.holder, work.facts["state"], work.facts["unit"]
    if not may_see(edition, work.facts, actor, one.at):
        trigger = asked or trigger
        ways = edition.ways[work.position.lifecycle][trigger]
        could = dict.fromkeys(word for way in ways for word in edition.who[way])
        rule = f"only {' or '.join(could)} may" if could else "only a deadline does"
        if actor.person in work.facts.get("recused", ()):
            rule = "who has withdrawn from a case has no part in it any more"
        return Refused(work.id, f"{actor.id} cannot {trigger!r}", rule)
    allowed = open_triggers(work, actor)
    if words is None:
        return Refused(work.id, f"cannot {trigger!r} from {state!r} at {unit}", "it is not open there", "", allowed)
    if not words:
        return Refused(work.id, f"{actor.id} cannot {trigger!r}", "only a deadline does", "", allowed)
    rule = f"only {' or '.join(words)} may"
    return Refused(work.id, f"{actor.id} cannot {trigger!r} at {unit}", rule, "", allowed, who_could(work, words))
