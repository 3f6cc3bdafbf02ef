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

from govflow.program.columns import *
from govflow.program.rules import conference, fresh_clocks, holds, may_move, referral, step_down
from govflow.simulation.layout import *
from govflow.simulation.luck import (
    ARRIVAL,
    CHANNEL,
    HOUSEHOLD,
    NOWHERE,
    OUTCOME,
    SEVERITY,
    TIME,
    case_key,
    duration,
    uniform,
)
from govflow.simulation.parts import (
    account,
    arrival,
    first_in_line,
    first_stream,
    is_open,
    line_up,
    next_due,
    pick,
    reached,
    schedule,
    step_out,
    worked,
)


def run(
    until,
    now,
    lifecycles,
    states,
    transitions,
    clocks,
    guards,
    adds,
    fires,
    limits,
    superior,
    level,
    unit_calendar,
    referral_first,
    referral_category,
    referral_department,
    sits,
    tied,
    homes,
    home_units,
    sitting_first,
    sitting_units,
    sitting_capacity,
    sitting,
    roster_first,
    roster,
    agenda,
    calendars,
    hours,
    buckets,
    outcome_row,
    time_row,
    outcome_first,
    weights,
    way_first,
    ways,
    times,
    knots,
    streams,
    stream_keys,
    stream_load,
    weeks,
    channels,
    channel_weights,
    severity_weights,
    place_keys,
    units,
    cases,
    keys,
    entries,
    heap,
    facts,
    scratch,
    usable,
    usable_way,
    usable_unit,
    ops,
    rows,
    openings,
    fired,
    tally,
    histogram,
):
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
    coming = first_stream(streams)
    status = FINISHED
    while True:
        if todo > 0:
            todo -= 1
            case = ops[todo, 1]
            way = ops[todo, 2]
            target_unit = ops[todo, 3]
            cause = ops[todo, 4]
            state = cases[case, K_STATE]
            unit = cases[case, K_UNIT]
            kind = states[state, S_KIND]
            target = transitions[way, T_TARGET]
            if ops[todo, 0] == OP_LEAVE:
                # ---- the row, the counts, the place left
                steps += 1
                if cases[case, K_INSTANT] == time:
                    cases[case, K_SAME] += 1
                    if cases[case, K_SAME] > MOST_AT_ONE_INSTANT:
                        now[N_FAULT_CASE] = cases[case, K_NUMBER]
                        now[N_FAULT_STATE] = state
                        status = RUNAWAY
                        break
                else:
                    cases[case, K_INSTANT] = time
                    cases[case, K_SAME] = 1
                if table:
                    rows[written, 0] = cases[case, K_NUMBER]
                    rows[written, 1] = time
                    rows[written, 2] = target_unit
                    rows[written, 3] = way + 1 + ((cause + 1) << 32)
                    written += 1
                if cases[case, K_MEASURED] != 0:
                    stream = cases[case, K_STREAM]
                    fired[stream, way] += 1
                    count_in = transitions[way, T_NUMERATOR_IN] & ~cases[case, K_BLOCKED]
                    asked = transitions[way, T_DENOMINATOR_IN]
                    cases[case, K_NUMERATOR] = (
                        cases[case, K_NUMERATOR] & ~transitions[way, T_NUMERATOR_OUT]
                    ) | count_in
                    cases[case, K_DENOMINATOR] = (
                        cases[case, K_DENOMINATOR] & ~transitions[way, T_DENOMINATOR_OUT]
                    ) | asked
                    each = lifecycles[states[state, S_LIFECYCLE], L_EVENT_METRICS]
                    if (count_in | asked) & each != 0:
                        for metric in range(n_metrics):
                            if each >> metric & 1:
                                tally[stream, Y_METRICS + 2 * metric] += count_in >> metric & 1
                                tally[stream, Y_METRICS + 2 * metric + 1] += asked >> metric & 1
                    if transitions[way, T_SPAN_FIRST] | transitions[way, T_SPAN_LAST]:
                        for span in range(n_spans):
                            if transitions[way, T_SPAN_LAST] >> span & 1 or (
                                transitions[way, T_SPAN_FIRST] >> span & 1 and cases[case, spans_at + span] < 0
                            ):
                                cases[case, spans_at + span] = time - cases[case, K_OPENED]
                    if transitions[way, T_SETTLES]:
                        cases[case, K_SETTLED] = level[unit]
                ops[todo, 0] = OP_ENTER
                todo += 1
                if target == NONE:
                    continue
                if kind == WORK:
                    if states[target, S_KIND] == WORK:
                        continue
                    units[unit, U_FREE] += 1
                    calendar = unit_calendar[unit]
                    start = max(cases[case, K_TAKEN], warmup)
                    stop = min(time, days)
                    if stop > start:
                        units[unit, U_BUSY] += worked(calendars, hours, buckets, calendar, stop) - worked(
                            calendars, hours, buckets, calendar, start
                        )
                    # the freed unit takes its next case before the moving one comes in
                    following = first_in_line(units, unit)
                    if following >= 0 and is_open(calendars, hours, buckets, calendar, time):
                        ops[todo, 0] = OP_LEAVE
                        ops[todo, 1] = following
                        ops[todo, 2] = states[cases[following, K_STATE], S_TAKE]
                        ops[todo, 3] = unit
                        ops[todo, 4] = NONE
                        todo += 1
                elif kind == QUEUE:
                    step_out(units, cases, unit, case)
                    start = max(cases[case, K_ENTERED], warmup)
                    stop = min(time, days)
                    if stop > start:
                        units[unit, U_WAITED] += (stop - start) // 1000
                elif states[state, S_CONFERENCE]:
                    step_out(units, cases, n_units + sits[unit], case)
                continue

            # ---- OP_ENTER: counters, severity, stack, clocks, the new place
            left_kind = kind
            lifecycle = states[state, S_LIFECYCLE]
            move = transitions[way, T_MOVE]
            for add in range(transitions[way, T_ADD], transitions[way, T_ADD_END], 2):
                cases[case, K_COUNTERS + adds[add]] += adds[add + 1]
            old_severity = cases[case, K_SEVERITY]
            severity = old_severity
            stream = cases[case, K_STREAM]
            if transitions[way, T_SETS_SEVERITY] and streams[stream, R_DRAWS_SEVERITY]:
                u = uniform(
                    keys[case],
                    place_keys[state * n_levels + level[unit]],
                    SEVERITY,
                    cases[case, K_ENTRY],
                    cases[case, K_REPEAT],
                )
                severity = 1 + pick(stream * 4, stream * 4 + 4, severity_weights, u) - stream * 4
            if severity != old_severity:
                if target == NONE and kind == QUEUE:
                    step_out(units, cases, unit, case)
                    cases[case, K_SEVERITY] = severity
                    line_up(units, cases, unit, case)
                elif target == NONE and states[state, S_CONFERENCE]:
                    step_out(units, cases, n_units + sits[unit], case)
                    cases[case, K_SEVERITY] = severity
                    line_up(units, cases, n_units + sits[unit], case)
                cases[case, K_SEVERITY] = severity
            depth = cases[case, K_DEPTH]
            if move == REFER or move == CONVENE:
                cases[case, K_STACK + 2 * depth] = unit
                cases[case, K_STACK + 2 * depth + 1] = state
                depth += 1
                cases[case, K_DEPTH] = depth
            elif move == BACK:
                depth -= 1
                cases[case, K_DEPTH] = depth
            next_state = state if target == NONE else target
            calendar = unit_calendar[target_unit]
            # clocks: what begins anew, stops, goes on
            old_calendar = unit_calendar[unit]
            wanted = states[next_state, S_WANT + depth]
            fresh = fresh_clocks(
                lifecycles[lifecycle, L_FRESH : L_FRESH + 5],
                move,
                transitions[way, T_REOPENS],
                0 if target == NONE else 1,
                wanted,
                depth,
            )
            running = cases[case, K_RUNNING]
            spent = cases[case, K_SPENT] & ~fresh
            if transitions[way, T_REOPENS]:
                spent |= lifecycles[lifecycle, L_CYCLE_FIRST]
            cases[case, K_SPENT] = spent
            wanted &= ~spent
            moved = severity != old_severity or target_unit != unit
            touched = (running ^ wanted) | (running & fresh)
            if moved:
                touched |= running
            touched |= fresh
            if touched != 0:
                first_clock = lifecycles[lifecycle, L_CLOCK]
                old_work = -1
                new_work = -1
                for clock in range(lifecycles[lifecycle, L_CLOCKS]):
                    bit = 1 << clock
                    if touched & bit == 0:
                        continue
                    at = clocks_at + CLOCK_WIDTH * clock
                    working = clocks[first_clock + clock, C_WORKING]
                    if fresh & bit:
                        cases[case, at + CLOCK_USED] = 0
                    elif running & bit:
                        here = time
                        if working:
                            if old_work < 0:
                                old_work = worked(calendars, hours, buckets, old_calendar, time)
                            here = old_work
                        cases[case, at + CLOCK_USED] += here - cases[case, at + CLOCK_SINCE]
                    running &= ~bit
                    if wanted & bit == 0:
                        continue
                    row = (first_clock + clock) * n_calendars + calendar
                    limit = limits[(row * n_levels + level[target_unit]) * 4 + severity - 1]
                    if limit == NEVER:
                        continue
                    running |= bit
                    left = max(0, limit - cases[case, at + CLOCK_USED])
                    if working:
                        if new_work < 0:
                            new_work = worked(calendars, hours, buckets, calendar, time)
                        cases[case, at + CLOCK_SINCE] = new_work
                        due = time if left == 0 else reached(calendars, hours, buckets, calendar, new_work + left)
                    else:
                        cases[case, at + CLOCK_SINCE] = time
                        due = time + left
                    cases[case, at + CLOCK_DUE] = due
                cases[case, K_RUNNING] = running
                next_due(cases, case, clocks_at)
            # the new place
            if target == NONE:
                if cause == NONE and kind != QUEUE:
                    cases[case, K_REPEAT] += 1
            else:
                cases[case, K_STATE] = target
                cases[case, K_UNIT] = target_unit
                cases[case, K_REPEAT] = 0
                kind = states[target, S_KIND]
                if kind == FINAL:
                    # ---- the case is over: count it and free its slot
                    size = schedule(heap, cases, size, case, NEVER)
                    if cases[case, K_MEASURED] != 0:
                        now[N_COHORT] -= 1
                        tally[stream, Y_CLOSED] += 1
                        each = lifecycles[lifecycle, L_EVENT_METRICS]
                        account(cases, tally, histogram, case, n_metrics, spans_at, n_spans, level_at, each, -1)
                    now[N_OPEN] -= 1
                    cases[case, K_NUMBER] = -1
                    cases[case, K_NEXT] = now[N_FREE]
                    now[N_FREE] = case
                    continue
                seat = states[target, S_LOCAL] * n_levels + level[target_unit]
                cases[case, K_ENTRY] = entries[case, seat]
                entries[case, seat] += 1
            done = cases[case, K_DONE]
            if kind == QUEUE:
                done = NEVER
                if target != NONE:
                    cases[case, K_ENTERED] = time
                    line_up(units, cases, target_unit, case)
                    if units[target_unit, U_FREE] > 0 and is_open(calendars, hours, buckets, calendar, time):
                        following = first_in_line(units, target_unit)
                        ops[todo, 0] = OP_LEAVE
                        ops[todo, 1] = following
                        ops[todo, 2] = states[cases[following, K_STATE], S_TAKE]
                        ops[todo, 3] = target_unit
                        ops[todo, 4] = NONE
                        todo += 1
            elif states[next_state, S_CONFERENCE]:
                done = NEVER
                if target != NONE:
                    if state != target or move != STAY:
                        cases[case, K_ENTERED] = time
                    line_up(units, cases, n_units + sits[target_unit], case)
            elif target != NONE or cause == NONE:
                if kind == WORK and target != NONE and left_kind != WORK:
                    units[target_unit, U_FREE] -= 1
                    units[target_unit, U_TAKEN] += 1
                    cases[case, K_TAKEN] = time
                seat = next_state * n_levels + level[target_unit]
                spread = time_row[seat * n_categories + streams[stream, R_CATEGORY]]
                if spread == NONE:
                    done = NEVER
                else:
                    u = uniform(keys[case], place_keys[seat], TIME, cases[case, K_ENTRY], cases[case, K_REPEAT])
                    span = duration(times, knots, spread, u)
                    if kind == WORK:
                        span += worked(calendars, hours, buckets, calendar, time)
                        done = reached(calendars, hours, buckets, calendar, span)
                    else:
                        done = time + span
            cases[case, K_DONE] = done
            size = schedule(heap, cases, size, case, min(done, cases[case, K_DUE]))
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
                    ops[0, 0] = OP_LEAVE
                    ops[0, 1] = following
                    ops[0, 2] = states[cases[following, K_STATE], S_TAKE]
                    ops[0, 3] = unit
                    ops[0, 4] = NONE
                    todo = 1
                    continue
            if deciding < 0:
                cursor = -1
                now[N_AGENDA] += 1
                continue
        else:
            # ---- which event comes next: completion and deadline, then opening, then arrival
            soon = heap[0, 0] if size > 0 else NEVER
            opening = agenda[now[N_AGENDA], 0]
            arriving = streams[coming, R_NEXT]
            following_time = min(soon, opening, arriving)
            if following_time > finish or (following_time >= days and now[N_COHORT] == 0):
                status = FINISHED
                break
            if following_time > until:
                status = PAUSED
                break
            time = following_time
            if soon == time:
                case = heap[0, 1]
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
                lifecycle = streams[stream, R_LIFECYCLE]
                category = streams[stream, R_CATEGORY]
                n = streams[stream, R_COUNT]
                case = now[N_FREE]
                now[N_FREE] = cases[case, K_NEXT]
                cases[case, :] = 0
                entries[case, :] = 0
                key = case_key(stream_keys[stream], n)
                keys[case] = key
                household = min(
                    now[N_HOUSEHOLDS] - 1,
                    int(math.floor(uniform(key, NOWHERE, HOUSEHOLD, 0, 0) * now[N_HOUSEHOLDS])),
                )
                low = 0
                high = home_units.shape[0] - 1
                while low < high:
                    middle = (low + high + 1) >> 1
                    if homes[middle] <= household:
                        low = middle
                    else:
                        high = middle - 1
                home = home_units[low]
                first = streams[stream, R_CHANNELS]
                chosen = pick(
                    first, streams[stream, R_CHANNELS_END], channel_weights, uniform(key, NOWHERE, CHANNEL, 0, 0)
                )
                unit = home
                while level[unit] > channels[chosen, 1]:
                    unit = superior[unit]
                cases[case, K_NUMBER] = now[N_NUMBER]
                cases[case, K_STREAM] = stream
                cases[case, K_STATE] = lifecycles[lifecycle, L_START]
                cases[case, K_UNIT] = unit
                cases[case, K_HOME] = home
                cases[case, K_SEVERITY] = streams[stream, R_SEVERITY]
                cases[case, K_CHANNEL] = channels[chosen, 0]
                cases[case, K_OPENED] = time
                cases[case, K_DONE] = NEVER
                cases[case, K_DUE] = NEVER
                cases[case, K_HEAP] = -1
                cases[case, K_INSTANT] = time
                cases[case, K_SETTLED] = -1
                for span in range(n_spans):
                    cases[case, spans_at + span] = -1
                if table:
                    rows[written, 0] = now[N_NUMBER]
                    rows[written, 1] = time
                    rows[written, 2] = unit
                    rows[written, 3] = 0
                    written += 1
                    at = now[N_OPENINGS]
                    openings[at, 0] = stream
                    openings[at, 1] = n
                    openings[at, 2] = household
                    openings[at, 3] = home
                    openings[at, 4] = channels[chosen, 0]
                    now[N_OPENINGS] = at + 1
                now[N_NUMBER] += 1
                now[N_OPEN] += 1
                now[N_MOST_OPEN] = max(now[N_MOST_OPEN], now[N_OPEN])
                if warmup <= time < days:
                    cases[case, K_MEASURED] = 1
                    now[N_COHORT] += 1
                    tally[stream, Y_OPENED] += 1
                    cases[case, K_NUMERATOR] = lifecycles[lifecycle, L_OPEN_NUMERATOR]
                    cases[case, K_DENOMINATOR] = lifecycles[lifecycle, L_OPEN_DENOMINATOR]
                streams[stream, R_COUNT] = n + 1
                stream_load[stream] -= math.log(uniform(case_key(stream_keys[stream], n + 1), NOWHERE, ARRIVAL, 0, 0))
                streams[stream, R_NEXT] = arrival(weeks, stream, stream_load[stream], now[N_OFFSET])
                coming = first_stream(streams)
                ops[0, 0] = OP_ENTER
                ops[0, 1] = case
                ops[0, 2] = n_transitions - lifecycles.shape[0] + lifecycle
                ops[0, 3] = unit
                ops[0, 4] = NONE
                todo = 1
                continue

        # ---- what may happen to the case: by its own course (deciding), or by a deadline
        if deciding >= 0:
            case = deciding
        state = cases[case, K_STATE]
        unit = cases[case, K_UNIT]
        stream = cases[case, K_STREAM]
        lifecycle = states[state, S_LIFECYCLE]
        depth = cases[case, K_DEPTH]
        category = streams[stream, R_CATEGORY]
        cause = NONE
        if deciding >= 0:
            outcomes = outcome_row[(state * n_levels + level[unit]) * n_categories + category]
            first = outcome_first[outcomes] if outcomes != NONE else 0
            last = outcome_first[outcomes + 1] if outcomes != NONE else 0
        else:
            local = cases[case, K_DUE_CLOCK]
            bit = 1 << local
            cause = lifecycles[lifecycle, L_CLOCK] + local
            cases[case, K_RUNNING] &= ~bit
            cases[case, K_SPENT] |= bit
            cases[case, K_BLOCKED] |= clocks[cause, C_BLOCKS]
            if cases[case, K_MEASURED] != 0:
                fired[stream, n_transitions + cause] += 1
                cases[case, K_NUMERATOR] = (
                    cases[case, K_NUMERATOR] & ~clocks[cause, C_NUMERATOR_OUT]
                ) | clocks[cause, C_NUMERATOR_IN]
                cases[case, K_DENOMINATOR] = (
                    cases[case, K_DENOMINATOR] & ~clocks[cause, C_DENOMINATOR_OUT]
                ) | clocks[cause, C_DENOMINATOR_IN]
            next_due(cases, case, clocks_at)
            first = 0
            last = 1
            if states[state, S_KIND] == WORK and clocks[cause, C_FINISH]:
                last = 0
        known = False
        count = 0
        for outcome in range(first, last):
            if cause == NONE:
                way_from = way_first[outcome]
                way_to = way_first[outcome + 1]
            else:
                way_from = clocks[cause, C_FIRES]
                way_to = clocks[cause, C_FIRES_END]
            for at in range(way_from, way_to):
                way = ways[at] if cause == NONE else fires[at]
                if transitions[way, T_SOURCES] >> states[state, S_LOCAL] & 1 == 0:
                    continue
                move = transitions[way, T_MOVE]
                if not may_move(move, depth):
                    continue
                if transitions[way, T_GUARD] != NONE:
                    if not known:
                        known = True
                        facts[F_LEVEL] = level[unit]
                        facts[F_SEVERITY] = cases[case, K_SEVERITY]
                        facts[F_CATEGORY] = category
                        facts[F_CHANNEL] = cases[case, K_CHANNEL]
                        facts[F_HAS_SUPERIOR] = 1 if superior[unit] != NONE else 0
                        department = referral(
                            superior, referral_first, referral_category, referral_department, unit, category
                        )
                        facts[F_HAS_DEPARTMENT] = 1 if department != NONE else 0
                        facts[F_CHILDREN_OPEN] = 0
                        for tie in range(5):
                            facts[F_TIES + tie] = tied[unit] >> tie & 1
                        counters = lifecycles[lifecycle, L_COUNTERS]
                        for counter in range(counters):
                            facts[F_COUNTERS + counter] = cases[case, K_COUNTERS + counter]
                        for local in range(lifecycles[lifecycle, L_STATES]):
                            entered = 0
                            for seat in range(local * n_levels, (local + 1) * n_levels):
                                entered += entries[case, seat]
                            facts[F_COUNTERS + counters + local] = entered
                    if not holds(guards, transitions[way, T_GUARD], transitions[way, T_GUARD_END], facts, scratch):
                        continue
                target_unit = unit
                if move == UP:
                    target_unit = superior[unit]
                elif move == DOWN:
                    target_unit = step_down(superior, unit, cases[case, K_HOME])
                elif move == REFER:
                    target_unit = referral(
                        superior, referral_first, referral_category, referral_department, unit, category
                    )
                elif move == CONVENE:
                    target_unit = conference(superior, sits, unit)
                elif move == BACK:
                    target_unit = cases[case, K_STACK + 2 * (depth - 1)]
                if target_unit == NONE:
                    continue
                usable[count] = weights[outcome] if cause == NONE else 1.0
                usable_way[count] = way
                usable_unit[count] = target_unit
                count += 1
                break
        if count == 0:
            if cause == NONE:
                now[N_FAULT_CASE] = cases[case, K_NUMBER]
                now[N_FAULT_STATE] = state
                status = STUCK
                break
            # the deadline changes nothing: overdue, once
            if table:
                rows[written, 0] = cases[case, K_NUMBER]
                rows[written, 1] = time
                rows[written, 2] = unit
                rows[written, 3] = (cause + 1) << 32
                written += 1
            size = schedule(heap, cases, size, case, min(cases[case, K_DONE], cases[case, K_DUE]))
            continue
        chosen = 0
        if count > 1:
            seat = state * n_levels + level[unit]
            u = uniform(keys[case], place_keys[seat], OUTCOME, cases[case, K_ENTRY], cases[case, K_REPEAT])
            chosen = pick(0, count, usable, u)
        ops[0, 0] = OP_LEAVE
        ops[0, 1] = case
        ops[0, 2] = usable_way[chosen]
        ops[0, 3] = usable_unit[chosen]
        ops[0, 4] = cause
        todo = 1
    if status == FINISHED:
        # ---- what is still open: its share of the work and waiting done, and what of it is certain by now
        for case in range(cases.shape[0]):
            if cases[case, K_NUMBER] < 0:
                continue
            state = cases[case, K_STATE]
            unit = cases[case, K_UNIT]
            kind = states[state, S_KIND]
            if kind == WORK:
                start = max(cases[case, K_TAKEN], warmup)
                if days > start:
                    calendar = unit_calendar[unit]
                    units[unit, U_BUSY] += worked(calendars, hours, buckets, calendar, days) - worked(
                        calendars, hours, buckets, calendar, start
                    )
            elif kind == QUEUE:
                units[unit, U_WAITED] += max(0, days - max(cases[case, K_ENTERED], warmup)) // 1000
            if cases[case, K_MEASURED] != 0:
                lifecycle = states[state, S_LIFECYCLE]
                each = lifecycles[lifecycle, L_EVENT_METRICS]
                certain = lifecycles[lifecycle, L_FIRST_SPANS]
                account(cases, tally, histogram, case, n_metrics, spans_at, n_spans, level_at, each, certain)
    now[N_AGENDA_UNIT] = cursor
    now[N_HEAP] = size
    now[N_ROWS] = written
    now[N_STEPS] = steps
    now[N_NOW] = time
    return status
