"""A real ``transitions`` machine of a lifecycle, for applications that keep their own model.

The machine knows the states and nothing else: who acts, which fields are needed, which unit a case moves to and
when a clock fires is the application's business, and ``event.transition.way`` is the `Transition` to read it
from. Guards are asked through ``lifecycle.guard``, the same function everywhere. What is different from a machine
made by hand, because of what ``transitions`` does silently: a malformed lifecycle is refused before anything is
built, a model that is already somewhere stays there, and no name of the model is passed over or hidden.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from govflow.errors import DefinitionError, UnknownName, UsageError
from govflow.lifecycle import guard
from govflow.lifecycle.check import check
from govflow.lifecycle.model import Lifecycle, Transition

if TYPE_CHECKING:
    from transitions import EventData, Machine

Facts: TypeAlias = Mapping[str, int | str | bool]
"""Facts of a case as guards write them: ``severity``, ``has_superior``, ``entries("asked")``."""

FactsOf: TypeAlias = Facts | Callable[[Any], Facts]
"""Facts that hold for every model, or a function that tells the facts of one."""


def machine(lifecycle: Lifecycle, model: object | None = None, facts: FactsOf | None = None) -> Machine:
    """Return a ``transitions.Machine`` with a lifecycle's states and triggers, bound to `model` or each of a list.

    Unbound (the cheap way, for many cases) a trigger is fired by ``machine.events["accept"].trigger(case)`` on any
    object with an attribute ``state``. True: a transition was taken. False: no guard held. An impossible state
    raises ``transitions.MachineError``. Ways of one trigger are tried in order.

    Guards read, the nearer before the farther: ``facts=`` of the trigger's call, ``facts`` of the model (a mapping
    or a method), `facts` given here (a mapping or a function of the model), ``counters`` of the model. What a
    transition adds is added to ``counters``, a dict of the model; what a field says comes by ``fields=`` of the call,
    1 where it does not. Callbacks get one argument, the ``EventData``.

    DefinitionError where the lifecycle is malformed; UsageError where the model has a trigger's name already;
    UnknownName where it is in no state of the lifecycle.

    >>> from types import SimpleNamespace
    >>> from govflow.lifecycle import State, Transition
    >>> states = {"asked": State("asked", "wait"), "closed": State("closed", "final")}
    >>> wish = Lifecycle("wish", "asked", states, (Transition("close", ("asked",), "closed", when="severity > 1"),))
    >>> case = SimpleNamespace(state="asked")
    >>> machine(wish).events["close"].trigger(case, facts={"severity": 2}), case.state
    (True, 'closed')
    """
    from transitions import Machine

    if faults := check(lifecycle):
        raise DefinitionError(f"lifecycle {lifecycle.name!r}", faults)
    built = Machine(
        model=None,
        states=[{"name": state.name, "final": state.kind == "final"} for state in lifecycle.states.values()],
        initial=lifecycle.start,
        auto_transitions=False,
        send_event=True,
        name=lifecycle.name,
    )
    for way in lifecycle.transitions:
        _add(built, lifecycle, way, facts)
    for one in model if isinstance(model, (list, tuple)) else (model,):
        if one is not None:
            _bind(built, lifecycle, one)
    return built


def _add(built: Machine, lifecycle: Lifecycle, way: Transition, facts: FactsOf | None) -> None:
    starts = {name: counter.start for name, counter in lifecycle.counters.items()}
    callbacks: dict[str, Any] = {}
    if (condition := lifecycle.condition(way)) is not None:
        ceilings = lifecycle.ceilings(way)
        callbacks["conditions"] = partial(_holds, guard.parse(condition), way, ceilings, starts, facts)
    if way.add or way.clears:
        callbacks |= {"before": _has_counters, "after": partial(_count, way, starts)}
    for source in dict.fromkeys(lifecycle.sources(way)):
        built.add_transition(way.trigger, source, way.target, **callbacks)
        vars(built.events[way.trigger].transitions[source][-1])["way"] = way


def _holds(
    tree: guard.Guard,
    way: Transition,
    ceilings: Mapping[str, str],
    starts: Mapping[str, int],
    facts: FactsOf | None,
    event: EventData,
) -> bool:
    known: Mapping[str, Any] = facts_of(event, starts, facts)
    return guard.evaluate(tree, known) and all(
        known[name] + _added(way.add[name], event) <= known[bound] for name, bound in ceilings.items()
    )


def facts_of(event: EventData, starts: Mapping[str, int], facts: FactsOf | None) -> Facts:
    """Return the facts that hold for one firing, the nearer over the farther; a counter not counted yet, its start."""
    own: Any = getattr(event.model, "facts", {})
    given = facts(event.model) if callable(facts) else facts or {}
    return {
        **starts,
        **getattr(event.model, "counters", {}),
        **given,
        **(own() if callable(own) else own),
        **event.kwargs.get("facts", {}),
    }


def _has_counters(event: EventData) -> None:
    """Refuse before anything has changed: ``transitions`` rolls nothing back."""
    counters = getattr(event.model, "counters", None)
    if not isinstance(counters, MutableMapping):
        name = event.event.name if event.event else ""
        raise UsageError(f"{name!r} counts, but the model has no dict 'counters'; give it one, such as counters = {{}}")


def _count(way: Transition, starts: Mapping[str, int], event: EventData) -> None:
    model: Any = event.model
    counters: MutableMapping[str, int] = model.counters
    for name in way.clears:
        counters[name] = 0
    for name, amount in way.add.items():
        counters[name] = counters.get(name, starts[name]) + _added(amount, event)


def _added(amount: int | str, event: EventData) -> int:
    """Return what one firing adds: a number, or what a field of the call says."""
    fields: Mapping[str, int] = event.kwargs.get("fields", {})
    return amount if isinstance(amount, int) else fields.get(amount, 1)


def _bind(built: Machine, lifecycle: Lifecycle, model: object) -> None:
    """Bind one model: where ``transitions`` would skip a name or start the case anew, refuse and keep its state."""
    names = Counter(_bound_names(lifecycle))
    hidden = [name for name, count in names.items() if count > 1 or getattr(model, name, None) is not None]
    if hidden:
        text = f"{', '.join(map(repr, hidden))} would hide one another or what the model has already"
        raise UsageError(f"{text}; rename them, or fire unbound: machine.events[TRIGGER].trigger(model)")
    state = getattr(model, built.model_attribute, None)
    if state is not None and state not in lifecycle.states:
        raise UnknownName("state", str(state), lifecycle.states)
    built.add_model(model, initial=state)


def _bound_names(lifecycle: Lifecycle) -> Iterator[str]:
    """Yield the names that ``transitions`` sets on a model."""
    yield from ("trigger", "may_trigger")
    for trigger in lifecycle.triggers():
        yield from (trigger, f"may_{trigger}")
    yield from (f"is_{state}" for state in lifecycle.states)
