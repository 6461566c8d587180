"""Requests as they are written on a command line, and asking them."""

import json
import time
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Wanted:
    """A request to make: "GET /things", 'POST /things {"a": 1}', "POST /login name=ann&password=x"."""

    method: str
    path: str
    body: str = ""

    @classmethod
    def parse(cls, text):
        """ValueError if it is no request."""
        method, _, rest = text.strip().partition(" ")
        path, _, body = rest.strip().partition(" ")
        if not (method.isascii() and method.isalpha()):
            raise ValueError(f"{text!r} does not begin with a method, such as GET")
        if not path.startswith("/"):
            raise ValueError(f"{text!r} has no path that begins with /")
        return cls(method.upper(), path, body.strip())

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def headers(self):
        if not self.body:
            return {}
        try:
            json.loads(self.body)
        except ValueError:
            return {"Content-Type": "application/x-www-form-urlencoded"}
        return {"Content-Type": "application/json"}


class Unanswered(Exception):
    """A request that got no response; the message is a sentence."""


def client(address, timeout, headers):
    """A client with a memory for cookies, as a browser has; ``headers`` go with each request."""
    # No proxy of the shell's stands between two processes of one machine.
    return httpx.Client(base_url=address, timeout=timeout, trust_env=False, headers=headers)


def ask(session, wanted, timeout):
    """Make the request and read its response to the end; Unanswered if that takes too long or breaks off."""
    deadline = time.monotonic() + timeout
    request = {"method": wanted.method, "url": wanted.path, "content": wanted.body or None, "headers": wanted.headers}
    try:
        with session.stream(**request) as response:
            for _ in response.iter_raw():
                # The client's own time-out begins anew with each part.
                if time.monotonic() > deadline:
                    raise Unanswered(f"{wanted} was answered for {timeout:g} s, and its body had not ended")
        for cookie in session.cookies.jar:
            # Browsers, too, send one that is Secure to a server on their own machine.
            cookie.secure = False
    except httpx.TimeoutException:
        raise Unanswered(f"{wanted} was not answered within {timeout:g} s") from None
    except httpx.TransportError as error:
        raise Unanswered(f"{wanted} was not answered to the end: {str(error).rstrip('.')}") from None
