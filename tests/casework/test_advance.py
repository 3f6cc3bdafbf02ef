"""What one case does keeps no other from its deadlines, and no number of deadlines is too many while time goes on."""

from __future__ import annotations

import tomllib

import pytest
from attrs import evolve

import govflow as gf
from govflow.calendar import DAY, MINUTE
from govflow.casework import advancing, deadlines
from govflow.casework.advancing import ADVANCED
from govflow.community import dumps
from govflow.errors import Refused, StoreError, UnknownName
from govflow.store import MemoryStore
from tests.casework.scenes import ANNA, BERT, HANDLER, PARKING, beida, desk_on, grievance, later


def nagging():
    """Beida, where an adopted suggestion reminds of itself every minute."""
    raw = tomllib.loads(dumps(beida()))
    cycle = raw["lifecycle"]["suggestion"]
    cycle["transitions"]["nag"] = {"from": "adopted", "to": "adopted", "by": "clock"}
    cycle["deadlines"]["carry_out"] |= {"limit": {"default": "1m"}, "fires": "nag"}
    return gf.load(raw)


def adopted(desk):
    """A suggestion that nags from now on."""
    case = desk.open("suggestion", by=ANNA, text="a bench", **PARKING)
    return desk.act(case, "adopt", by=HANDLER, answer="yes")


def accepted(desk):
    """A grievance of which a deadline will pass."""
    return desk.act(grievance(desk), "accept", by=HANDLER)


class Watched(MemoryStore):
    """A store that knows how many events each commit held."""

    sizes: list[int]

    def write(self, commit):
        """Write, and keep the size in mind."""
        super().write(commit)
        self.sizes.append(len(commit.lines))


def test_many_deadlines_fire_in_commits_of_bounded_size(monkeypatch):
    """Eight days of a reminder each minute fire each at its minute, in many commits; no other case is kept waiting."""
    store = Watched()
    store.sizes = []
    monkeypatch.setattr(advancing, "MOST_EVENTS", 500)
    desk = desk_on(store, nagging())
    desk.advance()
    case, other = adopted(desk), accepted(desk)
    begun = case.history[-1].at
    later(desk, 8 * DAY)
    assert desk.advance() > 8 * 24 * 60
    assert max(store.sizes) <= 500 + 5
    nags = [event.at for event in desk.history(case) if event.kind == "nag"]
    assert nags == [begun + minute * MINUTE for minute in range(1, 8 * 24 * 60 + 1)]
    assert "escalate" in [event.kind for event in desk.history(other)]
    assert desk.advance() == 0
    assert desk.verify_audit().ok


def test_an_act_on_a_case_that_was_long_idle_goes_through():
    """However many deadlines fell due before it, a command on the case fires them first, and is carried out."""
    desk = desk_on(None, nagging())
    case = adopted(desk)
    later(desk, 8 * DAY)
    assert desk.note(case, "we have not forgotten it", by=HANDLER).version > 8 * 24 * 60
    assert desk.history(case)[-1].kind == "note"


def test_the_history_is_the_same_in_small_commits_and_in_one(monkeypatch):
    """Where a commit ends makes no difference to any event."""
    told = []
    for most in (1, 10_000):
        monkeypatch.setattr(advancing, "MOST_EVENTS", most)
        desk = desk_on()
        main, double = accepted(desk), grievance(desk, BERT)
        desk.act(double, "merge", by=HANDLER, main=main.id)
        desk.act(main, "resolve", by=HANDLER)
        alone = accepted(desk)
        later(desk, 25 * DAY)
        desk.advance()
        events = [event for case in (main, double, alone) for event in desk.history(case)]
        told.append([(one.case, one.version, one.kind, one.at, one.deadline, one.run, one.changes) for one in events])
    assert told[0] == told[1]


def still(desk):
    """Let no deadline of the desk's definition take any time."""
    edition = desk.office.edition
    rules = edition.program.rules
    edition.program = evolve(edition.program, rules=evolve(rules, limits=(0,) * len(rules.limits)))


