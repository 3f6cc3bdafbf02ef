"""What a command does and what it refuses: rights, keys, conflicts, clocks that lie, links between cases."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from govflow.calendar import DAY, HOUR, local_time
from govflow.casework import Act, Directory, Open, StandIn
from govflow.errors import Conflict, Refused, UnknownName, UsageError
from govflow.organization import Post
from tests.casework.scenes import ANNA, BERT, HANDLER, HOST, OFFICER, PARKING, closed, desk_on, grievance, later

GROUP, GROUPS = "group/1-1", "group/1-1#1"


def kinds(desk, case):
    """The kinds of the events of a case."""
    return [event.kind for event in desk.history(case)]


def handled(desk, **more):
    """A case that its handler has in hand."""
    case = grievance(desk, **more)
    desk.act(case, "accept", by=HANDLER)
    return desk.act(case, "start", by=HANDLER)


def asked(desk, **more):
    """A case of which the reporter is asked: solved?"""
    return desk.act(handled(desk, **more), "resolve", by=HANDLER)


def unchanged(desk, error, text, command):
    """Assert that a command is refused with an error that says `text`, and that it left nothing behind."""
    before = desk.store.head()
    with pytest.raises(error, match=text) as caught:
        command()
    assert desk.store.head() == before
    assert desk.verify_audit().ok
    return caught.value


def day(desk, days):
    """The date that is some days from now."""
    today = local_time(desk.clock(), "Asia/Shanghai").date()
    assert isinstance(today, date)
    return (today + timedelta(days=days)).isoformat()


# ------------------------------------------------------------ opening
def test_a_case_opens_where_the_intake_says(desk):
    """By channel and category at home's ancestor of that level; the home is the household's contact unit."""
    assert grievance(desk).unit == HOST
    assert grievance(desk, channel="telephone").unit == GROUP
    assert grievance(desk, channel="telephone", category="fire").unit == "branch/1"
    household = desk.community.organization.household_ids(HOST)[0]
    case = desk.open("grievance", by=ANNA, household=household, channel="doorstep", category="parking")
    assert (case.unit, case.facts["home"], case.facts["household"]) == (HOST, HOST, household)
    assert kinds(desk, case) == ["open"]


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"category": "parkng"}, UnknownName, "unknown category 'parkng'; did you mean 'parking'"),
        ({"channel": "doorsteps"}, UnknownName, "did you mean 'doorstep'"),
        ({"channel": None}, UsageError, "opening a grievance needs 'channel'"),
        ({"unit": "host/9-9-9"}, UnknownName, "unknown unit"),
        ({"unit": None, "household": "h-0"}, UnknownName, "unknown unit or household"),
        ({"severity": 5}, UsageError, r"must be 1 \(urgent\), 2, 3 or 4"),
        ({"severity": True}, UsageError, "must be a whole number"),
        ({"shoe_size": 44}, UsageError, "takes no 'shoe_size'"),
        ({"text": 5}, UsageError, "must be a text"),
        ({"text": "a\0b"}, UsageError, "a NUL character at position 1"),
        ({"text": "\ud800"}, UsageError, "half a character"),
        ({"by": "resident:\0"}, UsageError, "NUL"),
    ],
)
def test_an_opening_that_cannot_be_is_refused(desk, given, error, text):
    """Unknown names tell the nearest spelling; what a record cannot keep is refused on every store alike."""
    unchanged(desk, error, text, lambda: grievance(desk, **{"by": ANNA, **given}))


def test_an_unknown_lifecycle_tells_the_nearest(desk):
    """As every unknown name does."""
    unchanged(desk, UnknownName, "did you mean 'grievance'", lambda: desk.open("grievence", by=ANNA, **PARKING))


def test_who_opens_without_a_name_speaks_by_a_token(desk):
    """The token is given once, the record holds only its hash, and nobody else can speak for the case."""
    case = grievance(desk, by=None)
    assert case.token is not None
    assert desk.case(case).token is None
    assert desk.act(case, "urge", by=f"token:{case.token}").version == 2
    unchanged(desk, Refused, "only reporter may", lambda: desk.act(case, "urge", by="token:guessed"))
    unchanged(desk, UsageError, "act with the token itself", lambda: desk.act(case, "urge", by=case.facts["reporter"]))
    assert case.token not in repr(list(desk.feed())) + repr(case.facts)
    assert grievance(desk, by=None).token != case.token


# ------------------------------------------------------------ acting
def test_an_outcome_from_the_queue_takes_the_case_as_well(desk):
    """Both are recorded, in one commit and at one instant (L1)."""
    case = desk.act(grievance(desk), "accept", by=HANDLER)
    assert kinds(desk, case) == ["open", "screen", "accept"]
    assert {event.post for event in desk.history(case)[1:]} == {HANDLER}


def test_a_refusal_says_what_is_open_and_who_could(desk):
    """Subject, fact, rule, remedy; and it survives being sent to another process."""
    case = handled(desk)
    error = unchanged(desk, Refused, "cannot 'confirm' from 'handling'", lambda: desk.act(case, "confirm", by=ANNA))
    assert "urge" in error.allowed
    error = unchanged(desk, Refused, r"only handler@here may", lambda: desk.act(case, "resolve", by=ANNA))
    assert error.who == (f"handler@here ({HANDLER})",)
    assert error.subject == case.id
    case = asked(desk)
    unchanged(desk, Refused, "only a deadline does", lambda: desk.act(case, "silent_close", by=ANNA))


def test_a_stranger_learns_nothing_from_a_refusal(desk):
    """Whether a trigger is open or not, who may not see the case hears only what the definition says of everybody."""
    case = handled(desk)
    for trigger in ("resolve", "confirm", "silent_close"):
        told = str(unchanged(desk, Refused, "only", lambda trigger=trigger: desk.act(case, trigger, by=BERT)))
        assert case.state not in told
        assert HOST not in told
    error = unchanged(desk, Conflict, "is at version 4", lambda: desk.act(case, "resolve", by=BERT, version=1))
    assert error.changed == ()


def test_a_complaint_is_about_a_person_or_a_post(desk):
    """A unit of the hierarchy cannot step back from a case; whoever complains is told who works there."""
    text = f"it names a person or a post, not a unit; who handles there: {HANDLER}"
    unchanged(desk, UsageError, text, lambda: grievance(desk, about=HOST))
    unchanged(desk, UnknownName, "unknown unit", lambda: grievance(desk, about="host/9-9-9"))
    assert grievance(desk, about=HANDLER).unit == GROUP


@pytest.mark.parametrize("by", ["", "  "])
def test_who_opens_a_case_is_somebody_or_nobody(desk, by):
    """An empty name is no name: the case would belong to nobody, and no token would be given out."""
    with pytest.raises(UsageError, match="an actor"):
        grievance(desk, by=by)


def test_a_case_is_assigned_to_who_handles_it(desk):
    """Not to just any name, and not to whom the complaint is about."""
    case = desk.act(grievance(desk), "accept", by=HANDLER)
    for name, error in (("resident:example-9", Refused), (GROUPS, Refused), ("host/1-1-1#9", UnknownName)):
        unchanged(desk, error, None, lambda name=name: desk.act(case, "assign", by=HANDLER, handler=name))
    assert desk.act(case, "assign", by=HANDLER, handler=HANDLER).facts["handler"] == HANDLER
    about = desk.act(grievance(desk, about=HANDLER), "accept", by=GROUPS)
    unchanged(desk, Refused, "no part", lambda: desk.act(about, "ask_help", by=GROUPS, helper=HANDLER))


def test_a_person_is_one_party_by_whichever_name(desk):
    """Their own, or that of a post of theirs; and who has only a token can sign a petition."""
    member, post = "member:example-3", "host/1-1-2#1"
    here = desk_on(directory=Directory(posts=(Post("host/1-1-2", member, "handler"),)), clock=desk.clock)
    case = here.open("mediation", by=ANNA, unit=HOST, channel="doorstep", category="noise", text="the wall")
    case = here.act(here.act(case, "take_up", by=HANDLER), "invite", by=HANDLER, party=member)
    unchanged(here, Refused, "one of the parties already", lambda: here.act(case, "invite", by=HANDLER, party=post))
    token = grievance(here, by=None).token
    signed = here.act(grievance(here), "join_petition", by=f"token:{token}")
    assert len(signed.facts["reporters"]) == 1


@pytest.mark.parametrize("who", ["", "clock", "host/9-9-9#1", "anonymous:1"])
def test_who_is_named_at_an_opening_is_somebody(desk, who):
    """A reporter who is nobody could never say that the case is solved."""
    for name in ("reporter", "subject"):
        with pytest.raises((UsageError, UnknownName)):
            grievance(desk, by=HANDLER, **{name: who})


def test_a_department_is_not_asked_about_itself(desk):
    """What a department is complained of does not go to that department (L6)."""
    case = handled(desk, about="department/city_management")
    refused = unchanged(desk, Refused, "is about it", lambda: desk.act(case, "refer", by=HANDLER, reason="other"))
    assert "department/city_management" in refused.fact


def test_who_has_a_voice_already_is_no_further_party(desk):
    """A mediation counts voices: its reporter has one, and who is nobody has none."""
    case = desk.open("mediation", by=ANNA, unit=HOST, channel="doorstep", category="noise", text="the wall")
    case = desk.act(case, "take_up", by=HANDLER)
    unchanged(desk, Refused, "as the reporter", lambda: desk.act(case, "invite", by=HANDLER, party=ANNA))
    for nobody in ("clock", "host/9-9-9#7", "host/9-9-9"):
        unchanged(desk, (UnknownName, UsageError), None, lambda n=nobody: desk.act(case, "invite", by=HANDLER, party=n))
    assert desk.act(case, "invite", by=HANDLER, party=BERT).facts["counter.parties"] == 2


def test_where_a_case_goes_is_said_only_where_it_can_be(desk):
    """Also where the case is taken from its queue on the way."""
    case = desk.act(grievance(desk), "accept", by=HANDLER)
    unchanged(desk, UsageError, "leave 'to' out", lambda: desk.act(case, "resolve", by=HANDLER, to="host/1-1-2"))


@pytest.mark.parametrize(
    ("trigger", "given", "error", "text"),
    [
        ("resolv", {}, UnknownName, "did you mean 'resolve'"),
        ("note", {"text": " \n"}, UsageError, "note needs 'text'"),
        ("shelve", {"reason": "other", "review_on": "2026-02-30"}, UsageError, "must be a date"),
        ("escalate", {}, UsageError, "escalate needs 'reason'"),
        ("escalate", {"reason": "needs_fund", "to": "group/x"}, UnknownName, "unknown unit"),
        ("resolve", {"severity": 2}, UsageError, "resolve sets no severity"),
        ("regrade", {"reason": "more_urgent", "severity": 0}, UsageError, "must be 1"),
        ("shelve", {"reason": "other", "review_on": "soon"}, UsageError, "must be a date"),
        ("shelve", {"reason": "other", "review_on": "2026-01-01"}, UsageError, "must be a day to come"),
        ("shelve", {"reason": "other", "review_on": "2027-01-01"}, UsageError, "at most .* away"),
        ("resolve", {"child": {"severity": 1}}, UsageError, "raises no other case"),
    ],
)
def test_a_command_that_says_what_cannot_be_is_refused(desk, trigger, given, error, text):
    """Too little, too much, or no such value: nothing is written."""
    case = handled(desk)
    unchanged(desk, error, text, lambda: desk.act(case, trigger, by=HANDLER, **given))


def test_words_as_a_reason_go_to_the_vault(desk):
    """A reason is a code of the definition; free words stand under `other`, and only their hash in the event."""
    case = desk.act(handled(desk), "escalate", by=HANDLER, reason="the roof is theirs")
    event = desk.history(case)[-1]
    assert (event.reason, list(event.texts)) == ("other", ["reason_text"])
    assert [secret.text for secret in desk.store.secrets(case.id)][-1] == "the roof is theirs"


def test_a_case_goes_down_one_step_towards_home_or_where_it_is_sent(desk):
    """`to` names a subordinate; any other unit is no way."""
    case = desk.act(handled(desk), "escalate", by=HANDLER, reason="needs_funds")
    unchanged(
        desk,
        Refused,
        "cannot 'hand_down'",
        lambda: desk.act(case, "hand_down", by=GROUPS, reason="other", to="host/2-1-1"),
    )
    assert desk.act(case, "hand_down", by=GROUPS, reason="other", to="host/1-1-2").unit == "host/1-1-2"


def test_a_batch_is_done_whole_or_not_at_all(desk):
    """Each command is decided on what those before it left; one that is refused undoes all."""
    case = grievance(desk)
    commands = [
        Act(case.id, "accept", HANDLER),
        Open("grievance", BERT, "parking", "doorstep", None, HOST),
        Act(case.id, "resolve", HANDLER),
    ]
    unchanged(desk, Refused, "confirm", lambda: desk.batch([*commands, Act(case.id, "confirm", BERT)]))
    assert [done.state for done in desk.batch(commands)] == ["asked", "received", "asked"]
    assert desk.batch([]) == []
    assert desk.batch([], key="none") == []


def test_a_note_and_a_document_are_events_beside_the_lifecycle(desk):
    """Nothing of the case moves, no clock is touched; who may not see a case adds nothing to it."""
    case = handled(desk)
    clocks = {key: value for key, value in case.facts.items() if key.startswith("clock.")}
    later(desk)
    desk.note(case, "called", by=HANDLER)
    after = desk.attach(case, "file:///photo.jpg", by=ANNA, sha256="0" * 64, media="image/jpeg")
    assert {key: value for key, value in after.facts.items() if key.startswith("clock.")} == clocks
    assert kinds(desk, case)[-2:] == ["note", "attach"]
    event = desk.history(case)[-1]
    assert dict(event.fields) == {"sha256": "0" * 64, "media": "image/jpeg"}
    assert "photo" not in repr(event)
    unchanged(desk, Refused, "who may not see a case adds nothing", lambda: desk.note(case, "x", by=BERT))
    unchanged(desk, UsageError, "64 hexadecimal", lambda: desk.attach(case, "x", by=ANNA, sha256="0"))
    unchanged(desk, UnknownName, "unknown case", lambda: desk.note("G-1", "x", by=ANNA))


# ------------------------------------------------------------ deadlines
def test_a_deadline_is_extended_by_whom_and_as_far_as_the_definition_says(desk):
    """Before it is due, so often, by so much at most, from above (L4)."""
    case = handled(desk)
    due = case.facts["clock.handle"][3]
    unchanged(desk, Refused, "only handler@above may", lambda: desk.extend(case, "handle", "1d", by=HANDLER))
    unchanged(desk, UsageError, "at most 2d", lambda: desk.extend(case, "handle", "3d", by=GROUPS))
    unchanged(desk, Refused, "lets nobody extend", lambda: desk.extend(case, "respond", "1d", by=GROUPS))
    unchanged(desk, Refused, "does not run now", lambda: desk.extend(case, "settle", "1d", by=GROUPS))
    unchanged(desk, UnknownName, "did you mean 'handle'", lambda: desk.extend(case, "handl", "1d", by=GROUPS))
    longer = desk.extend(case, "handle", "1d", by=GROUPS, reason="waiting for a part")
    calendar = desk.community.calendars["evenings"]
    assert longer.facts["clock.handle"][3] == calendar.add(due, calendar.day)
    unchanged(desk, Refused, "extended 1 times already", lambda: desk.extend(case, "handle", "1d", by=GROUPS))


def test_what_fell_due_before_a_command_fires_first(desk):
    """At its own instant, not at the command's: what the command meets is the case as it stands (L5)."""
    case = desk.act(grievance(desk), "accept", by=HANDLER)
    due = case.facts["clock.handle"][3]
    desk.clock.at = due
    assert desk.act(case, "urge", by=ANNA).unit == HOST
    desk.clock.at = due + 1
    unchanged(desk, Refused, f"at {GROUP}: only handler@here may", lambda: desk.act(case, "resolve", by=HANDLER))
    assert desk.act(case, "urge", by=ANNA).unit == GROUP
    event = next(event for event in desk.history(case) if event.deadline == "handle")
    assert (event.kind, event.at, event.recorded, event.by, event.rung) == ("escalate", due, due + 1, "clock", "host")


