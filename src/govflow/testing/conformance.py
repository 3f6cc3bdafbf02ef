"""What every store promises, as functions that anybody can hold their own store to.

Each function of `STORE_CONTRACT` takes an empty store and raises AssertionError where the store breaks the promise
that the function is named for. With pytest::

    @pytest.mark.parametrize("promise", conformance.STORE_CONTRACT, ids=lambda promise: promise.__name__)
    def test_my_store_keeps_its_promises(promise, my_empty_store):
        promise(my_empty_store)

Faults of the medium (a crash, a full disk, a lost connection) are not tried here: they differ from store to store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from attrs import evolve

from govflow.record import Line, Secret, fold, fold_all, genesis, link, seal
from govflow.record.chain import START_OF_LOG
from govflow.store import Commit, Key, MemoryStore, Query, Row, Stale, Store, Taken
from govflow.store.protocol import COLUMNS
from govflow.testing.commits import Held, acted, commit, opened

TEXTS = (
    "",
    " ",
    "\r\n\t line ends \n",
    "屋顶漏水，三天了",
    "مياه السقف تتسرب \u202e abc",
    "e\u0301 and \u00e9, \u200b\u200d\ufeff, \uffff",
    "👩‍👩‍👧 𠮷 \U0010ffff",
    "\x01\x1b[31m\x7f\x85",
    "'; DROP TABLE govflow_cases; --",
    "100 % of %s, %(name)s, ?, :name, $1, {0}, \\0 \\' \\",
    "<script>alert('x')</script>&amp;",
    '=HYPERLINK("http://example.org")',
    "null",
    "NULL",
)
"""Texts that a store must give back as they were."""


# ------------------------------------------------------------ commits
def a_new_store_is_empty(store: Store) -> None:
    """An empty store knows no case, no key and no mark, and its log begins at nothing."""
    _same([store.row("G-1"), store.key("k"), store.mark("m"), store.contact("p"), store.definition("e")], [None] * 5)
    _same([store.lines("G-1"), store.log(), store.editions(), store.secrets("G-1"), store.due(9, 9)], [[]] * 5)
    _same([*store.cases(), *store.changes(), *store.rows(), *store.vault()], [])
    _same((store.head(), store.next_due(), store.count(Query()), store.seal()), ((0, START_OF_LOG), None, 0, 0))


def what_is_written_is_found(store: Store) -> None:
    """A case is found as its last commit left it, with all its events; no case is found under another id."""
    first = opened("G-1", {"note": "one"}, {"note": "two"}, due=17)
    _write(store, first)
    _is(store, first)
    second = acted(first, {"state": "handling", "note": None}, due=None, open=False)
    _write(store, second)
    _is(store, second)
    _same(_lines(store.lines("G-1")), _lines([*first.lines, *second.lines]))
    _same([_lines(store.lines("G-1", after)) for after in (2, 3)], [_lines(second.lines), []])
    _same([store.row("G-10"), store.row("g-1"), store.lines("G")], [None, None, []])


def whoever_is_late_changes_nothing(store: Store) -> None:
    """A commit from another version than the case's is Stale and leaves nothing, in whichever case it is stale."""
    first, other = opened("G-2"), opened("G-1", due=5)
    _write(store, first, other)
    second = acted(first, {"state": "handling"})
    _write(store, second)
    ahead = acted(acted(second, {}), {"state": "closed"})
    unborn = acted(opened("G-3"), {"state": "closed"})
    for late in (acted(first, {"state": "closed"}), opened("G-2", {"state": "closed"}), ahead, unborn):
        beside = acted(other, {"x": 1}), opened("G-0"), opened("G-9")
        told = _refused(Stale, store, commit(*beside, late, **_beside("G-1")))
        _same(told.case, late.row.case)
    _is(store, other)
    _is(store, second)
    _nothing_beside(store, ["G-0", "G-3", "G-9"], events=3)


