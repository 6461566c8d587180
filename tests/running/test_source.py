import functools
from pathlib import Path

import flask
import pytest
from flask.views import View

from workbook.running.source import source_of

FOLDER = str(Path(__file__).parent)
TEXT = Path(__file__).read_text(encoding="utf-8").splitlines()


def plain():
    pass


def decorator(function):
    @functools.wraps(function)
    def wrapper():
        return function()

    return wrapper


@decorator
def decorated():
    pass


class Called:
    def __call__(self):
        pass

    def method(self):
        pass


class AsClass(View):
    def dispatch_request(self):
        return ""


def line(text):
    return f"test_source.py:{TEXT.index(text) + 1}"


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (plain, "def plain():"),
        (decorated, "@decorator"),
        (functools.partial(plain), "def plain():"),
        (Called(), "    def __call__(self):"),
        (Called().method, "    def method(self):"),
        (AsClass.as_view("as_class"), "class AsClass(View):"),
    ],
)
def test_a_function_is_where_its_author_wrote_it(function, text):
    assert source_of(function, FOLDER) == line(text)


def test_a_package_inside_has_its_folder():
    assert source_of(plain, str(Path(FOLDER).parent)) == "running/" + line("def plain():")


def test_what_is_installed_has_its_module_alone():
    # Also where the environment stands inside of the app's folder.
    assert source_of(flask.Flask.send_static_file, "/") == "flask.app"
    assert source_of(functools.wraps, FOLDER) == "functools"


def test_what_is_beside_the_app_has_its_module():
    assert source_of(plain, str(Path(FOLDER, "elsewhere"))) == __name__


def test_a_function_of_a_cell_has_its_line():
    names = {"__name__": "cell"}
    exec(compile("\n\ndef view():\n    pass\n", "<notebook cell>", "exec"), names)
    assert source_of(names["view"], FOLDER) == "<notebook cell>:3"


@pytest.mark.parametrize("function", [print, object(), type("Made", (), {})])
def test_what_has_no_source_has_none(function):
    assert source_of(function, FOLDER) is None
