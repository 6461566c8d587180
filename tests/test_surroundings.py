import os
import subprocess
import sys

import pytest

from workbook import surroundings
from workbook.surroundings import plain

SPARED = "127.0.0.1,localhost,::1"
PLAIN = {"PYTHON_COLORS": "0", "OPENBLAS_NUM_THREADS": "1", "no_proxy": SPARED, "NO_PROXY": SPARED}


@pytest.mark.parametrize(
    "shell",
    [
        {"FLASK_DEBUG": "1", "FLASK_SECRET_KEY": "x"},
        {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1", "PYTHON_COLORS": "1"},
        {"all_proxy": "socks5://10.0.0.1:1080", "ALL_PROXY": "SOCKS://10.0.0.1:1080"},
    ],
)
def test_what_would_change_a_chapter_is_left_out(shell):
    assert plain(shell) == PLAIN


def test_a_proxy_is_for_what_is_elsewhere():
    shell = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "corp.example, 127.0.0.1", "no_proxy": "other.example"}
    spared = "other.example,corp.example,127.0.0.1,localhost,::1"
    assert plain(shell) == {**PLAIN, "HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": spared, "no_proxy": spared}


def test_all_else_is_kept():
    shell = {"HOME": "/home/ann", "RETHINKDB_HOST": "db.example", "flask_x": "1"}
    assert plain(shell) == {**PLAIN, **shell}


def test_make_plain_is_for_this_process(monkeypatch):
    monkeypatch.setattr(os, "environ", {"FLASK_DEBUG": "1", "HOME": "/home/ann"})
    surroundings.make_plain()
    assert os.environ == {**PLAIN, "HOME": "/home/ann"}


@pytest.mark.parametrize(("before", "seen"), [("", "1"), ("import ipykernel; ", "None")])
def test_an_import_changes_the_environment_of_a_kernel_alone(before, seen):
    program = f"{before}import os, workbook; print(os.environ.get('FLASK_DEBUG'))"
    environ = {**os.environ, "FLASK_DEBUG": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == seen
