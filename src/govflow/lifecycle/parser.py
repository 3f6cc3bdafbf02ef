"""From the text of a guard to its tree: a closed grammar, read by hand so that every refusal has its column.

::

    guard     = all { "or" all }
    all       = part { "and" part }
    part      = "not" part | "(" guard ")" | value OPERATOR value | value ["not"] "in" "(" constant { "," constant } ")"
              | has_superior | has_department | tied("KIND")
    value     = NUMBER | "TEXT" | NAME | entries("STATE")

No arithmetic, no other call, nothing that a person could not read aloud. A bare word compared with a text fact
is a text: ``level == branch``. Which counters and states there are is not known here; see ``lifecycle.guarded``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, cast

from attrs import define, field, frozen

from govflow.errors import DefinitionError, Fault, hint, nearest
from govflow.lifecycle.tree import (
    CALLS,
    FACTS,
    JOINTS,
    TIES,
    And,
    Compare,
    Const,
    Entries,
    Guard,
    In,
    Name,
    Not,
    Operator,
    Or,
    Tied,
    Value,
    kind,
)

LONGEST = 500
"""More words and signs than this are no guard that a person reads aloud."""

LONGEST_WORD = 100
"""More characters than this are no name of anything."""

DEEPEST = 50
"""Parentheses and ``not`` inside one another."""

LARGEST = 1_000_000_000
"""The largest number that can be written: no counter of a case comes near it."""

_TOKEN = re.compile(
    r"""(?P<number>[0-9]+)|(?P<word>[^\W\d]\w*)|(?P<text>"[^"'\\\n]*"|'[^"'\\\n]*')|(?P<sign>[=!<>]=|[<>(),])"""
)
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
_INSTEAD = {"=": "==", "&": "and", "|": "or", "!": "not", "[": "(", "]": ")"}
_YES_OR_NO = tuple(name for name, what in FACTS.items() if what == "yes or no")


@frozen
class _Token:
    sort: Literal["number", "word", "text", "sign", "end"]
    text: str
    at: int

    def __str__(self) -> str:
        return "the end" if self.sort == "end" else repr(self.text)


def parse(text: str) -> Guard:
    """Return the tree of a guard; DefinitionError with one fault says column, rule and nearest known word.

    >>> parse("reopened < 2 or not has_superior").parts[1]
    Not(part=Name(name='has_superior'))
    >>> parse("has_superor")
    Traceback (most recent call last):
    govflow.errors.DefinitionError: guard 'has_superor': 1 fault in the definition
      column 1: 'has_superor' is no fact that is yes or no; did you mean 'has_superior'?
    """
    reader = _Reader(text)
    reader.tokens += _tokens(reader)
    guard = _any_of(reader, 0)
    if reader.ahead.sort != "end":
        raise reader.error(reader.ahead.at, _left_over(reader.ahead))
    return guard


@define(eq=False)
class _Reader:
    """A text and how far it has been read."""

    text: str
    tokens: list[_Token] = field(factory=list)
    at: int = 0

    @property
    def ahead(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.ahead
        self.at += 1
        return token

    def sees(self, *texts: str) -> bool:
        return self.ahead.sort in ("word", "sign") and self.ahead.text in texts

    def expect(self, sign: str, why: str) -> None:
        if not self.sees(sign):
            raise self.error(self.ahead.at, f"expected {sign!r} {why}, not {self.ahead}")
        self.at += 1

    def error(self, at: int, text: str) -> DefinitionError:
        shown = self.text if len(self.text) <= 80 else self.text[:79] + "…"
        return DefinitionError(f"guard {shown!r}", [Fault("", "bad_guard", f"column {at + 1}: {text}")])


def _tokens(reader: _Reader) -> Iterator[_Token]:
    text, at, count = reader.text, 0, 0
    while at < len(text):
        if count > LONGEST:
            raise reader.error(at, f"a guard has at most {LONGEST} words and signs")
        if text[at].isspace():
            at += 1
        elif found := _TOKEN.match(text, at):
            if len(found[0].strip("\"'")) > LONGEST_WORD:
                raise reader.error(at, f"a name or a text in quotes has at most {LONGEST_WORD} characters")
            yield _Token(cast("Literal['number']", found.lastgroup), found[0], at)
            at, count = found.end(), count + 1
        else:
            raise reader.error(at, _unreadable(text[at]))
    yield _Token("end", "", len(text))


def _unreadable(character: str) -> str:
    if character in _INSTEAD:
        return f"{character!r} cannot be read; did you mean {_INSTEAD[character]!r}?"
    if character in "\"'":
        return "a text must end with the quote it began with, and hold neither quotes nor backslashes"
    if character in "+-*/%.":
        return f"{character!r} cannot be read: numbers are whole and not negative, and nothing is calculated"
    return f"{character!r} cannot be read; a text goes in quotes"


def _left_over(token: _Token) -> str:
    if token.text in _OPERATORS:
        return f"{token} follows a whole condition: compare two values at a time and join comparisons with 'and'"
    if token.text == ")":
        return "')' closes no parenthesis"
    near = nearest(token.text.lower(), JOINTS)
    return f"expected 'and', 'or' or the end, not {token}" + (f"; did you mean {near!r}?" if near else "")


def _any_of(reader: _Reader, depth: int) -> Guard:
    parts = [_all_of(reader, depth)]
    while reader.sees("or"):
        reader.take()
        parts.append(_all_of(reader, depth))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _all_of(reader: _Reader, depth: int) -> Guard:
    parts = [_part(reader, depth)]
    while reader.sees("and"):
        reader.take()
        parts.append(_part(reader, depth))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _part(reader: _Reader, depth: int) -> Guard:
    if depth > DEEPEST:
        raise reader.error(reader.ahead.at, f"parentheses and 'not' lie at most {DEEPEST} deep inside one another")
    if reader.sees("not"):
        reader.take()
        return Not(_part(reader, depth + 1))
    if reader.sees("("):
        reader.take()
        inner = _any_of(reader, depth + 1)
        reader.expect(")", "to close the parenthesis")
        return inner
    return _test(reader)


def _test(reader: _Reader) -> Guard:
    at = reader.ahead.at
    left = _value(reader)
    if reader.sees(*_OPERATORS):
        sign = reader.take()
        return _compare(reader, left, cast("Operator", sign.text), _value(reader), sign.at)
    if reader.sees("in"):
        return _in(reader, left, at)
    if reader.sees("not") and reader.tokens[reader.at + 1].text == "in":
        reader.take()
        return Not(_in(reader, left, at))
    if isinstance(left, Tied) or (isinstance(left, Name) and kind(left) == "yes or no"):
        return left
    raise reader.error(at, _not_a_condition(left))


def _not_a_condition(value: Value) -> str:
    if isinstance(value, Name) and value.name not in FACTS and nearest(value.name, _YES_OR_NO):
        return f"{value.name!r} is no fact that is yes or no{hint(value.name, _YES_OR_NO)}"
    example = f"{_shown(value, '')} > 0" if kind(value) == "number" else f'{_shown(value, "")} == "…"'
    remedy = "" if isinstance(value, Const) else f"; compare it, as in: {example}"
    return f"{_shown(value)} is a {kind(value)}, not yes or no{remedy}"


def _shown(value: Value | Tied, quote: str = "'") -> str:
    match value:
        case Const(constant):
            return f'"{constant}"' if isinstance(constant, str) else str(constant)
        case Name(name):
            return f"{quote}{name}{quote}"
        case Entries(inner):
            return f'entries("{inner}")'
        case Tied(inner):
            return f'tied("{inner}")'


def _value(reader: _Reader) -> Value | Tied:
    token = reader.take()
    if token.sort == "text":
        return Const(token.text[1:-1])
    if token.sort == "number":
        number = token.text.lstrip("0") or "0"
        if len(number) > len(str(LARGEST)) or int(number) > LARGEST:
            raise reader.error(token.at, f"a number is at most {LARGEST:,}")
        return Const(int(number))
    if token.sort == "word" and token.text not in JOINTS:
        return _call(reader, token) if reader.sees("(") or token.text in CALLS else Name(token.text)
    raise reader.error(token.at, f"expected a fact, a number or a text in quotes, not {token}")


def _call(reader: _Reader, name: _Token) -> Entries | Tied:
    if name.text not in CALLS:
        raise reader.error(name.at, f"{name} is nothing that can be asked{hint(name.text, CALLS)}")
    reader.expect("(", f"after {name}")
    argument = reader.take()
    if argument.sort not in ("text", "word"):
        raise reader.error(argument.at, f'expected one name in quotes, as in {name.text}("…"), not {argument}')
    inner = argument.text.strip("\"'")
    reader.expect(")", f"after the one name that {name} takes")
    if name.text == "entries":
        return Entries(inner)
    if inner not in TIES:
        raise reader.error(argument.at, f"unknown kind of tie {inner!r}{hint(inner, TIES)}")
    return Tied(inner)


def _compare(reader: _Reader, left: Value | Tied, op: Operator, right: Value | Tied, at: int) -> Compare:
    one, other = (_comparable(reader, *pair, at) for pair in ((left, right), (right, left)))
    if isinstance(one, Const) and isinstance(other, Const):
        raise reader.error(at, f"{_shown(one)} and {_shown(other)} are both fixed; one side must be a fact")
    _same_kind(reader, one, other, at)
    if kind(one) == "text":
        if op not in ("==", "!="):
            raise reader.error(at, f"a text is not smaller or larger than another, so not {op!r}; use '==' or '!='")
        if isinstance(one, Name) and isinstance(other, Name):
            raise reader.error(at, f"{_shown(one)} and {_shown(other)} are both facts; compare with a text in quotes")
    return Compare(one, op, other)


def _comparable(reader: _Reader, value: Value | Tied, other: Value | Tied, at: int) -> Value:
    value = _as_text(value, other)
    if isinstance(value, Tied) or kind(value) == "yes or no":
        raise reader.error(at, f"{_shown(value)} is yes or no and is not compared; write it alone or after 'not'")
    return value


def _same_kind(reader: _Reader, left: Value, right: Value, at: int) -> None:
    one, other = (f"{_shown(value)} is a {kind(value)}" for value in (left, right))
    if kind(left) != kind(right):
        raise reader.error(at, f"{one}, {other}; compare like with like")


def _as_text(value: Value | Tied, other: Value | Tied) -> Value | Tied:
    """Return a bare word as a text where it is compared with a text fact."""
    is_word = isinstance(value, Name) and value.name not in FACTS
    if is_word and isinstance(value, Name) and isinstance(other, Name) and kind(other) == "text":
        return Const(value.name)
    return value


def _in(reader: _Reader, left: Value | Tied, at: int) -> In:
    reader.take()
    if not isinstance(left, (Name, Entries)) or kind(left) == "yes or no":
        raise reader.error(at, f"{_shown(left)} cannot be one of several; a number or text fact goes before 'in'")
    reader.expect("(", "after 'in'")
    options = [_option(reader, left)]
    while reader.sees(","):
        reader.take()
        if reader.sees(")"):
            break
        options.append(_option(reader, left))
    reader.expect(")", "or ',' after the choices of 'in'")
    return In(left, tuple(options))


def _option(reader: _Reader, left: Name | Entries) -> Const:
    at = reader.ahead.at
    option = _as_text(_value(reader), left)
    if not isinstance(option, Const):
        raise reader.error(at, f"{_shown(option)} is a fact; the choices of 'in' are numbers or texts in quotes")
    _same_kind(reader, left, option, at)
    return option
