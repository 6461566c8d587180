"""uuid, binary, literal, minval, maxval."""

import uuid

from ..datum import STRAY_LITERAL, expect
from ..registry import term
from ..text import MAXVAL, MINVAL


@term(169, "uuid", 0, 1, pure=lambda node: len(node.args) == 1)
def uuid_(c):
    space = uuid.UUID("91461c99-f89d-49d2-af96-d8e2e14e9b58")  # terms/uuid.cc
    return str(uuid.uuid5(space, c[0].str()) if c.n else uuid.uuid4())


@term(137, "literal", 0, 1, grouped=None)
def literal(c):
    if not c.literal:
        c.fail(STRAY_LITERAL)
    return {"$reql_type$": "LITERAL", **({"value": c[0].datum()} if c.n else {})}


@term(155, "binary", 1)
def binary(c):
    value = c[0].datum()
    return value if type(value) is bytes else expect(value, "STRING").encode()


term(180, "minval", 0)(lambda c: MINVAL)
term(181, "maxval", 0)(lambda c: MAXVAL)