def a_key_is_taken_once(store: Store) -> None:
    """A second commit under an idempotency key is Taken and leaves nothing; the key says what the first one did."""
    first = opened("G-1")
    key = Key("k-1", "fingerprint", ("G-1",))
    _write(store, first, keys=[key])
    again = {**_beside("G-1"), "keys": [Key("k-0", "f", ("G-2",)), Key("k-1", "other", ("G-2",))]}
    told = _refused(Taken, store, commit(acted(first, {"x": 1}), opened("G-2"), **again))
    _same((told.key, store.key("k-1"), store.key("k-0")), ("k-1", key, None))
    _is(store, first)
    _nothing_beside(store, ["G-2"], events=1)


def threads_lose_nothing(store: Store) -> None:
    """Threads that act on the same cases, each again when it is late, lose no event and write none twice."""
    names = [f"G-{number}" for number in range(4)]
    _write(store, *map(opened, names))

    def work(number: int) -> None:
        for turn in range(10):
            _insist(store, names[(number + turn) % 4], names[(number + turn + 1) % 4])

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    store.seal()
    _same(sum(row.version for row in store.rows()), 4 + 6 * 10 * 2)
    _is_whole(store, events=4 + 6 * 10 * 2)


def of_many_with_one_key_one_gets_through(store: Store) -> None:
    """Threads that open a case each under the same idempotency key open one."""

    def work(number: int) -> bool:
        case = f"G-{number}"
        try:
            store.write(commit(opened(case), keys=[Key("k", "f", (case,))]))
        except Taken:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        through = [number for number, got in enumerate(threads.map(work, range(8))) if got]
    _same([row.case for row in store.rows()], [f"G-{number}" for number in through])
    _same((len(through), store.key("k")), (1, Key("k", "f", (f"G-{through[0]}",))))


# ------------------------------------------------------------ the log
def the_log_is_in_order(store: Store) -> None:
    """Sealing gives every event one position from 1 on, in its case's order, and the log's hash; it does so once."""
    cases = [opened(f"G-{number}", *[{}] * number) for number in (3, 1, 2)]
    _write(store, *cases[:2])
    store.seal()
    before = store.log()
    _write(store, cases[2], acted(cases[0], {"x": 1}))
    store.seal()
    _same(store.seal(), 0)
    _same(_lines(store.log()[: len(before)]), _lines(before))
    _is_whole(store, events=7)
    _same(_lines(store.log(2, 3)), _lines(store.log()[2:5]))
    _same([store.log(7), store.log(0, 0)], [[], []])


def many_events_are_sealed(store: Store) -> None:
    """More events than any batch are sealed in one call, and read page by page."""
    for start in range(0, 6_000, 3_000):
        _write(store, *[opened(f"G-{number:05}") for number in range(start, start + 3_000)])
    store.seal()
    _same(store.head()[0], 6_000)
    pages = [store.log(after, 2_500) for after in range(0, 6_000, 2_500)]
    _same([line.position for page in pages for line in page], list(range(1, 6_001)))


# ------------------------------------------------------------ finding
def an_inbox_is_in_order(store: Store) -> None:
    """An inbox is ordered by severity, instant of entering and id, and its pages follow each other without a gap."""
    random = Random(4)
    facts = [(random.randint(1, 4), random.randrange(5), f"G-{number}") for number in range(120)]
    units = ["host/1", "host/2", "host/3"]
    _write(store, *[opened(case, {"severity": severity, "entered": entered, "unit": units[entered % 3]})
                    for severity, entered, case in facts])  # fmt: skip
    for wanted in (units[0], units[:2], units, [*units, units[0]], tuple(units), None):
        where = {} if wanted is None else {"unit": wanted}
        among = [fact for fact in facts if wanted is None or units[fact[1] % 3] in wanted]
        for query in (Query(where, open=True, limit=17), Query(where, order="case", limit=17)):
            expected = sorted(among) if query.order == "inbox" else sorted((case,) for _, _, case in among)
            _same(_paged(store, query), expected)
            _same(store.count(query), len(expected))


