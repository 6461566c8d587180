"""Read by pytest before its plugins: ``-p tests.early`` in pyproject.toml."""

import sys

<<<<<<< HEAD
# nbformat reaches it through jsonschema, which does without; it would cost each worker 0.8 s of parsers
# that nobody asks.
=======
# nbformat reaches it through jsonschema, which does without: each worker would pay 0.8 s for parsers that nobody asks.
>>>>>>> main
sys.modules["rfc3987_syntax"] = None
