"""Figures that are too noisy for a test: ``make bench``, or ``python -m tests.bench launch ...``.

Ratios are of medians, both sides measured in turn in one run.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import psutil

from tests.processes import left_running
from workbook import databases
from workbook.child import Child
from workbook.launch import launch

ROOT = Path(__file__).parent.parent
NOTEBOOKS = [path for room in ("notebooks", "solutions", "exercises") for path in (ROOT / room).glob("*.ipynb")]


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def python(*arguments):
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT)


def bench_launch(rounds=15):
    """From launch() to the first 200, against importing flask and rethinkdb."""

    def first_answer():
        app = launch("ch03_one_connection")
        assert app.get("/").status == 200
        apps.append(app)

    launched, imported, apps = [], [], []
    for _ in range(rounds):
        imported.append(seconds(lambda: python("-c", "import flask, rethinkdb")))
        launched.append(seconds(first_answer))
        apps.pop().stop()
    ratio = median(launched) / median(imported)
    print(f"launch to first 200: {median(launched):.3f} s; import: {median(imported):.3f} s; ratio {ratio:.2f}")


def bench_sandbox(rounds=5):
    """The RethinkDB sandbox: start, connections, reads; its size."""
    from rethinkdb import r

    def ready():
        child = Child("workbook.sandbox", "rethinkdb", "--follow-parent")
        child.wait_for("port")
        children.append(child)

    children = []
    starts = []
    for _ in range(rounds):
        starts.append(seconds(ready))
        children.pop().stop()
    print(f"sandbox start to ready: {median(starts):.3f} s")
    database = databases.rethinkdb("bench")
    with database.connect() as conn:
        r.table_create("t").run(conn)
        r.table("t").insert({"id": 1, "name": "ann"}).run(conn)
        connects = min(seconds(lambda: [database.connect().close() for _ in range(200)]) for _ in range(rounds))
        gets = min(seconds(lambda: [r.table("t").get(1).run(conn) for _ in range(1000)]) for _ in range(rounds))
    print(f"connect and close: {200 / connects:,.0f} per second; point get: {1000 / gets:,.0f} per second")
    lines = 0
    for path in (ROOT / "workbook" / "sandbox").rglob("*.py"):
        lines += sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
    print(f"lines of the sandbox that are not blank: {lines:,}")


def bench_kill(rounds=100):
    """Kill the process that launched an app and a sandbox; count what is left 2 s later."""
    program = """
import time
from workbook import databases
from workbook.launch import launch
app = launch("ch03_one_connection", databases.rethinkdb("kill"))
print("up", flush=True)
time.sleep(60)
"""
    left = 0
    for _ in range(rounds):
        parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        assert parent.stdout.readline() == b"up\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        assert len(children) == 2
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        left += len(left_running(children))
    print(f"killed {rounds} times: {left} processes left after 2 s")


def bench_notebooks():
    """The strict nbval suite against as many bare kernels, started and stopped, on 2 workers."""
    kernels = f"""
from concurrent.futures import ThreadPoolExecutor
from jupyter_client.manager import start_new_kernel

def bare(number):
    manager, client = start_new_kernel(kernel_name="python3")
    client.stop_channels()
    manager.shutdown_kernel()

with ThreadPoolExecutor(2) as pool:
    list(pool.map(bare, range({len(NOTEBOOKS)})))
"""
    bare = seconds(lambda: python("-c", kernels))
    paths = sorted({str(path.parent.relative_to(ROOT)) for path in NOTEBOOKS})
    suite = seconds(lambda: python("-m", "pytest", "-q", *paths))
    print(f"{len(NOTEBOOKS)} notebooks: nbval {suite:.1f} s; bare kernels {bare:.1f} s; ratio {suite / bare:.2f}")


BENCHES = {name.removeprefix("bench_"): value for name, value in list(globals().items()) if name.startswith("bench_")}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        if name not in BENCHES:
            sys.exit(f"no bench {name!r}; there are {', '.join(BENCHES)}")
        BENCHES[name]()