def cases_are_found_by_what_they_are(store: Store) -> None:
    """Each column finds the cases that have its value, one of several, or none; whether open is asked apart."""
    numbers = dict.fromkeys(("severity", "opened", "entered"), 1)
    bare: dict[str, Any] = {**dict.fromkeys(COLUMNS), **numbers}
    for name in COLUMNS:
        one, other = (2, 3) if name in numbers else ("a", "b")
        _write(
            store,
            opened(f"{name}-one", {**bare, name: one}),
            opened(f"{name}-closed", {**bare, name: one}, open=False),
            opened(f"{name}-other", {**bare, name: other}),
        )
        _same(_found(store, {name: one}), [f"{name}-closed", f"{name}-one"])
        _same(_found(store, {name: [one, other]}, open=True), [f"{name}-one", f"{name}-other"])
        _same(_found(store, {name: one}, open=False), [f"{name}-closed"])
        _same(_found(store, {name: one, "home": "nowhere"}), [])
        _same([_found(store, {name: []}), _found(store, {name: 9 if name in numbers else "c"})], [[], []])
        if name not in numbers:
            _same(len(_found(store, {name: None})), store.count(Query()) - 3)
            _same(len(_found(store, {name: [None, other]})), store.count(Query()) - 2)


def ids_are_ordered_by_code_point(store: Store) -> None:
    """Ids come in order of their code points, on every machine, whatever its language."""
    names = ["a", "B", "b", "A", "é", "e", "Z", "_", "10", "9", "社", "区", "\U0001f600", "\ufb01", "a b", "a-b"]
    _write(store, *[opened(name) for name in names])
    _same(_found(store, {}), sorted(names))
    _same([row.case for row in store.rows()], sorted(names))
    _same([case for case, _ in store.cases()], sorted(names))


def what_is_due_comes_soonest_first(store: Store) -> None:
    """Due cases come soonest first, then by id, up to the instant and the number asked for; what is met is gone."""
    dues = {"G-3": 5, "G-1": 5, "G-2": -(10**15), "G-4": 10**15, "G-5": None, "G-6": 6}
    cases = {name: opened(name, due=due) for name, due in dues.items()}
    _write(store, *cases.values())
    _same([store.due(5, 9), store.due(10**16, 3), store.due(-(10**16), 9)], [["G-2", "G-1", "G-3"]] * 2 + [[]])
    _same(store.next_due(), -(10**15))
    _write(store, acted(cases["G-2"], {}, due=7), acted(cases["G-1"], {}, due=None), acted(cases["G-5"], {}, due=6))
    _same((store.due(10**16, 9), store.next_due()), (["G-3", "G-5", "G-6", "G-2", "G-4"], 5))


# ------------------------------------------------------------ all there is
def everything_can_be_read(store: Store) -> None:
    """All cases, changes and rows come in order, each event as it was written, however many there are."""
    cases = [opened(f"G-{number:04}", *[{"note": number}] * (number % 4 + 1)) for number in range(3_000)]
    for start in range(0, 3_000, 500):
        _write(store, *reversed(cases[start : start + 500]))
    _same([(case, _lines(lines)) for case, lines in store.cases()], [(c.row.case, _lines(c.lines)) for c in cases])
    _same(list(store.changes()), [(line.case, line.changes) for case in cases for line in case.lines])
    _same(list(map(_row, store.rows())), [_row(case.row) for case in cases])
    _same(dict(fold_all(store.changes())), {case.row.case: dict(case.row.facts) for case in cases})
    store.cases().__next__()  # whoever stops halfway leaves nothing behind
    _write(store, acted(cases[0], {"note": -1}))


def rows_can_be_made_anew(store: Store) -> None:
    """Rebuilding puts the given rows in the place of those there; rows folded from the events are the ones stored."""
    cases = [opened(f"G-{number}", {"unit": f"host/{number % 2}"}, due=number) for number in range(50)]
    _write(store, *cases)
    stored = list(map(_row, store.rows()))
    folded = [evolve(case.row, facts=fold(line.changes for line in case.lines)) for case in cases]
    store.rebuild(evolve(row, due=None, facts={**row.facts, "unit": "host/9"}) for row in folded)
    _same((len(_found(store, {"unit": "host/9"})), store.next_due()), (50, None))
    store.rebuild(iter(folded))
    _same((list(map(_row, store.rows())), store.next_due()), (stored, 0))
    _write(store, acted(cases[0], {"unit": "host/1"}))
    _same((len(_found(store, {"unit": "host/1"})), store.next_due()), (26, 1))


