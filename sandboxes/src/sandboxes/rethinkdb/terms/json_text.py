"""json, to_json_string, javascript (``terms/json.cc``, ``terms/js.cc``)."""

from ..datum import from_json, weigh
from ..registry import term
from ..text import parse, show


@term(172, "to_json_string", 1)
def to_json_string(c):
    weigh(c[0].datum())
    return show(c[0].datum(), None)


JSON_ERRORS = {  # Python's words for RapidJSON's
    "Extra data": "The document root must not be followed by other values.",
    "Expecting property name enclosed in double quotes": "Missing a name for object member.",
    "Expecting ':' delimiter": "Missing a colon after a name of object member.",
    "Unterminated string starting at": "Missing a closing quotation mark in string.",
}


@term(98, "json", 1)
def json_(c):
    text = c[0].str()
    try:
        return from_json(parse(text), literal=True)
    except (ValueError, RecursionError) as error:
        reason = JSON_ERRORS.get(getattr(error, "msg", ""), "Invalid value.")
        reason = reason if text.strip() else "The document is empty."
        c.fail(f'Failed to parse "{text if len(text) <= 40 else text[:37] + "..."}" as JSON: {reason}')


@term(11, "javascript", 1, 1, ["timeout"], pure=False)
def javascript(c):
    """There is no JavaScript engine here: a script is run if it is a JSON literal."""
    try:
        return from_json(parse(c[0].str()))
    except ValueError:
        c.fail("[sandbox] the term JAVASCRIPT is supported for JSON literals only.")
