"""Running cases go over to another definition whole, or stay where they are; calendars move due instants openly."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given, settings, strategies as st

import govflow as gf
from govflow.calendar import DAY, HOUR, MINUTE
from govflow.casework import migrating
from govflow.casework.migrating import standings
from govflow.community import changed, dumps
from govflow.errors import Refused
from govflow.store import MemoryStore
from govflow.testing import strategies as gs
from tests.casework.scenes import ANNA, BERT, HANDLER, HOST, OFFICER, PARKING, beida, closed, desk_on, grievance, later

LIMIT = "lifecycle.grievance.deadlines.handle.limit"


def renamed(**names):
    """Beida with other names for some words of its definition."""
    text = dumps(beida())
    for old, new in names.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return gf.load(tomllib.loads(text))


def handled(desk, **more):
    """A case that its handler has in hand."""
    case = grievance(desk, **more)
    desk.act(case, "accept", by=f"{case.unit}#1")
    return desk.act(case, "start", by=f"{case.unit}#1")


def clock(desk, case, name):
    """The fact of a clock: run, used, since, due and so on."""
    return desk.case(case).facts[f"clock.{name}"]


def test_a_plan_changes_nothing(desk):
    """It says per case from where to where, and leaves no trace."""
    one, _ = grievance(desk), closed(desk)
    before = (desk.verify_audit(), desk.store.editions(), desk.case(one))
    plan = desk.migrate(beida().with_(edition="next"))
    assert plan.faults == ()
    assert [(move.case, move.before, move.after) for move in plan.moves] == [
        (one.id, ("received", HOST), ("received", HOST))
    ]
    assert plan.to.startswith("next.")
    assert plan.moves[0].edition == one.edition
    assert (desk.verify_audit(), desk.store.editions(), desk.case(one)) == before


def test_running_cases_go_over_with_one_event_each(desk):
    """Closed cases stay, new ones open on the newest, and the record stays whole."""
    one, two, three = grievance(desk), handled(desk), closed(desk)
    later(desk)
    head = desk.verify_audit().head
    plan = desk.migrate(beida().with_(edition="next"))
    assert plan.apply(by=OFFICER) == 2
    for case in (one, two):
        event = desk.history(case)[-1]
        assert (event.kind, event.by, event.at) == ("migrate", OFFICER, desk.clock())
        assert dict(event.fields) == {"from": case.edition, "to": plan.to}
        assert desk.case(case).edition == plan.to
    assert desk.case(three).edition == three.edition
    assert grievance(desk).edition == plan.to
    assert desk.community.edition == "next"
    assert desk.verify_audit(head=head).ok
    rows = [dict(row.facts) for row in desk.store.rows()]
    desk.rebuild()
    assert [dict(row.facts) for row in desk.store.rows()] == rows
    assert desk.migrate(desk.community).moves == ()
    assert plan.apply(by=OFFICER) == 0
    desk.act(two, "resolve", by=HANDLER)
    assert desk.act(two, "confirm", by=ANNA).state == "closed"


def test_a_desk_goes_on_with_cases_of_an_older_edition(desk):
    """A desk with a newer definition opens on it, and acts on an older case by the older one."""
    old = handled(desk)
    newer = renamed(handling="doing")
    desk = desk_on(desk.store, newer, clock=desk.clock)
    assert desk.act(old, "regrade", by=HANDLER, reason="more_urgent", severity=2).state == "handling"
    assert desk.act(grievance(desk, by=BERT), "urge", by=BERT).edition != old.edition
    assert desk.case(old).edition == old.edition
    assert desk.migrate(newer, states={"grievance": {"handling": "doing"}}).apply(by=OFFICER) == 1
    assert desk.case(old).state == "doing"
    assert desk.case(old).facts["entries.doing"] == 1
    assert not desk.case(old).facts["entries.handling"]
    assert desk.act(old, "resolve", by=HANDLER).state == "asked"


def test_the_past_is_told_in_the_words_of_its_time(desk):
    """As it stood before the change, a case stands in the state and on the edition it then had."""
    case = handled(desk)
    before = desk.clock()
    later(desk)
    desk.migrate(renamed(handling="doing"), states={"grievance": {"handling": "doing"}}).apply(by=OFFICER)
    assert (desk.as_of(before).case(case).state, desk.as_of(before).case(case).edition) == ("handling", case.edition)
    assert desk.as_of(desk.clock()).case(case).state == "doing"


def test_a_case_without_a_legal_place_holds_all_back(desk):
    """A state that is gone and not mapped is a fault with the nearest spelling; nothing is done to any case."""
    grievance(desk)
    case = handled(desk)
    head = desk.verify_audit().head
    plan = desk.migrate(renamed(handling="handlings"))
    assert [(fault.path, fault.code) for fault in plan.faults] == [(case.id, "unknown_state")]
    assert "did you mean 'handlings'" in plan.faults[0].text
    with pytest.raises(Refused, match="1 cases would have no legal place"):
        plan.apply(by=OFFICER)
    assert desk.verify_audit().head == head
    assert desk.community == beida()


def test_a_place_from_which_nothing_leads_is_none(desk):
    """A case that is nowhere away cannot wait for a department to report back."""
    case = handled(desk)
    plan = desk.migrate(beida().with_(edition="next"), states={"grievance": {"handling": "signed"}})
    assert [(fault.path, fault.code) for fault in plan.faults] == [(case.id, "no_such_place")]


def test_no_case_ends_by_a_migration(desk):
    """An open case stays open: what ends a case is an event of its own lifecycle."""
    handled(desk)
    plan = desk.migrate(beida().with_(edition="next"), states={"grievance": {"handling": "closed"}})
    assert [fault.code for fault in plan.faults] == ["no_such_place"]


@given(gs.histories(beida()))
def test_wherever_a_case_comes_to_it_could_stand(history):
    """No place to which steps lead is held back: the check is one of places, not of guards."""
    program = history.program
    for place in range(len(history.steps) + 1):
        position = history.position(place)
        owner, state = program.names.states[position.state]
        assert (state, len(position.stack)) in standings(program.community.lifecycles[owner])


def test_a_kind_of_case_that_is_gone_holds_its_cases_back(desk):
    """There is no place on a lifecycle that the definition does not have."""
    case = grievance(desk)
    plan = desk.migrate(renamed(grievance="complaint"))
    assert [(fault.path, fault.code) for fault in plan.faults] == [(case.id, "unknown_lifecycle")]


def test_units_close_with_cases_on_them(desk):
    """Their cases go where the plan says: the unit, the home, and every place to which a case will come back."""
    smaller = changed(beida(), {"organization.patterns.host.each": 11})
    gone, stays = "host/1-1-12", "host/1-1-11"
    here, away = handled(desk, unit=gone), handled(desk, unit=gone)
    desk.act(away, "refer", by=f"{gone}#1", reason="department_duty")
    up = handled(desk, unit=gone)
    desk.act(up, "escalate", by=f"{gone}#1", reason="needs_funds")
    assert {fault.code for fault in desk.migrate(smaller).faults} == {"unknown_unit"}
    assert desk.migrate(smaller, units={gone: stays}).apply(by=OFFICER) == 3
    assert (desk.case(here).unit, desk.case(here).facts["home"]) == (stays, stays)
    assert desk.case(up).facts["sender"] == stays
    assert desk.case(away).unit.startswith("department/")
    assert desk.act(away, "report_back", by=desk.case(away).unit).unit == stays
    assert desk.act(here, "resolve", by=f"{stays}#1").state == "asked"
    assert desk.verify_audit().ok


def test_a_unit_through_which_a_case_came_may_be_gone(desk):
    """Who sent or resolved a case is forgotten with the unit where nothing is said of it; the events still tell."""
    smaller = changed(beida(), {"organization.patterns.host.each": 11})
    case = handled(desk, unit="host/1-1-12")
    desk.act(case, "escalate", by="host/1-1-12#1", reason="needs_funds")
    home = {"host/1-1-12": "host/1-1-11"}
    plan = desk.migrate(smaller, units=lambda facts, unit: home.get(unit, unit) if unit == facts["home"] else unit)
    plan.apply(by=OFFICER)
    assert desk.case(case).facts["sender"] == "host/1-1-11"


def test_a_unit_splits_case_by_case(desk):
    """A function of the case says which of the new units has it."""
    larger = changed(beida(), {"organization.patterns.host.each": 13})
    old, new = handled(desk, severity=1), handled(desk, severity=4)

    def where(facts, unit):
        return "host/1-1-13" if unit == HOST and facts["severity"] == 4 else unit

    assert desk.migrate(larger, units=where).apply(by=OFFICER) == 2
    assert (desk.case(old).unit, desk.case(new).unit) == (HOST, "host/1-1-13")
    assert desk.act(new, "resolve", by="host/1-1-13#1").facts["resolved_at"] == "host/1-1-13"


@settings(max_examples=8)
@given(minutes=st.integers(0, 3 * 24 * 60), hours=st.integers(1, 20))
def test_used_time_is_kept_and_the_limit_looked_up_anew(minutes, hours):
    """Whatever was used, whatever the new limit: due is what is left of it, and never before the change (L4)."""
    desk = desk_on()
    case = handled(desk)
    now = later(desk, minutes * MINUTE)
    desk.migrate(changed(beida(), {LIMIT: {"default": f"{hours}h"}})).apply(by=OFFICER)
    _, used, since, due = clock(desk, case, "handle")
    calendar = desk.community.calendars["evenings"]
    assert (used, since) == (calendar.between(now - minutes * MINUTE, now), now)
    assert due == calendar.add(now, max(0, hours * HOUR - used))
    _, used, since, due = clock(desk, case, "settle_case")
    assert (used, due) == (minutes * MINUTE, now - minutes * MINUTE + 30 * DAY)


def test_a_limit_that_is_used_up_fires_at_the_change(desk):
    """Not when it would have been due under the new rule, and not later either."""
    case = grievance(desk)
    desk.act(case, "accept", by=HANDLER)
    now = later(desk, 2 * DAY)
    desk.migrate(changed(beida(), {LIMIT: {"default": "1h"}})).apply(by=OFFICER)
    assert desk.advance(to=later(desk)) > 0
    event = next(event for event in desk.history(case) if event.deadline == "handle")
    assert (event.kind, event.at) == ("escalate", now)


def test_what_fell_due_before_is_fired_under_the_old_definition(desk):
    """A migration is a command like any other: it finds the case as it stands at its instant (L5)."""
    case = grievance(desk)
    desk.act(case, "accept", by=HANDLER)
    later(desk, 20 * DAY)
    plan = desk.migrate(changed(beida(), {LIMIT: {"default": "30d"}}))
    assert plan.moves[0].before[1] != HOST
    plan.apply(by=OFFICER)
    kinds = [event.kind for event in desk.history(case)]
    assert kinds[-1] == "migrate"
    assert "escalate" in kinds[:-1]


def test_new_deadlines_begin_and_old_ones_end(desk):
    """A deadline that is new runs from the change; one that is no more leaves no due instant behind."""
    case = handled(desk)
    now = later(desk)
    with_new = renamed(settle_case="settle_all")
    desk.migrate(with_new).apply(by=OFFICER)
    assert clock(desk, case, "settle_all") == [1, 0, now, now + 30 * DAY]
    assert clock(desk, case, "settle_case") == [0, 0]
    assert desk.verify_audit().ok


def test_new_counters_begin_at_their_start(desk):
    """A counter that is new has the value with which its definition lets it begin."""
    case = handled(desk)
    desk.act(case, "urge", by=ANNA)
    desk.migrate(changed(beida(), {"lifecycle.grievance.counters.spare": {"start": 7}})).apply(by=OFFICER)
    facts = desk.case(case).facts
    assert (facts["counter.spare"], facts["counter.urged"]) == (7, 1)


def test_many_cases_go_over_in_several_commits(desk, monkeypatch):
    """More cases than one commit takes."""
    monkeypatch.setattr(migrating, "AT_ONCE", 2)
    for _ in range(5):
        grievance(desk)
    assert desk.migrate(beida().with_(edition="next")).apply(by=OFFICER) == 5
    assert {row.edition for row in desk.store.rows()} == {grievance(desk).edition}


class Between(MemoryStore):
    """A store in which something happens when a commit has been written that is a step of a migration."""

    then: list

    def write(self, commit):
        """Write, and let happen what is to come next."""
        super().write(commit)
        if any('"kind":"migrate"' in line.body for line in commit.lines) and self.then:
            self.then.pop(0)()


def suggested(desk, number):
    """So many suggestions, received."""
    return [desk.open("suggestion", by=ANNA, text="a bench", **PARKING) for _ in range(number)]


@pytest.fixture
def between(monkeypatch):
    """A desk that migrates case by case, and lets us do something after each of them."""
    monkeypatch.setattr(migrating, "AT_ONCE", 1)
    store = Between()
    store.then = []
    return desk_on(store)


def test_a_case_that_moves_meanwhile_is_left_and_told(between):
    """Another desk brings one to where there is no place: all others go over, it alone stays, and is told by name."""
    cases = suggested(between, 4)
    other = desk_on(between.store, clock=between.clock)
    newer = renamed(adopted="taken_on")
    plan = between.migrate(newer)
    between.store.then = [lambda: other.act(cases[2], "adopt", by=HANDLER, answer="yes")]
    with pytest.raises(Refused, match="1 of 4 cases could not go over") as told:
        plan.apply(by=OFFICER)
    assert f"{cases[2].id}: unknown state 'adopted'" in told.value.rule
    assert "plan again" in told.value.remedy
    assert [between.case(case).edition == plan.to for case in cases] == [True, True, False, True]
    assert between.migrate(newer, states={"suggestion": {"adopted": "taken_on"}}).apply(by=OFFICER) == 1
    assert between.case(cases[2]).state == "taken_on"
    assert between.verify_audit().ok


def test_a_case_that_closes_meanwhile_is_left_as_it_is(between):
    """It needs no place any more: nothing is refused, and the count is that of the cases that went over."""
    cases = suggested(between, 3)
    plan = between.migrate(beida().with_(edition="next"))
    between.store.then = [lambda: between.act(cases[1], "withdraw", by=ANNA)]
    assert plan.apply(by=OFFICER) == 2
    assert (between.case(cases[1]).state, between.case(cases[1]).edition) == ("withdrawn", cases[1].edition)


def test_a_migration_that_was_broken_off_goes_on_with_a_new_plan(between):
    """A desk that dies in the middle leaves each case whole, on one edition or the other; the next does the rest."""
    cases = suggested(between, 4)
    newer = beida().with_(edition="next")
    plan = between.migrate(newer)

    def die():
        raise KeyboardInterrupt

    between.store.then = [lambda: None, die]
    with pytest.raises(KeyboardInterrupt):
        plan.apply(by=OFFICER)
    for community in (beida(), newer):
        again = desk_on(between.store, community, clock=between.clock)
        assert again.verify_audit().ok
        assert [again.case(case).edition == plan.to for case in cases] == [True, True, False, False]
        assert [move.case for move in again.migrate(newer).moves] == [case.id for case in cases[2:]]
    assert again.migrate(newer).apply(by=OFFICER) == 2
    assert {row.edition for row in between.store.rows()} == {plan.to}


def test_a_case_that_has_closed_by_itself_holds_nothing_back(desk):
    """What fell due before is fired first: a case that silence has closed stays where it is, and is no fault."""
    case = handled(desk)
    desk.act(case, "resolve", by=HANDLER)
    later(desk, 20 * DAY)
    plan = desk.migrate(beida().with_(edition="next"))
    assert (plan.moves, plan.faults) == ((), ())
    assert plan.apply(by=OFFICER) == 0
    desk.advance()
    assert desk.case(case).state == "closed"


# ------------------------------------------------------------ calendars
def test_a_due_instant_that_the_calendar_moves_is_an_event(desk):
    """Under newer calendars running clocks are counted again: the case keeps its definition, others are untouched."""
    case, other = handled(desk), grievance(desk, channel="walk_in")
    desk.act(other, "accept", by="committee/beida#1")
    before = desk.case(other)
    _, _, since, due = clock(desk, case, "handle")
    closed_on_tuesday = changed(beida(), {"calendars.evenings.hours": {"mon": "19:00-21:00", "wed-sun": "19:00-21:00"}})
    desk = desk_on(desk.store, closed_on_tuesday, clock=desk.clock)
    later(desk)
    assert desk.reschedule() == 1
    moved = closed_on_tuesday.calendars["evenings"].add(since, 6 * HOUR)
    assert moved > due
    assert clock(desk, case, "handle") == [1, 0, since, moved]
    event = desk.history(case)[-1]
    assert (event.kind, event.by, dict(event.fields)) == ("reschedule", "clock", {"deadlines": ["handle"]})
    assert desk.case(case).edition == case.edition
    assert desk.case(other) == before
    assert desk.reschedule() == 0
    assert desk.verify_audit().ok
    desk.advance(to=moved)
    assert desk.history(case)[-1].at == moved


def test_a_due_instant_that_would_have_passed_is_the_instant_of_the_change(desk):
    """Longer hours can use up a limit in the past: then it fires now, once, and not in hindsight."""
    case = handled(desk)
    desk = desk_on(
        desk.store, changed(beida(), {"calendars.evenings.hours": {"mon-sun": "00:00-24:00"}}), clock=desk.clock
    )
    assert clock(desk, case, "handle")[3] > later(desk, 2 * DAY)
    assert desk.reschedule() == 1
    assert clock(desk, case, "handle")[3] == desk.clock()
    assert desk.reschedule() == 0
    desk.advance()
    assert [event.at for event in desk.history(case) if event.deadline == "handle"] == [desk.clock()]


# ------------------------------------------------------------ the newest calendars
ALWAYS = {"calendars.evenings.hours": {"mon-sun": "00:00-24:00"}}


def due_of(desk, case):
    """When the handling of a case is due, after it was accepted by a desk."""
    desk.act(case, "accept", by=HANDLER)
    return clock(desk, case, "handle")[3]


@pytest.mark.parametrize("opened", ["before", "after"])
def test_the_newest_calendars_count_at_every_desk(desk, opened):
    """A desk on an older definition counts by the calendars that were kept last: opened after them, or meeting them."""
    newer = changed(beida(), ALWAYS)
    old = desk_on(desk.store, clock=desk.clock) if opened == "before" else None
    one = grievance(desk)
    new = desk_on(desk.store, newer, clock=desk.clock)
    two = grievance(new, by=BERT)
    assert new.migrate(newer).apply(by=OFFICER) == 1
    old = old or desk_on(desk.store, clock=desk.clock)
    assert due_of(old, one) == due_of(new, two) == newer.calendars["evenings"].add(desk.clock(), 6 * HOUR)
    fresh = grievance(old)
    assert fresh.edition != new.case(two).edition
    assert due_of(old, fresh) == newer.calendars["evenings"].add(desk.clock(), 6 * HOUR)


@pytest.mark.parametrize("notice", ["advance", "reschedule"])
def test_a_desk_that_goes_on_by_itself_takes_newer_calendars_up(desk, notice):
    """It need not meet a case of the newer edition: the nightly job looks for one too."""
    case, newer = grievance(desk), changed(beida(), ALWAYS)
    desk_on(desk.store, newer, clock=desk.clock)
    getattr(desk, notice)()
    assert due_of(desk, case) == newer.calendars["evenings"].add(desk.clock(), 6 * HOUR)
    assert desk.case(case).edition == grievance(desk).edition


def test_a_desk_opened_again_on_an_older_definition_does_not_bring_its_calendars_back(desk):
    """What counts is when an edition was first kept; the desk with the newer one goes on as before."""
    newer = changed(beida(), ALWAYS)
    new = desk_on(desk.store, newer, clock=desk.clock)
    desk_on(desk.store, clock=desk.clock)
    assert due_of(new, grievance(new)) == newer.calendars["evenings"].add(desk.clock(), 6 * HOUR)


class Counted(MemoryStore):
    """A store that counts how often it is asked for the text of a definition."""

    asked: int = 0

    def definition(self, edition):
        """Give the text of a definition."""
        self.asked += 1
        return super().definition(edition)


def test_opening_a_desk_whose_edition_is_the_newest_reads_no_other():
    """However many editions there are, a desk on the last of them loads and compiles its own alone."""
    store = Counted()
    for edition in ("one", "two", "three"):
        desk = desk_on(store, beida().with_(edition=edition))
    assert store.asked == 0
    assert desk_on(store, desk.community).office.editions._written.keys() == {store.editions()[-1]}
    assert store.asked == 0
