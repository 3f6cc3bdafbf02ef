"""Lifecycles: what may happen to a case, as data, with its guards, its faults and a machine for applications.

Nothing here knows a unit, a handler, a clock or a community. Open `model` first (the data), then `guard` (when a
transition is open), `check` (what is malformed), `machine` (a real ``transitions`` machine).
"""

from govflow.lifecycle.model import (
    ANYWHERE,
    CLOCK,
    DEFAULT,
    DEPARTMENT,
    IMPLIED,
    Circle,
    Counter,
    Deadline,
    Extension,
    Field,
    FieldKind,
    FieldLimit,
    Label,
    Lifecycle,
    Marks,
    Metric,
    Move,
    Scope,
    Span,
    State,
    StateKind,
    Transition,
)

from govflow.lifecycle.check import check  # isort: skip  # reads the model and the guard
from govflow.lifecycle.machine import machine  # isort: skip

__all__ = [
    "ANYWHERE",
    "CLOCK",
    "DEFAULT",
    "DEPARTMENT",
    "IMPLIED",
    "Circle",
    "Counter",
    "Deadline",
    "Extension",
    "Field",
    "FieldKind",
    "FieldLimit",
    "Label",
    "Lifecycle",
    "Marks",
    "Metric",
    "Move",
    "Scope",
    "Span",
    "State",
    "StateKind",
    "Transition",
    "check",
    "machine",
]
