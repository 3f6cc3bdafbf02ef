"""``python -m govflow``: the same as the ``govflow`` command."""

import sys

from govflow.cli import main

if __name__ == "__main__":
    sys.exit(main())
