"""Read by pytest before its plugins: ``-p tests.early`` in pyproject.toml."""

import sys

# nbformat reaches it through jsonschema, which does without; it would cost each worker 0.8 s of parsers that nobody asks.
sys.modules["rfc3987_syntax"] = None