def test_a_case_that_turns_at_one_instant_is_named_with_its_rule():
    """Where time stands still there is no end: refused, and the case and its deadline are told; others fire."""
    desk = desk_on(None, nagging())
    case, other = adopted(desk), accepted(desk)
    later(desk, 8 * DAY)
    still(desk)
    with pytest.raises(Refused, match=f"{case.id}: deadline 'carry_out' cannot fire in 'adopted'") as told:
        desk.advance()
    assert "turns in a circle" in told.value.rule
    assert told.value.__notes__ == [f"1 cases were set aside ({case.id}); everything else that was due has fired"]
    assert desk.case(case).version == case.version
    assert desk.case(other).version > other.version
    with pytest.raises(Refused, match="turns in a circle"):
        desk.note(case, "x", by=HANDLER)


def test_a_circle_is_found_however_small_the_commits_are(monkeypatch):
    """A commit never ends within an instant: what turns there is told and not written piece by piece without end."""
    monkeypatch.setattr(advancing, "MOST_EVENTS", 1)
    monkeypatch.setattr(deadlines, "MOST_AT_AN_INSTANT", 10)
    desk = desk_on(None, nagging())
    case = adopted(desk)
    later(desk, DAY)
    still(desk)
    with pytest.raises(Refused, match="10 deadlines fell due"):
        desk.advance()
    assert desk.store.head()[0] < case.version + 10


class Forgetful(MemoryStore):
    """A store that has lost an edition."""

    lost: str = ""

    def definition(self, edition):
        """Find a definition, but for the one that is lost."""
        return None if edition == self.lost else super().definition(edition)


def test_cases_of_a_lost_edition_keep_no_other_from_its_deadlines():
    """They are set aside and told at the end; everything else has fired, and the mark is kept."""
    store = Forgetful()
    old = desk_on(store)
    lost = [accepted(old) for _ in range(3)]
    old.advance()
    desk = desk_on(store, beida().with_(edition="next"), clock=old.clock)
    cases = [accepted(desk) for _ in range(3)]
    store.lost = lost[0].edition
    desk = desk_on(store, beida().with_(edition="next"), clock=old.clock)
    now = later(desk, 20 * DAY)
    for _ in range(2):
        with pytest.raises(UnknownName, match="unknown edition") as told:
            desk.advance()
        assert told.value.__notes__ == [
            f"3 cases were set aside ({', '.join(case.id for case in lost)}); everything else that was due has fired"
        ]
    assert store.mark(ADVANCED) == now
    assert [desk.case(case).version > case.version for case in cases] == [True] * 3
    assert [store.row(case.id).version for case in lost] == [case.version for case in lost]
    store.lost = ""
    assert desk.advance() > 0
    assert desk.verify_audit().ok


def lying(desk):
    """A closed case of which the store says that it is due."""
    case = desk.act(grievance(desk), "withdraw", by=ANNA)
    kept = desk.store._shelf.cases[case.id]
    kept.due = desk.clock.at + 1
    desk.store._shelf._dues.insert(0, (kept.due, case.id))
    return case


def test_a_row_that_is_kept_as_due_and_is_not_is_told():
    """Where a row and its events disagree, nothing is fired on the case, and who looks after the desk is told."""
    desk = desk_on()
    cases = [lying(desk) for _ in range(2)]
    now = later(desk, 20 * DAY)
    with pytest.raises(StoreError, match=f"{cases[0].id} is kept as due, and its events say otherwise") as told:
        desk.advance()
    assert "2 cases were set aside" in told.value.__notes__[0]
    assert desk.store.mark(ADVANCED) == now


def test_a_row_that_is_kept_as_due_keeps_no_other_from_its_deadlines():
    """A commit that fires deadlines of other cases sets right what it was told of this one."""
    desk = desk_on()
    wrong, other = lying(desk), accepted(desk)
    later(desk, 20 * DAY)
    assert desk.advance() > 0
    assert (desk.case(wrong).version, desk.case(other).version > other.version) == (wrong.version, True)
    assert desk.verify_audit().ok


class Broken(MemoryStore):
    """A store that can no longer write from some time on."""

    full: bool = False
    tried: int = 0

    def write(self, commit):
        """Write, or fail."""
        self.tried += self.full
        if self.full:
            raise StoreError("the disk is full")
        super().write(commit)


def test_a_store_that_fails_is_no_matter_of_one_case():
    """It ends at once: nothing is tried case by case, and no mark says that it was done."""
    desk = desk_on(Broken())
    for _ in range(5):
        accepted(desk)
    later(desk, 20 * DAY)
    desk.store.full = True
    with pytest.raises(StoreError, match="the disk is full"):
        desk.advance()
    assert desk.store.tried == 1
    assert desk.store.mark(ADVANCED) is None
