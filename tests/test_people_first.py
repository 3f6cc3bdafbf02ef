"""Residents are never scored (rule C6): nothing public groups, ranks, weighs or scores by resident or household."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import govflow
from govflow.errors import UsageError
from govflow.planning import Ask, Demand, Door, Home
from govflow.simulation.events import COLUMNS
from tests.residents import PEOPLE, about, findings, full, scores, words

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(govflow.__path__, "govflow.")
    if not found.name.endswith("__main__")
]

ALLOWED = {
    "govflow.casework.erasing.erase_texts: it returns a measure": "how many texts of each case were erased",
    "govflow.casework.finding.COLUMNS names 'household'": "looked up by whoever may see it; find() orders by case id",
    "govflow.casework.finding.COLUMNS names 'reporter'": "as household",
    "govflow.casework.opening.Open.severity is a number": "of the matter: a case's severity comes with its category",
    "govflow.casework.service.ServiceRecord.pledged is a number": "of a member or a unit: of a resident there is none",
    "govflow.casework.service: groups by subject": "a member or a unit: of a resident nobody keeps a record",
    "govflow.draw.layers.ranks: its name scores": "rows of a diagram, of units",
    "govflow.organization.households.made_contact: index measures them": "where a unit stands in its columns",
    "govflow.organization.relations.listed_handlers: it returns a measure": "how many handlers a unit has",
    "govflow.planning.asks.Ask.members is a number": "how many members are asked for: the household's own word",
    "govflow.planning.asks.Pair.seconds is a number": "the member's way",
    "govflow.planning.circle: sorted by household": "by id, so that the order of the input changes nothing",
    "govflow.planning.doors.Door.floor is a number": "where the door is",
    "govflow.planning.doors: groupby by household": "doors that are never divided between two teams",
    "govflow.planning.doors: sorted by household": "by id, so that the order of the input changes nothing",
    "govflow.planning.pairing.Unpaired.able is a number": "members who could come",
    "govflow.planning.pairing.Unpaired.missing is a number": "members who are lacking",
    "govflow.planning.pairing: sorted by whom": "by id, so that the order of the input changes nothing",
    "govflow.planning.rhythms.VisitTime.minute is a number": "when the member comes",
    "govflow.planning.rhythms.VisitTime.week is a number": "when the member comes",
    "govflow.planning.standing_visits: groups by whom": "the members who are to stand by each household",
    "govflow.record.vault.Secret.version is a number": "of the event that the words belong to",
    "govflow.store.protocol.COLUMNS names 'household'": "the column by which find() looks up",
    "govflow.store.protocol.COLUMNS names 'reporter'": "as household",
    "govflow.stories.booths.visits: appeal measures them": "how many are drawn to each booth, of a crowd without names",
    "govflow.verification.forecast: max by households": "the number of households of the whole community, at least 1",
}
"""Every place where a number, an order or a list of names comes near a resident or a household, and why it may."""

OFFENDERS = {
    "rank_households: its name scores": "def rank_households(households: list[str]) -> list[str]: ...",
    "plan: weights measures them": "def plan(households: list[str], weights: Mapping[str, float]) -> None: ...",
    "plan: key measures them": "def plan(residents: list[str], key: Callable[[str], int]) -> None: ...",
    "plan: priority scores them": "def plan(household: str, priority: int = 0) -> None: ...",
    "visits_of: it returns a measure": "def visits_of(households: list[str]) -> dict[str, float]: ...",
    "call: urgency measures them": "def call(asks: list[Ask], urgency: Mapping[str, int] | None = None) -> None: ...",
    "Worth.of: it returns a measure": "class Worth:\n    def of(self, resident: str) -> Mapping[str, int]: ...",
    "Home.worth is a score": (
        "@attrs.frozen\nclass Home:\n    household: str\n    @functools.cached_property\n    def worth(self): ..."
    ),
    "Ask.urgency is a number": "@attrs.frozen\nclass Ask:\n    whom: str\n    urgency: int = 0",
    "Ask.calls is a number": "@attrs.frozen\nclass Ask:\n    whom: str\n    calls: 'Natural' = 0",
    "Home.risk is a score": "@attrs.frozen\nclass Home:\n    household: str\n    risk: str = 'low'",
    "Figures.resident_score is a score": "@attrs.frozen\nclass Figures:\n    resident_score: int = 0",
    "ResidentScore.its name scores": "@attrs.frozen\nclass ResidentScore:\n    value: object = None",
    "KEYS names 'household'": "KEYS = ('unit', 'household')",
    "GROUPED_PER names 'reporter'": "GROUPED_PER = {'who': lambda row: row.facts['reporter']}",
    "COLUMNS names 'resident'": "COLUMNS = tuple(sorted({'unit', 'resident'}))",
    "Counter by household": "def count(cases):\n    return Counter(case.household for case in cases)",
    "sorted by household": "def order(rows):\n    return sorted(rows, key=lambda row: row.facts['household'])",
    "sorted by subject": "def top(rows):\n    return sorted(rows, key=lambda row: row.facts['subject'])",
    "sorted by reporter": "def order(rows):\n    return sorted(rows, key=attrgetter('reporter'))",
    "Counter by about": "def worst(cases):\n    return Counter(case.facts['about'] for case in cases)",
    "max by owner": "def next_one(owners, talks):\n    return max(owners, key=lambda owner: talks[owner])",
    "groups by household": (
        "def group(cases):\n    out = {}\n    for case in cases:\n"
        "        out.setdefault(case.facts['household'], []).append(case)\n"
        "    return {key: len(found) for key, found in out.items()}"
    ),
    "groups by visitor": "def calls(events, made):\n    for one in events:\n        made[one.fields['visitor']] += 1",
    "groups by resident": "def calls(events, made):\n    for resident in events:\n        made[resident].append(1)",
    "groups by family": (
        "def calls(events, made):\n    for family in events:\n        made[family] = made.get(family, 0) + 1"
    ),
    "Figures.score is a score": "@attrs.frozen\nclass Figures:\n    owner: str\n    score: object = None",
    "nlargest by whom": "def top(rows):\n    return heapq.nlargest(3, rows, key=lambda row: row.whom)",
    "a statement 'household'": "QUERY = 'SELECT count(*) FROM cases GROUP BY household'",
}
"""What a planted module does, and what must be found in it."""


def test_nothing_public_groups_ranks_weighs_or_scores_by_resident_or_household():
    """Signatures, fields, lists of keys and columns, sorting, grouping and statements: all but what has its reason."""
    found = findings(MODULES)
    assert not found - ALLOWED.keys()
    assert not ALLOWED.keys() - found, "no longer there: take it out"


@pytest.mark.parametrize(("told", "text"), OFFENDERS.items(), ids=list(OFFENDERS))
def test_an_offender_is_found(told, text):
    """The test can fail: each of these, planted in a module, is found, and nothing else in it."""
    module = ModuleType("planted")
    imports = "from __future__ import annotations\nimport attrs, functools\n"
    vars(module).update(__source__=imports + text)
    sys.modules[module.__name__] = module
    try:
        exec(compile(imports + text, "planted", "exec"), vars(module))
        found = findings([*(m for m in MODULES if m.__name__ == "govflow.planning.asks"), module])
    finally:
        del sys.modules[module.__name__]
    assert [one for one in found if one.startswith("planted")] in (
        [f"planted.{told}"],
        [f"planted: {told}"],
    )


def test_what_is_asked_for_is_a_closed_list():
    """No planner is given a weight, a priority or a score of a household: no field says how much anybody matters."""
    assert set(Door.__annotations__) == {"household", "building", "floor", "entrance"}
    assert set(Home.__annotations__) == {"household", "point", "unit"}
    assert set(Demand.__annotations__) == {"id", "skills", "work", "times", "point", "people", "arrived"}
    assert set(Ask.__annotations__) == {"whom", "skills", "languages", "days", "point", "members", "prefers"}


@pytest.mark.parametrize("key", ["household", "resident", "reporter", "subject", "person", "handler", "by"])
def test_statistics_have_no_group_of_a_person_or_a_household(key):
    """Whoever asks for figures by person or household is refused, and told why."""
    desk = govflow.Desk(govflow.load("beida"))
    with pytest.raises(UsageError, match="never scored"):
        desk.statistics("grievance", per=[key])


def names_in(data: object) -> Iterator[str]:
    """Yield every key of nested plain data."""
    if isinstance(data, dict):
        for name, part in data.items():
            yield str(name)
            yield from names_in(part)
    elif isinstance(data, list | tuple):
        for part in data:
            yield from names_in(part)


def test_no_table_of_figures_has_a_row_or_column_for_them():
    """Statistics of a desk and summary and event table of a simulation speak of units, levels and categories only."""
    community = govflow.load("shiwan")
    study = govflow.simulate(community, days=3, seed=7)
    desk = govflow.Desk(community)
    tables = [desk.statistics("grievance", per=["unit", "category"]).to_data(), study.summary().to_data()]
    columns = [*names_in(tables), *COLUMNS]
    assert len(columns) > 50
    assert not [name for name in columns if about(name)]


def test_the_words_are_read_however_they_are_written():
    """Snake, camel, plural and capitals are one word to this test."""
    for name in ("households", "per_household", "HouseholdWeight", "RESIDENTS"):
        assert words(name) & PEOPLE
    assert scores("RiskOfFire")
    assert not scores("crisis")
    assert full(Ask) == "govflow.planning.asks.Ask"