# ------------------------------------------------------------ what can be erased
def what_is_erased_is_gone(store: Store) -> None:
    """Texts are erased one by one, in a commit; one that is not there is nothing, the others and the events stay."""
    first, other = opened("G-1", {}, {}), opened("G-2")
    texts = [
        Secret(case, version, name, owner, bytes(16), f"{owner} in {case}")
        for case, version, name, owner in (
            ("G-1", 1, "text", "a"), ("G-1", 2, "reason", "b"), ("G-1", 2, "text", "a"), ("G-2", 1, "text", "b"),
        )
    ]  # fmt: skip
    _write(store, first, other, secrets=texts)
    _same([sorted(store.secrets(case), key=_place) for case in ("G-1", "G-2", "G-3")], [texts[:3], texts[3:], []])
    _same([list(store.vault()), list(store.vault("b")), list(store.vault("c"))], [texts, [texts[1], texts[3]], []])
    _write(store, acted(first, {}), forget=[("G-1", 1, "text"), ("G-1", 9, "text")])
    _same(list(store.vault()), texts[1:])
    _write(store, acted(other, {}), forget=[_place(text) for text in texts])
    _same((list(store.vault()), store.secrets("G-1"), len(store.lines("G-1"))), ([], [], 3))


def contacts_are_kept_apart(store: Store) -> None:
    """A person's contacts are replaced as a whole, and gone when they are erased."""
    store.keep_contact("p", {"telephone": "1", "name": "A"})
    store.keep_contact("q", {})
    store.keep_contact("p", {"telephone": "2"})
    _same([store.contact("p"), store.contact("q")], [{"telephone": "2"}, {}])
    store.keep_contact("p", None)
    store.keep_contact("r", None)
    _same([store.contact("p"), store.contact("q"), store.contact("r")], [None, {}, None])


# ------------------------------------------------------------ definitions, marks
def definitions_stay_as_they_are(store: Store) -> None:
    """The first text of an edition stays; editions come in the order in which they were kept."""
    for edition, text in (("2026-2", "two"), ("2026-1", "one"), ("2026-2", "three"), ("2027-1", "")):
        store.keep_definition(edition, text)
    _same(store.editions(), ["2026-2", "2026-1", "2027-1"])
    _same([store.definition(edition) for edition in store.editions()], ["two", "one", ""])


def marks_only_grow(store: Store) -> None:
    """A mark takes a greater number and says so; any other changes nothing."""
    told = [store.keep_mark("m", value) for value in (-5, -7, -5, 2**53, 0)]
    _same((told, store.mark("m"), store.mark("n")), ([True, False, False, True, False], 2**53, None))


# ------------------------------------------------------------ texts
def texts_come_back_as_they_were(store: Store) -> None:
    """Texts of every script and kind, in every place where a text may stand, come back as they were."""
    cases = []
    for number, text in enumerate(TEXTS):
        name = f"{number} {text}"
        cases.append(opened(name, {"unit": text, "reporter": text, "said": text, text: [text, {"in": text}]}))
        said = Secret(name, 1, text, text, text.encode()[:16], text)
        _write(store, cases[-1], secrets=[said], keys=[Key(name, text, (name,))])
        store.keep_contact(name, {text: text})
        store.keep_definition(name, text)
        _same(store.keep_mark(name, number), True)
        _is(store, cases[-1])
        _same((store.secrets(name), store.key(name)), ([said], Key(name, text, (name,))))
        _same((store.contact(name), store.definition(name), store.mark(name)), ({text: text}, text, number))
        _same(_found(store, {"unit": text, "reporter": [text, "-"]}), [name])
        _same(_lines(store.lines(name)), _lines(cases[-1].lines))
    _same(store.editions(), [case.row.case for case in cases])
    _write(store, acted(cases[3], {}), forget=[(cases[3].row.case, 1, TEXTS[3])])
    _same(store.secrets(cases[3].row.case), [])


