"""Rule C6, read from the code itself: where something could group, rank, weigh or score by resident or household.

Every finding is a text `place: what`. It works on any modules, so that `test_people_first` can feed it offenders.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from types import ModuleType

import attrs

PEOPLE = frozenset({"household", "resident", "reporter", "whom", "family", "families", "citizen", "neighbour"})
"""Words for those whom it is all for; what has a field of such a name is about one of them."""

PARTS = frozenset({"subject", "about", "owner", "visitor"})
"""Words for a part that they can have; as these mean other things too, only a field with one id of one counts."""

SCORES = frozenset({
    "score", "scoring", "rank", "ranking", "weight", "weigh", "priority", "priorities", "risk", "rating", "grade",
    "worth", "worthiness", "merit", "importance", "credit", "points", "vulnerability", "need",
    "predict", "prediction", "trust",
})  # fmt: skip
"""Words for a value put on somebody."""

INSTANTS = frozenset({
    "arrived", "at", "done", "due", "end", "entered", "opened", "received", "recorded", "said", "sent", "since",
    "start", "until",
})  # fmt: skip
"""Fields that tell when, in microseconds, and not how much."""

WRAPPED = ("__func__", "fget", "func")
"""Where class methods, properties and cached properties keep their function."""

NUMBER = re.compile(r"\b(int|float|Decimal|Fraction|Natural|Positive|Carried|Cost)\b")
MEASURE = re.compile(r"(Mapping|[dD]ict|Callable|Counter)\[.*\b(int|float|Decimal|Fraction|Natural|Positive|bool)\]$")
TELLING = frozenset({"key", "group", "per", "column", "rank", "order", "sort"})
ORDERING = frozenset({"sorted", "min", "max", "nlargest", "nsmallest", "sort", "groupby", "most_common", "Counter"})
GATHERING = frozenset({"append", "add", "extend", "update", "insert", "appendleft", "subtract"})
GETTERS = frozenset({"attrgetter", "itemgetter", "get"})
STATEMENT = re.compile(r"(?:GROUP|ORDER|PARTITION) BY\s+([^;()]*)", re.IGNORECASE)


def words(name: str) -> frozenset[str]:
    """Return the words of a name, in the singular: ``rank_households`` has ``rank`` and ``household``."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return frozenset(word for part in parts for word in (part.lower(), part.lower().removesuffix("s")))


def about(name: str) -> bool:
    """Say whether a name speaks of a resident or a household."""
    return bool(words(name) & (PEOPLE | PARTS))


def scores(name: str) -> bool:
    """Say whether a name speaks of a value put on something."""
    return bool(words(name) & SCORES)


def findings(modules: Iterable[ModuleType]) -> set[str]:
    """Return every place in some modules where residents or households might be scored."""
    modules = list(modules)
    classes = [thing for module in modules for _, thing in own(module) if inspect.isclass(thing) and attrs.has(thing)]
    theirs = {thing.__name__ for thing in classes if any(names_one(one) for one in attrs.fields(thing))}
    found = {f"{full(thing)}.{text}" for thing in classes for text in fields(thing, thing.__name__ in theirs)}
    for module in modules:
        tree = parsed(module)
        found |= {f"{module.__name__}.{text}" for text in lists(module, tree)}
        found |= {f"{module.__name__}: {text}" for text in sources(tree)}
        for name, function in functions(module):
            said = signature(name, function, theirs)
            found |= {f"{module.__name__}.{name}: {text}" for text in said}
    return found


def full(thing: type) -> str:
    """Return the full name of a class."""
    return f"{thing.__module__}.{thing.__name__}"


def names_one(one: attrs.Attribute) -> bool:
    """Say whether a field names a resident or a household, and does not just count them."""
    if words(one.name) & PEOPLE:
        return not NUMBER.search(str(one.type))
    return about(one.name) and str(one.type) in ("str", "str | None")


