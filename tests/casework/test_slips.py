"""Three slips for one call: what was asked, who was sent, what was done and the resident's word; and the promise."""

from __future__ import annotations

import json

import pytest

from govflow.calendar import DAY, HOUR
from govflow.casework import slips_of
from govflow.errors import UnknownName
from tests.casework.scenes import ANNA, BERT, START, desk_on, later

CENTRE, HELPER, SPARE = "committee/beida#1", "member:example-7", "member:example-8"
HOUSEHOLD = "household/3-2-11-4"


def called(desk, **more):
    """Return a call to the one-stop centre."""
    call = {"category": "meals", "channel": "telephone", "household": HOUSEHOLD, "text": "两份午饭送到家"}
    return desk.open("service", by=ANNA, **{**call, **more})


def served(desk, within=HOUR, deed="serve_at_home"):
    """Return a call for which somebody was sent, and who did it `within` so long."""
    case = desk.act(called(desk), "dispatch", by=CENTRE, volunteer=HELPER)
    later(desk, within)
    return desk.act(case, deed, by=HELPER)


def test_three_slips_are_read_off_one_case(make_desk):
    """Golden: a call, somebody sent, done within the hour, and the resident content."""
    desk = make_desk()
    case = served(desk)
    later(desk)
    told = slips_of(desk, desk.act(case, "right", by=ANNA)).to_data()
    assert told["demand"] == {
        "number": "service-1",
        "asked": START,
        "category": "meals",
        "channel": "telephone",
        "unit": "committee/beida",
        "text": "两份午饭送到家",
    }
    (sent,), (receipt,) = told["dispatches"], told["receipts"]
    assert (sent["volunteer"], sent["by"], sent["household"]) == (HELPER, CENTRE, HOUSEHOLD)
    assert receipt == {
        "number": "service-1",
        "done": START + HOUR,
        "deed": "serve_at_home",
        "by": HELPER,
        "late": (),
        "word": "right",
        "said": START + 2 * HOUR,
    }
    json.dumps(told)


def test_a_slip_that_is_handed_out_says_by_when(make_desk):
    """While it is under way the dispatch slip tells the promise."""
    desk = make_desk()
    case = desk.act(called(desk), "dispatch", by=CENTRE, volunteer=HELPER)
    assert slips_of(desk, case).dispatches[0].due == START + DAY
    assert slips_of(desk, case).receipts == ()


def test_another_is_sent_and_it_is_done_once_more(make_desk):
    """Each who was sent has a slip, each time it was done a receipt with the word on that time."""
    desk = make_desk()
    case = desk.act(called(desk), "dispatch", by=CENTRE, volunteer=SPARE)
    desk.act(case, "turn_down", by=SPARE)
    desk.act(case, "dispatch", by=CENTRE, volunteer=HELPER)
    desk.act(case, "serve_at_home", by=HELPER)
    desk.act(case, "not_right", by=ANNA, text="少了一份")
    desk.act(case, "serve_at_home", by=HELPER)
    later(desk, 4 * DAY)
    desk.advance()
    told = slips_of(desk, case)
    assert [slip.volunteer for slip in told.dispatches] == [SPARE, HELPER]
    assert [receipt.word for receipt in told.receipts] == ["not_right", "clock"]


def test_no_resident_is_named_on_a_slip(make_desk):
    """Nobody's id but the volunteer's; the household on the dispatch slip alone, where somebody has to go."""
    desk = make_desk()
    told = slips_of(desk, desk.act(served(desk), "right", by=ANNA, text="谢谢，张三"))
    assert ANNA not in told.to_text()
    assert HOUSEHOLD not in str(told.to_data()["demand"]) + str(told.to_data()["receipts"])
    assert "张三" not in told.to_text()


def test_slips_print_in_local_time(make_desk):
    """One line a fact, in the order of the slip."""
    desk = make_desk()
    lines = slips_of(desk, served(desk)).to_text().splitlines()
    assert lines[:3] == ["demand slip", "number: service-1", "asked: 2026-01-05 10:00"]
    assert "done: 2026-01-05 11:00" in lines


def test_slips_are_seen_by_who_sees_the_case(make_desk):
    """To anybody else there is no such case; erased words are on no slip."""
    desk = make_desk()
    case = served(desk)
    assert slips_of(desk, case, by=HELPER).demand.text == "两份午饭送到家"
    with pytest.raises(UnknownName):
        slips_of(desk, case, by=BERT)
    desk.erase(case=case, by=CENTRE, reason="request")
    assert slips_of(desk, case).demand.text is None


def test_the_promise_is_measured():
    """Zero distance, zero delay, zero error: served at home, within a day, and never found wrong."""
    desk = desk_on()
    for within, deed in ((HOUR, "serve_at_home"), (HOUR, "serve_at_station"), (2 * DAY, "serve_at_home")):
        case = served(desk, within, deed)
    desk.act(case, "not_right", by=ANNA, text="少了一份")
    desk.act(desk.act(case, "serve_at_home", by=HELPER), "right", by=ANNA)
    rates = desk.statistics("service").groups[0].rates
    assert list(rates) == ["zero_distance", "zero_delay", "zero_error"]
    assert {(round(3 * rate.value), rate.n) for rate in rates.values()} == {(2, 3)}


def test_a_wish_has_slips_too():
    """What has a reporter, helpers and a deed can be put on slips: who claims it is sent by their own word."""
    desk = desk_on()
    case = desk.open("wish", by=ANNA, household=HOUSEHOLD, text="想要一副老花镜")
    desk.act(case, "hang", by="host/3-2-11#1")
    desk.act(case, "claim", by=HELPER, until="2026-01-20")
    desk.act(case, "fulfil", by=HELPER)
    told = slips_of(desk, desk.act(case, "confirm", by=ANNA))
    assert (told.dispatches[0].by, told.receipts[0].word) == (HELPER, "confirm")
