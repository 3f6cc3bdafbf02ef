"""A community in which every rule of a step matters: two pushes deep, clocks of all scopes that fall due together."""

from functools import cache

from hypothesis import strategies as st

import govflow as gf
from govflow.program import compile_program
from govflow.testing import strategies as gs

TOML = """
format = 1
name = "everything"
zone = "Asia/Shanghai"
start = "2026-01-05"

[levels]
committee = { calendar = "office" }
branch = { calendar = "evenings" }
host = { calendar = "always" }

[organization]
top = "x"
patterns.branch = { each = 2, handlers = 2 }
patterns.host = { each = 2, households = 3 }
departments.fire = { categories = ["parking"], calendar = "always" }
departments.housing = { categories = ["noise"], serves = ["branch/1"], calendar = "office" }
departments.police = { serves = ["branch/2"] }
conferences = [
  { level = "committee", weekday = "fri", time = "15:00" },
  { level = "branch", weekday = "mon", time = "19:00" },
]

[calendars]
office = { hours = { mon-fri = "09:00-12:00 13:00-18:00" }, holidays = "cn" }
evenings = { hours = { mon-sun = "19:00-21:00" } }
always = { hours = { mon-sun = "00:00-24:00" } }

[categories]
parking = { severity = 3 }
noise = { severity = 2 }
other = { severity = 4 }

[channels]
doorstep = {}
telephone = {}

[intake.grievance]
doorstep = "host"
telephone = "branch"
category.noise.telephone = "committee"

[lifecycle.grievance]
start = "received"
settled_by = ["resolve"]

[lifecycle.grievance.counters]
reopened = { cycle = true }
rounds = {}
urged = {}

[lifecycle.grievance.states]
received = { kind = "queue" }
screening = { kind = "work" }
assigned = { kind = "queue" }
handling = { kind = "work" }
inspecting = { kind = "work" }
referred = { kind = "wait" }
signed = { kind = "wait" }
convened = { kind = "wait" }
shelved = { kind = "wait" }
asked = { kind = "wait" }
closed = { kind = "final" }

[lifecycle.grievance.transitions]
screen = { from = "received", to = "screening", take = true }
accept = { from = "screening", to = "assigned", by = "handler@here", sets = "severity" }
start = { from = "assigned", to = "handling", take = true }
inspect = { from = "handling", to = "inspecting", by = "handler@here" }
resolve = [
  { from = ["handling", "inspecting"], to = "closed", by = "handler@here", when = "reopened > 2" },
  { from = ["handling", "inspecting"], to = "asked", by = "handler@here" },
]
escalate = { from = ["assigned", "handling"], to = "assigned", move = "up", by = ["handler@here", "clock"] }
hand_down = { from = ["assigned", "handling"], to = "assigned", move = "down", by = "handler@here" }
refer = { from = ["handling", "convened"], to = "referred", move = "refer", by = "handler@here" }
sign = { from = "referred", to = "signed", by = "department" }
report_back = { from = ["referred", "signed"], to = "assigned", move = "back", by = "department" }
no_answer = { from = ["referred", "signed"], to = "assigned", move = "back", by = "clock" }
convene = { from = ["handling", "convened"], to = "convened", move = "convene", by = "handler@here" }
agree = { from = "convened", to = "assigned", move = "back", by = "handler@here" }
another_round = { from = "convened", to = "convened", by = "handler@here", when = "rounds < 3", add = { rounds = 1 } }
shelve = { from = "handling", to = "shelved", by = "handler@here", needs = "review_on" }
revive = { from = "shelved", to = "assigned", by = ["handler@here", "clock"] }
confirm = { from = "asked", to = "closed", by = "reporter" }
dispute = [
  { from = "asked", to = "assigned", by = "reporter", when = "reopened < 1 or not has_superior", add = { reopened = 1 } },
  { from = "asked", to = "assigned", move = "up", by = "reporter", when = "has_superior", add = { reopened = 1 } },
]
silent_close = { from = "asked", to = "closed", by = "clock" }
regrade = { from = "*", by = "handler@here", sets = "severity" }
urge = { from = "*", by = ["reporter", "clock"], add = { urged = 1 } }
withdraw = { from = "*", to = "closed", by = "reporter" }

[lifecycle.grievance.deadlines]
respond = { scope = "case", runs = ["received", "screening"], limit = { default = "8h" }, reopen = "first" }
whole = { scope = "case", runs = ["received", "assigned", "handling", "referred", "shelved"], limit = { default = "3d", host = "1d" }, reopen = "resume", severity = { 1 = 0.25, 2 = 0.5 } }
cycle = { scope = "case", runs = ["assigned", "handling"], limit = { default = "8h" }, clock = "elapsed", fires = "urge" }
handle = { scope = "level", runs = ["assigned", "handling", "inspecting"], limit = { host = "8h", branch = "1d", committee = "2d" }, severity = { 1 = 0.5 }, fires = "escalate", while_working = "finish" }
wait = { scope = "entry", runs = "assigned", limit = { default = "8h" }, clock = "elapsed", fires = "escalate" }
sign = { scope = "referral", runs = ["referred"], limit = { department = "4h" } }
settle = { scope = "referral", runs = ["referred", "signed"], limit = { department = "8h", committee = "1d" }, fires = "no_answer" }
silence = { scope = "entry", runs = "asked", limit = { default = "8h" }, clock = "elapsed", fires = "silent_close" }
review = { scope = "entry", runs = "shelved", limit = { field = "review_on", at_most = "9d", simulated = "1d" }, clock = "elapsed", fires = "revive" }

[lifecycle.grievance.metrics.response]
numerator = { into = ["accept"], out = ["expiry:whole"] }
denominator = { into = ["open"], out = ["withdraw"] }
within = "respond"

[lifecycle.grievance.metrics.satisfaction]
numerator = { into = ["confirm"] }
denominator = { into = ["confirm", "dispute"] }
counts = "events"

[lifecycle.grievance.times]
response = { until = ["accept"] }
settlement = { until = ["resolve"], take = "last" }
"""


@cache
def everything():
    """Return the program of the community above."""
    import tomllib

    return compile_program(gf.load(tomllib.loads(TOML)))


@cache
def beida():
    """Return the program of the bundled community."""
    return compile_program(gf.load("beida"))


def histories(**options):
    """Draw histories of cases: in this community, in drawn ones, in a bundled one."""
    return st.one_of(gs.histories(everything(), **options), gs.histories(**options), gs.histories(beida(), **options))
