"""What the notebooks stand on: launching, recording, drawing, databases, checks."""

import sys

if "ipykernel" in sys.modules:
    # A learner's kernel, before its first cell goes on. Elsewhere an import changes nothing.
    from workbook.surroundings import make_plain

    make_plain()