def test_advancing_often_or_rarely_makes_one_history(make_desk):
    """A month at once or hour by hour: the same events at the same instants."""
    told = []
    for step in (31 * DAY, DAY + HOUR):
        desk = make_desk()
        case = desk.act(grievance(desk), "accept", by=HANDLER)
        end = desk.clock() + 31 * DAY
        while desk.clock() < end:
            desk.advance(to=later(desk, min(step, end - desk.clock())))
        told.append([(event.kind, event.at, event.unit, event.run, event.rung) for event in desk.history(case)])
    assert told[0] == told[1]
    assert len(told[0]) > 5


def test_a_jump_has_to_be_meant(desk):
    """A clock that is wrong by more than a month fires nothing until somebody says that it is right."""
    case = desk.act(grievance(desk), "accept", by=HANDLER)
    desk.advance()
    later(desk, 32 * DAY)
    unchanged(desk, Refused, r"cannot advance by 32.0 days: at most 31 days at once", desk.advance)
    assert desk.advance(jump=True) > 0
    assert desk.case(case).unit != HOST
    assert desk.advance() == 0


def test_a_clock_that_went_back_takes_the_instant_of_the_last_event(desk):
    """No event stands before the one before it; the event says that the clock was behind (T1)."""
    case = handled(desk)
    before = later(desk)
    desk.note(case, "later", by=HANDLER)
    desk.clock.at -= 5 * HOUR
    desk.act(case, "urge", by=ANNA)
    event = desk.history(case)[-1]
    assert (event.at, event.recorded, event.skew) == (before, before - 5 * HOUR, True)
    later(desk, 6 * HOUR)
    desk.act(case, "urge", by=ANNA)
    assert not desk.history(case)[-1].skew
    assert desk.verify_audit().ok


