"""What is kept of a household in difficulty, and who sees it: roles × levels × reads on what ships (C4, C6).

The rule itself, situation by situation, is in ``test_visibility``. Here stand the bundled visit and pairing in whole
communities, and everybody there is in them: every unit, every outside unit, members, residents.
"""

from __future__ import annotations

from functools import cache, partial

import pytest

import govflow as gf
from govflow.calendar import DAY
from govflow.casework import Act, Directory, StandIn, slips_of, to_csv, to_json
from govflow.casework.directory import Roster
from govflow.errors import Refused, UnknownName, UsageError
from tests.casework.scenes import desk_on

SEEN_FROM = {
    ("beida", "visit"): ("host/3-2-11", "branch/3"),  # neither its building group nor the community
    ("fuzhong", "visit"): ("grid/fuzhong-1",),  # the branch secretary is one of the trio
    ("jiafu", "visit"): ("area/2",),  # the area is the branch
    ("shiwan", "visit"): ("team/jiangbin-2-3", "estate/jiangbin-2"),  # neither Jiangbin community nor the street
    ("shiwan", "pairing"): ("team/jiangbin-2-3", "estate/jiangbin-2"),
    ("chengnan", "mediation"): ("grid/4",),  # the grid is the branch
}
"""For a contact unit, the first of each, in each community: the units that see a restricted case of its households.

A team, its branch and nobody else: written down here from the reports, whatever the definition and the desk say.
"""

CLOSED = [key for key in SEEN_FROM if key[1] != "mediation"]
"""The lifecycles of households in difficulty, in which only what a closed list of fields holds may be said."""

HOUSEHOLDER, STRANGER = "resident:example-1", "resident:example-2"
COMPANION, MEMBER = "member:example-7", "member:example-8"
FORBIDDEN = (
    "ethnicity",
    "religion",
    "politics",
    "party_member",
    "identity_number",
    "health",
    "illness",
    "risk",
    "score",
)


@cache
def community(name):
    """A community by name, loaded once."""
    return gf.load(name)


def home_of(name, lifecycle):
    """Return the contact unit that is tried, and a household of it."""
    organization = community(name).organization
    unit = SEEN_FROM[name, lifecycle][0]
    return unit, organization.household_ids(unit)[0]


def opened(desk, name, lifecycle):
    """Open a visit or a pairing for a household, with a companion."""
    unit, household = home_of(name, lifecycle)
    handler = f"{unit}#1"
    day = desk.community.calendars["office"].local(desk.clock() + 3 * DAY).date().isoformat()
    said = {"visit": {"visit_on": day}, "mediation": {"text": "Dogs bark.", "channel": "doorstep"}}.get(lifecycle, {})
    case = desk.open(lifecycle, by=handler, household=household, subject=HOUSEHOLDER, **said)
    trigger, field = {
        "visit": ("go_along", "visitor"),
        "pairing": ("name", "companion"),
        "mediation": ("invite", "party"),
    }[lifecycle]
    return desk.act(case, trigger, by=handler, **{field: COMPANION})


def actors(name):
    """Return one actor of every unit there is, and people with no place at all."""
    organization = community(name).organization
    roster = Roster(organization, Directory())
    holders = [handlers[0] for at in range(len(organization.ids)) if (handlers := roster.handlers(at))]
    return [*holders, HOUSEHOLDER, STRANGER, COMPANION, MEMBER]


def seers(name, lifecycle):
    """Return who may see the case: the units written down above, and the household's people."""
    return {f"{unit}#1" for unit in SEEN_FROM[name, lifecycle]} | {HOUSEHOLDER, COMPANION}


def reads(desk, case, by):
    """Return what each read of a desk gives this actor of a case; an error that is UnknownName gives None."""
    past = desk.as_of(desk.clock(), by=by)

    def tried(read):
        try:
            return read()
        except UnknownName as error:
            return None if str(error) == f"unknown case {case.id!r}" else str(error)

    one = {
        "case": tried(lambda: desk.case(case.id, by=by)),
        "history": tried(lambda: desk.history(case.id, by=by)),
        "texts": tried(lambda: desk.texts(case.id, by=by)) is not None,
        "explain": tried(lambda: desk.explain(case.id, by=by)),
        "due": tried(lambda: desk.due(case.id, by=by)),
        "as_of.case": tried(lambda: past.case(case.id)),
        "as_of.history": tried(lambda: past.history(case.id)),
    }
    everything = desk.find(by=by)
    return one | {
        "find": everything.cases,
        "find by household": desk.find(household=case.facts["household"], by=by).cases,
        "inbox": desk.inbox(case.unit, by=by).cases,
        "feed": [event for event in desk.feed(by=by) if event.case == case.id],
        "statistics": desk.statistics(case.lifecycle, per="day", by=by).groups,
        "as_of.find": past.find(lifecycle=case.lifecycle),
        "as_of.states": past.states(lifecycle=case.lifecycle),
        "csv": case.id in to_csv(everything, people=True),
        "json": case.id in to_json(everything, people=True),
    }


