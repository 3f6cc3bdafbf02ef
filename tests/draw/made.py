"""What the tests of this room draw from: diagrams, lifecycles and communities; and readers of the three formats."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from attrs import frozen
from hypothesis import strategies as st

from govflow.calendar import ALWAYS, Duration
from govflow.community import Category, Community
from govflow.draw import STYLES, Cluster, Diagram, Edge, Node, Note
from govflow.draw.placed import Rectangle
from govflow.draw.text import clean
from govflow.lifecycle import Deadline, Lifecycle, State, Transition
from govflow.organization import Conference, Level, OrganizationPlan, OutsideUnit, Pattern, TieRow

LEVELS = (
    Level("committee", label={"en": "committee", "zh": "社区大党委"}),
    Level("branch", label={"en": "branch", "zh": "小区党支部"}),
    Level("host", label={"zh": "党员中心户"}),
)

NASTY = "\"<&>'`\\#%;|[]{}()\n\r\t\0\u202e…×办结שלום👨\u200d👩\ud800\ufffe-->:::%%{}"
"""Letters that some format reads as its own, or that none may hold."""

texts = st.text(st.sampled_from(NASTY) | st.characters(max_codepoint=0x3000), max_size=40)
marks = st.sampled_from(["0.83", "hot", "warm 12", "#c33", "#102030 many", "a & b", *STYLES])


def community(plan=None, *lifecycles, name="tiny", **fields):
    """Return a community with an organization and lifecycles and nothing else."""
    return Community(
        name=name,
        plan=plan or OrganizationPlan("top", LEVELS[:1]),
        calendars={"default": ALWAYS},
        categories={"fire": Category("fire", label={"en": "fire", "zh": "消防"})},
        channels={},
        lifecycles={lifecycle.name: lifecycle for lifecycle in lifecycles},
        **fields,
    )


def tiny_lifecycle():
    """Return a lifecycle small enough to read its picture in a test."""
    states = {
        "open": State("open", "queue", {"en": "open", "zh": "待办"}),
        "busy": State("busy", "work", {"zh": "在办"}),
        "closed": State("closed", "final"),
    }
    ways = (
        Transition("take_up", ("open",), "busy", take=True, label={"zh": "办理"}),
        Transition("close", ("busy",), "closed", by=("handler@here",)),
        Transition("give_up", ("busy",), "closed", by=("handler@here", "clock"), when="severity == 1"),
        Transition("pass_on", ("busy",), "open", move="up", by=("clock",)),
        Transition("withdraw", ("*",), "closed", by=("reporter",)),
        Transition("note", ("open", "busy"), by=("handler@here",)),
    )
    limits = {"handle": Deadline("handle", "level", ("busy",), {"default": Duration.parse("4h")}, fires="pass_on")}
    return Lifecycle("tiny", "open", states, ways, deadlines=limits, label={"en": "tiny", "zh": "小事"})


def tiny_plan(**fields):
    """Return two branches with three hosts each, two departments and a conference."""
    patterns = {
        "branch": Pattern("branch", 2, handlers=3, labels={"1": {"en": "north", "zh": "北区"}}),
        "host": Pattern("host", 6, households=10),
    }
    outside = (
        OutsideUnit("department/water", "department", label={"zh": "供水"}),
        OutsideUnit("department/fire", "department", categories=("fire",), label={"en": "fire brigade"}),
        OutsideUnit("team/a", "team", serves=("branch/2",)),
    )
    held = (Conference("committee", "fri", "15:00", 2, 5),)
    ties = (TieRow("pairs_with", "team/a", "household/1-1-1"),)
    plan = OrganizationPlan("top", LEVELS, patterns, outside=outside, conferences=held, ties=ties)
    return plan if not fields else OrganizationPlan("top", LEVELS, patterns, **fields)


@st.composite
def lifecycles(draw):
    """Draw a lifecycle of any shape: loops, parallel ways, clocks, states that nothing reaches."""
    names = [f"s{n}" for n in range(draw(st.integers(1, 9)))]
    kinds = st.sampled_from(["queue", "work", "wait", "final"])
    labels = st.dictionaries(st.sampled_from(["en", "zh", "fr"]), texts, max_size=2)
    states = {name: State(name, draw(kinds), draw(labels)) for name in names}
    sources = st.one_of(st.just(("*",)), st.lists(st.sampled_from(names), min_size=1, max_size=3).map(tuple))
    moves = st.sampled_from(["stay", "up", "down", "refer", "convene", "back"])
    by = st.sampled_from([("clock",), ("handler@here", "clock"), ("reporter",), ()])
    way = st.builds(
        Transition,
        trigger=st.sampled_from(["accept", "hand_down", "urge", "close"]),
        source=sources,
        target=st.none() | st.sampled_from(names),
        by=by,
        move=moves,
        when=st.none() | st.just('level == "host" and severity < 3'),
        label=labels,
    )
    limits = {"handle": Deadline("handle", "level", (names[0],), {"default": Duration.parse("1d")}, fires="close")}
    return Lifecycle(
        "any", names[0], states, tuple(draw(st.lists(way, max_size=25))), draw(st.sampled_from([{}, limits]))
    )


@st.composite
def diagrams(draw):
    """Draw a diagram of states with texts and ids that no format likes, some of its parts marked."""
    ids = draw(st.lists(texts, min_size=1, max_size=7, unique_by=clean))
    kinds = st.sampled_from(["queue", "work", "wait", "final", "unit", "units", "department", "partner", "team"])
    lines = st.lists(texts, min_size=1, max_size=3).map(tuple)
    nodes = tuple(Node(f"n{name}", draw(lines), draw(kinds), detail=draw(lines)) for name in ids)
    pairs = draw(st.lists(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)), max_size=10, unique=True))
    ways = st.sampled_from(["move", "clock"])
    edges = tuple(
        Edge(f"e{n}", a.id, b.id, draw(st.just(()) | lines), draw(ways), draw(lines)) for n, (a, b) in enumerate(pairs)
    )
    notes = tuple(Note(f"note{n}", draw(texts), draw(lines)) for n in range(draw(st.integers(0, 2))))
    whole = Diagram(draw(texts), "flow", nodes, edges, (), notes, draw(st.sampled_from(["en", "zh"])))
    chosen = draw(st.lists(st.sampled_from([part.id for part in (*nodes, *edges)]), unique=True, max_size=4))
    return whole.marked({name: draw(marks) for name in chosen})


def tree_diagram():
    """Return a diagram of levels with everything that one can have."""
    nodes = (
        Node("a", ("a",), "unit", "top"),
        Node("b", ("b",), "unit", "low"),
        Node("c", ("c", "much"), "units", "low", units=3),
        Node("d", ("d",), "department", "department"),
    )
    edges = (
        Edge("a -> b", "a", "b", kind="superior"),
        Edge("a -> c", "a", "c", kind="superior"),
        Edge("a refers_to d", "a", "d", ("refers to",), "tie"),
        Edge("b pairs_with c", "b", "c", ("pairs with",), "tie"),
    )
    clusters = (
        Cluster("top", ("top", "1 unit")),
        Cluster("low", ("low",)),
        Cluster("department", ("d",), outside=True),
    )
    return Diagram("tree", "tree", nodes, edges, clusters, (Note("(within)", "loose", ("x",)),))


@frozen
class Found:
    """What a reader found in a picture: ids of nodes, pairs of ids for edges, ids of notes; each as often as seen."""

    nodes: list
    edges: list
    notes: list
    clusters: list


_QUOTED = r'"((?:[^"\\]|\\.)*)"'


def read_dot(text):
    """Read back DOT as this room writes it."""
    nodes, edges, notes, clusters = [], [], [], []
    for line in text.splitlines()[1:-1]:
        edge = re.match(rf"\s*{_QUOTED} -> {_QUOTED} \[", line)
        node = re.match(rf"\s*{_QUOTED} \[", line)
        if edge and "style=invis" not in line:
            edges.append((_plain(edge[1]), _plain(edge[2])))
        elif node:
            (notes if 'shape="note"' in line else nodes).append(_plain(node[1]))
        elif "subgraph" in line:
            clusters.append(line.split()[1])
    return Found(nodes, edges, notes, clusters)


def _plain(text):
    return re.sub(r"\\(.)", r"\1", text)


_LABEL = r'"([^"<>`\\]|<br/>)*"'
_SHAPES = (r"\({}\)", r"\[{}\]", r"\(\({}\)\)", r"\(\[{}\]\)", r"\[\[{}\]\]", r"\{{\{{{}\}}\}}")
_GRAMMAR = {
    "node": rf"(n\d+)(?:{'|'.join(shape.format(_LABEL) for shape in _SHAPES)}):::\w+",
    "note": rf"(note\d+)\[{_LABEL}\]:::note",
    "edge": rf"(n\d+) (?:-->|---|-\.->)(?:\|{_LABEL}\|)? (n\d+)",
    "cluster": rf"subgraph (c\d+)\[{_LABEL}\]",
    "hung": r"n\d+ ~~~ note\d+",
    "rest": r"end|classDef \w+ [\w#,:. -]+|style [nc]\d+ [\w#,:. -]+|linkStyle \d+ [\w#,:. -]+",
}


def read_mermaid(text, diagram):
    """Read back Mermaid by a closed grammar of its lines; a line that fits no rule fails the test."""
    head, _, body = text.partition("\nflowchart TB\n")
    assert re.fullmatch(r'---\ntitle: "(?:[^"\\\n]|\\.)*"\n---', head)
    found = {rule: [] for rule in _GRAMMAR}
    for line in body.splitlines():
        rule, match = next((r, m) for r, form in _GRAMMAR.items() if (m := re.fullmatch(form, line.strip())))
        found[rule].append(match)
    ids = {f"n{n}": node.id for n, node in enumerate(diagram.nodes)}
    ends = [tuple(ids[name] for name in re.findall(r"(?:^|\s)(n\d+)(?=\s|$)", m[0])) for m in found["edge"]]
    nodes = [ids[m[1]] for m in found["node"]]
    return Found(nodes, [(e[0], e[-1]) for e in ends], [m[1] for m in found["note"]], [m[1] for m in found["cluster"]])


SVG = "{http://www.w3.org/2000/svg}"


def groups(text, kind):
    """Return the groups of one kind in an SVG picture: nodes, edges, notes or bands."""
    root = ET.fromstring(text)  # noqa: S314  our own text
    return [g for g in root.iter(f"{SVG}g") if g.get("class", "").split()[:1] == [kind]]


def box_of(group, css="box"):
    """Return the last rectangle (or circle) of a class in a group."""
    shape = [part for part in group.iter() if part.get("class") == css and part.tag != f"{SVG}path"][-1]
    if shape.tag == f"{SVG}circle":
        r = float(shape.get("r"))
        return Rectangle(float(shape.get("cx")) - r, float(shape.get("cy")) - r, 2 * r, 2 * r)
    return Rectangle(*(float(shape.get(key)) for key in ("x", "y", "width", "height")))


def label_boxes(text):
    """Return the boxes of the labels of an SVG picture's edges."""
    root = ET.fromstring(text)  # noqa: S314  our own text
    return [box_of(g, "page") for g in root.iter(f"{SVG}g") if g.get("class") == "label"]
