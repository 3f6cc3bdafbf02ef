"""Who is who: actors, their posts, the households' contacts, and who stands in for whom.

An actor is an id that the application vouches for: ``member:…``, ``resident:…``, a post such as ``branch/3#1``, or a
unit outside the hierarchy such as ``department/police`` that acts as itself. Nothing here knows a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from hashlib import sha256

from attrs import evolve, field, frozen

from govflow.casework.instants import Instant
from govflow.errors import UnknownName, UsageError
from govflow.lifecycle import CLOCK
from govflow.organization import Organization, Post
from govflow.organization.walks import NONE
from govflow.record import plain

TOKEN = "token:"  # noqa: S105  # no secret: the word before one
"""How an actor is called who shows the token of a case that was opened without a name."""

ANONYMOUS = "anonymous:"
"""How the record calls that actor: by a hash of the token, which the record never holds itself."""

HANDLER = "handler"
"""The role of a post that is only a number: one of a unit's handlers."""


@frozen
class StandIn:
    """`substitute` may act for the `absent`, from the instant `since` to before `until` (µs UTC; None: no bound).

    Each is named by their own id or by a post: then whoever holds it is meant, in all that they do.
    """

    absent: str
    substitute: str
    since: Instant | None = None
    until: Instant | None = None


@frozen
class Directory:
    """What an application knows of people beyond the definition: all of it adds to what is written there.

    `posts` give members a place in a unit, `households` map a household to its contact unit, `stand_ins` say who may
    act for whom. A unit for which posts with a handling role are listed, here or in the definition, has those as its
    handlers; another has as many posts ``UNIT#1``, ``UNIT#2``, … as the definition counts. What no definition of the
    desk knows, of units, posts and roles, is refused when the desk is made.
    """

    posts: tuple[Post, ...] = ()
    households: Mapping[str, str] = field(factory=dict)
    stand_ins: tuple[StandIn, ...] = ()


@frozen
class Standing:
    """A place that an actor holds: the unit's position, its role, whether that handles cases, and the post's id."""

    unit: int
    role: str
    handles: bool
    post: str


@frozen(eq=False)
class Actor:
    """Somebody who acts: the id given, the `person` behind it, and every place that person holds here."""

    id: str
    person: str
    standings: tuple[Standing, ...]

    @property
    def names(self) -> set[str]:
        """What this person is called in a case: their own id, and those of their posts."""
        return {self.person, *(standing.post for standing in self.standings)}


