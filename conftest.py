import os
import tempfile

from workbook.surroundings import make_plain

# Tests run on every machine as in a learner's kernel.
make_plain()
# A test run, and the kernels it starts, never touch the learner's own progress.
_folder = tempfile.TemporaryDirectory(prefix="workbook-")
os.environ["WORKBOOK_PROGRESS"] = os.path.join(_folder.name, "progress.json")
