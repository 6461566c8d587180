"""Read by pytest before its plugins: ``-p tests.early`` in pyproject.toml."""

import gc
import sys

# Until all is collected, by conftest.py: what is imported and collected stays.
gc.disable()

# nbformat reaches it through jsonschema, which does without: each worker would pay 0.8 s for parsers that nobody asks.
sys.modules["rfc3987_syntax"] = None
