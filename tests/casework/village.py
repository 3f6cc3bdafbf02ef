"""A community in which everybody who could see a case has a name: three levels, two blocks, and who stands outside.

Three lifecycles: a request, which goes up, to the police and back; a wish, which members and partners may take on; and
a call on a household, which is restricted. Cases are opened for a household of ``door/1-1``.
"""

from __future__ import annotations

from functools import cache

import govflow as gf
from govflow.casework import Directory, StandIn
from govflow.community import Community

DEFINITION = """
format = 1
name = "village"
zone = "Asia/Shanghai"

[levels]
office = { calendar = "always" }
block = { calendar = "always", handling_roles = ["handler", "secretary"], sees_restricted = true }
door = { calendar = "always" }

[organization]
top = "village"
patterns.office = { handlers = 1 }
patterns.block = { each = 2, handlers = 1 }
patterns.door = { each = 2, handlers = 1, households = 3 }
departments.police = { categories = ["noise"] }
partners.shop = {}
teams.care = { serves = ["office/village"] }
teams.patrol = { serves = ["office/village"] }

[[organization.posts]]
unit = "block/1"
member = "member:example-1"
role = "secretary"

[[organization.posts]]
unit = "team/care"
member = "member:example-2"

[[organization.ties]]
kind = "covers"
from = "team/care"
to = "household/1-1-1"

[[organization.ties]]
kind = "covers"
from = "team/patrol"
to = "block/1"

[[organization.conferences]]
level = "office"
weekday = "fri"
time = "15:00"

[calendars.always]
hours = { mon-sun = "00:00-24:00" }

[categories.noise]

[channels]
doorstep = { en = "at the doorstep" }
telephone = { en = "telephone" }

[intake.request]
doorstep = "door"
telephone = "block"

[intake.wish]
doorstep = "door"

[intake.call]
doorstep = "door"

[lifecycle.request]
start = "received"
takes = "text"
settled_by = "answer"
counters = { again = { cycle = true } }

[lifecycle.request.states]
received = { kind = "queue" }
handling = { kind = "work" }
referred = { kind = "wait" }
convened = { kind = "wait" }
asked = { kind = "wait" }
closed = { kind = "final" }

[lifecycle.request.transitions]
start = { from = "received", to = "handling", take = true }
answer = { from = "handling", to = "asked", by = "handler@here" }
escalate = { from = ["received", "handling"], to = "received", move = "up", by = ["handler@here", "clock"] }
hand_down = { from = "handling", to = "received", move = "down", by = "handler@here" }
refer = { from = "handling", to = "referred", move = "refer", by = "handler@here" }
convene = { from = "handling", to = "convened", move = "convene", by = "handler@here" }
report_back = { from = ["referred", "convened"], to = "received", move = "back", by = ["department", "handler@here"] }
confirm = { from = "asked", to = "closed", by = "reporter" }
dispute = { from = "asked", to = "received", by = "reporter", when = "again < 2", add = { again = 1 } }
ask_help = { from = "handling", by = "handler@here", needs = "handler", joins = "helpers" }
regrade = { from = "handling", by = "handler@here", sets = "severity" }
close = { from = "asked", to = "closed", by = "clock" }

[lifecycle.request.deadlines.answer_by]
scope = "level"
runs = ["received", "handling"]
clock = "elapsed"
limit = { default = "3d" }
fires = "escalate"
extend = { by = "handler@above", times = 2, at_most = "2d" }

[lifecycle.request.deadlines.whole]
scope = "case"
runs = ["received", "handling", "referred", "convened"]
clock = "elapsed"
limit = { default = "10d" }
reopen = "resume"

[lifecycle.request.deadlines.silence]
scope = "entry"
runs = "asked"
clock = "elapsed"
limit = { default = "7d" }
fires = "close"

[lifecycle.request.metrics.prompt]
numerator = { into = ["answer", "refer"] }
denominator = { into = "open" }
within = "answer_by"

[lifecycle.request.metrics.solved]
numerator = { into = "confirm", out = "dispute" }
denominator = { into = ["confirm", "dispute", "expiry:whole"], out = "close" }

[lifecycle.request.metrics.content]
numerator = { into = "confirm" }
denominator = { into = ["confirm", "dispute"] }
counts = "events"

[lifecycle.request.times.first]
until = ["answer", "refer"]
take = "first"

[lifecycle.request.times.last]
until = "answer"
take = "last"

[lifecycle.wish]
start = "new"
takes = "text"

[lifecycle.wish.states]
new = { kind = "wait" }
on_board = { kind = "wait" }
taken = { kind = "wait" }
done = { kind = "final" }

[lifecycle.wish.transitions]
post = { from = "new", to = "on_board", by = "handler@here" }
take_on = { from = "on_board", to = "taken", by = ["member", "partner"], joins = "helpers" }
fulfil = { from = "taken", to = "done", by = ["helper", "reporter"] }
cheer = { from = "*", by = "anyone" }

[lifecycle.call]
start = "planned"
restricted = true
takes = ["text", "with"]
fields.with = { kind = "actor" }

[lifecycle.call.states]
planned = { kind = "wait" }
made = { kind = "wait" }
done = { kind = "final" }

[lifecycle.call.transitions]
make = { from = "planned", to = "made", by = ["handler@here", "helper"], takes = "text" }
bring = { from = "planned", by = ["handler@here", "member"], needs = "with", joins = "helpers" }
pass_up = { from = "planned", to = "planned", move = "up", by = "handler@here" }
finish = { from = "made", to = "done", by = ["handler@here", "helper"] }

[lifecycle.call.deadlines.make_by]
scope = "case"
runs = "planned"
clock = "elapsed"
limit = { default = "30d" }
"""

HOUSEHOLD = "household/1-1-1"
REPORTER, ABOUT, SUBJECT, STRANGER = (f"resident:example-{n}" for n in (1, 2, 3, 4))
SECRETARY, CARER, LOOSE, SUBSTITUTE = (f"member:example-{n}" for n in (1, 2, 3, 4))
OFFICE, BLOCK, DOOR, NEXT_DOOR = "office/village#1", "block/1#1", "door/1-1#1", "door/1-2#1"
OTHER_BLOCK, OTHER_DOOR = "block/2#1", "door/2-1#1"
POLICE, SHOP, CARE, PATROL = "department/police", "partner/shop", "team/care", "team/patrol"

ACTORS = (
    *(REPORTER, ABOUT, SUBJECT, STRANGER, SECRETARY, CARER, LOOSE, SUBSTITUTE, OFFICE, BLOCK, DOOR, NEXT_DOOR),
    *(OTHER_BLOCK, OTHER_DOOR, POLICE, SHOP, CARE, PATROL),
)
"""Everybody there is; the post ``block/1#1`` is the secretary's, who has the substitute stand in for them."""

AWAY = Directory(stand_ins=(StandIn(SECRETARY, SUBSTITUTE),))


@cache
def village() -> Community:
    """The community."""
    import tomllib

    return gf.load(tomllib.loads(DEFINITION))
