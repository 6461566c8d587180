"""What describes the API and validates what comes in and goes out: spectree, with the models of models.py."""

import flask
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import InType, SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin

from ..errors import fail
from .models import Error

WHY = {
    400: "The request is malformed, or its X-CSRFToken is missing.",
    401: "Nobody is logged in, or the password is wrong.",
    403: "This needs another role.",
    404: "There is no such thing.",
    409: "The queue does not allow it now.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "The request is well formed, and a value is not what it must be.",
    503: "A database is away. Try again after the seconds in Retry-After.",
}


class Plugin(FlaskPlugin):
    """Two cases that spectree does not have."""

    def request_validation(self, request, query, json, *args):
        # The body of a form is not validated where JSON is wanted, and the view would get None.
        if json and not request.is_json:
            fail(415, "unsupported_media_type", "Send the body as application/json.")
        super().request_validation(request, query, json, *args)

    def validate_response(self, resp, *args):
        # spectree would read a whole response to look at it: one that is made while it is sent goes out as it is.
        if isinstance(resp, flask.Response) and resp.is_streamed:
            return resp, None
        return super().validate_response(resp, *args)


def refuse(request, response, error, instance, adapter):
    """Called by spectree after it has looked at a request: its errors, in our form."""
    if error is not None:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))
        fail(422, "invalid", f"{where}: {first['msg']}" if where else first["msg"])


def responses(*errors, **good):
    """The responses of a view: ``good`` as spectree has them (HTTP_200=Model), and the statuses of errors."""
    return Response(**good, **{f"HTTP_{status}": (Error, WHY[status]) for status in errors})


api = SpecTree(
    "flask",
    backend=Plugin,
    before=refuse,
    validation_error_model=Error,
    title="Jukebox",
    version="1",
    description="What the page of the jukebox is made of. What changes something needs the header X-CSRFToken.",
    mode="strict",
    # Names of models as they are: there is one of each.
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda parent, child: child,
    security_schemes=[
        SecurityScheme(
            name="session",
            data=SecuritySchemeData(type=SecureType.API_KEY, field_in=InType.COOKIE, name="session"),
        )
    ],
)
LOGGED_IN = {"session": []}
