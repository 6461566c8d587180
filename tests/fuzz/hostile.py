"""What hostile clients send: each kind takes a good request and spoils one thing in it."""

import base64
import json
from urllib.parse import parse_qsl, quote, urlencode

from hypothesis import strategies as st

OPERATORS = [
    {"$gt": ""},
    {"$ne": None},
    {"$regex": ".*"},
    {"$in": ["ada"]},
    {"$where": "sleep(1000)"},
    {"$exists": True},
    {"$function": {"body": "", "args": [], "lang": "js"}},
]
TEXTS = [
    "", " ", "\0", "ada\0", "ada\n", "\ud800", "é", "\U0001d11e", "\u202e", "'", '"', "' or 1=1 --",
    "{{7*7}}", "%s%n", "$where", "$gt", "a.b", "__proto__", "../../etc/passwd", "-1", "1e309", "NaN",
    "null", "x" * 201, "x" * 20_000,
]  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(TEXTS)
    | st.sampled_from(OPERATORS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
# What an app of ours may look for in what it is sent.
FIELDS = ["name", "password", "title", "next", "_id", "login_id", "session"]

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
TYPES = [
    "", JSON, FORM, "application/json; charset=utf-16", "application/json; charset=nope",
    "application/vnd.api+json", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data",
    "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "b" * 5000,
    "multipart/form-data; boundary=\xe9", "text/plain", "/", ";;;", "\xe9/\xfc",
]  # fmt: skip


def part(headers, content=b"x"):
    return b"--x\r\n" + headers + b"\r\n\r\n" + content + b"\r\n"


BODIES = [
    b"{", b"[" * 30_000, b'{"a":' * 10_000, b"1" * 5000, b"NaN", b"-Infinity", b"\xff\xfe", b"\0",
    b'"\\ud800"', b"\xef\xbb\xbf{}", '{"name": "ada", "password": "x"}'.encode("utf-16"),
    b'{"name": "ada", "name": {"$gt": ""}, "password": "x"}', b"x" * 65_536, b"x" * 65_537,
    b"x" * 300_000, b"x" * 3_000_000, b"title=" + b"x" * 70_000, b"title=%ff%fe", b"title=a&title=b",
    b"title[$gt]=", b"title=%00", b"&" * 5000, b"=" * 5000, b"a=b&" * 5000, b"%" * 5000,
    part(b'Content-Disposition: form-data; name="title"') + b"--x--",
    part(b'Content-Disposition: form-data; name="title"'),
    part(b'Content-Disposition: form-data; name="title"; filename="a"') + b"--x--",
    part(b'Content-Disposition: form-data; name="title"\r\nContent-Type: a/b; charset=nope') + b"--x--",
    part(b'Content-Disposition: form-data; name="title"\r\nContent-Length: nope') + b"--x--",
    part(b"Content-Disposition: form-data") + b"--x--", part(b"nothing") + b"--x--", b"--x\r\n" * 5000,
    b"--x--", part(b'Content-Disposition: form-data; name="a"') * 1200 + b"--x--",
]  # fmt: skip


def basic(name, password):
    """The value of an Authorization header."""
    pair = f"{name}:{password}".encode("utf-8", "surrogatepass")
    return f"Basic {base64.b64encode(pair).decode()}"


CREDENTIALS = st.one_of(
    st.sampled_from([
        "Basic", "Basic ", "Basic ///", "Basic =", "Basic \xe9", "Basic YWRh", "Basic OmVuZ2luZQ==",
        "Basic /////w==", "Bearer", "Bearer ", "Bearer \xe9\xff", "Bearer a=b", "Bearer nonsense",
        "Bearer {session}", "bearer  x", "Digest username=ada", 'Digest username="', "Negotiate a", "\0",
        ",", "=", "Basic Basic", "Bearer " + "x" * 60_000, "Basic " + "QUFB" * 15_000,
    ]),
    st.builds(basic, st.sampled_from(["ada", "grace", ""]), st.sampled_from(TEXTS)),
    st.builds(basic, st.sampled_from(TEXTS), st.just("engine")),
)  # fmt: skip
COOKIES = st.one_of(
    st.sampled_from([
        "session=", "session={session}x", "session=x{session}", "session={session}; session=x",
        "session=.{session}", "session=a.b.c", "session=.eJw.x.y", 'session="\\377"', "session=%00",
        "session=\0", "session=\xe9\xff", "session={}", "session=eyJ9.aaaaaa.bbbb",
        "session=" + "x" * 5000, "session=" + "x" * 60_000, "session=../../x", "=", ";", ";" * 5000,
        "a=b; " * 2000, "remember_token=ada|x", "remember_token=" + "|" * 3000, "remember_token=\xe9",
        "session=$gt", "session[$gt]=", "{session}",
    ]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n")).map("session={}".format),
)  # fmt: skip
HEADERS = [
    ("Host", ""), ("Host", "evil.example"), ("Host", "a b"), ("Host", "[::1"), ("Host", "\xe9"),
    ("Host", "x" * 5000), ("Host", ":99999"), ("Expect", "100-continue"), ("Range", "bytes=5-1"),
    ("Range", "bytes=" + "0-,-1" * 500), ("If-Modified-Since", "yesterday"),
    ("If-Modified-Since", "Mon, 99 Foo 99999 99:99:99 GMT"), ("If-None-Match", '"' * 300),
    ("Accept", "*/*;q=nope"), ("X-HTTP-Method-Override", "DELETE"), ("Content-Encoding", "gzip"),
    ("Upgrade", "websocket"), ("X-Forwarded-For", "\xe9"), ("X-Forwarded-Host", "evil.example"),
    ("X-Original-URL", "/me"), ("Referer", "\xff"), ("X" * 500, "y"), ("", "x"), ("X-Caller", "root"),
    ("X-Database", "admin"), ("Date", "0"), ("X", "y" * 70_000), ("Transfer-Encoding", "gzip"),
]  # fmt: skip
LENGTHS = [
    "-1",
    "0",
    "1",
    "abc",
    "1e3",
    "+5",
    "5, 5",
    "9" * 20,
    "9" * 5000,
    "\xb2",
    "0x10",
    " ",
]
CHUNKS = [
    b"", b"5", b"5\r\nhello", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\nhello", b"-5\r\nhello",
    b"ffffffffff\r\nx", b"5\r\nhelloworld\r\n", b"1\r\nx\r\n" * 2000 + b"0\r\n\r\n",
    b"20000\r\n" + b"x" * 0x20000 + b"\r\n0\r\n\r\n",
]  # fmt: skip
METHODS = [
    "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "GET", "TRACE", "CONNECT", "PROPFIND", "get",
    "BREW", "G\xe9T", "X" * 300, "__init__",
]  # fmt: skip
PIECES = [
    "%00", "%ff", "%ff%fe", "%ed%a0%80", "..", "%2e%2e", "%2f", "%5c", "\\", "/", "//", ";a=b", "%",
    "%zz", "%u0041", "\xe9", "\0", "{", "$gt", "%0d%0aX:y", "*", "~", "@", ":", "#x", "<script>",
    "x" * 300, "x" * 20_000, "%F0%9D%84%9E" * 40, "000000000000000000000001",
]  # fmt: skip
TARGETS = [
    "*", "", "http://evil.example/", "//evil.example/", "///", "/.", "/..", "/../../etc/passwd",
    "/static/../config.py", "/static/%2e%2e/config.py", "/static/..%5cconfig.py", "/static/%00",
    "/static/", "/static//etc/passwd", "http://[", "http://[::1", "\xff", "/ /", "/%c0%ae%c0%ae/", "a:b",
    "?", "/?" + "&" * 5000, "/" * 3000, "/" + "x" * 70_000,
]  # fmt: skip
NEXT = [
    "//evil.example/",
    "/\\evil.example",
    "https://evil.example",
    "%00",
    "%ff",
    "%0d%0aSet-Cookie:a=b",
    "/\t/x",
    "",
    "x" * 5000,
    "\xe9",
]


def without(request, name):
    return tuple(pair for pair in request.headers if pair[0] != name)


def replacing(request, name, value):
    return (*without(request, name), (name, value))


@st.composite
def credentials(draw, request):
    """No credentials, or bad ones."""
    if draw(st.booleans()):
        return request.but(headers=without(request, "Authorization"))
    return request.but(headers=replacing(request, "Authorization", draw(CREDENTIALS)))


@st.composite
def cookie(draw, request):
    return request.but(headers=replacing(request, "Cookie", draw(COOKIES)))


@st.composite
def types(draw, request):
    """Fields with values nobody reckons with (operators of MongoDB, lists, numbers, odd texts), or none."""
    kind = dict(request.headers).get("Content-Type", JSON)
    fields = json.loads(request.body or "{}") if kind == JSON else dict(parse_qsl(request.body.decode()))
    # The names the app looks for, more often than others.
    names = st.sampled_from([*fields, *fields, *FIELDS])
    how = draw(st.sampled_from(["changed", "changed", "fewer", "no object"]))
    if how == "changed":
        fields |= draw(st.dictionaries(names, VALUES, min_size=1, max_size=2))
    elif how == "fewer" and fields:
        del fields[draw(st.sampled_from(list(fields)))]
    else:
        fields = draw(VALUES)
    if isinstance(fields, dict) and draw(st.sampled_from([kind, kind, JSON, FORM])) == FORM:
        texts = [(name, each if isinstance(each, str) else json.dumps(each)) for name, each in fields.items()]
        body, kind = urlencode(texts, errors="surrogatepass"), FORM
    else:
        body, kind = json.dumps(fields), JSON
    return request.but(body=body.encode(), headers=replacing(request, "Content-Type", kind))


@st.composite
def body(draw, request):
    """Broken, huge or another kind of body than the one that is announced."""
    changed = request.but(body=draw(st.sampled_from(BODIES) | st.binary(max_size=60)))
    return changed.but(headers=replacing(request, "Content-Type", draw(st.sampled_from(TYPES))))


@st.composite
def length(draw, request):
    """A length that is not that of the body, or chunks that are none."""
    if draw(st.booleans()):
        value = draw(st.sampled_from(LENGTHS) | st.just(str(len(request.body) + 10)))
        return request.but(headers=replacing(request, "Content-Length", value))
    return request.but(body=draw(st.sampled_from(CHUNKS)), headers=replacing(request, "Transfer-Encoding", "chunked"))


@st.composite
def header(draw, request):
    if draw(st.integers(0, 9)) == 9:
        return request.but(headers=(*request.headers, *[("X-Many", "x")] * draw(st.sampled_from([90, 120]))))
    return request.but(headers=(*request.headers, draw(st.sampled_from(HEADERS))))


@st.composite
def path(draw, request):
    if draw(st.booleans()):
        return request.but(target=draw(st.sampled_from(TARGETS)))
    piece = draw(st.sampled_from(PIECES) | st.binary(max_size=12).map(quote))
    place = draw(st.integers(0, len(request.target)))
    return request.but(target=request.target[:place] + piece + request.target[place:])


@st.composite
def query(draw, request):
    name = draw(st.sampled_from([*FIELDS, "next[$ne]", "a[]", "%ff", "=", ""]))
    value = draw(st.sampled_from([*NEXT, *PIECES]) | st.binary(max_size=12).map(quote))
    return request.but(target=f"{request.target}?{name}={value}")


@st.composite
def method(draw, request):
    return request.but(method=draw(st.sampled_from([each for each in METHODS if each != request.method])))


@st.composite
def leaving(draw, request):
    """Half a request, or a whole one whose answer nobody waits for."""
    after = draw(st.sampled_from([0, 4, 30, 80, 100_000]) | st.integers(0, 300))
    return request.but(leaves_after=after, reset=draw(st.booleans()))


KINDS = {
    each.__name__: each for each in (credentials, cookie, types, body, length, header, path, query, method, leaving)
}


@st.composite
def spoiled(draw, good):
    """A request of the strategy ``good``, spoiled in one way or two."""
    request = draw(good)
    # What is in a body gets further into an app than anything else.
    ways = [*KINDS, *["types"] * 4] if request.body else list(KINDS)
    kinds = draw(st.sets(st.sampled_from(ways), min_size=1, max_size=2))
    # In the order above: a body is spoiled after its fields.
    for kind in (kinds := [kind for kind in KINDS if kind in kinds]):
        request = draw(KINDS[kind](request))
    return request.but(hostile=" ".join(kinds))
