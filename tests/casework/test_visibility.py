"""Who sees a case, situation by situation, actor by actor; and that no read shows it to anybody else (C4, C6)."""

from __future__ import annotations

import pytest

from govflow.casework import Directory, StandIn, to_csv, to_json
from govflow.casework.acting import may_fire, open_ways
from govflow.errors import Conflict, UnknownName
from tests.casework.scenes import later
from tests.casework.village import (
    ABOUT,
    ACTORS,
    AWAY,
    BLOCK,
    CARE,
    CARER,
    DOOR,
    HOUSEHOLD,
    LOOSE,
    NEXT_DOOR,
    OFFICE,
    OTHER_DOOR,
    PATROL,
    POLICE,
    REPORTER,
    SECRETARY,
    STRANGER,
    SUBJECT,
    SUBSTITUTE,
    village,
)

BRANCH = {BLOCK, SECRETARY, SUBSTITUTE}
TEAMS = {CARE, CARER, PATROL}
NEAR = {REPORTER, DOOR, OFFICE, *BRANCH, *TEAMS}
"""Who sees a request at its contact unit: its reporter, the line above, the teams that cover its household."""


AT_LARGE = {"member", "partner", "anyone"}


def request(desk, **more):
    """Open a request of the reporter's household."""
    more = {"by": REPORTER, "household": HOUSEHOLD, "category": "noise", "channel": "doorstep", "text": "太吵", **more}
    return desk.open("request", **more)


def handled(desk, **more):
    """Open a request and begin to handle it."""
    return desk.act(request(desk, **more), "start", by=DOOR)


def handed_down(desk):
    """Bring a request to the block, and have it handed down to the unit next door."""
    case = desk.act(handled(desk), "escalate", by=DOOR)
    return desk.act(desk.act(case, "start", by=BLOCK), "hand_down", by=BLOCK, to="door/1-2")


def wish(desk, **more):
    """Open a wish."""
    return desk.open("wish", by=REPORTER, household=HOUSEHOLD, channel="doorstep", text="想学书法", **more)


def call(desk, **more):
    """Plan a call on the household."""
    return desk.open("call", by=DOOR, subject=SUBJECT, household=HOUSEHOLD, channel="doorstep", text="独居老人", **more)


def helped(desk):
    """Ask a unit of another block for help."""
    return desk.act(handled(desk), "ask_help", by=DOOR, handler=OTHER_DOOR)


SITUATIONS = {
    "opened": (request, NEAR),
    "with a subject": (lambda desk: request(desk, subject=SUBJECT), NEAR | {SUBJECT}),
    "about a resident": (lambda desk: request(desk, about=ABOUT, subject=ABOUT), NEAR),
    "about a post, and so about who holds it": (lambda desk: request(desk, about=BLOCK), NEAR - BRANCH),
    "about a member, and so about their post": (lambda desk: request(desk, about=SECRETARY), NEAR - BRANCH),
    "without a name": (lambda desk: request(desk, by=None), NEAR - {REPORTER}),
    "after somebody withdrew": (lambda desk: desk.recuse(request(desk), by=DOOR), NEAR - {DOOR}),
    "at the police": (lambda desk: desk.act(handled(desk), "refer", by=DOOR), NEAR | {POLICE}),
    "back from the police": (
        lambda desk: desk.act(desk.act(handled(desk), "refer", by=DOOR), "report_back", by=POLICE),
        NEAR,
    ),
    "before the conference": (lambda desk: desk.act(handled(desk), "convene", by=DOOR), NEAR),
    "with a helper": (helped, NEAR | {OTHER_DOOR}),
    "handed down next door": (handed_down, NEAR | {NEXT_DOOR}),
    "sent up from next door": (
        lambda desk: desk.act(handed_down(desk), "escalate", by=NEXT_DOOR),
        NEAR | {NEXT_DOOR},
    ),
    "a wish": (wish, NEAR),
    "a wish on the board": (lambda desk: desk.act(wish(desk), "post", by=DOOR), NEAR),
    "a wish taken on": (
        lambda desk: desk.act(desk.act(wish(desk), "post", by=DOOR), "take_on", by=LOOSE),
        NEAR | {LOOSE},
    ),
    "a call": (call, {DOOR, SUBJECT} | BRANCH | TEAMS),
    "a call about a resident": (lambda desk: call(desk, about=CARER), {DOOR, SUBJECT, CARE, PATROL} | BRANCH),
    "a call with somebody along": (
        lambda desk: desk.act(call(desk), "bring", by=DOOR, **{"with": LOOSE}),
        {DOOR, SUBJECT, LOOSE} | BRANCH | TEAMS,
    ),
    "a call passed up to the top": (
        lambda desk: desk.act(desk.act(call(desk), "pass_up", by=DOOR), "pass_up", by=BLOCK),
        {DOOR, SUBJECT, OFFICE} | BRANCH | TEAMS,
    ),
}