@pytest.mark.parametrize(("name", "lifecycle"), SEEN_FROM)
def test_a_household_in_difficulty_is_seen_by_its_team_and_its_branch_and_nobody_else_through_any_read(name, lifecycle):
    """Of every unit of a community exactly those written down see it: neither the level above the branch nor others."""
    desk = desk_on(community=community(name))
    case = opened(desk, name, lifecycle)
    near, everybody = seers(name, lifecycle), actors(name)
    outsiders = [one for one in everybody if one not in near]
    assert near <= set(everybody)
    for actor in [*near, *outsiders[:: max(1, len(outsiders) // 60)], *outsiders[-12:]]:
        shown = {read: bool(found) for read, found in reads(desk, case, actor).items()}
        assert shown == dict.fromkeys(shown, actor in near), actor


def attempts(desk, case, actor):
    """Return everything that somebody could try to do to a case, each to be called."""
    triggers = desk.community.lifecycles[case.lifecycle].triggers()
    return [
        *(partial(desk.act, case.id, trigger, by=actor) for trigger in (*triggers, "no_such_trigger")),
        partial(desk.act, case.id, "note", by=actor, version=0),
        partial(desk.act, case.id, "note", by=actor, behalf="nobody"),
        partial(desk.batch, [Act(case.id, "note", actor, fields={"text": "!"})]),
        partial(desk.note, case.id, "!", by=actor),
        partial(desk.attach, case.id, "photo", by=actor, sha256="0" * 64),
        partial(desk.recuse, case.id, by=actor),
    ]


@pytest.mark.parametrize(("name", "lifecycle"), SEEN_FROM)
def test_whoever_must_not_see_it_can_do_nothing_to_it_and_is_told_nothing(name, lifecycle):
    """Every trigger and every remark, from every level, gets the answer that a case gets that never was."""
    desk = desk_on(community=community(name))
    case = opened(desk, name, lifecycle)
    near = seers(name, lifecycle)
    outsiders = [one for one in actors(name) if one not in near]
    before = desk.history(case)
    for actor in [*outsiders[:: max(1, len(outsiders) // 25)], *outsiders[-6:]]:
        for attempt in attempts(desk, case, actor):
            with pytest.raises(UnknownName) as told:
                attempt()
            assert str(told.value) == f"unknown case {case.id!r}"
    assert desk.history(case) == before


def test_the_contacts_of_a_household_are_told_to_nobody_who_sees_no_case_of_theirs():
    """A telephone number lies beside the record, and who asks for it leaves a look."""
    desk = desk_on(community=community("beida"))
    household = home_of("beida", "visit")[1]
    visit = desk.open("visit", by="host/3-2-11#1", reporter=HOUSEHOLDER, household=household, visit_on="2026-01-08")
    desk.remember(HOUSEHOLDER, telephone="0591-0000")
    for actor in ("committee/beida#1", "branch/4#1", "host/3-2-12#1", MEMBER, STRANGER, "department/police"):
        with pytest.raises(Refused):
            desk.recall(HOUSEHOLDER, by=actor)
    assert desk.recall(HOUSEHOLDER, by="branch/3#1") == {"telephone": "0591-0000"}
    assert [event.by for event in desk.history(visit) if event.kind == "look"] == ["branch/3#1"]


def test_nobody_follows_a_case_that_is_hidden_from_them():
    """To merge into a case is to ask about it: whoever may not see it is told that there is none."""
    desk = desk_on(community=community("beida"))
    visit = opened(desk, "beida", "visit")
    case = desk.open("grievance", category="noise", channel="walk_in", unit="branch/4", by=STRANGER)
    with pytest.raises(UnknownName, match=visit.id):
        desk.act(case, "merge", by="committee/beida#1", main=visit.id)


def test_a_stand_in_sees_what_the_absent_see_and_is_named_in_the_look():
    """Who looks for somebody else looks under their own name."""
    away = Directory(stand_ins=(StandIn("branch/3#1", MEMBER),))
    desk = desk_on(community=community("beida"), directory=away)
    case = opened(desk, "beida", "visit")
    desk.case(case, by=MEMBER)
    assert [event.by for event in desk.history(case) if event.kind == "look"] == [MEMBER]


def looks_of(case, by):
    """Let somebody look, and return who has looked by then."""
    desk = case._desk
    desk.case(case, by=by)
    return [event.by for event in desk.history(case) if event.kind == "look"]


@pytest.mark.parametrize(("name", "lifecycle"), SEEN_FROM)
def test_every_look_is_an_event_whichever_way_one_looks(name, lifecycle):
    """Each read by somebody of the line, a fresh case each time, leaves exactly one look; a count leaves none."""
    unit, *above = SEEN_FROM[name, lifecycle]
    looker = f"{above[0]}#1" if above else COMPANION
    looking = {
        "case": lambda desk, case: desk.case(case.id, by=looker),
        "history": lambda desk, case: desk.history(case.id, by=looker),
        "texts": lambda desk, case: desk.texts(case.id, by=looker),
        "explain": lambda desk, case: desk.explain(case.id, by=looker),
        "due": lambda desk, case: desk.due(case.id, by=looker),
        "find": lambda desk, _: desk.find(by=looker),
        "inbox": lambda desk, case: desk.inbox(case.unit, by=looker),
        "feed": lambda desk, _: list(desk.feed(by=looker)),
        "subscribe": lambda desk, _: desk.subscribe(str, name="notices", by=looker).deliver(),
        "as_of.case": lambda desk, case: desk.as_of(desk.clock(), by=looker).case(case.id),
        "as_of.find": lambda desk, _: desk.as_of(desk.clock(), by=looker).find(),
    }
    for read, look in looking.items():
        desk = desk_on(community=community(name))
        case = opened(desk, name, lifecycle)
        look(desk, case)
        assert [event.by for event in desk.history(case) if event.kind == "look"] == [looker], read
        assert looks_of(case, f"{unit}#1") == [looker, f"{unit}#1"], "who opened it by their post looks like anybody"
        assert looks_of(case, HOUSEHOLDER) == [looker, f"{unit}#1"], "whose matter it is leaves no look"


@pytest.mark.parametrize("where", [{}, {"lifecycle": "pairing"}, {"unit": "team/jiangbin-2-3"}])
def test_figures_of_the_past_are_no_look(where):
    """How many there were in a state says of nobody that they were there."""
    desk = desk_on(community=community("shiwan"))
    case = opened(desk, "shiwan", "pairing")
    branch = "estate/jiangbin-2#1"
    assert desk.as_of(desk.clock(), by=branch).states(**where) == {("pairing", "proposed"): 1}
    assert not any(event.kind == "look" for event in desk.history(case))


@pytest.mark.parametrize("column", ["household", "reporter", "parent", "main"])
def test_a_figure_of_one_household_or_person_is_a_look(column):
    """Whoever counts the cases of one name asks about that one, and is in the record."""
    desk = desk_on(community=community("shiwan"))
    case = opened(desk, "shiwan", "pairing")
    branch = "estate/jiangbin-2#1"
    found = desk.as_of(desk.clock(), by=branch).states(**{column: case.facts.get(column)})
    assert found == {("pairing", "proposed"): 1}
    assert [event.by for event in desk.history(case) if event.kind == "look"] == [branch]


@pytest.mark.parametrize(("lifecycle", "said"), [("visit", {"visit_on": "2026-01-09"}), ("pairing", {})])
def test_nobody_opens_a_case_of_a_household_to_read_it_later(lifecycle, said):
    """Its own contact unit opens it: no member at large, no resident, no other team, nobody above."""
    desk = desk_on(community=community("shiwan"))
    household = home_of("shiwan", lifecycle)[1]
    others = ("team/jiangbin-2-4#1", "estate/jiangbin-2#1", "street/shiwan#1", "partner/property")
    for by in (MEMBER, STRANGER, *others):
        with pytest.raises(Refused):
            desk.open(lifecycle, by=by, household=household, **said)
    assert desk.open(lifecycle, by="team/jiangbin-2-3#2", household=household, **said).open


# ------------------------------------------------------------ what a case says of others
def raised(desk):
    """Let a visit file a grievance, and return both."""
    visit = desk.act(opened(desk, "shiwan", "visit"), "call", by=COMPANION)
    child = {"category": next(iter(community("shiwan").categories)), "channel": "app"}
    visit = desk.act(visit, "file_grievance", by=COMPANION, text="The lamp on the stairs is out.", child=child)
    return visit, desk.case(visit.facts["raised"][0])


def everything_told(desk, case, by):
    """Return all that any read of a case, of a list with it or of the feed tells somebody, as one text."""
    past, found = desk.as_of(desk.clock(), by=by), desk.find(by=by)
    feed = [event for event in desk.feed(by=by) if event.case == case.id]
    told = [desk.case(case, by=by).facts, desk.case(case, by=by).history, desk.history(case, by=by)]
    told += [dict(past.case(case).facts), past.history(case), past.find(), found.cases, feed]
    told += [desk.explain(case, by=by), desk.due(case, by=by), desk.texts(case, by=by)]
    told += [[dict(one.facts) for one in (*past.find(), *found.cases)], [event.changes for event in feed]]
    told += [[event.changes for event in (*desk.history(case, by=by), *past.history(case))]]
    return " ".join(map(str, [*told, to_csv(found, people=True), to_json(desk.history(case, by=by), people=True)]))


def test_a_case_raised_by_a_visit_does_not_tell_of_it():
    """The street sees the grievance; that it came of a visit, and of which, only those who see the visit know."""
    desk = desk_on(community=community("shiwan"))
    visit, grievance = raised(desk)
    street, branch = "street/shiwan#1", "estate/jiangbin-2#1"
    assert visit.id not in everything_told(desk, grievance, street)
    assert visit.id in everything_told(desk, grievance, branch)
    past = desk.as_of(desk.clock(), by=street)
    assert desk.find(parent=visit.id, by=street).cases == past.find(parent=visit.id) == ()
    assert past.states(parent=visit.id) == {}
    assert [case.id for case in desk.find(parent=visit.id, by=branch).cases] == [grievance.id]


SPY, FIRST, THIRD = "resident:example-spy", "resident:example-first", "resident:example-third"


def petition(desk, **more):
    """Open a grievance that two more residents co-sign, one of them to read it."""
    said = {"category": "parking", "channel": "doorstep", "household": "household/3-2-11-4", "text": "I am ill."}
    case = desk.open("grievance", by=FIRST, **said, **more)
    desk.act(case, "join_petition", by=THIRD, text="Flat 7, ring twice.")
    desk.remember(FIRST, telephone="0591-0000")
    return desk.act(case, "join_petition", by=SPY, text="Me too.")


@pytest.mark.parametrize("more", [{}, {"subject": HOUSEHOLDER}])
def test_who_only_co_signs_is_shown_no_other_resident_through_any_read(more):
    """Neither their ids, nor the household, nor their words, nor their telephone; by no search either."""
    desk = desk_on(community=community("beida"))
    case = desk.act(petition(desk, **more), "accept", by="host/3-2-11#1", text="Noted for you.")
    told = everything_told(desk, case, SPY)
    for secret in (FIRST, THIRD, HOUSEHOLDER, "household/3-2-11-4", "I am ill", "ring twice", "Noted for you"):
        assert secret not in told
    assert desk.case(case, by=SPY).state == "assigned"
    assert [event.kind for event in desk.history(case, by=SPY)] == [event.kind for event in desk.history(case)]
    assert [text.text for text in desk.texts(case, by=SPY).values()] == ["Me too."]
    assert desk.case(case, by=SPY).facts["reporters"] == [SPY]
    for where in ({"household": "household/3-2-11-4"}, {"reporter": FIRST}):
        assert desk.find(by=SPY, **where).cases == desk.as_of(desk.clock(), by=SPY).find(**where) == ()
        assert len(desk.find(by=FIRST, **where).cases) == 1
    with pytest.raises(Refused):
        desk.recall(FIRST, by=SPY)
    assert slips_of(desk, case, by=SPY).demand.text is None


def test_who_co_signs_a_case_that_they_see_anyway_sees_it_as_before():
    """The handler who puts their own name to it handles it as they did."""
    desk = desk_on(community=community("beida"))
    case = petition(desk)
    case = desk.act(case, "join_petition", by="host/3-2-11#1")
    assert dict(desk.case(case, by="host/3-2-11#1").facts) == dict(desk.case(case).facts)
    assert len(desk.texts(case, by="host/3-2-11#1")) == 3


@pytest.mark.parametrize(("name", "lifecycle"), SEEN_FROM)
def test_tables_figures_and_a_snapshot_name_no_household(name, lifecycle):
    """What leaves the desk for other programs holds no household, no resident and no words unless asked for people."""
    desk = desk_on(community=community(name))
    case = opened(desk, name, lifecycle)
    household = case.facts["household"]
    published = desk.statistics(lifecycle, per="unit", publish=True)
    told = [
        to_csv(desk.find()),
        to_json(desk.find()),
        to_csv(desk.history(case)),
        to_json(desk.history(case)),
        to_json(published),
        repr(desk.snapshot()),
    ]
    assert not any(word in text for text in told for word in (household, "resident:", "member:"))
    assert all(group.suppressed for group in published.groups)
    for key in ("household", "reporter", "subject", "handler", "member"):
        with pytest.raises(UsageError, match=r"residents are never scored|unknown key"):
            desk.statistics(lifecycle, per=key)


# ------------------------------------------------------------ what is kept
@pytest.mark.parametrize(("name", "lifecycle"), CLOSED)
def test_what_may_be_kept_is_a_closed_list(name, lifecycle):
    """No declared field can hold what is forbidden, and nothing that is not declared is taken, by any trigger."""
    cycle = community(name).lifecycles[lifecycle]
    kept = {"visit_on", "visitor", "people", "housing", "moved_in", "contact", "call_again", "companion", "next_visit"}
    assert set(cycle.fields) <= kept
    assert cycle.restricted
    said = {name for way in cycle.transitions for name in (*way.needs, *way.takes)}
    assert said | {*cycle.needs, *cycle.takes} <= kept | {"text"}
    desk = desk_on(community=community(name))
    case = opened(desk, name, lifecycle)
    handler = f"{case.unit}#1"
    silent = [choice.trigger for choice in desk.explain(case, by=handler).choices if choice.mine and not choice.needs]
    assert silent
    for word in (*FORBIDDEN, "reason"):
        for trigger in silent:
            with pytest.raises(UsageError, match=f"takes no {word!r}"):
                desk.act(case, trigger, by=handler, **{word: "x"})
        opening = {"visit_on": "2026-01-09"} if lifecycle == "visit" else {}
        with pytest.raises(UsageError, match=f"takes no {word!r}"):
            desk.open(lifecycle, by=handler, household=case.facts["household"], **opening, **{word: "x"})


def test_words_of_a_visit_go_with_the_visit():
    """The way to reach a household is words in the vault: erased after the retention, and the record still holds."""
    desk = desk_on(community=community("beida"))
    case = opened(desk, "beida", "visit")
    desk.act(case, "call", by=COMPANION)
    desk.act(case, "register", by=COMPANION, people=2, housing="rented", contact="ring twice")
    desk.act(case, "finish", by=COMPANION)
    desk.clock.at += 366 * DAY
    desk.retain()
    assert [text.text for text in desk.texts(case).values()] == [None]
    assert desk.verify_audit().ok


def test_a_refused_visit_has_no_consequence():
    """Nothing is raised, asked, counted or due; a later matter of the same household goes its way as any other does."""
    told = {}
    for refuses in (False, True):
        desk = desk_on(community=community("beida"))
        household = home_of("beida", "visit")[1]
        if refuses:
            visit = desk.act(opened(desk, "beida", "visit"), "not_wished", by=HOUSEHOLDER)
            event = desk.history(visit)[-1]
            assert (visit.state, visit.open) == ("refused", False)
            assert (event.reason, event.fields, event.texts) == (None, {}, {})
            assert not any(key in visit.facts for key in ("raised", "once.not_wished", "reason"))
            assert all(clock.due is None for clock in desk.due(visit))
            made = desk.statistics("visit").groups[0].rates["made"]
            assert (made.n, made.value) == (0, None)
        case = desk.open("grievance", by=HOUSEHOLDER, household=household, category="noise", channel="doorstep")
        clocks = [clock.due - desk.clock() for clock in desk.due(case)]
        told[refuses] = (case.state, case.unit, case.severity, desk.explain(case).allowed, clocks)
    assert told[False] == told[True]
    for name in ("visit", "pairing"):
        cycle = community("shiwan").lifecycles[name]
        ends = {"refused", "not_wished", "withdrawn", "ended"} & set(cycle.states)
        ways = [way for way in cycle.transitions if way.target in ends]
        assert ways
        assert not any(way.needs or way.raises or way.links or way.copies for way in ways)
        assert all(cycle.states[end].kind == "final" for end in ends)


def test_no_service_evaluation_concerns_a_resident():
    """Members and units are evaluated for service given; of a resident no evaluation can be opened (C6)."""
    desk = desk_on(community=community("jiafu"))
    opening = {"by": "committee/jiafu#1", "unit": "area/1"}
    assert desk.open("evaluation", subject=MEMBER, **opening).open
    with pytest.raises(Refused, match="concerns only member or partner"):
        desk.open("evaluation", subject=STRANGER, **opening)
    with pytest.raises(UsageError, match="needs 'subject'"):
        desk.open("evaluation", **opening)
