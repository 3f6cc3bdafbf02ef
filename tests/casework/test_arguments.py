"""Whatever is given to a desk in place of what it asks for, the answer is an error in words, on every store alike."""

from __future__ import annotations

import asyncio
from functools import partial
from inspect import Parameter, signature

import pytest
from attrs import evolve, fields

import govflow as gf
from govflow.calendar import FIRST, LAST
from govflow.casework import CountingIds, Desk, ManualClock, StandIn, to_csv, to_json
from govflow.casework.arguments import KINDS, kind
from govflow.casework.desk import COMMANDS
from govflow.casework.finding import Where
from govflow.casework.identifiers import named
from govflow.casework.instants import is_instant
from govflow.errors import GovflowError, Refused, UnknownName, UsageError
from tests.casework.scenes import ANNA, HANDLER, OFFICER, PARKING, beida, desk_on, grievance, small_record

WRONG = (
    None,
    "",
    " ",
    "x",
    "\0",
    "\ud800",
    b"x",
    0,
    -1,
    1,
    5,
    2**63,
    10**30,
    -(10**30),
    True,
    1.5,
    2.0,
    float("inf"),
    float("nan"),
    [],
    [1],
    ["x"],
    [[]],
    {},
    {"x": 1},
    {"x": {}},
    {1: {"a": 2}},
    (),
    (1,),
    (1, 2),
    ("x", "y"),
    {"x"},
    object(),
)
"""What may come from a form, a file or a slip of the pen."""

SOUND = {
    "open": ((), {"lifecycle": "grievance", "by": ANNA, **PARKING}),
    "act": (("grievance-2", "urge"), {"by": "resident:example-2"}),
    "batch": (([gf.Open("grievance", ANNA, "parking", "doorstep", unit="host/1-1-1")],), {}),
    "note": (("grievance-2", "a note"), {"by": HANDLER}),
    "attach": (("grievance-2", "shelf/1"), {"by": HANDLER, "sha256": "a" * 64}),
    "extend": (("grievance-2", "handle", "1d"), {"by": "group/1-1#1"}),
    "recuse": (("grievance-2",), {"by": HANDLER}),
    "advance": ((), {}),
    "case": (("grievance-2",), {}),
    "history": (("grievance-2",), {}),
    "inbox": (("host/1-1-1",), {}),
    "find": ((), {}),
    "texts": (("grievance-2",), {}),
    "explain": (("grievance-2",), {}),
    "due": (("grievance-2",), {}),
    "as_of": ((0,), {}),
    "snapshot": ((), {}),
    "statistics": (("grievance",), {}),
    "feed": ((), {}),
    "subscribe": ((print,), {"name": "notices"}),
    "verify_audit": ((), {}),
    "rebuild": ((), {}),
    "erase": ((), {"person": ANNA, "by": OFFICER, "reason": "request"}),
    "retain": ((), {}),
    "remember": ((ANNA,), {"name": "Example"}),
    "recall": ((ANNA,), {}),
    "migrate": ((beida(),), {}),
    "reschedule": ((), {}),
    "joined": ((None,), {}),
    "wait": ((print,), {}),
}
"""A call of each method of a desk that is right, but for one thing that a test changes."""

METHODS = [name for name in vars(Desk) if not name.startswith("_") and callable(getattr(Desk, name))]
BESIDE = {
    "open": ("text", "urged"),
    "act": ("text", "reason"),
    "find": tuple(Where.__annotations__),
    "remember": ("telephone", "email"),
}


def told(call):
    """Return the kind and the text of the error of a call, None where it is carried out; anything else is raised."""
    try:
        found = call()
        if hasattr(found, "__next__"):
            list(found)
        if hasattr(found, "__await__"):
            asyncio.run(found)
    except GovflowError as error:
        return type(error), str(error)
    return None


