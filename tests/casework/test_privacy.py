"""What is kept of a household in difficulty, and who sees it: roles × levels × reads on what ships (C4, C6).

The rule itself, situation by situation, is in ``test_visibility``. Here stand the bundled visit and pairing in whole
communities, and everybody there is in them: every unit, every outside unit, members, residents.
"""

from __future__ import annotations

from functools import cache, partial

import pytest

import govflow as gf
from govflow.calendar import DAY
from govflow.casework import Act, Directory, StandIn, to_csv, to_json
from govflow.casework.directory import Roster
from govflow.errors import Refused, UnknownName, UsageError
from tests.casework.scenes import desk_on

HOME = {
    ("beida", "visit"): "host/3-2-11",
    ("fuzhong", "visit"): "grid/fuzhong-1",
    ("jiafu", "visit"): "area/2",
    ("shiwan", "visit"): None,
    ("shiwan", "pairing"): None,
}
"""The communities with a lifecycle for vulnerable households, and the contact unit tried there; None: the first."""

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
    unit = HOME[name, lifecycle] or organization.units(organization.level_names[-2])[0]
    return unit, organization.household_ids(unit)[0]


def opened(desk, name, lifecycle):
    """Open a visit or a pairing for a household, with a companion."""
    unit, household = home_of(name, lifecycle)
    handler = f"{unit}#1"
    more = {"visit_on": desk.community.calendars["office"].local(desk.clock() + 3 * DAY).date().isoformat()}
    case = desk.open(
        lifecycle,
        by=handler,
        household=household,
        subject=HOUSEHOLDER,
        **(more if lifecycle == "visit" else {}),
    )
    trigger, field = ("go_along", "visitor") if lifecycle == "visit" else ("name", "companion")
    return desk.act(case, trigger, by=handler, **{field: COMPANION})


def actors(name):
    """Return one actor of every unit there is, and people with no place at all."""
    organization = community(name).organization
    roster = Roster(organization, Directory())
    holders = [handlers[0] for at in range(len(organization.ids)) if (handlers := roster.handlers(at))]
    return [*holders, HOUSEHOLDER, STRANGER, COMPANION, MEMBER]


def seers(name, unit):
    """Return who may see a case of this contact unit: the line above it but the top, and the household's people."""
    line = community(name).organization.escalation_path(unit)
    return {f"{one}#1" for one in line[:-1] or line} | {HOUSEHOLDER, COMPANION}


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


@pytest.mark.parametrize(("name", "lifecycle"), HOME)
def test_a_household_in_difficulty_is_seen_by_its_own_line_and_nobody_else_through_any_read(name, lifecycle):
    """Of every unit of a community exactly those on the household's own way see it, the top not among them."""
    desk = desk_on(community=community(name))
    case = opened(desk, name, lifecycle)
    near, everybody = seers(name, home_of(name, lifecycle)[0]), actors(name)
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


@pytest.mark.parametrize(("name", "lifecycle"), HOME)
def test_whoever_must_not_see_it_can_do_nothing_to_it_and_is_told_nothing(name, lifecycle):
    """Every trigger and every remark, from every level, gets the answer that a case gets that never was."""
    desk = desk_on(community=community(name))
    case = opened(desk, name, lifecycle)
    near = seers(name, home_of(name, lifecycle)[0])
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


@pytest.mark.parametrize(("name", "lifecycle"), HOME)
def test_every_look_is_an_event_whichever_way_one_looks(name, lifecycle):
    """Each read by somebody of the line, a fresh case each time, leaves exactly one look; a count leaves none."""
    unit, _ = home_of(name, lifecycle)
    above = f"{community(name).organization.escalation_path(unit)[:2][-1]}#1"
    looker = COMPANION if above not in seers(name, unit) else above
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


@pytest.mark.parametrize(("name", "lifecycle"), HOME)
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
@pytest.mark.parametrize(("name", "lifecycle"), HOME)
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
