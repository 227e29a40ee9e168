"""`python -m annotator.domain`: see cli.py."""

import sys

from annotator.domain.cli import main

sys.exit(main())