# ------------------------------------------------------------ two at once
def test_a_version_that_is_no_longer_there_is_a_conflict(desk):
    """The second gets told what changed; without a version the command is decided on what is there (C3)."""
    case = handled(desk)
    other = desk_on(desk.store, clock=desk.clock)
    other.act(case, "urge", by=ANNA)
    error = unchanged(desk, Conflict, "look again", lambda: desk.act(case, "resolve", by=HANDLER, version=case.version))
    assert (error.expected, error.version, error.changed) == (case.version, case.version + 1, ("urge",))
    assert desk.act(case, "resolve", by=HANDLER, version=error.version).state == "asked"
    unchanged(other, Conflict, "resolve since", lambda: other.act(case, "urge", by=ANNA, version=error.version))
    assert other.act(case, "urge", by=ANNA).version == error.version + 2


def test_a_refusal_is_not_told_of_what_is_long_past(desk):
    """What another desk did meanwhile is looked at before anybody is refused."""
    case = handled(desk)
    other = desk_on(desk.store, clock=desk.clock)
    other.act(case, "resolve", by=HANDLER)
    assert desk.act(case, "confirm", by=ANNA).state == "closed"


def test_a_key_carries_a_command_out_once(desk):
    """The same command with the same key changes nothing more, on this desk or another; another command is refused."""
    other = desk_on(desk.store, clock=desk.clock)
    case = grievance(desk, key="k-1")
    assert grievance(other, key="k-1").id == case.id
    for desk_ in (desk, other, desk):
        assert desk_.act(case, "accept", by=HANDLER, key="k-2").version == 3
    unchanged(
        desk, UsageError, "key 'k-2' was used for another command", lambda: desk.act(case, "urge", by=ANNA, key="k-2")
    )
    unchanged(desk, UsageError, "NUL", lambda: grievance(desk, key="\0"))
    many = [Open("grievance", BERT, "parking", "doorstep", None, HOST)] * 2
    made = [one.id for one in desk.batch(many, key="k-3")]
    assert [one.id for one in desk.batch(many, key="k-3")] == made


