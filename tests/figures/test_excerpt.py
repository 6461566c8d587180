import pytest

from workbook import source


def test_functions_are_shown_as_the_file_has_them():
    shown = source("ch03_one_connection/db.py", "close_conn")
    assert repr(shown).startswith("def close_conn(exc):\n") and repr(shown).endswith('did not close cleanly")')
    assert shown._repr_markdown_() == f"```python\n{shown}\n```"


def test_decorators_belong_to_the_function():
    assert repr(source("ch03_one_connection/songs.py", "songs")).startswith('@bp.get("/songs")\n')


def test_unknown_name_says_what_there_is():
    with pytest.raises(ValueError, match="no 'nothing'; it has get_conn, close_conn"):
        source("ch03_one_connection/db.py", "nothing")
