"""Units from columns: a million of them, each fault with its row."""

import subprocess
import sys

import pytest

from govflow.errors import UsageError
from govflow.organization import Level, OutsideUnit, Post, from_columns
from tests.organization.made import faults_of

LEVELS = ("committee", "branch", "group")
IDS = ["branch/1", "committee/x", "group/a", "group/b"]
SUPERIORS = ["committee/x", None, "branch/1", "branch/1"]
NAMES = ["branch", "committee", "group", "group"]


def make(ids=IDS, superiors=SUPERIORS, levels=NAMES, level_names=LEVELS, **columns):
    """Return the organization of four units, with whatever is changed."""
    return from_columns(ids, superiors, levels, level_names=level_names, **columns)


def test_columns_come_in_any_order_and_of_any_kind():
    """The superior may come after the subordinate, columns may be generators, the top's superior None or empty."""
    org = make(iter(IDS), (superior or "" for superior in SUPERIORS), tuple(NAMES), handlers=range(4))
    assert org.ids == ("committee/x", "branch/1", "group/a", "group/b")
    assert list(org.handlers) == [1, 0, 2, 3]
    assert org.plan.top == "x"
    assert org.total_households == 0


def test_what_is_tied_to_the_units_goes_with_the_columns():
    """Labels, outside units and posts are given beside the columns."""
    department = OutsideUnit("department/a", "department", ("branch/1",))
    posts = [Post("group/a", f"member:example-{at}") for at in range(3)]
    levels = ["committee", Level("branch", may_skip=True), "group"]
    org = make(level_names=levels, labels={"group/b": {"zh": "二"}}, outside=[department], posts=posts)
    assert org.referral("group/b", "noise") == "department/a"
    assert org.label("group/b") == "二"
    assert org.handlers[org.index("group/a")] == 3
    assert org.plan.levels[1].may_skip


def changed(column, row, entry):
    """Return a column with one entry changed."""
    return [*column[:row], entry, *column[row + 1 :]]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"superiors": changed(SUPERIORS, 2, "brunch/1")}, [("row 2, superior", "unknown_name")]),
        ({"superiors": changed(SUPERIORS, 2, None)}, [("row 2, superior", "orphan")]),
        ({"superiors": changed(SUPERIORS, 1, "no/x")}, [("row 1, superior", "unknown_name"), ("units", "no_top")]),
        ({"superiors": changed(SUPERIORS, 1, "group/a")}, [("units", "no_top"), ("row 0, superior", "cycle")]),
        ({"superiors": changed(SUPERIORS, 3, "group/a")}, [("row 3, superior", "upside_down")]),
        ({"superiors": changed(SUPERIORS, 3, "group/b")}, [("row 3, superior", "cycle")]),
        ({"superiors": changed(SUPERIORS, 3, "committee/x")}, [("row 3, superior", "skipped_level")]),
        ({"ids": changed(IDS, 3, "group/a")}, [("row 3, id", "duplicate")]),
        ({"ids": changed(IDS, 3, "group b")}, [("row 3, id", "malformed_id")]),
        ({"ids": changed(IDS, 3, "branch/2")}, [("row 3, id", "malformed_id")]),
        ({"levels": changed(NAMES, 3, "gruop")}, [("row 3, level", "unknown_name")]),
        ({"handlers": [1, 1, -1, 1.5]}, [("row 2, handlers", "bad_value"), ("row 3, handlers", "bad_value")]),
        ({"households": [1, 1, 1, 2 * 10**9]}, [("row 3, households", "absurd_size")]),
        ({"households": [1, 1, 1, 10**30]}, [("row 3, households", "absurd_size")]),
        ({"households": [10**9, 1, 0, 0]}, [("", "absurd_size")]),
        ({"handlers": [1, 1, None, 1]}, [("row 2, handlers", "bad_value")]),
        ({"labels": {"group/3": {}}}, [('labels."group/3"', "unknown_name")]),
        ({"posts": [Post("group/3", "member:example-1")]}, [("posts[0].unit", "unknown_name")]),
        ({"ids": [], "superiors": [], "levels": []}, [("units", "no_top")]),
        ({"level_names": ("committee", "household", "group"), "levels": changed(NAMES, 0, "household"),
          "ids": changed(IDS, 0, "household/1"), "superiors": ["committee/x", None, "household/1", "household/1"]},
         [("levels.household", "reserved_name")]),
    ],
)  # fmt: skip
def test_a_fault_of_columns_names_its_row(columns, expected):
    """The row is counted from 0, and what is not of a row has its own path."""
    assert list(faults_of(make, **columns)) == expected


def test_two_superiors_in_columns_name_both_rows():
    """The second row with an id says where the first is."""
    found = faults_of(
        make, ids=[*IDS, "branch/2", "group/a"], superiors=[*SUPERIORS, "committee/x", "branch/2"],
        levels=[*NAMES, "branch", "group"],
    )  # fmt: skip
    assert found == {
        ("row 5, superior", "two_superiors"): (
            "'group/a' has two superiors, 'branch/1' (from row 2) and 'branch/2': keep one"
        )
    }


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ({"handlers": [1]}, "the columns differ in length (ids 4, superiors 4, levels 4, handlers 1)"),
        ({"ids": IDS[1:]}, "the columns differ in length (ids 3, superiors 4, levels 4)"),
        ({"ids": changed(IDS, 2, 7)}, "the column ids holds 7 in row 2"),
        ({"superiors": changed(SUPERIORS, 2, float("nan"))}, "the column superiors holds nan in row 2"),
        ({"levels": changed(NAMES, 0, None)}, "the column levels holds None in row 0"),
    ],
)
def test_columns_that_cannot_be_read_are_a_usage_error(columns, text):
    """Where rows cannot be told apart there are no faults to collect, only one thing to mend."""
    with pytest.raises(UsageError) as caught:
        make(**columns)
    assert str(caught.value).startswith(text)


def test_thousands_of_faults_come_at_once():
    """Every row may be wrong; the nearest spelling is looked for in the first hundred only."""
    count = 30_000
    found = faults_of(
        from_columns, [f"branch/{at}" for at in range(count)], [f"committe/{at}" for at in range(count)],
        ["branch"] * count, level_names=LEVELS,
    )  # fmt: skip
    assert len(found) == count + 1


def test_the_room_loads_nothing_heavy_until_a_graph_is_asked_for():
    """Building and asking need no networkx; `graph` brings it."""
    code = (
        "import sys; from govflow.organization import *\n"
        "org = from_columns(['a/x', 'b/1'], ['', 'a/x'], ['a', 'b'], level_names=['a', 'b'])\n"
        "org.escalation_path('b/1'); assert 'networkx' not in sys.modules and 'numpy' not in sys.modules\n"
        "org.graph; assert 'networkx' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