def own(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield what a module itself defines and shows."""
    for name, thing in vars(module).items():
        if not name.startswith("_") and getattr(thing, "__module__", None) == module.__name__:
            yield name, thing


def functions(module: ModuleType) -> Iterator[tuple[str, object]]:
    """Yield the public functions of a module and the public methods of its public classes, by full name."""
    for name, thing in own(module):
        if inspect.isfunction(thing):
            yield name, thing
        elif inspect.isclass(thing):
            for method, bound in vars(thing).items():
                function = next((getattr(bound, inner) for inner in WRAPPED if hasattr(bound, inner)), bound)
                if not method.startswith("_") and inspect.isfunction(function):
                    yield f"{name}.{method}", function


# ------------------------------------------------------------ data
def fields(thing: type, theirs: bool) -> Iterator[str]:
    """Yield what in a class puts a number or a value beside a resident or a household."""
    if about(thing.__name__) and scores(thing.__name__):
        yield "its name scores"
    for name in vars(thing):  # slots, methods, properties, and cached ones, of which attrs leaves only the slot
        if not name.startswith("_") and scores(name) and (theirs or about(name)):
            yield f"{name} is a score"
    for one in attrs.fields(thing):
        if theirs and one.name not in INSTANTS and NUMBER.search(str(one.type)):
            yield f"{one.name} is a number"


def lists(module: ModuleType, tree: ast.Module) -> Iterator[str]:
    """Yield the lists of keys, groups and columns that name a resident or a household, or read one."""
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for name in (target.id for target in targets if isinstance(target, ast.Name)):
            if name.strip("_").isupper() and words(name.lower()) & TELLING:
                value = getattr(module, name)
                elements = list(value) if isinstance(value, list | tuple | set | frozenset | dict) else []
                elements += [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                elements += [part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)]
                yield from (f"{name} names {one!r}" for one in elements if isinstance(one, str) and named(one))


def named(text: str) -> bool:
    """Say whether a text is a name, not a sentence, and speaks of a resident or a household."""
    return text.isidentifier() and about(text)


# ------------------------------------------------------------ functions
def signature(name: str, function: object, theirs: set[str]) -> Iterator[str]:
    """Yield what in a function's signature could carry or give back a value put on residents or households."""
    known = inspect.signature(function)
    told = {one.name: str(one.annotation) for one in known.parameters.values()}
    owner, _, name = name.rpartition(".")
    people = (
        owner in theirs or about(name) or any(about(one) or words_of_types(text) & theirs for one, text in told.items())
    )
    if not people:
        return
    if scores(name) and owner not in theirs:
        yield "its name scores"
    for one, text in told.items():
        if MEASURE.search(text.removesuffix(" | None")):
            yield f"{one} measures them"
        elif scores(one) and (NUMBER.search(text) or about(one)):
            yield f"{one} scores them"
    if MEASURE.search(str(known.return_annotation)):
        yield "it returns a measure"


def words_of_types(annotation: str) -> set[str]:
    """Return the names of classes in an annotation."""
    return set(re.findall(r"\w+", annotation))


# ------------------------------------------------------------ sources
def parsed(module: ModuleType) -> ast.Module:
    """Return the syntax tree of a module, or of the text kept in its `__source__`."""
    return ast.parse(vars(module).get("__source__") or inspect.getsource(module))


def sources(tree: ast.Module) -> Iterator[str]:
    """Yield where a source sorts, groups or counts by a resident or a household."""
    for node in ast.walk(tree):
        yield from (f"groups by {name}" for key in keyed(node) for name in sorted(attributes(key) | variables(key)))
        if isinstance(node, ast.Call) and called(node.func) in ORDERING:
            for name in sorted(attributes(node) | looked_up(node)):
                yield f"{called(node.func)} by {name}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for clause in STATEMENT.findall(node.value):
                if about(clause):
                    yield f"a statement {clause.strip()!r}"


def called(function: ast.expr) -> str:
    """Return the last part of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def keyed(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the keys under which something is gathered or added up.

    That is what ``setdefault``, ``[key].append``, ``[key] += …`` and ``d[key] = d.get(key, 0) + …`` do.
    """
    if isinstance(node, ast.Call) and called(node.func) == "setdefault" and node.args:
        yield node.args[0]
    elif isinstance(node, ast.Call) and called(node.func) in GATHERING and isinstance(node.func, ast.Attribute):
        yield from (part.slice for part in [node.func.value] if isinstance(part, ast.Subscript))
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
        yield node.target.slice
    elif isinstance(node, ast.Assign):
        parts = [target for target in node.targets if isinstance(target, ast.Subscript)]
        yield from (part.slice for part in parts if ast.unparse(part.value) in map(ast.unparse, ast.walk(node.value)))


def attributes(tree: ast.AST) -> set[str]:
    """Return what, in the key and the arguments of a call, is an attribute or a column of theirs."""
    read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    read |= {
        str(node.slice.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    }
    getters = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node.func) in GETTERS]
    read |= {str(one.value) for node in getters for one in node.args if isinstance(one, ast.Constant)}
    return {name for name in read if about(name)}


def variables(tree: ast.AST) -> set[str]:
    """Return the variables in a key that stand for one of theirs."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and about(node.id)}


def looked_up(call: ast.Call) -> set[str]:
    """Return by whom something is looked up in the key of a call: ``max(owners, key=lambda owner: talks[owner])``."""
    keys = [one.value for one in call.keywords if one.arg == "key"]
    slices = [node.slice for key in keys for node in ast.walk(key) if isinstance(node, ast.Subscript)]
    return {name for part in slices for name in variables(part)}
