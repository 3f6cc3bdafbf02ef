"""Joint conferences and working groups (联席会议, 工作组): the agenda of a session, the session held, a case's rounds.

An agenda is read from a desk: the cases convened at a unit, in the order of its queue, as many as one session takes, at
the session that the timetable of the definition gives. What a session decides is carried out on the desk in one commit,
and those events are its minutes. Who may decide, and when all have agreed, the lifecycle says; nothing here does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from govflow.calendar import DAY, local_time
from govflow.casework import Act, Case, Desk
from govflow.casework.directory import Actor, Roster
from govflow.casework.pages import each
from govflow.community import Community, conference_calendar, conference_sessions
from govflow.errors import Refused, UnknownName, UsageError
from govflow.lifecycle import Transition
from govflow.organization import Conference
from govflow.planning.checks import Instant, Name, Natural, checked
from govflow.record import Event

FURTHEST = 53
"""So many turns of its timetable ahead a session is looked for: holidays can take a few in a row."""

INVITE, TAKE_POSITION, POSITION = "invite", "take_position", "position"
"""The triggers by which a lifecycle asks a party to the table and hears it, and the field of what it says."""


@checked
@frozen
class Agenda:
    """A session: of the joint conference of `unit`, at the instant `at`, the `cases` it takes up, in order.

    So many `waiting` come after them, at a later session. `meeting` says who sits at the table and how many of them
    must be there.
    """

    unit: Name
    at: Instant
    meeting: Conference
    cases: tuple[Case, ...]
    waiting: Natural = 0


@checked
@frozen
class Decision:
    """What a session decides on a case: the trigger, and what is said with it.

    `positions` are those of the parties, by unit: ``for``, ``against``, ``conditions``; `words` what they said beside.
    """

    case: Name
    trigger: Name
    positions: Mapping[str, str] = field(factory=dict)
    words: Mapping[str, str] = field(factory=dict, repr=False)
    fields: Mapping[str, Any] = field(factory=dict)


@checked
@frozen
class Round:
    """A round of negotiation: since the instant `at`, from the case's `version` on; a plan or new words begin another.

    `said` are the positions of the parties, `consents` who has consented, `missing` who has done neither, in order.
    """

    at: Instant
    version: Natural
    said: Mapping[str, str]
    consents: tuple[str, ...]
    missing: tuple[str, ...]


@checked
def agenda(desk: Desk, unit: Name, at: Instant, *, by: str | None = None) -> Agenda:
    """Return the agenda of the first session at or after an instant, of the joint conference at a unit or above it.

    It takes up to the conference's capacity of the cases convened there before it begins: urgent ones first, then by
    time of entering (rules S4, S5; the simulation does the same). `by` reads: what they may not see is left out.
    Refused where no unit from there up holds one, or it never sits.
    """
    community = desk.community
    holder = community.organization.conference(unit)
    if holder is None:
        raise Refused(unit, "has no agenda", "no unit at or above it holds a joint conference")
    meeting = _meeting(community, holder)
    calendar = conference_calendar(community, meeting)
    until = at + FURTHEST * meeting.every * 7 * DAY
    session = next(iter(conference_sessions(meeting, calendar, start=at, until=until)), None)
    if session is None:
        raise Refused(holder, "has no session", f"none is held on a day without working hours in {calendar.name!r}")
    convened = [state for one in community.lifecycles.values() for state in _convened(one.transitions)]
    found = each(desk, unit=holder, open=True, state=tuple(dict.fromkeys(convened)), by=by) if convened else ()
    waiting = (case for case in found if case.facts["entered"] < session)  # what it puts off comes to a later one
    cases = sorted(waiting, key=lambda case: (case.severity, case.facts["entered"], case.id))
    return Agenda(holder, session, meeting, tuple(cases[: meeting.capacity]), max(0, len(cases) - meeting.capacity))


def _meeting(community: Community, unit: str) -> Conference:
    organization = community.organization
    return community.plan.conferences[organization.sits[organization.index(unit)]]


def _convened(ways: Iterable[Transition]) -> Iterator[str]:
    """Yield the states in which a case is before a joint conference."""
    return (way.target for way in ways if way.move == "convene" and way.target is not None)


@checked
def attending(desk: Desk, meeting: Conference, present: Iterable[str]) -> dict[str, str]:
    """Return the parties of a conference that are there, each with the first of its people who is.

    >>> import govflow as gf
    >>> beida = gf.load("beida")
    >>> attending(gf.Desk(beida), beida.plan.conferences[0], ["partner/shops", "committee/beida#1"])
    {'committee/beida': 'committee/beida#1', 'partner/shops': 'partner/shops'}
    """
    roster = Roster(desk.community.organization, desk.directory)
    actors = [roster.actor(name) for name in present]
    there = ((party, _speaker(roster, party, actors)) for party in meeting.parties)
    return {party: name for party, name in there if name is not None}


def _speaker(roster: Roster, party: str, actors: Iterable[Actor]) -> str | None:
    at = roster.organization.index(party)
    return next((actor.id for actor in actors if any(s.unit == at for s in actor.standings)), None)


@checked
def hold(
    desk: Desk,
    session: Agenda,
    decisions: Iterable[Decision],
    *,
    present: Iterable[str],
    by: str,
    key: str | None = None,
    late: bool = False,
) -> list[Case]:
    """Carry out what a session decided, all in one commit or nothing, and return the cases decided on.

    `by` leads it and is among those `present`. Each party that is there is asked to the table of each case once,
    takes its position, and then `by` fires the decision. A session is held once: given again the same way it changes
    nothing. To carry it out in parts, give each a `key` of its own; with one that was used before nothing is done.

    Refused without its chair or a quorum, before the session begins, or after its day, unless it is entered `late`.
    UsageError for a case that is not on the agenda or decided twice, and for a session that was held with other
    decisions; Conflict for a case that has changed since the agenda was read; UnknownName for the position of a party
    that is not there. What the lifecycle refuses is refused here.
    """
    decisions, there = list(decisions), attending(desk, session.meeting, present)
    _check_time(desk, session, late)
    _check_table(desk, session, there, present, by)
    _check(session, decisions, there)
    cases = {case.id: case for case in session.cases}
    commands = [one for decision in decisions for one in _commands(cases[decision.case], decision, there, by)]
    begins = local_time(session.at, desk.community.zone)
    key = f"conference of {session.unit} on {begins:%Y-%m-%d at %H:%M}" if key is None else key
    done = {case.id: case for case in desk.batch(commands, key=key)} if commands else {}
    return [done[one.case] if one.case in done else desk.case(one.case) for one in decisions]


def _check_time(desk: Desk, session: Agenda, late: bool) -> None:
    """Refuse a session that has not begun, or whose day is over."""
    now, begins = (local_time(at, desk.community.zone) for at in (desk.clock(), session.at))
    if now < begins:
        rule = f"it has not begun: it does on {begins:%Y-%m-%d at %H:%M}"
        raise Refused(session.unit, "cannot hold the session", rule)
    if now.date() > begins.date() and not late:
        remedy = "put its cases before the next one, or enter what was decided with late=True"
        raise Refused(session.unit, "cannot hold the session", f"its day, {begins:%Y-%m-%d}, is over", remedy)


def _check_table(desk: Desk, session: Agenda, there: Mapping[str, str], present: Iterable[str], by: str) -> None:
    """Refuse a session without its chair or its quorum."""
    roster = Roster(desk.community.organization, desk.directory)
    if roster.actor(by).person not in {roster.actor(name).person for name in present}:
        raise Refused(session.unit, f"{by} is not there", "who leads a session is present", "name them among those")
    quorum, parties = session.meeting.quorum, session.meeting.parties
    if len(there) < quorum:
        absent = ", ".join(party for party in parties if party not in there)
        fact = f"{len(there)} of {len(parties)} parties are there"
        raise Refused(session.unit, fact, f"{quorum} must be", f"ask {absent}, or put it off")


def _check(session: Agenda, decisions: list[Decision], there: Mapping[str, str]) -> None:
    """Refuse decisions on other cases than those of the agenda, each once, and words of who is not there."""
    named = [decision.case for decision in decisions]
    listed = [case.id for case in session.cases]
    for case in named:
        if case not in listed or named.count(case) > 1:
            raise UsageError(f"{case}: a session decides what is on its agenda, each case once")
    for decision in decisions:
        for party in (*decision.positions, *decision.words):
            if party not in there:
                raise UnknownName("party that is there", party, there)


def _commands(case: Case, decision: Decision, there: Mapping[str, str], by: str) -> Iterator[Act]:
    """Yield what is done to a case in a session: who comes to its table, what they say, what is decided.

    All of it holds for the case as the agenda has it.
    """
    seated = case.facts.get("parties", ())
    for party in there:
        if party not in seated:
            yield Act(case.id, INVITE, by, fields={"party": party}, version=case.version)
    for party, position in decision.positions.items():
        said = {POSITION: position, "text": decision.words.get(party)}
        yield Act(case.id, TAKE_POSITION, there[party], fields=said, version=case.version)
    yield Act(case.id, decision.trigger, by, fields=decision.fields, version=case.version)


@checked
def rounds(desk: Desk, case: str | Case, *, by: str | None = None) -> tuple[Round, ...]:
    """Return the rounds of a case so far in which parties could speak, the first first, from its events.

    A round begins whenever the case enters a state in which a party does something once, and ends with the next
    event that enters a state: then all are asked anew.
    """
    shown = desk.case(case, by=by)
    voices = {way.trigger for way in desk.community.lifecycles[shown.lifecycle].transitions if way.once}
    tables = _tables(desk.community, shown.lifecycle)
    found: list[Round] = []
    facts: dict[str, Any] = {}
    inside: list[Event] = []
    for event in desk.history(shown.id, by=by):
        if "entered" in event.changes:
            found += _round(facts, inside, voices) if facts.get("state") in tables else ()
            inside = []
        inside.append(event)
        facts |= event.changes
    return tuple(found + _round(facts, inside, voices)) if facts.get("state") in tables else tuple(found)


def _tables(community: Community, lifecycle: str) -> frozenset[str]:
    """Return the states of a lifecycle in which the parties have something to say once."""
    cycle = community.lifecycles[lifecycle]
    ways = (way for way in cycle.transitions if way.once and "party" in way.by)
    return frozenset(state for way in ways for state in cycle.sources(way))


def _round(facts: Mapping[str, Any], events: list[Event], voices: set[str]) -> list[Round]:
    spoken = [(event, event.changes[f"once.{event.kind}"][-1]) for event in events if event.kind in voices]
    said = {name: event.fields[POSITION] for event, name in spoken if POSITION in event.fields}
    parties = facts.get("parties", ())
    consents = [name for event, name in spoken if POSITION not in event.fields and event.kind != "join"]
    missing = tuple(party for party in parties if party not in said and party not in consents)
    return [Round(events[0].at, events[0].version, said, tuple(consents), missing)]
