"""Pictures of a definition: organization and lifecycles as Mermaid, DOT and SVG (needs no Graphviz).

Pure functions from a definition, and marks that another room may bring, to text. Nothing here knows a file, a
terminal or a reader. Open `drawing` first (the one call), then `diagram` (the value between definition and
picture), `organization` and `lifecycle` (what is drawn), `mermaid`, `dot` and `svg` (how it is written), and for
the SVG's places `flow` (states) and `tree` (levels) with `layers` and `coordinates` under them.
"""

from govflow.draw.diagram import STYLES, Cluster, Diagram, Edge, Mark, Node, Note
from govflow.draw.dot import to_dot
from govflow.draw.drawing import FORMATS, diagram, draw
from govflow.draw.lifecycle import lifecycle_diagram
from govflow.draw.mermaid import to_mermaid
from govflow.draw.organization import organization_diagram
from govflow.draw.svg import to_svg
from govflow.draw.words import LANGUAGES

__all__ = [
    "FORMATS",
    "LANGUAGES",
    "STYLES",
    "Cluster",
    "Diagram",
    "Edge",
    "Mark",
    "Node",
    "Note",
    "diagram",
    "draw",
    "lifecycle_diagram",
    "organization_diagram",
    "to_dot",
    "to_mermaid",
    "to_svg",
]
