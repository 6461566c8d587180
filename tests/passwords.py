"""Passwords for tests that try something else."""

from werkzeug.security import generate_password_hash


def fast_hash(password):
    """As the apps keep passwords, but made and checked in no time: it is not the hash that is tried."""
    return generate_password_hash(password, "pbkdf2:sha256:1")