def test_no_word_of_a_command_is_in_its_key(desk):
    """What stands for a command in the store is made without its texts: they can be erased, a key cannot be (C4)."""
    for words in ("one thing", "another"):
        assert grievance(desk, key="k", text=words).id == "grievance-1"
        assert words not in repr(Open("grievance", ANNA, fields={"text": words, "needed": 5}))
    unchanged(desk, UsageError, "used for another", lambda: grievance(desk, key="k", by=BERT))


def test_a_key_stands_for_all_that_a_command_says_but_its_words(desk):
    """The same key with another amount is another command; with other words it is the same."""
    case = desk.open(
        "project", by=HANDLER, unit=HOST, category="lighting", channel="doorstep", text="light", needed="500"
    )
    said = {"by": HANDLER, "key": "k"}
    desk.act(desk.act(case, "prepare", by=HANDLER), "cost", needed="10", text="lamps", **said)
    other = {"needed": "90", "text": "lamps"}
    unchanged(desk, UsageError, "used for another", lambda: desk.act(case, "cost", **other, **said))
    assert desk.act(case, "cost", needed="10", text="in other words", **said).id == case.id


def test_a_refused_command_does_not_use_its_key_up(desk):
    """Nothing was carried out, so the key stands for nothing yet."""
    case = grievance(desk)
    unchanged(desk, Refused, "confirm", lambda: desk.act(case, "confirm", by=ANNA, key="k"))
    assert desk.act(case, "urge", by=ANNA, key="k").version == 2


