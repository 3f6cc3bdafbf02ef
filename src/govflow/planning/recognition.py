"""Honours (表彰) and what they rest on: service given, read from the events of a desk.

Service is what a record of service tells as fulfilled, counted by who gave it: a member, a post, a unit; never by whom
it was for. An honour is offered with its reason to whoever has given what a rule names, is given only to who accepts
it, and is gone when they lay it down: all that is the lifecycle ``evaluation``. How its marks are weighed is
``planning.evaluation``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import frozen

from govflow.casework import Act, Case, Desk, Open
from govflow.casework.claims import check_in_of
from govflow.casework.lists import item
from govflow.casework.pages import each
from govflow.casework.service import engagements
from govflow.planning.checks import Instant, Name, Positive, checked
from govflow.planning.evaluation import LEVELS, Evaluation, gives_service

EVALUATION = "evaluation"


@checked
@frozen
class HonourRule:
    """Who has given service of the lifecycles `kinds` at least so often may be honoured; `text` says for what."""

    text: str
    kinds: tuple[Name, ...]
    least: Positive = 1
    source: str = "assumption"


@checked
@frozen
class Honour:
    """An honour that somebody holds: since when, by which case, and what for; empty where the words were erased."""

    who: Name
    since: Instant
    case: Name
    text: str


@checked
def services(
    desk: Desk,
    *,
    since: Instant | None = None,
    until: Instant | None = None,
    kinds: Iterable[str] | None = None,
    by: str | None = None,
) -> dict[str, Counter[str]]:
    """Return how often each giver has carried out what they took on, by lifecycle, by name.

    Counted is what is fulfilled in a record of service, of the lifecycles `kinds` (all), from `since` to before `until`
    (µs UTC): so what was given back is not, and of several who went together each is.

    >>> import govflow as gf
    >>> jiafu = gf.load("jiafu")
    >>> desk = gf.Desk(jiafu, clock=gf.ManualClock(jiafu.calendars["office"].instant("2026-01-05T10:00")))
    >>> item = desk.open("claim", by="committee/jiafu#1", way="take_on", text="Guitar lessons.")
    >>> item = desk.act(item, "hang", by="committee/jiafu#1", until="2026-01-31")
    >>> item = desk.act(item, "claim", by="member:example-7")
    >>> item = desk.act(item, "deliver", by="member:example-7")
    >>> services(desk)
    {'member:example-7': Counter({'claim': 1})}
    """
    wanted = set(desk.community.lifecycles if kinds is None else kinds)
    found: dict[str, Counter[str]] = {}
    for who, one in engagements(desk, until=until, by=by):
        inside = one.outcome == "fulfilled" and (since is None or since <= (one.until or 0))
        if inside and one.lifecycle in wanted and gives_service(who):
            found.setdefault(who, Counter())[one.lifecycle] += 1
    return dict(sorted(found.items()))


@checked
def deserving(given: Mapping[str, Counter[str]], rules: Iterable[HonourRule]) -> dict[str, tuple[str, ...]]:
    """Return who may be honoured, each with what for; by name, and nobody before anybody else.

    >>> rule = HonourRule("items of the board delivered", kinds=("claim",), least=2)
    >>> deserving({"partner/school": Counter(claim=3), "member:example-1": Counter(claim=1)}, [rule])
    {'partner/school': ('items of the board delivered: 3',)}
    """
    rules = tuple(rules)
    found = {}
    for who, counts in sorted(given.items()):
        totals = ((rule, sum(counts[kind] for kind in rule.kinds)) for rule in rules)
        if reasons := tuple(f"{rule.text}: {total}" for rule, total in totals if total >= rule.least):
            found[who] = reasons
    return found


@checked
def open_evaluations(desk: Desk, who: Mapping[str, str], *, by: str, key: str | None = None) -> list[Case]:
    """Open an evaluation of the service of each, at the unit that speaks as their group, in one commit.

    Refused for a resident: the lifecycle says whom an evaluation may concern. With a `key` that was used before nothing
    is done.
    """
    return desk.batch([Open(EVALUATION, by, unit=unit, subject=one) for one, unit in sorted(who.items())], key=key)


@checked
def evaluations(
    desk: Desk, *, since: Instant | None = None, until: Instant | None = None, by: str | None = None
) -> list[Evaluation]:
    """Return the marks that the levels have given in evaluations opened from `since` to before `until`, for ``weigh``.

    An evaluation that was withdrawn is none. The unit is the one that spoke as the group.
    """
    found = []
    for case in each(desk, lifecycle=EVALUATION, by=by):
        opened = case.facts["opened"]
        if case.state != "withdrawn" and (since is None or since <= opened) and (until is None or opened < until):
            marks: dict[str, str] = {}
            for event in desk.history(case, by=by):
                marks |= {level: event.fields[f"{level}_mark"] for level in LEVELS if f"{level}_mark" in event.fields}
            found.append(Evaluation(case.facts["subject"], case.facts["home"], marks))
    return found


@checked
def offer_honours(desk: Desk, reasons: Mapping[str, Iterable[str]], *, by: str) -> list[Case]:
    """Offer an honour, with its reasons, to each whose evaluation stands, in one commit; return their cases.

    Who said in their check-in that they want no honours is offered none.
    """
    standing = each(desk, lifecycle=EVALUATION, state="evaluated")
    who = {case.facts["subject"]: case.id for case in standing if case.facts["subject"] in reasons}
    offers = {one: case for one, case in who.items() if _wants_honours(desk, one)}
    commands = [
        Act(case, "offer_honour", by, fields={"honour": "; ".join(reasons[who])})
        for who, case in sorted(offers.items())
    ]
    return desk.batch(commands) if commands else []


def _wants_honours(desk: Desk, who: str) -> bool:
    own = check_in_of(desk, who)
    return own is None or item(desk, own).said.get("honours") != "no"


@checked
def honours(desk: Desk, *, by: str | None = None) -> tuple[Honour, ...]:
    """Return the honours held now, by name; one that was not accepted, or was laid down, is not among them."""
    held = [_honour(desk, case, by) for case in each(desk, lifecycle=EVALUATION, state="honoured", by=by)]
    return tuple(sorted(held, key=lambda one: (one.who, one.since)))


def _honour(desk: Desk, case: Case, by: str | None) -> Honour:
    said = [text.text for (_, name), text in desk.texts(case, by=by).items() if name == "honour"]
    return Honour(case.facts["subject"], case.facts["entered"], case.id, (said[-1] if said else None) or "")
