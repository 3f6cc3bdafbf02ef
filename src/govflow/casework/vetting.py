"""Vetting a directory: whatever units, posts and roles it names, some definition of the desk must know.

A name that is misspelled would else give nobody a right, and nobody would be told. Next: ``directory`` for what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from govflow.casework.directory import HANDLER, Directory, Roster
from govflow.community import Community
from govflow.errors import GovflowError, UnknownName
from govflow.record import plain


def vet(directory: Directory, communities: Iterable[Community]) -> None:
    """Raise the error of the first name in a directory that none of some communities knows."""
    wrong: dict[object, GovflowError] = {}
    for turn, community in enumerate(communities):
        here = _wrong(directory, community)
        wrong = {thing: error for thing, error in wrong.items() if thing in here} if turn else here
        if not wrong:
            return
    raise next(iter(wrong.values()))


def _wrong(directory: Directory, community: Community) -> dict[object, GovflowError]:
    """Return what a community does not know of a directory, each with its error."""
    wrong: dict[object, GovflowError] = {}
    for thing, look in _looks(directory, community):
        try:
            look()
        except GovflowError as error:
            wrong[thing] = error
    return wrong


def _looks(directory: Directory, community: Community) -> Iterator[tuple[object, Callable[[], object]]]:
    """Yield everything that a directory says, with what raises an error where it names what is not there."""
    organization, known = community.organization, roles(community)
    roster = Roster(organization, directory)
    for post in directory.posts:
        yield (post, "unit"), partial(organization.index, post.unit)
        yield (post, "role"), partial(_role, post.role, known)
        yield (post, "member"), partial(plain, "the member of a post", post.member)
    for household, unit in directory.households.items():
        yield household, partial(organization.index, unit)
    for one in directory.stand_ins:
        for name in (one.absent, one.substitute):
            yield (one, name), partial(roster.actor, name)


def _role(role: str, known: frozenset[str]) -> None:
    if role not in known:
        raise UnknownName("role of a post", role, sorted(known))


def roles(community: Community) -> frozenset[str]:
    """Return the roles that a post can have to any effect: those that handle cases, that rules name, that others have.

    >>> import govflow as gf
    >>> sorted(roles(gf.load("jiafu")))
    ['handler']
    """
    words = [word for cycle in community.lifecycles.values() for word in (*cycle.opened_by, *cycle.subject)]
    for cycle in community.lifecycles.values():
        words += [word for way in cycle.transitions for word in way.by]
        words += [deadline.extend.by for deadline in cycle.deadlines.values() if deadline.extend is not None]
    named = {role for role, at, _ in (word.partition("@") for word in words) if at}
    handling = {role for level in community.plan.levels for role in level.handling_roles}
    return frozenset({HANDLER, *named, *handling, *(post.role for post in community.plan.posts)})