def test_a_key_holds_where_a_linked_case_fell_due_first(desk):
    """A command may write events of other cases before its own: the key still answers with its own case."""
    main, double = handled(desk), grievance(desk)
    desk.act(double, "merge", by=HANDLER, main=main.id)
    desk.act(main, "shelve", by=HANDLER, reason="other", review_on=day(desk, 60))
    later(desk, 31 * DAY)
    for _ in range(2):
        assert desk.act(double, "urge", by=ANNA, key="k").id == double.id
    assert desk.history(double)[-1].kind == "urge"


def test_many_threads_and_desks_lose_nothing(make_desk):
    """Four threads on two desks act on the same cases: every acknowledged act is there, once."""
    desk = make_desk()
    desks = [desk, desk_on(desk.store, clock=desk.clock)]
    cases = [grievance(desk) for _ in range(3)]

    def act(number):
        for turn in range(20):
            desks[number % 2].act(cases[(turn + number) % 3], "urge", by=ANNA)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(desk.case(case).facts["counter.urged"] for case in cases) == 4 * 20
    assert desk.verify_audit().events == 3 + 4 * 20


# ------------------------------------------------------------ who stands where
def test_a_stand_in_names_both(make_desk):
    """Who acts and for whom, in the absent holder's post; only while the directory says so."""
    desk = make_desk()
    stand_in = StandIn(HANDLER, OFFICER, since=desk.clock(), until=desk.clock() + DAY)
    desk = desk_on(desk.store, clock=desk.clock, directory=Directory(stand_ins=(stand_in,)))
    case = desk.act(grievance(desk), "accept", by=OFFICER, behalf=HANDLER)
    event = desk.history(case)[-1]
    assert (event.by, event.behalf, event.post) == (OFFICER, HANDLER, HANDLER)
    unchanged(desk, Refused, "cannot act for", lambda: desk.act(case, "resolve", by=BERT, behalf=HANDLER))
    unchanged(desk, Refused, "only handler@here may", lambda: desk.act(case, "resolve", by=OFFICER))
    later(desk, DAY)
    unchanged(desk, Refused, "cannot act for", lambda: desk.act(case, "resolve", by=OFFICER, behalf=HANDLER))


