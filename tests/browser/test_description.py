"""Requests made from the API's own description: no server error, and no response that it does not name."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
]
EXAMPLES = 12  # of each operation; beside them come those that the description names limits for
PATIENCE = 60  # seconds


# Who is logged out is refused almost everywhere: the limits that the description names will do.
@pytest.mark.parametrize(("person", "phases"), [("dora", "coverage,fuzzing,stateful"), (None, "coverage")])
def test_responds_as_described(jukebox, person, phases, tmp_path):
    with jukebox.client(jukebox.people.get(person)) as client:
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = [f"X-CSRFToken: {client.headers['X-CSRFToken']}", f"Cookie: {cookies}"]
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{jukebox.url}/api/openapi.json", "--no-color",
        "--generation-deterministic", f"--max-examples={EXAMPLES}", "--phases", phases, "--checks", ",".join(CHECKS),
        # A stream without end.
        "--exclude-path", "/api/feed",
        *(word for header in headers for word in ("--header", header)),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stdout