@frozen(eq=False)
class Roster:
    """The directory laid over one organization: from an actor to places, from a unit to its handlers.

    >>> import govflow as gf
    >>> roster = Roster(gf.load("beida").organization, Directory())
    >>> [standing.post for standing in roster.actor("branch/3#2").standings]
    ['branch/3#2']
    """

    organization: Organization
    directory: Directory
    _known: dict[str, Actor] = field(factory=dict, init=False, repr=False)

    @cached_property
    def listed(self) -> Mapping[int, tuple[tuple[Post, str], ...]]:
        """The listed posts by unit, each with its id: the n-th of a unit is ``UNIT#n``; a unit may be unknown here."""
        found: dict[int, list[tuple[Post, str]]] = {}
        for post in (*self.organization.plan.posts, *self.directory.posts):
            with suppress(UnknownName):
                here = found.setdefault(self.organization.index(post.unit), [])
                here.append((post, f"{post.unit}#{len(here) + 1}"))
        return {unit: tuple(posts) for unit, posts in found.items()}

    @cached_property
    def _held(self) -> Mapping[str, tuple[Standing, ...]]:
        held: dict[str, list[Standing]] = {}
        for unit, posts in self.listed.items():
            for post, name in posts:
                standing = Standing(unit, post.role, post.role in self._handling(unit), name)
                held.setdefault(post.member, []).append(standing)
        return {member: tuple(standings) for member, standings in held.items()}

    def _handling(self, unit: int) -> tuple[str, ...]:
        outside = unit >= self.organization.size
        return (HANDLER,) if outside else self.organization.plan.levels[self.organization.level[unit]].handling_roles

    def actor(self, name: str) -> Actor:
        """Return the actor of an id; whoever holds no place here is known by the id alone."""
        actor = self._known.get(name)
        if actor is None:
            if len(self._known) > 100_000:
                self._known.clear()
            actor = self._known[name] = self._actor(name)
        return actor

    def _actor(self, name: str) -> Actor:
        if not name.strip() or name == CLOCK:
            raise UsageError(
                f"the name of an actor is {name!r}: must be somebody's id; leave it out where nobody is known"
            )
        if plain("the name of an actor", name).startswith(TOKEN):
            name = ANONYMOUS + sha256(b"govflow " + name.encode()).hexdigest()[:32]
            return Actor(name, name, ())
        if name.startswith(ANONYMOUS):
            raise UsageError(f"{name[:20]}… is how the record names whoever has a token: act with the token itself")
        unit, mark, number = name.rpartition("#")
        if mark:
            holder = self._post(name, unit, number)
            return holder if isinstance(holder, Actor) else Actor(name, name, (holder,))
        at = self._outside(name)
        if at is not None:
            return Actor(name, name, (Standing(at, HANDLER, True, name),))
        return Actor(name, name, self._held.get(name, ()))

    def _post(self, name: str, unit: str, number: str) -> Actor | Standing:
        """Return who holds a listed post, or the standing of one that is only a number."""
        at = self.organization.index(unit)
        posts = self.listed.get(at, ())
        known = [post for _, post in posts] or [f"{unit}#{n + 1}" for n in range(self.organization.handlers[at])]
        if name not in known:
            raise UnknownName("post", name, known)
        if not posts:
            return Standing(at, HANDLER, True, name)
        member = posts[int(number) - 1][0].member
        return Actor(name, member, self._held[member])

    def _outside(self, name: str) -> int | None:
        """Return the position of a unit outside the hierarchy, None for any other id."""
        if name.partition("/")[0] not in ("department", "partner", "team"):
            return None
        at = self.organization.index(name)
        return at if at >= self.organization.size else None

    def is_unit(self, name: str) -> bool:
        """Say whether an id is that of a unit of the hierarchy as a whole; UnknownName where it would be of none."""
        levels = {level.name for level in self.organization.plan.levels}
        return "#" not in name and name.partition("/")[0] in levels and self.organization.index(name) >= 0

    def handlers(self, unit: int) -> tuple[str, ...]:
        """Return who handles cases at a unit: the members of its listed posts, else its numbered posts."""
        posts = self.listed.get(unit, ())
        if posts:
            return tuple(dict.fromkeys(post.member for post, _ in posts if post.role in self._handling(unit)))
        name = self.organization.ids[unit]
        return tuple(f"{name}#{n + 1}" for n in range(self.organization.handlers[unit])) or self._itself(unit)

    def _itself(self, unit: int) -> tuple[str, ...]:
        return (self.organization.ids[unit],) if unit >= self.organization.size else ()

    @cached_property
    def covering(self) -> Mapping[str | None, tuple[str, ...]]:
        """The teams, by the household or unit that they cover."""
        found: dict[str | None, list[str]] = {}
        for row in self.organization.tie_rows:
            if row.kind == "covers":
                found.setdefault(row.target, []).append(row.source)
        return {covered: tuple(teams) for covered, teams in found.items()}

    def contact(self, household: str) -> str:
        """Return the one contact unit of a household; UnknownName where there is no such household."""
        return self.directory.households.get(household) or self.organization.contact(household)

    def known(self, name: str) -> Actor:
        """Return the actor of an id; one whose post or unit is not there in this organization holds no place in it."""
        return self.actor(name) if name in self else Actor(name, name, ())

    def __contains__(self, name: str) -> bool:
        """Say whether an id means anybody here: only a post or a unit that is not there means nobody."""
        try:
            self.actor(name)
        except UnknownName:
            return False
        return True

    @cached_property
    def stand_ins(self) -> tuple[StandIn, ...]:
        """Who stands in for whom, person by person, also where the directory names a post."""

        def person(name: str) -> str:
            return self.known(name).person if "#" in name else name

        said = self.directory.stand_ins
        return tuple(evolve(one, absent=person(one.absent), substitute=person(one.substitute)) for one in said)

    def stands_in_for(self, substitute: str, at: int) -> tuple[str, ...]:
        """Return for whom somebody may act at an instant."""
        return tuple(
            s.absent
            for s in self.stand_ins
            if s.substitute == substitute and (s.since is None or s.since <= at) and (s.until is None or at < s.until)
        )

    def may_stand_in(self, substitute: str, absent: str, at: int) -> bool:
        """Say whether somebody may act for an absent holder at an instant."""
        return absent in self.stands_in_for(substitute, at)

    def above(self, unit: int) -> list[int]:
        """Return the superiors of a unit, the nearest first."""
        found = []
        here = self.organization.superior[unit]
        while here != NONE:
            found.append(here)
            here = self.organization.superior[here]
        return found
