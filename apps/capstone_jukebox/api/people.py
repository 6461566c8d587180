from flask import Blueprint
from flask_login import current_user, login_required
from flask_wtf.csrf import generate_csrf

from .. import auth
from ..errors import fail
from ..people import accounts
from .description import LOGGED_IN, api, responses
from .models import Login, Me, Token

bp = Blueprint("people", __name__)


@bp.get("/me")
@login_required
@api.validate(resp=responses(401, 503, HTTP_200=Me), security=LOGGED_IN)
def me():
    """Who you are, and what you may do."""
    return {"name": current_user.name, "roles": current_user.roles}


@bp.get("/csrf")
@api.validate(resp=responses(HTTP_200=Token))
def csrf():
    """The token of your session, for the header X-CSRFToken. Logging in and out ends it."""
    return {"token": generate_csrf()}


@bp.post("/login")
@api.validate(resp=responses(400, 401, 413, 415, 503, HTTP_200=Me))
def login(json: Login):
    """Begin a session."""
    person = accounts.check(json.name, json.password)
    if person is None:
        fail(401, "unauthorized", "There is nobody of that name with that password.")
    user = auth.log_in(person)
    return {"name": user.name, "roles": user.roles}


@bp.post("/logout")
@api.validate(resp=responses(400, HTTP_204=None))
def logout():
    """End the session. Who has none is logged out already."""
    auth.log_out()
    return "", 204
