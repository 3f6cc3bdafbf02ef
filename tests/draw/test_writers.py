"""The three writers: every node and edge exactly once, whatever its texts are, and the same text each time."""

import shutil
import subprocess
from collections import Counter

import pytest
from hypothesis import given, settings

from govflow.draw import lifecycle_diagram, organization_diagram, to_dot, to_mermaid, to_svg
from govflow.draw.text import clean
from tests.draw.made import (
    community,
    diagrams,
    groups,
    lifecycles,
    read_dot,
    read_mermaid,
    tiny_lifecycle,
    tiny_plan,
    tree_diagram,
)
from tests.organization.made import plans

WRITERS = (to_mermaid, to_dot, to_svg)

DOT = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed: apt install graphviz")


def check(diagram):
    """Read all three formats back and compare them with the diagram."""
    nodes = Counter(clean(node.id) for node in diagram.nodes)
    edges = Counter((clean(edge.source), clean(edge.target)) for edge in diagram.edges)
    dot = read_dot(to_dot(diagram))
    assert (Counter(dot.nodes), Counter(dot.edges)) == (nodes, edges)
    mermaid = read_mermaid(to_mermaid(diagram), diagram)
    assert Counter(clean(name) for name in mermaid.nodes) == nodes
    assert Counter((clean(a), clean(b)) for a, b in mermaid.edges) == edges
    assert len(dot.notes) == len(mermaid.notes) == len(diagram.notes)
    assert len(dot.clusters) == len(mermaid.clusters) == len(diagram.clusters)
    svg = to_svg(diagram)
    assert Counter(g.get("data-id") for g in groups(svg, "node")) == nodes
    assert Counter(g.get("data-id") for g in groups(svg, "edge")) == Counter(clean(edge.id) for edge in diagram.edges)
    assert len(groups(svg, "note")) == len(diagram.notes)
    assert len(groups(svg, "band")) == len(diagram.clusters)


@given(diagrams())
def test_every_part_of_a_diagram_appears_once_in_every_format(diagram):
    """Quotes, markup, right-to-left letters, control characters and all: what is read back is what was drawn."""
    check(diagram)


@given(lifecycles())
def test_every_state_and_arrow_of_a_lifecycle_appears_once_in_every_format(lifecycle):
    """The same for diagrams of lifecycles."""
    check(lifecycle_diagram(lifecycle))


@given(plans())
@settings(max_examples=50)
def test_every_box_and_line_of_an_organization_appears_once_in_every_format(plan):
    """The same for diagrams of organizations."""
    check(organization_diagram(community(plan)))


def test_every_part_of_a_diagram_of_levels_appears_once_in_every_format():
    """The same with a tie inside the hierarchy, one to the outside, and a note."""
    check(tree_diagram())


@pytest.mark.parametrize("write", WRITERS)
@given(diagrams())
@settings(max_examples=30)
def test_the_same_diagram_gives_the_same_bytes(write, diagram):
    """And bytes they are: every text can be encoded."""
    assert write(diagram).encode() == write(diagram).encode()


@DOT
@given(diagrams())
@settings(max_examples=15)
def test_graphviz_reads_what_is_written(diagram):
    """The real ``dot`` finds as many nodes and edges, and complains of nothing."""
    run = subprocess.run(["dot", "-Tplain"], input=to_dot(diagram).encode(), capture_output=True, check=False)  # noqa: S607
    assert (run.returncode, run.stderr) == (0, b"")
    heads = Counter(line.split(" ", 1)[0] for line in run.stdout.decode().splitlines())
    assert heads["node"] == len(diagram.nodes) + len(diagram.notes)
    assert heads["edge"] == len(diagram.edges) + len(diagram.notes)


def test_the_tiny_lifecycle_as_mermaid():
    """The golden example; the classes at its end say how each kind looks."""
    lines = to_mermaid(lifecycle_diagram(tiny_lifecycle(), "zh")).splitlines()
    assert [line for line in lines if "note" not in line and "classDef" not in line] == [
        "---",
        'title: "小事"',
        "---",
        "flowchart TB",
        '  n0((" ")):::start',
        '  n1["待办"]:::queue',
        '  n2("在办<br/>◷ handle"):::work',
        '  n3(["closed"]):::final',
        "  n0 --> n1",
        '  n1 -->|"办理"| n2',
        '  n2 -->|"close<br/>give up ◷"| n3',
        '  n2 -.->|"pass on ↑ ◷"| n1',
    ]


def test_the_tiny_organization_as_dot():
    """The golden example: levels are clusters, ids are the definition's own."""
    text = to_dot(organization_diagram(community(tiny_plan())).marked({"branch/2": "hot 0.97"}))
    assert '"committee/top" -> "branch/1" [id="committee/top -> branch/1", arrowhead="none"];' in text
    assert 'label="branch 2\\n3 handlers\\n0.97"' in text
    assert 'fillcolor="#ffd9d4", color="#c62f20"' in text
    assert 'graph [label="branch · 2 units · 6 handlers"' in text


def test_what_mermaid_would_read_as_its_own_is_spelled_out():
    """No quote, tag, entity, directive or escape of a label reaches Mermaid as such."""
    lifecycle = tiny_lifecycle()
    lifecycle.states["open"].label["en"] = '%%{init}%% "x" <b> #35; `md` \\n'
    text = to_mermaid(lifecycle_diagram(lifecycle))
    assert "%%" not in text
    assert "<b>" not in text
    assert "#37;#37;#123;init#125;#37;#37; #34;x#34; #60;b#62; #35;35; #96;md#96; #92;n" in text
