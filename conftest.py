import os
import tempfile

# A test run, and the kernels it starts, never touch the learner's own progress.
os.environ["WORKBOOK_PROGRESS"] = os.path.join(tempfile.mkdtemp(prefix="workbook-"), "progress.json")
