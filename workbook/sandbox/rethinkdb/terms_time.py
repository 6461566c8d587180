"""Terms on times (``terms/time.cc`` and ``pseudo_time.cc``)."""

import calendar
import datetime
import math
import re

from .datum import LOGIC, TIMEZONE, Fault, expect, get_field, make_time, number, ptype
from .query import term

EPOCH = datetime.datetime(1970, 1, 1)


def zone_seconds(zone):
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)


def local(time):
    """The wall clock of a time in its own zone."""
    seconds = time["epoch_time"] + zone_seconds(time["timezone"])
    try:
        return EPOCH + datetime.timedelta(seconds=seconds)
    except OverflowError:
        raise Fault(LOGIC, "Error in time logic: Year is out of valid range: 1400..9999.") from None


def time_add(left, right):
    time, by = (left, right) if ptype(left) == "TIME" else (right, left)
    return make_time(number(time["epoch_time"] + expect(by, "NUMBER")), time["timezone"])


def time_sub(time, other):
    if ptype(other) == "TIME":
        return number(round((time["epoch_time"] - other["epoch_time"]) * 1000) / 1000)
    return make_time(number(time["epoch_time"] - expect(other, "NUMBER")), time["timezone"])


def check_zone(zone):
    """The zone as +hh:mm, or the server's complaint (``sanitize::tz``)."""
    if TIMEZONE.fullmatch(zone):
        return make_time(0, zone)["timezone"]
    if zone in ("-00", "-00:00"):
        problem = f"`{zone}` is not a valid time offset."
    elif zone[:1] not in ("-", "+"):
        problem = f"Timezone `{zone}` does not start with `-` or `+`."
    elif not re.fullmatch(r".\d\d(:?\d\d)?", zone):
        bad = re.match(r".\d{0,2}:?\d{0,2}", zone).end()
        if bad == len(zone):
            problem = f"Truncated date string `{zone}`."
        else:
            problem = f"Invalid date string `{zone}` (got `{zone[bad]}` but expected a digit)."
    elif not int(zone[1:3]) <= 24:
        problem = f"Hours out of range in `{zone}`."
    else:
        problem = f"Minutes out of range in `{zone}`."
    raise Fault(LOGIC, problem)


def check_date(year, month, day):
    if not 1400 <= year <= 9999:
        problem = "Year is out of valid range: 1400..9999"
    elif not 1 <= month <= 12:
        problem = "Month number is out of range 1..12"
    elif not 1 <= day <= 31:
        problem = "Day of month value is out of range 1..31"
    elif day > calendar.monthrange(year, month)[1]:
        problem = "Day of month is not valid for year"
    else:
        return datetime.datetime(year, month, day)
    raise Fault(LOGIC, f"Error in time logic: {problem}.")


@term(136, "time", 4, 7)
def time(c):
    if c.n not in (4, 7):
        c.fail(f"Got {c.n} arguments to TIME (expected 4 or 7).")
    year, month, day = (c[i].int(32) for i in range(3))
    hours = minutes = seconds = 0
    if c.n == 7:
        hours, minutes, seconds = c[3].int(32), c[4].int(32), c[5].num()
    zone = c[c.n - 1].str()
    date = check_date(year, month, day)
    zone = check_zone(zone)
    whole = (date - EPOCH).total_seconds() + hours * 3600 + minutes * 60
    return make_time(number(whole + seconds - zone_seconds(zone)), zone)


@term(101, "epoch_time", 1)
def epoch_time(c):
    return make_time(c[0].num(), "Z")


@term(102, "to_epoch_time", 1)
def to_epoch_time(c):
    return c[0].time()["epoch_time"]


@term(103, "now", 0)
def now(c):
    return c.q.time()


@term(104, "in_timezone", 2)
def in_timezone(c):
    return make_time(c[0].time()["epoch_time"], check_zone(expect(c[1].datum(), "STRING")))


def is_open(c, side):
    """The options left_bound and right_bound (``bounded_op_term_t``)."""
    option = c.opt(f"{side}_bound")
    if option is None:
        return side == "right"
    value = option.str()
    if value not in ("open", "closed"):
        c.fail(f"Expected `open` or `closed` for optarg `{side}_bound` (got `{option.show()}`).")
    return value == "open"


@term(105, "during", 3, 3, ["left_bound", "right_bound"])
def during(c):
    at, low, high = (c[i].time()["epoch_time"] for i in range(3))
    left, right = is_open(c, "left"), is_open(c, "right")
    return (low < at if left else low <= at) and (at < high if right else at <= high)


@term(106, "date", 1)
def date(c):
    value = c[0].time()
    wall = local(value)
    midnight = datetime.datetime(wall.year, wall.month, wall.day)
    seconds = (midnight - EPOCH).total_seconds() - zone_seconds(value["timezone"])
    return make_time(seconds, value["timezone"])


@term(126, "time_of_day", 1)
def time_of_day(c):
    wall = local(c[0].time())
    return number(wall.hour * 3600 + wall.minute * 60 + _seconds(wall))


