"""What is said with a command: fields checked against the definition, texts kept apart from the event.

A field that is not declared is not taken; what a person wrote goes to the vault, and the event commits to it (C4, C6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import frozen

from govflow.casework.draft import Draft, Work
from govflow.casework.editions import Edition
from govflow.errors import UnknownName, UsageError
from govflow.lifecycle import Field
from govflow.record import commitment, plain, secret

OPEN_TEXTS = ("reason", "text")
"""What can be said with every command on a case that is not restricted."""

OTHER = "other"
"""The reason under which free words stand, where a lifecycle lists it."""

LONGEST_CODE = 500
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@frozen(eq=False)
class Said:
    """What was said: `fields` in codes, ids and numbers, `texts` in words, `amounts` by field as whole numbers."""

    fields: Mapping[str, Any]
    texts: Mapping[str, str]
    amounts: Mapping[str, int]


SILENT = Said({}, {}, {})


def listen(
    edition: Edition,
    lifecycle: int,
    what: str,
    given: Mapping[str, Any],
    *,
    needs: Iterable[str] = (),
    takes: Iterable[str] = (),
) -> Said:
    """Return what was said with a command `what`, checked; UsageError where too little, too much or no such value."""
    cycle, known = edition.lifecycles[lifecycle], edition.fields[lifecycle]
    missing = [name for name in needs if _is_silent(given.get(name))]
    if missing:
        raise UsageError(f"{what} needs {', '.join(map(repr, missing))}: say it with the command")
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return SILENT
    taken = {*needs, *takes, *(() if cycle.restricted else OPEN_TEXTS)}
    fields: dict[str, Any] = {}
    texts: dict[str, str] = {}
    amounts: dict[str, int] = {}
    for name, value in given.items():
        if name not in taken:
            raise UsageError(f"{what} takes no {name!r}: {_taken(taken)}; what is not declared is not kept")
        field, subject = known[name], f"{name!r} of {what}"
        if field.kind == "text":
            texts[name] = plain(subject, _text(subject, value))
        elif field.kind == "reason":
            fields[name], words = _reason(edition, lifecycle, subject, value)
            texts |= {f"{name}_text": words} if words else {}
        else:
            fields[name] = _READ[field.kind](edition, subject, field, value)
            if field.kind == "number":
                amounts[name] = fields[name]
            elif field.kind == "money":
                amounts[name] = int(Decimal(fields[name]) * 100)
    return Said(fields, texts, amounts)


def _is_silent(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _taken(taken: Collection[str]) -> str:
    return f"it takes {', '.join(sorted(taken))}" if taken else "it takes nothing"


def _text(subject: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{subject} is {value!r}: must be a text")
    return value


def _reason(edition: Edition, lifecycle: int, subject: str, value: Any) -> tuple[str, str]:
    """Return the code of a reason, and the words where it was given in words."""
    codes = edition.lifecycles[lifecycle].reasons
    value = plain(subject, _text(subject, value))
    if value in codes:
        return value, ""
    if codes and OTHER not in codes:
        raise UnknownName("reason", value, codes)
    return OTHER, value


def _code(_: Edition, subject: str, __: Field, value: Any) -> str:
    text = plain(subject, _text(subject, value))
    if not text.strip() or len(text) > LONGEST_CODE:
        raise UsageError(f"{subject} is {text[:40]!r}: must be an id of 1 to {LONGEST_CODE} characters")
    return text


def _actor(edition: Edition, subject: str, field: Field, value: Any) -> str:
    """Return the id of somebody, or of a unit as a whole; UnknownName where there is no such post or unit."""
    text = _code(edition, subject, field, value)
    return text if edition.roster.is_unit(text) else edition.roster.actor(text).id


def _unit(edition: Edition, subject: str, field: Field, value: Any) -> str:
    text = _code(edition, subject, field, value)
    edition.roster.organization.index(text)
    return text


def _choice(_: Edition, subject: str, field: Field, value: Any) -> str:
    text = _text(subject, value)
    if text not in field.options:
        raise UnknownName(f"choice for {field.name}", text, field.options)
    return text


def _choices(edition: Edition, subject: str, field: Field, value: Any) -> list[str]:
    """Return what was chosen of the options, each once, in the options' own order."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise UsageError(f"{subject} is {value!r}: must be several of {', '.join(field.options)}, as a list")
    chosen = {_choice(edition, subject, field, one) for one in value}
    return [option for option in field.options if option in chosen]


def _date(edition: Edition, subject: str, _: Field, value: Any) -> str:
    text = _text(subject, value)
    try:
        if _DATE.fullmatch(text):
            edition.local_midnight(text)
            return text
    except ValueError:  # a day that its month does not have
        pass
    raise UsageError(f"{subject} is {text!r}: must be a date, YYYY-MM-DD")


def _number(_: Edition, subject: str, __: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 53:
        raise UsageError(f"{subject} is {value!r}: must be a whole number from 0 to 2**53 - 1")
    return value


def _money(_: Edition, subject: str, __: Field, value: Any) -> str:
    """Return yuan with two decimals, exactly; a float is refused, for it is not what was written."""
    rule = "must be yuan with at most two decimals, as a whole number, a text or a Decimal"
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise UsageError(f"{subject} is {value!r}: {rule}")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise UsageError(f"{subject} is {value!r}: {rule}") from None
    if not amount.is_finite() or not 0 <= amount < 10**13 or amount != round(amount, 2):
        raise UsageError(f"{subject} is {value!r}: {rule}")
    return f"{amount:.2f}"


_READ: Mapping[str, Callable[[Edition, str, Field, Any], Any]] = {
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "number": _number,
    "money": _money,
    "actor": _actor,
    "unit": _unit,
    "case": _code,
}


def keep(draft: Draft, work: Work, owner: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Put texts into the vault for the event that comes next on a case, and return their commitments."""
    committed = {}
    for name, text in texts.items():
        one = secret(work.id, work.version + 1, name, owner, text)
        draft.secrets.append(one)
        committed[name] = commitment(one.salt, owner, text)
    return committed