def test_nobody_judges_their_own_work(make_desk):
    """Whoever resolved it, stood in for it, or is of the unit that did, does not say whether it is solved (L6)."""
    desk = make_desk()
    posts = (Post(HOST, ANNA), Post(HOST, BERT))
    both = Directory(posts=posts, stand_ins=(StandIn(ANNA, OFFICER),))
    desk = desk_on(desk.store, clock=desk.clock, directory=both)
    for reporter, behalf in ((ANNA, None), (BERT, None), (OFFICER, ANNA)):
        case = grievance(desk, by=reporter)
        worker = OFFICER if behalf else ANNA
        desk.act(case, "accept", by=worker, behalf=behalf)
        desk.act(case, "resolve", by=worker, behalf=behalf)
        unchanged(desk, Refused, "only reporter may", lambda case=case, who=reporter: desk.act(case, "confirm", by=who))
    case = grievance(desk, by="resident:example-3")
    desk.act(case, "accept", by=ANNA)
    desk.act(case, "resolve", by=ANNA)
    assert desk.act(case, "confirm", by="resident:example-3").state == "closed"


def test_a_complaint_goes_around_whom_it_is_about(desk):
    """It opens at the nearest unit above where that person handles nothing, and they neither see it nor act on it."""
    case = grievance(desk, about=HANDLER)
    assert case.unit == GROUP
    assert list(desk.feed(by=HANDLER)) == []
    unchanged(desk, Refused, "cannot add a note", lambda: desk.note(case, "x", by=HANDLER))
    desk.act(case, "accept", by=GROUPS)
    unchanged(desk, Refused, "cannot 'hand_down'", lambda: desk.act(case, "hand_down", by=HANDLER, reason="other"))


