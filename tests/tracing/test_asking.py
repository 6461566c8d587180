import pytest

from workbook.tracing.asking import Wanted


@pytest.mark.parametrize(
    ("text", "wanted", "kind"),
    [
        ("GET /things", Wanted("GET", "/things"), None),
        ("get  /things?a=1 ", Wanted("GET", "/things?a=1"), None),
        ('POST /things {"a": 1}', Wanted("POST", "/things", '{"a": 1}'), "application/json"),
        ("POST /login name=ann&x=y", Wanted("POST", "/login", "name=ann&x=y"), "application/x-www-form-urlencoded"),
    ],
)
def test_a_request_as_it_is_written(text, wanted, kind):
    assert Wanted.parse(text) == wanted
    assert wanted.headers.get("Content-Type") == kind


@pytest.mark.parametrize("text", ["", "GET", "/things", "GET things", "G3T /", "GÉT /"])
def test_what_is_no_request(text):
    with pytest.raises(ValueError, match=r"method|path"):
        Wanted.parse(text)