def long_texts_come_back_as_they_were(store: Store) -> None:
    """A text of ten million bytes, and a fact of one million, come back as they were."""
    long = "屋顶漏水 <b>&</b> \U0001f600" * 400_000
    case = opened("G-1", {"said": long[:400_000]})
    said = Secret("G-1", 1, "text", "a", bytes(16), long)
    _write(store, case, secrets=[said])
    _is(store, case)
    _same(store.secrets("G-1"), [said])


def what_no_text_can_be_is_nowhere(store: Store) -> None:
    """Whoever asks by a text that no record can hold, with NUL or half a character in it, is told that nothing is."""
    case = opened("G-1", {"reporter": "p"})
    _write(store, case, secrets=[Secret("G-1", 1, "text", "p", bytes(16), "said")], keys=[Key("k", "f", ("G-1",))])
    for broken in ("\0", "G-1\0", "G-1\ud800", "\udfffp"):
        _same([store.row(broken), store.key(broken), store.contact(broken), store.mark(broken)], [None] * 4)
        _same([store.lines(broken), store.secrets(broken), list(store.vault(broken))], [[]] * 3)
        _same((store.definition(broken), store.count(Query({"unit": broken}))), (None, 0))
        for where, found in ((broken, []), ([broken, "p"], ["G-1"]), ([broken, None], [])):
            _same(_found(store, {"reporter": where}), found)
    _is(store, case)


# ------------------------------------------------------------ the reference
def a_store_agrees_with_the_reference(store: Store) -> None:
    """Any sequence of commits, good and late, leaves the same as in a MemoryStore."""
    reference, random = MemoryStore(), Random(11)
    held: dict[str, Row] = {}
    for turn in range(300):
        made = _some(random, held, turn)
        outcomes = [_outcome(one, made) for one in (store, reference)]
        _same(outcomes[0], outcomes[1])
        if outcomes[0] == "written":
            held.update({row.case: row for row in made.rows})
        until, query = random.randrange(400), Query({"unit": f"host/{turn % 3}"}, open=bool(turn % 5), limit=4)
        _same(store.due(until, 5), reference.due(until, 5))
        _same(list(map(_row, store.select(query))), list(map(_row, reference.select(query))))
    _same(list(map(_row, store.rows())), list(map(_row, reference.rows())))
    _same(list(store.changes()), list(reference.changes()))
    _same((store.next_due(), list(store.vault())), (reference.next_due(), list(reference.vault())))
    store.seal()
    _is_whole(store, events=reference.head()[0])


STORE_CONTRACT: Sequence[Callable[[Store], None]] = (
    a_new_store_is_empty,
    what_is_written_is_found,
    whoever_is_late_changes_nothing,
    a_key_is_taken_once,
    threads_lose_nothing,
    of_many_with_one_key_one_gets_through,
    the_log_is_in_order,
    many_events_are_sealed,
    an_inbox_is_in_order,
    cases_are_found_by_what_they_are,
    ids_are_ordered_by_code_point,
    what_is_due_comes_soonest_first,
    everything_can_be_read,
    rows_can_be_made_anew,
    what_is_erased_is_gone,
    contacts_are_kept_apart,
    definitions_stay_as_they_are,
    marks_only_grow,
    texts_come_back_as_they_were,
    long_texts_come_back_as_they_were,
    what_no_text_can_be_is_nowhere,
    a_store_agrees_with_the_reference,
)
"""All promises of a store."""