def test_whoever_withdraws_has_no_part_in_it_any_more(desk):
    """Another of the unit decides, or the unit above where nobody is left; once is enough."""
    case = handled(desk)
    assert desk.recuse(case, by=HANDLER).facts["handler"] is None
    unchanged(desk, Refused, "cannot 'resolve'", lambda: desk.act(case, "resolve", by=HANDLER))
    assert desk.act(case, "resolve", by=GROUPS).state == "asked"


# ------------------------------------------------------------ cases and cases
def test_a_merged_case_closes_with_its_main_case(desk):
    """It inherits the answer, by the clock's hand, at the same instant; what was split off goes its own way (L7)."""
    main, double, third = asked(desk), grievance(desk, BERT), grievance(desk, BERT)
    for case in (double, third):
        assert desk.act(case, "merge", by=HANDLER, main=main.id).state == "merged"
    assert desk.case(main).facts["duplicates"] == [double.id, third.id]
    assert desk.act(third, "split", by=HANDLER, reason="other").state == "assigned"
    assert kinds(desk, main)[-3:] == ["linked", "linked", "parted"]
    desk.act(main, "confirm", by=ANNA)
    assert (desk.case(double).state, desk.case(third).state) == ("closed", "assigned")
    event = desk.history(double)[-1]
    assert (event.kind, event.by, event.at) == ("close_merged", "clock", desk.clock())


def test_a_merged_case_goes_on_where_its_main_case_is_withdrawn(desk):
    """Who withdraws a case speaks for nobody else: the others are handled again, and follow nobody."""
    main, double = asked(desk), grievance(desk, BERT)
    desk.act(double, "merge", by=HANDLER, main=main.id)
    unchanged(desk, Refused, "cannot 'close_merged'", lambda: desk.act(double, "close_merged", by=HANDLER))
    desk.act(main, "withdraw", by=ANNA)
    double = desk.case(double)
    assert (double.state, double.facts.get("main"), desk.case(main).facts["duplicates"]) == ("assigned", None, [])
    assert desk.history(double)[-1].kind == "go_alone"
    assert desk.act(double, "resolve", by=HANDLER).state == "asked"


def test_cases_do_not_follow_each_other_in_a_circle(desk):
    """Neither itself, nor one that follows it, nor one that is closed, nor one that is not."""
    one, two, three = grievance(desk), grievance(desk), closed(desk)
    desk.act(one, "merge", by=HANDLER, main=two.id)
    for case, main, text in (
        (two, two, "neither itself"),
        (two, one, "neither itself"),
        (two, three, "that case is closed"),
    ):
        unchanged(desk, Refused, text, lambda case=case, main=main: desk.act(case, "merge", by=HANDLER, main=main.id))
    unchanged(desk, UnknownName, "unknown case", lambda: desk.act(two, "merge", by=HANDLER, main="G-1"))
    unchanged(desk, UsageError, "needs 'main'", lambda: desk.act(two, "merge", by=HANDLER))


