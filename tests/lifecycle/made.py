"""What the tests of this room draw from: guards as trees, the facts they ask for, and well-made lifecycles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from hypothesis import strategies as st

from govflow.lifecycle import Counter, Lifecycle, Move, State, Transition
from govflow.lifecycle.guard import FACTS, TIES, And, Compare, Const, Entries, Guard, In, Name, Not, Or, Tied, text

COUNTERS = ("reopened", "rounds", "urged")
STATES = ("received", "asked", "shelved")
TEXTS = ("host", "branch", "parking", "app", "停车", "two words", "")

numbers = st.integers(0, 4)
text_facts = st.sampled_from([name for name, kind in FACTS.items() if kind == "text"]).map(Name)
yes_or_no = st.sampled_from([name for name, kind in FACTS.items() if kind == "yes or no"]).map(Name)


def guards(states=STATES, counters=COUNTERS, *, texts=TEXTS):
    """Guards as trees, nested up to a dozen leaves."""
    names = st.sampled_from([*counters, "severity", "children_open"]).map(Name)
    counted = names | st.sampled_from(states).map(Entries)
    number = numbers.map(Const)
    word = st.sampled_from(texts).map(Const)
    orders, sames = st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.sampled_from(["==", "!="])
    leaves = st.one_of(
        yes_or_no,
        st.sampled_from(TIES).map(Tied),
        st.builds(Compare, counted, orders, counted | number),
        st.builds(Compare, number, orders, counted),
        st.builds(Compare, text_facts, sames, word),
        st.builds(Compare, word, sames, text_facts),
        st.builds(In, counted, st.lists(number, min_size=1, max_size=3).map(tuple)),
        st.builds(In, text_facts, st.lists(word, min_size=1, max_size=3).map(tuple)),
    )

    def grow(inner):
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(leaves, grow, max_leaves=12)


def facts(states=STATES, counters=COUNTERS, *, texts=TEXTS):
    """Facts of a case, every fact that a guard of `guards` may ask for."""
    values = {"number": numbers, "text": st.sampled_from(texts), "yes or no": st.booleans()}
    asked = {name: values[kind] for name, kind in FACTS.items()}
    asked |= dict.fromkeys(counters, numbers)
    asked |= {f'entries("{state}")': numbers for state in states}
    asked |= {f'tied("{tie}")': st.booleans() for tie in TIES}
    return st.fixed_dictionaries(asked)


def python_of(guard: Guard | Const | Entries) -> str:
    """Write a guard as a Python expression of a mapping `facts`, fully parenthesized: the judge from outside."""
    match guard:
        case And(parts):
            return "(" + " and ".join(map(python_of, parts)) + ")"
        case Or(parts):
            return "(" + " or ".join(map(python_of, parts)) + ")"
        case Not(part):
            return f"(not {python_of(part)})"
        case Compare(left, op, right):
            return f"({python_of(left)} {op} {python_of(right)})"
        case In(left, options):
            return f"({python_of(left)} in {[option.value for option in options]!r})"
        case Const(value):
            return repr(value)
        case Name(name):
            return f"facts[{name!r}]"
        case Entries(state):
            return f"facts['entries(\"{state}\")']"
        case Tied(kind):
            return f"facts['tied(\"{kind}\")']"


def ask_python(guard: Guard, facts: Mapping[str, object]) -> bool:
    """Let Python itself say whether a guard holds."""
    return eval(python_of(guard), {"facts": facts})  # noqa: S307


EVERYWHERE = ("wait_0", "end_0")
"""The states that every lifecycle of `lifecycles` has: those that its guards may count the entries of."""

some_guards = st.none() | guards(EVERYWHERE, texts=("host", "branch")).map(text)
some_additions = st.dictionaries(st.sampled_from(COUNTERS), st.integers(1, 3), max_size=2)


@st.composite
def lifecycles(draw):
    """Well-made lifecycles of up to two queues, three waits and two ends, with guarded, counting ways of all moves."""
    queues = [f"queue_{n}" for n in range(draw(st.integers(0, 2)))]
    works = [f"work_{n}" for n, _ in enumerate(queues)]
    waits = [f"wait_{n}" for n in range(draw(st.integers(1, 3)))]
    ends = [f"end_{n}" for n in range(draw(st.integers(1, 2)))]
    kinds = {"queue": queues, "work": works, "wait": waits, "final": ends}
    takes = [Transition(f"take_{n}", (queue,), works[n], take=True) for n, queue in enumerate(queues)]
    ways = [draw_way(draw, **kinds) for _ in range(draw(st.integers(1, 6)))]
    return Lifecycle(
        name="made",
        start=draw(st.sampled_from(queues + waits)),
        states={name: State(name, kind) for kind, names in kinds.items() for name in names},
        transitions=tuple(takes + ways if draw(st.booleans()) else ways + takes),
        counters={name: Counter(name, cycle=name == "reopened") for name in COUNTERS},
    )


def draw_way(draw, *, queue, work, wait, final) -> Transition:
    """Draw one way that is no take, by the rules of L1 and L3."""
    moving = queue + work + wait
    sources = draw(st.lists(st.sampled_from(["*", *moving]), min_size=1, max_size=3, unique=True))
    if "*" in sources:
        sources = ["*"]
    move = draw(st.sampled_from(get_args(Move)))
    targets = {"stay": [None, *queue, *wait, *final], "refer": queue + wait, "convene": wait}
    if set(sources) <= set(work):
        targets["stay"] += work
    return Transition(
        trigger=draw(st.sampled_from(["accept", "resolve", "dispute"])),
        source=tuple(sources),
        target=draw(st.sampled_from(targets.get(move, queue + wait + final))),
        by=("handler@here",),
        move=move,
        add=draw(some_additions),
        when=draw(some_guards),
    )