def told(read):
    """Return what an error says, None where a read succeeds."""
    try:
        read()
    except UnknownName as error:
        return str(error)
    return None


def reads_of(desk, case, by):
    """Return the reads of one case by an actor, each to be called."""
    past = desk.as_of(desk.clock(), by=by)
    return {
        "case": lambda: desk.case(case, by=by),
        "history": lambda: desk.history(case, by=by),
        "texts": lambda: desk.texts(case, by=by),
        "explain": lambda: desk.explain(case, by=by),
        "due": lambda: desk.due(case, by=by),
        "as_of.case": lambda: past.case(case),
        "as_of.history": lambda: past.history(case),
    }


def found_by(desk, case, by):
    """Return in which lists and figures a case shows to an actor."""
    lifecycle, past = case.lifecycle, desk.as_of(desk.clock(), by=by)
    everything = desk.find(by=by)
    figures = desk.statistics(lifecycle, per="unit", by=by)
    return {
        "inbox": case.id in [one.id for one in desk.inbox(case.unit, by=by).cases],
        "find": case.id in [one.id for one in desk.find(lifecycle=lifecycle, by=by).cases],
        "find by household": case.id in [one.id for one in desk.find(household=HOUSEHOLD, by=by).cases],
        "as_of.find": case.id in [one.id for one in past.find(lifecycle=lifecycle)],
        "as_of.states": past.states(lifecycle=lifecycle) != {},
        "statistics": figures.groups != (),
        "feed": case.id in [event.case for event in desk.feed(by=by)],
        "csv": case.id in to_csv(everything, people=True),
        "json": case.id in to_json(everything, people=True),
    }


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_case_is_seen_by_whom_the_rule_says_and_by_nobody_else_through_any_read(make_desk, situation):
    """Every read of every actor agrees with the list above; who may not see is told that there is no such case."""
    desk = make_desk(village(), directory=AWAY)
    make, seers = SITUATIONS[situation]
    case = make(desk)
    later(desk)
    for actor in ACTORS:
        sees = actor in seers
        shown = found_by(desk, case, actor)
        assert shown == dict.fromkeys(shown, sees), actor
        for name, read in reads_of(desk, case.id, actor).items():
            assert told(read) == (None if sees else f"unknown case {case.id!r}"), (actor, name)
        for name, read in reads_of(desk, "call-99", actor).items():
            assert told(read) == "unknown case 'call-99'", (actor, name)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_whoever_may_act_may_see(make_desk, situation):
    """Nobody by post or part may act on a case that they cannot see; at large people act on what the board shows."""
    desk = make_desk(village(), directory=AWAY)
    case = SITUATIONS[situation][0](desk)
    if case.lifecycle == "call":
        return
    work = desk.office.fresh(case.id)
    for actor in ACTORS:
        mine = [
            trigger
            for trigger, ways in open_ways(work).items()
            if not AT_LARGE & {*work.edition.who[ways[-1]]} and may_fire(work, ways, work.edition.roster.actor(actor))
        ]
        assert not mine or told(lambda actor=actor: desk.case(case, by=actor)) is None, (actor, mine)


def test_the_token_of_a_case_without_a_name_shows_it_and_no_other_does(make_desk):
    """Whoever opened a case without a name sees it by its token, and nobody by another's."""
    desk = make_desk(village())
    case, other = request(desk, by=None), request(desk, by=None)
    assert desk.case(case, by=f"token:{case.token}").id == case.id
    assert told(lambda: desk.case(case, by=f"token:{other.token}")) == f"unknown case {case.id!r}"
    assert [one.id for one in desk.find(by=f"token:{case.token}").cases] == [case.id]