def calls(desk, name):
    """Yield calls of a method, each right but for one argument, with that argument and its value."""
    arguments, more = SOUND[name]
    method = getattr(desk, name)
    known = [one for one in signature(method).parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
    known = [one for one in known if one.kind is not Parameter.VAR_POSITIONAL]
    places = [one.name for one in known if one.kind is not Parameter.KEYWORD_ONLY]
    right = dict(zip(places, arguments, strict=False)) | more
    for argument in (*(one.name for one in known), *BESIDE.get(name, ())):
        if argument == "kwargs":
            continue
        for value in WRONG:
            given = {**right, argument: value}
            first = [given.pop(place) for place in places if place in given]
            yield argument, value, (lambda first=first, given=given: method(*first, **given))


@pytest.mark.parametrize("name", METHODS)
def test_whatever_is_given_to_a_method_the_error_is_one_of_govflow(name, make_desk):
    """For every argument of every public method and every wrong value: carried out, or refused in words."""
    desk = make_desk()
    small_record(desk)
    for _, _, call in calls(desk, name):
        told(call)
    assert desk.verify_audit().ok


@pytest.mark.parametrize("name", METHODS)
def test_every_store_answers_a_wrong_argument_alike(name, tmp_path):
    """Which store a desk has makes no difference to what is refused, nor to the words."""
    answers = []
    for source in (None, f"sqlite:///{tmp_path}/desk.db"):
        desk = desk_on(source)
        small_record(desk)
        answers.append([(argument, repr(value), told(call)) for argument, value, call in calls(desk, name)])
        desk.store.close()
    assert answers[0] == answers[1]


@pytest.mark.parametrize("made", COMMANDS)
def test_whatever_stands_in_a_command_of_a_batch_is_refused_in_words(made):
    """A command is looked at field by field, whoever made it."""
    right = {"lifecycle": "grievance", "case": "grievance-2", "trigger": "urge", "by": ANNA, "text": "a note"}
    right |= {"reference": "shelf/1", "sha256": "a" * 64, "deadline": "handle", "within": "1d"}
    desk = desk_on()
    small_record(desk)
    names = [one.name for one in fields(made) if one.init]
    command = made(**{name: value for name, value in right.items() if name in names})
    for name in names:
        for value in WRONG:
            wrong = evolve(command, **{name: value})
            told(partial(desk.batch, [wrong]))
            told(partial(desk.batch, [wrong], key=f"{value!r:.40}"))
    assert desk.verify_audit().ok


@pytest.mark.parametrize("argument", ["store", "clock", "ids", "directory", "max_jump", "community"])
def test_a_desk_is_made_of_what_it_needs_or_not_at_all(argument, tmp_path, monkeypatch):
    """What a desk is made of is looked at when it is made, and a clock whenever it is read."""
    monkeypatch.chdir(tmp_path)
    for value in WRONG:
        right = {"community": beida(), "ids": CountingIds(), argument: value}
        told(lambda right=right: grievance(Desk(**right)))


@pytest.mark.parametrize("value", WRONG)
def test_a_directory_holds_posts_and_stand_ins(value):
    """A tuple is no post; whatever else stands there is told when the desk is made."""
    for directory in (
        lambda: gf.Directory(posts=value),
        lambda: gf.Directory(posts=(value,)),
        lambda: gf.Directory(posts=(("branch/3", "member:example-7"),)),
        lambda: gf.Directory(posts=(gf.Post(value, "member:example-7"),)),
        lambda: gf.Directory(posts=(gf.Post("branch/3", value),)),
        lambda: gf.Directory(posts=(gf.Post("branch/3", "member:example-7", value),)),
        lambda: gf.Directory(households=value),
        lambda: gf.Directory(households={value if isinstance(value, str) else 5: "host/1-1-1"}),
        lambda: gf.Directory(households={"household/1": value}),
        lambda: gf.Directory(stand_ins=value),
        lambda: gf.Directory(stand_ins=(value,)),
        lambda: gf.Directory(stand_ins=(StandIn(value, "member:example-9"),)),
        lambda: gf.Directory(stand_ins=(StandIn("member:example-7", value),)),
        lambda: gf.Directory(stand_ins=(StandIn("member:example-7", "member:example-9", since=value),)),
    ):
        told(lambda directory=directory: grievance(Desk(beida(), directory=directory())))
    with pytest.raises(UsageError, match="must be one of Post"):
        Desk(beida(), directory=gf.Directory(posts=(("branch/3", "member:example-7"),)))


def test_what_comes_of_a_desk_takes_no_wrong_argument_either(desk):
    """The past, an explanation, a subscription, a plan, a table: each refuses in words."""
    small_record(desk)
    past, why = desk.as_of(desk.clock.at), desk.explain("grievance-2")
    notices, plan = desk.subscribe(print, name="notices"), desk.migrate(beida())
    for value in WRONG:
        for call in (
            lambda value=value: past.case(value),
            lambda value=value: past.history(value),
            lambda value=value: past.find(state=value),
            lambda value=value: past.states(open=value),
            lambda value=value: why.why_not(value),
            lambda value=value: notices.deliver(limit=value) if value != 1 else None,
            lambda value=value: plan.apply(by=value),
            lambda value=value: to_csv(value),
            lambda value=value: to_json(value),
        ):
            told(call)
    with pytest.raises(UnknownName, match="did you mean 'resolve'"):
        why.why_not("resolv")
    with pytest.raises(UsageError, match="must be a page, statistics"):
        to_csv(desk.case("grievance-1"))


@pytest.mark.parametrize(
    ("argument", "value"),
    [("household", 5), ("severity", 2.0), ("by", 0), ("reporter", []), ("about", {}), ("unit", []), ("key", -1)],
)
def test_what_is_wrong_is_told_by_its_name(argument, value, desk):
    """Subject, fact and rule: which argument, what was given, what it must be; nothing is written."""
    with pytest.raises(UsageError, match=rf"'{argument}' is .*: must be"):
        grievance(desk, **{argument: value})
    assert desk.store.head()[0] == 0


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_id_is_nobodys(empty, desk):
    """Whoever opens, acts or erases has an id, and a key is one; nobody in particular is said by leaving it out."""
    case = grievance(desk)
    for call in (
        lambda: grievance(desk, empty),
        lambda: grievance(desk, key=empty),
        lambda: desk.act(case, "urge", by=empty),
        lambda: desk.erase(case=case, by=empty, reason="request"),
        lambda: desk.migrate(beida()).apply(by=empty),
        lambda: named("'key'", empty),
    ):
        with pytest.raises((UsageError, Refused)):
            call()
    assert desk.verify_audit().events == 1


# ------------------------------------------------------------ instants
@pytest.mark.parametrize("at", [1.5, 1e15, float("inf"), float("nan"), True, "2026", None, LAST, FIRST - 1])
def test_what_is_no_instant_is_refused_wherever_one_is_asked_for(at, desk):
    """A whole number of µs in the years of a calendar: so a clock, and so whoever names a time. Nothing is written."""
    case = grievance(desk)
    asked = [
        lambda: desk.as_of(at),
        lambda: desk.advance(to=at, jump=True),
        lambda: desk.retain(to=at),
        lambda: desk.as_of(0, known_by=at),
        lambda: desk.statistics("grievance", since=at),
        lambda: desk.statistics("grievance", until=at),
    ]
    for call in asked[: 1 if at is None else None]:
        with pytest.raises(UsageError, match=r"must be an instant: .* µs UTC"):
            call()
    other = desk_on(desk.store, clock=ManualClock(at))
    for call in (
        lambda: grievance(other),
        lambda: other.case(case),
        other.advance,
        lambda: other.act(case, "urge", by=ANNA),
    ):
        with pytest.raises(UsageError, match=r"the desk's clock reads .* such as int\(time.time\(\) \* 1_000_000\)"):
            call()
    assert (desk.verify_audit().events, desk.advance()) == (1, 0)


def test_the_years_of_a_calendar_are_instants():
    """From the year 1900 to the year 2499, as calendars answer."""
    assert is_instant(FIRST)
    assert is_instant(LAST - 1)
    assert is_instant(0)


def test_every_annotation_is_known():
    """A parameter with an annotation of its own would be looked at by nobody: asking for it is an error."""
    with pytest.raises(KeyError):
        kind("Surprise")
    assert all(one.words for one in KINDS.values())


def test_a_feed_that_is_waited_for_has_been_read(desk):
    """On asyncio the reading is done in the thread, not in the loop that takes the events."""
    small_record(desk)
    events = asyncio.run(desk.wait(desk.feed, after=2))
    desk.store.close()
    assert [event.position for event in events][:2] == [3, 4]
