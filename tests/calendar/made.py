"""What the tests of this room draw from: weeks and calendars of every odd shape."""

from hypothesis import strategies as st

from govflow.calendar import Calendar

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


@st.composite
def weeks(draw):
    """Weeks as tuples of minutes: round and odd hours, whole days, hours up to midnight, closed days."""
    minute = st.integers(0, 24 * 60) | st.sampled_from([0, 60, 120, 150, 180, 540, 720, 1020, 1440])
    ends = st.lists(minute, unique=True, max_size=6).map(sorted) | st.just([0, 1440])
    days = draw(st.lists(ends, min_size=7, max_size=7).filter(lambda days: any(len(day) > 1 for day in days)))
    return tuple(tuple(zip(day[0::2], day[1::2], strict=False)) for day in days)


calendars = st.builds(Calendar, st.just("made"), st.sampled_from(ZONES), weeks(), st.sampled_from([None, "cn"]))