# ------------------------------------------------------------ how they are looked at
def _same(found: Any, wanted: Any) -> None:
    if found != wanted:
        raise AssertionError(f"found {_short(found)}\nand not {_short(wanted)}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 600 else f"{text[:300]} … {text[-300:]}"


def _row(row: Row) -> tuple[Any, ...]:
    return row.case, row.version, row.head, row.edition, row.due, row.open, dict(row.facts)


def _lines(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    return [(line.case, line.version, line.body, line.changes, line.hash) for line in lines]


def _place(text: Secret) -> tuple[str, int, str]:
    return text.case, text.version, text.name


def _write(store: Store, *cases: Held, **more: Any) -> None:
    store.write(commit(*cases, **more))


def _is(store: Store, case: Held) -> None:
    """Look at a case: it is as somebody holds it."""
    row = store.row(case.row.case)
    _same(row and _row(row), _row(case.row))


def _beside(case: str) -> dict[str, Any]:
    """Return what else might be written with a commit, which must not be there when that is refused."""
    return {"secrets": [Secret(case, 9, "text", "a", bytes(16), "said")], "keys": [Key("beside", "f", (case,))]}


def _nothing_beside(store: Store, cases: Iterable[str], *, events: int) -> None:
    """Look for what a refused commit might have left."""
    _same([found for case in cases for found in (store.row(case), *store.lines(case)) if found], [])
    _same((list(store.vault()), store.key("beside")), ([], None))
    store.seal()
    _is_whole(store, events=events)


def _refused(error: type[Stale | Taken], store: Store, made: Commit) -> Any:
    try:
        store.write(made)
    except error as told:
        return told
    raise AssertionError(f"the commit was written, and is no {error.__name__}")


def _is_whole(store: Store, *, events: int) -> None:
    """Look at the log and the chains: so many events, each once, in its case's order, none changed."""
    log, last = store.log(limit=events + 1), START_OF_LOG
    _same([line.position for line in log], list(range(1, events + 1)))
    versions: dict[str, tuple[int, bytes]] = {}
    for line in log:
        version, head = versions.get(line.case, (0, genesis(line.case)))
        _same((line.version, line.hash), (version + 1, link(head, line.body, line.changes)))
        versions[line.case] = (line.version, line.hash)
        last = seal(last, line.hash)
        _same(line.log, last)
    _same(store.head(), (events, last))
    _same({row.case: (row.version, row.head) for row in store.rows()}, versions)


def _insist(store: Store, *cases: str) -> None:
    """Add an event to each of several cases in one commit, anew until nobody is quicker."""
    while True:
        rows = [store.row(case) for case in cases]
        try:
            store.write(commit(*[acted(Held(row, row.version, ()), {"x": row.version}) for row in rows if row]))
        except Stale:
            continue
        return


def _paged(store: Store, query: Query) -> list[tuple[Any, ...]]:
    """Return the order of all cases that a query asks for, page by page."""
    names = ("severity", "entered") if query.order == "inbox" else ()
    found: list[tuple[Any, ...]] = []
    while page := store.select(query):
        found += [(*[row.facts[name] for name in names], row.case) for row in page]
        query = evolve(query, after=found[-1])
    return found


def _found(store: Store, where: dict[str, Any], open: bool | None = None) -> list[str]:  # noqa: A002
    return [row.case for row in store.select(Query(where, open=open, order="case", limit=10_000))]


def _outcome(store: Store, made: Commit) -> str:
    try:
        store.write(made)
    except (Stale, Taken) as told:
        return type(told).__name__
    return "written"


def _some(random: Random, held: dict[str, Row], turn: int) -> Commit:
    """Return a commit on one to three cases, now and then from a version that is not the case's."""
    cases = []
    for name in random.sample([f"G-{number}" for number in range(12)], random.randint(1, 3)):
        facts = {"unit": f"host/{random.randrange(3)}", "severity": random.randint(1, 4), "entered": turn}
        after: dict[str, Any] = {"due": random.choice([None, random.randrange(400)]), "open": random.random() < 0.8}
        row = held.get(name)
        case = opened(name, facts, **after) if row is None else acted(Held(row, 0, ()), facts, {"x": turn}, **after)
        cases.append(evolve(case, base=case.base + (random.random() < 0.05)))
    first = cases[0].row
    said = Secret(first.case, first.version, "text", f"p-{turn % 3}", bytes(16), "said")
    key = [Key(f"k-{random.randrange(200)}", "f", (first.case,))] if turn % 3 == 0 else []
    return commit(*cases, secrets=[said], keys=key)