@term(127, "timezone", 1)
def timezone(c):
    return c[0].time()["timezone"]


def _seconds(wall):
    return number(wall.second + round(wall.microsecond / 1000) / 1000)


def portion(code, name, take):
    @term(code, name, 1)
    def run(c):
        return take(local(c[0].time()))


portion(128, "year", lambda wall: wall.year)
portion(129, "month", lambda wall: wall.month)
portion(130, "day", lambda wall: wall.day)
portion(131, "day_of_week", lambda wall: wall.isoweekday())
portion(132, "day_of_year", lambda wall: wall.timetuple().tm_yday)
portion(133, "hours", lambda wall: wall.hour)
portion(134, "minutes", lambda wall: wall.minute)
portion(135, "seconds", _seconds)


def constant(code, name, value):
    @term(code, name, 0)
    def run(c):
        return value


for i, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split()):
    constant(107 + i, name, i + 1)
for i, name in enumerate(calendar.month_name[1:]):
    constant(114 + i, name.lower(), i + 1)


@term(100, "to_iso8601", 1)
def to_iso8601(c):
    value = c[0].time()
    wall = local(value)
    millis = round(value["epoch_time"] % 1 * 1000)
    fraction = f".{millis:03d}" if millis else ""
    return f"{wall:%Y-%m-%dT%H:%M:%S}{fraction}{value['timezone']}".rjust(25 + len(fraction), "0")


@term(99, "iso8601", 1, 1, ["default_timezone"])
def iso8601(c):
    value = c[0]
    text = value.str()
    zone = c.opt("default_timezone")
    try:
        return parse_iso8601(text, zone.str() if zone else "")
    except Fault as fault:
        fault.node = fault.node or value.node
        raise


def parse_iso8601(text, default_zone):
    day, _, rest = text.partition("T")
    at = min((i for i in map(rest.find, "-+Z") if i >= 0), default=len(rest))
    clock, zone = rest[:at], rest[at:]
    date = _iso_date(day)
    seconds = _iso_clock(clock) if "T" in text else 0
    if zone:
        zone = check_zone(zone)
    elif default_zone:
        zone = check_zone(default_zone)
    else:
        raise Fault(
            LOGIC, "ISO 8601 string has no time zone, and no default time zone was provided."
        )
    return make_time((date - EPOCH).total_seconds() + seconds - zone_seconds(zone), zone)


def _digits(text, form, kind):
    """``text`` must be ``form``, where d is a digit (``mandatory_digits``)."""
    for i, want in enumerate(form):
        if i >= len(text):
            raise Fault(LOGIC, f"Truncated date string `{text}`.")
        if want == "d" and not ("0" <= text[i] <= "9"):
            raise Fault(
                LOGIC, f"Invalid date string `{text}` (got `{text[i]}` but expected a digit)."
            )
    if len(text) > len(form):
        rest = text[len(form) :]
        raise Fault(LOGIC, f"Garbage characters `{rest}` at end of {kind} string `{text}`.")


def _iso_date(text):
    _digits(text[:4], "dddd", "date")
    rest = text[4:]
    if "W" in rest[:2]:
        raise Fault(
            LOGIC,
            "Due to limitations in the boost time library we use for parsing, we cannot support "
            "ISO week dates right now.  Sorry about that!  Please use years, calendar dates, or "
            "ordinal dates instead.",
        )
    year, hyphen = int(text[:4]), rest[:1] == "-"
    body = rest[hyphen:]
    if not rest:
        return check_date(year, 1, 1)
    if len(body) == 3:
        _digits(text, "dddd-ddd" if hyphen else "ddddddd", "date")
        return check_date(year, 1, 1) + datetime.timedelta(days=int(body) - 1)
    if hyphen and len(body) == 2:
        _digits(text, "dddd-dd", "date")
        return check_date(year, int(body), 1)
    if (body[2:3] == "-") != hyphen and len(body) > 2:
        raise Fault(LOGIC, f"Date string `{text}` must have 0 or 2 hyphens.")
    _digits(text, "dddd-dd-dd" if hyphen else "dddddddd", "date")
    return check_date(year, int(body[:2]), int(body[-2:]))


def _iso_clock(text):
    whole, _, fraction = text.partition(".")
    colon = text[2:3] == ":"
    if len(whole) > 5 - (not colon) and (whole[5:6] == ":" if colon else whole[4:5] == ":") != colon:
        raise Fault(LOGIC, f"Time string `{text}` must have 0 or 2 colons.")
    forms = ["dd", "dd:dd", "dd:dd:dd"] if colon else ["dd", "dddd", "dddddd"]
    form = next((f for f in forms if len(f) >= len(whole)), forms[-1])
    _digits(whole, form, "time")
    if fraction:
        _digits(fraction, "d" * len(fraction), "time")
    numbers = [int(part) for part in re.findall(r"\d\d", whole)] + [0, 0]
    millis = int(f"{fraction:0<3}"[:3])
    return numbers[0] * 3600 + numbers[1] * 60 + numbers[2] + millis / 1000
