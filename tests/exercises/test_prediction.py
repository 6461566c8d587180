import subprocess
import sys

import pytest
from nbval.kernel import start_new_kernel

DOTS = ["predict(...)", 'predict("...")', 'predict(" ")', 'predict(a=..., b="...")', "predict(..., ...)", "predict()"]
NOTED = "Noted\nNow run the next cell: it shows this above what happens."
ODD = """
from werkzeug.local import LocalProxy

class Odd:
    def __repr__(self):
        raise RuntimeError
    __eq__ = __len__ = __bool__ = __str__ = __repr__

class Long(str): pass

itself = []
itself.append(itself)
"""


class Kernel:
    """A kernel, and what a front end does with it."""

    def __init__(self):
        self.manager, self.client = start_new_kernel()
        self.run("from workbook import predict")

    def outputs(self, source, **options):
        """What a cell puts out: the contents of the messages, in their order."""
        messages = []
        self.client.execute_interactive(source, timeout=60, output_hook=messages.append, **options)
        kinds = {"stream", "display_data", "execute_result", "error"}
        return [message["content"] for message in messages if message["msg_type"] in kinds]

    def run(self, source, **options):
        """The same as plain texts; of an error its name."""
        return [
            output["data"]["text/plain"] if "data" in output else output.get("text") or output["ename"]
            for output in self.outputs(source, **options)
        ]

    def restart(self):
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=60)

    def end(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    yield kernel
    kernel.end()


@pytest.mark.parametrize("call", DOTS)
def test_dots_show_nothing(kernel, call):
    assert kernel.run(call) == []
    assert kernel.run("1 + 1") == ["2"]


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("predict(4)", "4"),
        ("predict(None)", "None"),
        ('predict("two sockets")', "two sockets"),
        ('predict("view, then teardown", 2, True)', "view, then teardown, 2, True"),
        ("predict(eager=4, lazy=1)", "eager: 4\nlazy: 1"),
        ('predict(eager=4, lazy=..., why="...")', "eager: 4\nlazy: ...\nwhy: ..."),
        ("predict(4, ..., status=500)", "4, ...\nstatus: 500"),
        ('predict(["200", None])', "['200', None]"),
    ],
)
def test_an_answer_is_noted_and_the_next_cell_shows_it_above_its_output(kernel, call, shown):
    assert kernel.run(call) == [NOTED]
    assert kernel.run("print('first')\n1 + 1") == [f"You predicted\n{shown}", "first\n", "2"]


def test_it_is_shown_once(kernel):
    kernel.run("predict(3)")
    assert kernel.run("1 + 1") == ["You predicted\n3", "2"]
    assert kernel.run("1 + 1") == ["2"]


@pytest.mark.parametrize(("source", "error"), [("1 / 0", "ZeroDivisionError"), ("two sockets", "SyntaxError")])
def test_a_cell_that_fails_shows_it_too(kernel, source, error):
    kernel.run("predict(3)")
    assert kernel.run(source) == ["You predicted\n3", error]
    assert kernel.run("1 + 1") == ["2"]


def test_the_last_prediction_counts(kernel):
    kernel.run("predict(3)")
    assert kernel.run("predict(4)") == [NOTED]
    assert kernel.run("1 + 1") == ["You predicted\n4", "2"]


@pytest.mark.parametrize(("call", "outcome"), [("predict(...)", []), ("predict(none)", ["NameError"])])
def test_a_prediction_that_was_passed_over_is_not_shown_elsewhere(kernel, call, outcome):
    kernel.run("predict(3)")
    assert kernel.run(call) == outcome
    assert kernel.run("1 + 1") == ["2"]


def test_what_a_front_end_asks_the_kernel_for_itself_shows_nothing(kernel):
    kernel.run("predict(3)")
    assert kernel.run("1 + 1", store_history=False) == ["2"]
    assert kernel.run("1 + 1", silent=True) == []
    assert kernel.run("1 + 1") == ["You predicted\n3", "2"]


def test_html_says_the_same_and_escapes(kernel):
    kernel.run('predict("<b>1 & 2</b>")')
    shown, _ = kernel.outputs("1 + 1")
    assert shown["data"]["text/plain"] == "You predicted\n<b>1 & 2</b>"
    assert "&lt;b&gt;1 &amp; 2&lt;/b&gt;" in shown["data"]["text/html"]
    assert 'aria-label="You predicted"' in shown["data"]["text/html"]


@pytest.mark.parametrize(
    "answer",
    [
        "Odd()", "[Odd()]", "10 ** 5000", "'x' * 10**6", "Long('x' * 10**6)", "[[list(range(99))] * 99] * 99",
        "dict.fromkeys(range(10**5))", "itself", "LocalProxy(lambda: 1 / 0)", "predict",
    ],  # fmt: skip
)
def test_odd_values_are_shown_in_short(kernel, answer):
    kernel.run(ODD)
    assert kernel.run(f"predict({answer})") == [NOTED]
    shown, result = kernel.run("1 + 1")
    assert shown.startswith("You predicted\n") and len(shown) < 600 and result == "2"


def test_nothing_is_left_after_a_restart(kernel):
    kernel.run("predict(3)")
    kernel.restart()
    assert kernel.run("1 + 1") == ["2"]
    assert kernel.run("from workbook import predict\npredict(3)") == [NOTED]
    assert kernel.run("1 + 1") == ["You predicted\n3", "2"]


def test_plain_python_shows_nothing_and_needs_no_ipython():
    source = "import sys\nfrom workbook import predict\npredict(4)\npredict(...)\n'IPython' in sys.modules and 1 / 0"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
