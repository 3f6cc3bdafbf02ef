"""The simulation kernel: one event after another over arrays of integers (rules S1, S3, S4, S5).

`run` is one long loop on purpose: compiled by numba, arrays unpacked to locals once and small leaf functions
with few arguments are 17 times faster than a loop that passes bundles of arrays about. The same source runs
as plain Python in tests, bit for bit. It knows no domain: tables in, rows out. What a column means is in
``program.columns`` and ``simulation.layout``; what a rule means is in ``program.rules``, whose functions are
called here; ``simulation.engine`` compiles, feeds and empties it.

An instant is worked off in the order completion, deadline, opening, arrival, and within these by case number.
Inside one event a small stack of operations keeps the order of S4: the row is written and the handler freed
(LEAVE), the freed unit takes its next case, then the moving case comes in (ENTER).
"""

from __future__ import annotations

import math

from govflow.organization.walks import climb, conference, referral, step_down
from govflow.program.columns import *
from govflow.program.rules import fresh_clocks, holds, may_move
from govflow.simulation.layout import *
from govflow.simulation.luck import *
from govflow.simulation.parts import *


# fmt: off
def run(
    until: int, now: Table,
    lifecycles: Table, states: Table, transitions: Table, clocks: Table, guards: Table, adds: Table, fires: Table,
    limits: Table,
    superior: Table, level: Table, unit_calendar: Table, referral_first: Table, referral_category: Table,
    referral_department: Table, tied: Table,
    sits: Table, sitting_first: Table, sitting_capacity: Table, sitting: Table, homes: Table,
    home_units: Table, guide: Table,
    roster_first: Table, roster: Table,
    agenda: Table, calendars: Table, hours: Table, buckets: Table,
    outcome_row: Table, time_row: Table, outcome_first: Table, weights: Table, way_first: Table, ways: Table,
    times: Table, knots: Table,
    streams: Table, next_arrival: Table, stream_keys: Table, stream_load: Table, weeks: Table,
    channels: Table, channel_weights: Table,
    severity_weights: Table, place_keys: Table,
    units: Table, cases: Table, keys: Table, entries: Table, heap_time: Table, heap_case: Table, position: Table,
    facts: Table, scratch: Table, usable: Table, usable_way: Table, usable_unit: Table, ops: Table,
    rows: Table, openings: Table, fired: Table, tally: Table, histogram: Table, ended: Table,
) -> int:
    # fmt: on
    """Run the events up to `until` and return why the run came back; every array is changed in place.

    The caller makes room or reads out (ROWS_FULL, OPENINGS_FULL, SLOTS_FULL, PAUSED) and calls again with the
    same arrays: the run goes on where it stood.
    """
    n_units = superior.shape[0]
    n_transitions = transitions.shape[0]
    n_levels = now[N_LEVELS]
    n_categories = now[N_CATEGORIES]
    n_calendars = now[N_CALENDARS]
    n_metrics = now[N_METRICS]
    spans_at = now[N_SPAN]
    clocks_at = now[N_CLOCK]
    n_spans = clocks_at - spans_at
    warmup = now[N_WARMUP]
    days = now[N_DAYS]
    finish = now[N_END]
    table = now[N_TABLE] != 0
    rows_end = rows.shape[0] - ROW_MARGIN
    openings_end = openings.shape[0]
    level_at = Y_METRICS + 2 * n_metrics
    size = now[N_HEAP]
    written = now[N_ROWS]
    steps = now[N_STEPS]
    time = now[N_NOW]
    todo = 0
    cursor = now[N_AGENDA_UNIT]
    coming = first_stream(next_arrival)
    status = FINISHED
    while True:
        if todo > 0:
            todo -= 1
            case = ops[todo, 1]
            way = ops[todo, 2]
            target_unit = ops[todo, 3]
            cause = ops[todo, 4]
            me = cases[case]
            rule = transitions[way]
            state = me[K_STATE]
            standing = states[state]
            unit = me[K_UNIT]
            kind = standing[S_KIND]
            target = rule[T_TARGET]
            entered = states[target]
            if ops[todo, 0] == OP_LEAVE:
                # ---- the row, the counts, the place left
                steps += 1
                if me[K_INSTANT] == time:
                    me[K_SAME] += 1
                    if me[K_SAME] > MOST_AT_ONE_INSTANT:
                        now[N_FAULT_CASE] = me[K_NUMBER]
                        now[N_FAULT_STATE] = state
                        status = RUNAWAY
                        break
                else:
                    me[K_INSTANT] = time
                    me[K_SAME] = 1
                if table:
                    rows[written, 0] = me[K_NUMBER]
                    rows[written, 1] = time
                    rows[written, 2] = target_unit
                    rows[written, 3] = way + 1 + ((cause + 1) << 32)
                    written += 1
                if me[K_MEASURED] != 0:
                    stream = me[K_STREAM]
                    fired[stream, way] += 1
                    each = lifecycles[standing[S_LIFECYCLE], L_EVENT_METRICS]
                    mark(me, tally, each, rule[T_NUMERATOR_IN], rule[T_NUMERATOR_OUT], rule[T_DENOMINATOR_IN],
                         rule[T_DENOMINATOR_OUT])  # fmt: skip
                    if rule[T_SPAN_FIRST] | rule[T_SPAN_LAST]:
                        for span in range(n_spans):
                            if rule[T_SPAN_LAST] >> span & 1 or (
                                rule[T_SPAN_FIRST] >> span & 1 and me[spans_at + span] < 0
                            ):
                                me[spans_at + span] = time - me[K_OPENED]
                    if rule[T_SETTLES]:
                        me[K_SETTLED] = level[unit]
                if target != NONE and kind == WORK and entered[S_KIND] != WORK:
                    units[unit, U_FREE] += 1
                    calendar = unit_calendar[unit]
                    book_work(units, me, calendars, hours, buckets, calendar, warmup, days, time)
                    # the freed unit takes its next case before the moving one comes in
                    following = first_in_line(units, unit)
                    if following >= 0 and is_open(calendars, hours, buckets, calendar, time):
                        ops[todo, 0] = OP_ENTER
                        way = states[cases[following, K_STATE], S_TAKE]
                        todo = push(ops, todo + 1, OP_LEAVE, following, way, unit, NONE)
                        continue
                elif target != NONE and kind == QUEUE:
                    step_out(units, cases, unit, case)
                    book_wait(units, me, warmup, days, time)
                elif target != NONE and standing[S_CONFERENCE] and sits[unit] != NONE:
                    step_out(units, cases, n_units + sits[unit], case)

            # ---- OP_ENTER: counters, severity, stack, clocks, the new place
            left_kind = kind
            cycle = lifecycles[standing[S_LIFECYCLE]]
            move = rule[T_MOVE]
            for add in range(rule[T_ADD], rule[T_ADD_END], 2):
                counter = K_COUNTERS + adds[add]
                me[counter] = 0 if adds[add + 1] == CLEAR else me[counter] + adds[add + 1]
            old_severity = me[K_SEVERITY]
            severity = old_severity
            stream = me[K_STREAM]
            source = streams[stream]
            if cause == NONE and rule[T_SETS_SEVERITY] and source[R_DRAWS_SEVERITY]:
                u = uniform(
                    keys[case],
                    place_keys[state * n_levels + level[unit]],
                    SEVERITY,
                    me[K_ENTRY],
                    me[K_REPEAT],
                )
                severity = 1 + pick(stream * 4, stream * 4 + 4, severity_weights, u) - stream * 4
            if severity != old_severity:
                if target == NONE and standing[S_CONFERENCE] and sits[unit] != NONE:
                    step_out(units, cases, n_units + sits[unit], case)
                    me[K_SEVERITY] = severity
                    line_up(units, cases, n_units + sits[unit], case)
                me[K_SEVERITY] = severity
            depth = me[K_DEPTH]
            if move == REFER or move == CONVENE:
                me[K_STACK + 2 * depth] = unit
                me[K_STACK + 2 * depth + 1] = state
                depth += 1
                me[K_DEPTH] = depth
            elif move == BACK:
                depth -= 1
                me[K_DEPTH] = depth
            next_state = state if target == NONE else target
            calendar = unit_calendar[target_unit]
            # clocks: what begins anew, stops, goes on
            old_calendar = unit_calendar[unit]
            wanted = states[next_state, S_WANT + depth]
            fresh = fresh_clocks(cycle, move, rule[T_REOPENS], 0 if target == NONE else 1, wanted, depth)
            running = me[K_RUNNING]
            spent = me[K_SPENT] & ~fresh
            if rule[T_REOPENS]:
                spent |= cycle[L_CYCLE_FIRST]
            me[K_SPENT] = spent
            wanted &= ~spent
            moved = severity != old_severity or target_unit != unit
            touched = (running ^ wanted) | (running & fresh)
            if moved:
                touched |= running
            touched |= fresh
            if touched != 0:
                first_clock = cycle[L_CLOCK]
                old_work = -1
                new_work = -1
                for clock in range(cycle[L_CLOCKS]):
                    bit = 1 << clock
                    if touched & bit == 0:
                        continue
                    at = clocks_at + CLOCK_WIDTH * clock
                    working = clocks[first_clock + clock, C_WORKING]
                    used = 0
                    if fresh & bit == 0:
                        used = me[at + CLOCK_USED]
                        if running & bit:
                            here = time
                            if working:
                                if old_work < 0:
                                    old_work = worked(calendars, hours, buckets, old_calendar, time)
                                here = old_work
                            used = here - used
                    running &= ~bit
                    me[at + CLOCK_USED] = used
                    if wanted & bit == 0:
                        continue
                    row = (first_clock + clock) * n_calendars + calendar
                    limit = limits[(row * n_levels + level[target_unit]) * 4 + severity - 1]
                    if limit == NEVER:
                        continue
                    running |= bit
                    left = max(0, limit - used)
                    if working:
                        if new_work < 0:
                            new_work = worked(calendars, hours, buckets, calendar, time)
                        me[at + CLOCK_USED] = new_work - used
                        due = time if left == 0 else reached(calendars, hours, buckets, calendar, new_work + left)
                    else:
                        me[at + CLOCK_USED] = time - used
                        due = time + left
                    me[at + CLOCK_DUE] = due
                me[K_RUNNING] = running
                next_due(me, clocks_at)
            # the new place
            if target == NONE:
                if cause == NONE and kind != QUEUE:
                    me[K_REPEAT] += 1
            else:
                me[K_STATE] = target
                me[K_UNIT] = target_unit
                me[K_REPEAT] = 0
                kind = entered[S_KIND]
                if kind == FINAL:
                    # ---- the case is over: count it and free its slot
                    size = schedule(heap_time, heap_case, position, cases, size, case, NEVER)
                    if me[K_NUMBER] < ended.shape[0]:
                        ended[me[K_NUMBER]] = time
                        now[N_COHORT] -= 1
                    if me[K_MEASURED] != 0:
                        now[N_COHORT] -= 1
                        tally[stream, Y_CLOSED] += 1
                        each = cycle[L_EVENT_METRICS]
                        account(me, tally, histogram, n_metrics, spans_at, n_spans, level_at, each, -1)
                    now[N_OPEN] -= 1
                    me[K_NUMBER] = -1
                    me[K_NEXT] = now[N_FREE]
                    now[N_FREE] = case
                    continue
                seat = entered[S_LOCAL] * n_levels + level[target_unit]
                me[K_ENTRY] = entries[case, seat]
                entries[case, seat] += 1
            done = me[K_DONE]
            if kind == QUEUE:
                done = NEVER
                if target != NONE:
                    me[K_ENTERED] = time
                    line_up(units, cases, target_unit, case)
                    if units[target_unit, U_FREE] > 0 and is_open(calendars, hours, buckets, calendar, time):
                        following = first_in_line(units, target_unit)
                        way = states[cases[following, K_STATE], S_TAKE]
                        todo = push(ops, todo, OP_LEAVE, following, way, target_unit, NONE)
            elif states[next_state, S_CONFERENCE]:
                done = NEVER
                if target != NONE and sits[target_unit] != NONE:
                    if state != target or move != STAY:
                        me[K_ENTERED] = time
                    line_up(units, cases, n_units + sits[target_unit], case)
            elif target != NONE or cause == NONE:
                if kind == WORK and target != NONE and left_kind != WORK:
                    units[target_unit, U_FREE] -= 1
                    units[target_unit, U_TAKEN] += 1
                    me[K_TAKEN] = time
                seat = next_state * n_levels + level[target_unit]
                spread = time_row[seat * n_categories + source[R_CATEGORY]]
                if spread == NONE:
                    done = NEVER
                else:
                    u = uniform(keys[case], place_keys[seat], TIME, me[K_ENTRY], me[K_REPEAT])
                    span = duration(times, knots, spread, u)
                    if kind == WORK:
                        span += worked(calendars, hours, buckets, calendar, time)
                        done = reached(calendars, hours, buckets, calendar, span)
                    else:
                        done = time + span
            me[K_DONE] = done
            size = schedule(heap_time, heap_case, position, cases, size, case, min(done, me[K_DUE]))
            continue

        # ---- nothing left to do at this event: room for the next one?
        if table and written >= rows_end:
            status = ROWS_FULL
            break
        deciding = -1
        if cursor >= 0:
            # ---- an opening hands out queues, unit by unit; a session takes its matters, one by one
            code = agenda[now[N_AGENDA], 1]
            if code < 0:
                if cursor < now[N_SITTING]:
                    deciding = sitting[cursor]
                    cursor += 1
            else:
                last = roster_first[code + 1]
                while cursor < last and (units[roster[cursor], U_FREE] == 0 or units[roster[cursor], U_WAITING] == 0):
                    cursor += 1
                if cursor < last:
                    unit = roster[cursor]
                    following = first_in_line(units, unit)
                    way = states[cases[following, K_STATE], S_TAKE]
                    todo = push(ops, 0, OP_LEAVE, following, way, unit, NONE)
                    continue
            if deciding < 0:
                cursor = -1
                now[N_AGENDA] += 1
                continue
        else:
            # ---- which event comes next: completion and deadline, then opening, then arrival
            soon = heap_time[0] if size > 0 else NEVER
            opening = agenda[now[N_AGENDA], 0]
            arriving = next_arrival[coming]
            following_time = min(soon, opening, arriving)
            if following_time > finish or (following_time >= days and now[N_COHORT] == 0):
                status = FINISHED
                break
            if following_time > until:
                status = PAUSED
                break
            time = following_time
            if soon == time:
                case = heap_case[0]
                if cases[case, K_DONE] == time:
                    deciding = case
            elif opening == time:
                code = agenda[now[N_AGENDA], 1]
                if code >= 0:
                    cursor = roster_first[code]
                else:
                    cursor = 0
                    count = 0
                    for at in range(sitting_first[-code - 1], sitting_first[-code]):
                        room = sitting_capacity[-code - 1]
                        for column in range(U_HEAD, U_HEAD + 4):
                            case = units[n_units + at, column]
                            while case >= 0 and room > 0:
                                sitting[count] = case
                                count += 1
                                room -= 1
                                case = cases[case, K_NEXT]
                    now[N_SITTING] = count
                continue
            else:
                # ---- a case arrives
                if now[N_FREE] < 0:
                    status = SLOTS_FULL
                    break
                if table and now[N_OPENINGS] >= openings_end:
                    status = OPENINGS_FULL
                    break
                stream = coming
                source = streams[stream]
                lifecycle = source[R_LIFECYCLE]
                cycle = lifecycles[lifecycle]
                category = source[R_CATEGORY]
                n = source[R_COUNT]
                case = now[N_FREE]
                me = cases[case]
                now[N_FREE] = me[K_NEXT]
                me[:] = 0
                entries[case, :] = 0
                key = case_key(stream_keys[stream], n)
                keys[case] = key
                household = min(
                    now[N_HOUSEHOLDS] - 1,
                    math.floor(uniform(key, NOWHERE, HOUSEHOLD, 0, 0) * now[N_HOUSEHOLDS]),
                )
                home = home_units[home_of(homes, guide, household)]
                first = source[R_CHANNELS]
                chosen = pick(
                    first, source[R_CHANNELS_END], channel_weights, uniform(key, NOWHERE, CHANNEL, 0, 0)
                )
                unit = climb(superior, level, home, channels[chosen, 1])
                me[K_NUMBER] = now[N_NUMBER]
                me[K_STREAM] = stream
                me[K_STATE] = cycle[L_START]
                me[K_UNIT] = unit
                me[K_HOME] = home
                me[K_SEVERITY] = source[R_SEVERITY]
                me[K_CHANNEL] = channels[chosen, 0]
                me[K_OPENED] = time
                me[K_DONE] = NEVER
                me[K_DUE] = NEVER
                me[K_INSTANT] = time
                me[K_SETTLED] = -1
                for span in range(n_spans):
                    me[spans_at + span] = -1
                if table:
                    rows[written, 0] = now[N_NUMBER]
                    rows[written, 1] = time
                    rows[written, 2] = unit
                    rows[written, 3] = 0
                    written += 1
                    at = now[N_OPENINGS]
                    openings[at, 0] = stream
                    openings[at, 1] = n
                    openings[at, 2] = home
                    openings[at, 3] = channels[chosen, 0]
                    now[N_OPENINGS] = at + 1
                now[N_NUMBER] += 1
                now[N_OPEN] += 1
                now[N_MOST_OPEN] = max(now[N_MOST_OPEN], now[N_OPEN])
                if warmup <= time < days:
                    me[K_MEASURED] = 1
                    now[N_COHORT] += 1
                    tally[stream, Y_OPENED] += 1
                    mark(me, tally, cycle[L_EVENT_METRICS], cycle[L_OPEN_NUMERATOR], 0, cycle[L_OPEN_DENOMINATOR], 0)
                source[R_COUNT] = n + 1
                stream_load[stream] -= math.log(uniform(case_key(stream_keys[stream], n + 1), NOWHERE, ARRIVAL, 0, 0))
                next_arrival[stream] = arrival(weeks, stream, stream_load[stream], now[N_OFFSET])
                coming = first_stream(next_arrival)
                todo = push(ops, 0, OP_ENTER, case, n_transitions - lifecycles.shape[0] + lifecycle, unit, NONE)
                continue

        # ---- what may happen to the case: by its own course (deciding), or by a deadline
        if deciding >= 0:
            case = deciding
        me = cases[case]
        state = me[K_STATE]
        standing = states[state]
        unit = me[K_UNIT]
        stream = me[K_STREAM]
        source = streams[stream]
        cycle = lifecycles[standing[S_LIFECYCLE]]
        depth = me[K_DEPTH]
        category = source[R_CATEGORY]
        cause = NONE
        if deciding >= 0:
            outcomes = outcome_row[(state * n_levels + level[unit]) * n_categories + category]
            first = outcome_first[outcomes] if outcomes != NONE else 0
            last = outcome_first[outcomes + 1] if outcomes != NONE else 0
        else:
            local = me[K_DUE_CLOCK]
            bit = 1 << local
            cause = cycle[L_CLOCK] + local
            expired = clocks[cause]
            me[K_RUNNING] &= ~bit
            me[K_SPENT] |= bit
            me[K_BLOCKED] |= expired[C_BLOCKS]
            if me[K_MEASURED] != 0:
                fired[stream, n_transitions + cause] += 1
                mark(me, tally, cycle[L_EVENT_METRICS], expired[C_NUMERATOR_IN], expired[C_NUMERATOR_OUT],
                     expired[C_DENOMINATOR_IN], expired[C_DENOMINATOR_OUT])  # fmt: skip
            next_due(me, clocks_at)
            first = 0
            last = 1
            if standing[S_KIND] == WORK and expired[C_FINISH]:
                last = 0
        # the outcome on which the draw falls; where it is not enabled, what is left of the draw falls on the others
        candidate = first
        rest = 0.0
        if last - first > 1:
            seat = state * n_levels + level[unit]
            u = uniform(keys[case], place_keys[seat], OUTCOME, me[K_ENTRY], me[K_REPEAT])
            candidate, rest = fall(first, last, weights, u)
        known = False
        count = 0
        for turn in range(first - 1, last):
            outcome = candidate if turn < first else turn
            if turn == candidate or first == last or (cause == NONE and weights[outcome] <= 0.0):
                continue
            if cause == NONE:
                way_from = way_first[outcome]
                way_to = way_first[outcome + 1]
            else:
                way_from = expired[C_FIRES]
                way_to = expired[C_FIRES_END]
            for at in range(way_from, way_to):
                way = ways[at] if cause == NONE else fires[at]
                rule = transitions[way]
                if cause != NONE and rule[T_SOURCES] >> standing[S_LOCAL] & 1 == 0:
                    continue
                move = rule[T_MOVE]
                if not may_move(move, depth):
                    continue
                if rule[T_GUARD] != NONE:
                    if not known:
                        known = True
                        describe(
                            facts,
                            me,
                            entries[case],
                            level[unit],
                            superior[unit],
                            category,
                            referral(superior, referral_first, referral_category, referral_department, unit, category)
                            if cycle[L_ASKED] & ASKS_DEPARTMENT
                            else NONE,
                            tied[unit],
                            cycle[L_COUNTERS],
                            cycle[L_ASKED],
                            n_levels,
                        )
                    if not holds(guards, rule[T_GUARD], rule[T_GUARD_END], facts, scratch):
                        continue
                target_unit = unit
                if move == UP:
                    target_unit = superior[unit]
                elif move == DOWN:
                    target_unit = step_down(superior, unit, me[K_HOME])
                elif move == REFER:
                    target_unit = referral(
                        superior, referral_first, referral_category, referral_department, unit, category
                    )
                elif move == CONVENE:
                    target_unit = conference(superior, sits, unit)
                elif move == BACK:
                    target_unit = me[K_STACK + 2 * (depth - 1)]
                if target_unit == NONE:
                    continue
                usable[count] = weights[outcome] if cause == NONE else 1.0
                usable_way[count] = way
                usable_unit[count] = target_unit
                count += 1
                break
            if turn < first and count > 0:
                break
        if count == 0:
            if cause == NONE:
                now[N_FAULT_CASE] = me[K_NUMBER]
                now[N_FAULT_STATE] = state
                status = STUCK
                break
            # the deadline changes nothing: overdue, once
            if table:
                rows[written, 0] = me[K_NUMBER]
                rows[written, 1] = time
                rows[written, 2] = unit
                rows[written, 3] = (cause + 1) << 32
                written += 1
            size = schedule(heap_time, heap_case, position, cases, size, case, min(me[K_DONE], me[K_DUE]))
            continue
        chosen = pick(0, count, usable, rest) if count > 1 else 0
        todo = push(ops, 0, OP_LEAVE, case, usable_way[chosen], usable_unit[chosen], cause)
    if status == FINISHED:
        # ---- what is still open: its share of the work and waiting done, and what of it is certain by now
        for case in range(cases.shape[0]):
            me = cases[case]
            if me[K_NUMBER] < 0:
                continue
            standing = states[me[K_STATE]]
            unit = me[K_UNIT]
            kind = standing[S_KIND]
            if kind == WORK:
                book_work(units, me, calendars, hours, buckets, unit_calendar[unit], warmup, days, days)
            elif kind == QUEUE:
                book_wait(units, me, warmup, days, days)
            if me[K_MEASURED] != 0:
                cycle = lifecycles[standing[S_LIFECYCLE]]
                each = cycle[L_EVENT_METRICS]
                certain = cycle[L_FIRST_SPANS]
                account(me, tally, histogram, n_metrics, spans_at, n_spans, level_at, each, certain)
    now[N_AGENDA_UNIT] = cursor
    now[N_HEAP] = size
    now[N_ROWS] = written
    now[N_STEPS] = steps
    now[N_NOW] = time
    return status
