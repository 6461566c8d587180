"""The wrong place for CORS, kept to be compared: a blueprint around all the routes."""

from flask import Blueprint

from . import songs
from .cors import allow_frontend

bp = Blueprint("api", __name__)
bp.after_request(allow_frontend)
bp.register_blueprint(songs.bp)
