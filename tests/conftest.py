import pytest


@pytest.fixture
def app_file(tmp_path):
    """A function that writes an app's source into a file and returns its path."""

    def write(source, name="small_app.py"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return path

    return write
