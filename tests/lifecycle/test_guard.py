"""Guards: one meaning, the same as Python's; one canonical text; no fact guessed."""

from __future__ import annotations

import pytest
from hypothesis import example, given

from govflow.errors import UnknownName, UsageError
from govflow.lifecycle.guard import FACTS, And, Entries, Name, Not, Tied, evaluate, kind, names, parse, text, walk
from tests.lifecycle.made import ask_python, facts, guards


@given(guards())
def test_the_canonical_text_of_a_guard_parses_to_the_same_tree(guard):
    """``parse(text(g)) == g`` for every tree, however its parts are nested."""
    assert parse(text(guard)) == guard


@given(guards())
def test_the_canonical_text_is_its_own_canonical_text(guard):
    """Printing what was parsed from a canonical text gives that text again."""
    assert text(parse(text(guard))) == text(guard)


@given(guards(), facts())
def test_a_guard_means_what_python_means_by_it(guard, facts):
    """The evaluator agrees with Python's own on any tree and any facts, and returns True or False itself."""
    assert evaluate(guard, facts) is ask_python(guard, facts)


@given(guards(), facts())
def test_a_guard_reads_no_fact_that_it_does_not_name(guard, facts):
    """The facts in `names` are enough, and each of them stands in the text."""
    assert evaluate(guard, {key: facts[key] for key in names(guard)}) == evaluate(guard, facts)
    assert all(key in text(guard) for key in names(guard))


@given(guards())
def test_walk_meets_the_outer_first_and_every_fact(guard):
    """`walk` begins with the guard itself and passes everything in it."""
    nodes = list(walk(guard))
    assert nodes[0] is guard
    assert {text(node) for node in nodes if isinstance(node, (Name, Entries, Tied))} == set(names(guard))


@given(facts())
@example({"reopened": 1})
def test_and_and_or_look_no_further_than_needed(facts):
    """A fact on the right is not asked for where the left has decided."""
    known = {"reopened": facts["reopened"]}
    assert evaluate(parse("reopened >= 0 or has_superior"), known)
    assert not evaluate(parse("reopened < 0 and has_superior"), known)


def test_a_missing_fact_is_named_with_its_nearest_spelling():
    """A guard does not take a fact it was not given for false."""
    with pytest.raises(UnknownName, match="unknown fact 'has_superior'; did you mean 'has_superiors'"):
        evaluate(parse("has_superior"), {"has_superiors": True})


@pytest.mark.parametrize(
    ("guard", "fact"),
    [
        ("has_superior", {"has_superior": 1}),
        ("severity < 2", {"severity": True}),
        ("severity < 2", {"severity": "1"}),
        ('level == "host"', {"level": None}),
        ('tied("covers")', {'tied("covers")': "yes"}),
        ('entries("asked") in (1, 2)', {'entries("asked")': 1.0}),
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused(guard, fact):
    """A number is no yes, and a text no number: a guard never holds by mistake."""
    with pytest.raises(UsageError, match="a guard reads"):
        evaluate(parse(guard), fact)


def test_canonical_texts_read_aloud():
    """Golden: few parentheses, double quotes, 'not in' in one piece."""
    written = {
        "((reopened<2))or(not has_superior)": "reopened < 2 or not has_superior",
        "(a>1 or b>1) and (c>1 and d>1)": "(a > 1 or b > 1) and (c > 1 and d > 1)",
        "a>1 or b>1 and c>1": "a > 1 or b > 1 and c > 1",
        "not (level in ('host',group,))": 'level not in ("host", "group")',
        "not not tied(covers)": 'not not tied("covers")',
        "not (has_superior and has_department)": "not (has_superior and has_department)",
        "level == branch": 'level == "branch"',
        "entries(asked)>=02": 'entries("asked") >= 2',
    }
    assert {given: text(parse(given)) for given in written} == written


def test_names_are_sorted_and_each_once():
    """Golden: what an application must bring for one guard."""
    guard = And((parse('reopened > 1 and tied("covers")'), Not(parse("reopened > entries(asked)"))))
    assert names(guard) == ('entries("asked")', "reopened", 'tied("covers")')


def test_every_fact_has_a_kind_and_any_other_name_is_a_number():
    """Counters are numbers; the facts of every case are listed."""
    assert {name: kind(Name(name)) for name in FACTS} == FACTS
    assert kind(Name("rounds")) == "number"
