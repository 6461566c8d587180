"""What the databases have in common: a sandbox for each kind, or a server that the environment names."""

import atexit
import getpass
import os
import re
import socket

from workbook.child import Child
from workbook.finding import Finding

sandboxes = {}  # those of this process: kind -> (Child, address)


def sandbox(kind, start):
    """The address of this process's sandbox of that kind, started when first asked for."""
    if kind not in sandboxes or not sandboxes[kind][0].running:
        if kind in sandboxes:
            sandboxes[kind][0].stop()  # it ended by itself: what it left goes too
        sandboxes[kind] = start()
        atexit.register(sandboxes[kind][0].stop)
    return sandboxes[kind][1]


def start_own(kind):
    """Start the sandbox of that kind -> (Child, (host, port))."""
    child = Child("sandboxes", kind, "--follow-parent")
    address = child.wait_for("port")
    return child, (address["host"], address["port"])


def port(variable, default):
    """The port number that an environment variable names; ValueError if it is none."""
    value = os.environ.get(variable, str(default))
    if not value.isdigit():
        raise ValueError(f"{variable} must be a port number, not {value!r}")
    return int(value)


def learner():
    """On a shared server: the learner's own suffix, from the hub's user name or the login."""
    name = os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    return re.sub(r"\W", "_", name)


def look(what, host_name, port_name, default):
    """The doctor's row ``what``: a configured server answers, or the sandbox stands in for it."""
    host, port = os.environ.get(host_name), os.environ.get(port_name) or str(default)
    if not host:
        return Finding(what, f"the sandbox; {host_name} is not set", "")
    back = f"`unset {host_name} {port_name}` for the sandbox"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        fix = f"`export {port_name}={default}`, or {back}"
        return Finding(what, f"{port_name} is {port!r}, not a port from 1 to 65535", fix)
    host = host.split(",")[0].strip()  # of several contact points the workbook takes the first
    try:
        with socket.create_connection((host, int(port)), timeout=2):
            return Finding(what, f"{host}:{port}", "")
    except OSError as error:
        return Finding(what, f"{host}:{port}: {error}", f"`docker compose up -d`, or {back}")