def test_a_stand_in_sees_for_as_long_as_they_stand_in(make_desk):
    """What an absent holder sees their substitute sees, from the first instant to before the last."""
    directory = Directory()
    desk = make_desk(village(), directory=directory)
    case, start = request(desk), desk.clock()
    away = Directory(stand_ins=(StandIn(SECRETARY, STRANGER, since=start + 10, until=start + 20),))
    desk = make_desk(village(), directory=away)
    case = request(desk)
    for at, sees in ((9, False), (10, True), (19, True), (20, False)):
        desk.clock.at = start + at
        assert (told(lambda: desk.case(case, by=STRANGER)) is None) == sees


def test_an_actor_of_whom_no_definition_knows_is_an_error(make_desk):
    """A post or a unit that is nowhere is a slip of whoever calls, and told."""
    desk = make_desk(village())
    case = request(desk)
    with pytest.raises(UnknownName, match="unknown post 'block/1#7'"):
        desk.case(case, by="block/1#7")
    with pytest.raises(UnknownName, match="did you mean"):
        desk.find(by="department/polcie")


# ------------------------------------------------------------ looks
def looks(desk, case):
    """Return who has looked at a case, by its record."""
    return [event.by for event in desk.history(case) if event.kind == "look"]


def test_a_look_at_a_restricted_case_is_in_its_record(make_desk):
    """Once for each person for as long as nothing else happens; the residents' own looks and the desk's are none."""
    desk = make_desk(village())
    case = call(desk)
    for by in (None, SUBJECT, DOOR, BLOCK, BLOCK, CARE, SECRETARY, CARE):
        later(desk)
        desk.case(case, by=by)
    assert looks(desk, case) == [DOOR, BLOCK, CARE], "a subject leaves none, one person under two names leaves one"
    desk.act(case, "make", by=DOOR)
    assert [event.kind for event in desk.history(case, by=BLOCK)] == ["open", *["look"] * 3, "make", "look"]
    assert looks(desk, case) == [DOOR, BLOCK, CARE, BLOCK]


@pytest.mark.parametrize(
    "read",
    [
        lambda desk, case: desk.history(case, by=CARE),
        lambda desk, case: desk.texts(case, by=CARE),
        lambda desk, case: desk.explain(case, by=CARE),
        lambda desk, case: desk.due(case, by=CARE),
        lambda desk, case: desk.inbox(case.unit, by=CARE),
        lambda desk, case: desk.find(lifecycle=case.lifecycle, by=CARE),
        lambda desk, case: desk.as_of(desk.clock(), by=CARE).case(case),
        lambda desk, case: desk.as_of(desk.clock(), by=CARE).find(state=case.state),
        lambda desk, case: [event for event in desk.feed(by=CARE) if event.case == case.id],
    ],
)
def test_every_way_of_being_shown_a_restricted_case_is_a_look(make_desk, read):
    """A list is as good as a file for whoever is curious."""
    desk = make_desk(village())
    case = call(desk)
    read(desk, case)
    assert looks(desk, case) == [CARE]


def test_figures_and_other_cases_are_no_looks(make_desk):
    """A count shows no case, and a case that is not restricted is looked at without a trace."""
    desk = make_desk(village())
    case, other = call(desk), request(desk)
    desk.statistics("call", per="unit", by=CARE)
    desk.case(other, by=CARE)
    assert looks(desk, case) == looks(desk, other) == []


def test_a_look_is_no_step_in_between(make_desk):
    """A command on the version that was looked at holds, whoever else has looked since; after a step it does not."""
    desk = make_desk(village())
    seen = desk.case(call(desk), by=DOOR)
    desk.case(seen, by=CARE)
    desk.case(seen, by=BLOCK)
    case = desk.act(seen, "bring", by=DOOR, version=seen.version, **{"with": LOOSE})
    assert case.version == seen.version + 3
    for version in (seen.version, case.version + 1):
        with pytest.raises(Conflict):
            desk.act(case, "make", by=DOOR, version=version)


def test_a_look_changes_nothing_that_is_due(make_desk):
    """Deadlines fire at their instants whether somebody has looked after them or not."""
    histories = []
    for curious in (False, True):
        desk = make_desk(village())
        case = call(desk)
        due = desk.due(case)[0].due
        desk.clock.at = due + 5
        if curious:
            desk.case(case, by=CARE)
        assert desk.due(case)[0].pending
        desk.advance()
        histories.append([(event.kind, event.at) for event in desk.history(case) if event.kind != "look"])
    assert histories[0] == histories[1] == [("open", histories[0][0][1]), ("overdue", due)]
