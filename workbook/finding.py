"""What the doctor finds, and how to say that a variable of the shell is to be set."""

import os
from collections import namedtuple

# what: the same words on every machine where all is well. detail: what was found.
# fix: the command that mends it, or "" if there is nothing to mend.
Finding = namedtuple("Finding", "what detail fix")


def setting(name):
    """The beginning of the command that sets a variable of the shell."""
    return f"export {name}=" if os.name == "posix" else f"set {name}="
