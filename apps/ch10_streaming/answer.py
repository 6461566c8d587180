"""A response whose body is made while it is sent."""

from itertools import chain

from flask import Response


def stream(pages, encode, mimetype):
    """Answer with what ``encode`` makes of ``pages``, a generator that closes what it opens.

    The first page is asked for here: what fails now is an error of the view, and has a status.
    """
    first = next(pages, ())
    response = Response(encode(chain([first], pages)), mimetype=mimetype)
    # Whatever becomes of the body: read to its end, given up, or never begun.
    response.call_on_close(pages.close)
    return response
