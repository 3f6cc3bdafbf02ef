"""The ``govflow`` command: thin. Each command parses, calls one function of the rooms below, and shows what it says.

Open ``command`` first (`main`: what is typed in, an exit status out), then ``definitions`` and ``simulations`` for
what each command calls. ``arguments`` says what can be typed; ``report``, ``page`` and ``terminal`` make answers
readable; ``words`` holds every fixed word, in English and Chinese. Nothing here computes a figure or knows a rule.
"""

from govflow.cli.command import main

__all__ = ["main"]