def test_a_visit_finds_cases(desk):
    """What a visit finds becomes a case for the same household, in the same commit; each knows of the other."""
    household = desk.community.organization.household_ids(HOST)[0]
    visit = desk.open("visit", by=HANDLER, household=household, subject=ANNA, visit_on=day(desk, 2))
    desk.act(visit, "call", by=HANDLER)
    said = {"category": "leaks", "channel": "doorstep"}
    visit = desk.act(visit, "file_grievance", by=HANDLER, text="the roof leaks", child=said)
    (found,) = visit.facts["raised"]
    case = desk.case(found)
    assert (case.facts["parent"], case.facts["household"], case.category) == (visit.id, household, "leaks")
    assert (case.facts["reporter"], desk.texts(case)[1, "text"].text) == (ANNA, "the roof leaks")
    assert visit.facts["children"] == 1
    desk.act(case, "withdraw", by=ANNA)
    assert (desk.case(visit).facts["children"], kinds(desk, visit)[-1]) == (0, "child_closed")
    unchanged(desk, UsageError, "needs 'text'", lambda: desk.act(visit, "file_grievance", by=HANDLER, child=said))
    refused = {**said, "category": "leak"}
    unchanged(
        desk, UnknownName, "'leaks'", lambda: desk.act(visit, "file_grievance", by=HANDLER, text="x", child=refused)
    )


def test_a_parent_closes_after_its_children(desk):
    """A hard case of which a project was made takes heart again when the project has closed."""
    case = desk.act(handled(desk), "shelve", by=HANDLER, reason="needs_funds", review_on=day(desk, 60))
    case = desk.act(case, "make_project", by=HANDLER, child={"text": "a roof for the whole block", "needed": "500.00"})
    (project,) = case.facts["raised"]
    assert (case.state, case.facts["children"]) == ("shelved", 1)
    assert desk.case(project).facts["counter.needed"] == 50_000
    desk.act(case, "revive", by=HANDLER)
    unchanged(desk, Refused, "cannot 'resolve'", lambda: desk.act(case, "resolve", by=HANDLER))
    assert "children_open == 0" in desk.explain(case, by=HANDLER).why_not("resolve")
    desk.act(case, "shelve", by=HANDLER, reason="needs_funds", review_on=day(desk, 60))
    desk.act(project, "drop", by=HANDLER, reason="no_funds", text="nobody pays")
    assert (desk.case(case).state, desk.case(case).facts["children"]) == ("assigned", 0)
    assert kinds(desk, case)[-2:] == ["child_closed", "revive"]


def test_what_is_raised_under_a_slow_clock_opens_with_its_parent(desk):
    """A case that another raises opens at the instant of the event that raised it, also where the clock is behind."""
    case = grievance(desk)
    desk.act(case, "accept", by=HANDLER)
    desk.act(case, "shelve", by=HANDLER, reason="needs_funds", review_on="2026-03-02")
    desk.clock.at -= 60_000_000
    raised = desk.act(case, "make_project", by=HANDLER, child={"text": "Light for the lane."})
    child = desk.case(raised.facts["raised"][0])
    assert child.history[0].at == raised.history[-1].at > desk.clock.at


def test_choices_are_kept_once_each_in_the_order_of_the_options(desk):
    """Any of the options, as a list; one text, or a word that is no option, is told."""
    case = desk.open("check_in", by="member:example-7", skills=["tools", "care", "tools"])
    assert case.history[0].fields["skills"] == ["care", "tools"]
    with pytest.raises(UsageError, match="as a list"):
        desk.open("check_in", by="member:example-7", skills="care")
    with pytest.raises(UnknownName, match="did you mean 'care'"):
        desk.open("check_in", by="member:example-7", skills=["cares"])
