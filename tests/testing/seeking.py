"""How the tests of this room look for examples: quickly for any, or down to the smallest."""

from hypothesis import HealthCheck, Phase, find, settings

PLAIN = settings(
    max_examples=4000, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
ANY = settings(PLAIN, phases=[Phase.generate])
SMALLEST = settings(PLAIN, phases=[Phase.generate, Phase.shrink])


def any_of(strategy, condition):
    """Return some value for which the condition holds."""
    return find(strategy, condition, settings=ANY)


def smallest_of(strategy, condition):
    """Return the smallest value, as Hypothesis shrinks, for which the condition holds."""
    return find(strategy, condition, settings=SMALLEST)
