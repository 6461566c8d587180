import os
import tempfile

# A test run, and the kernels it starts, never touch the learner's own progress.
_folder = tempfile.TemporaryDirectory(prefix="workbook-")
os.environ["WORKBOOK_PROGRESS"] = os.path.join(_folder.name, "progress.json")
