"""Terms on times (``terms/time.cc`` and ``pseudo_time.cc``)."""

import calendar
import datetime
import re

from ..datum import TIMEZONE, expect, make_time, number, ptype
from ..errors import logic
from ..registry import term

EPOCH = datetime.datetime(1970, 1, 1)


def zone_seconds(zone):
    return (-1 if zone[0] == "-" else 1) * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)


def local(time):
    """The wall clock of a time in its own zone."""
    try:
        seconds = time["epoch_time"] + zone_seconds(time["timezone"])
        wall = EPOCH + datetime.timedelta(milliseconds=round(seconds * 1000))
        if wall.year < 1400:
            raise OverflowError
        return wall
    except OverflowError:
        raise logic("Error in time logic: Year is out of valid range: 1400..9999.") from None


def at_wall(wall, zone):
    """The time at which clocks in the zone show ``wall``, a datetime."""
    return make_time((wall - EPOCH).total_seconds() - zone_seconds(zone), zone)


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
        raise logic(f"`{zone}` is not a valid time offset.")
    if zone[:1] not in ("-", "+"):
        raise logic(f"Timezone `{zone}` does not start with `-` or `+`.")
    digits(zone[:3], "+00", zone)
    digits(zone, "+00:00" if ":" in zone else "+0000", zone)
    raise logic(f"{'Hours' if zone[1:3] > '24' else 'Minutes'} out of range in `{zone}`.")


def digits(text, form, whole):
    """``text`` must look like ``form``, whose digits stand for digits (``mandatory_digits``)."""
    for i, want in enumerate(form):
        if i >= len(text):
            raise logic(f"Truncated date string `{whole}`.")
        if want.isdigit() and not "0" <= text[i] <= "9":
            raise logic(f"Invalid date string `{whole}` (got `{text[i]}` but expected a digit).")
    if len(text) > len(form):
        raise logic(f"Garbage characters `{text[len(form) :]}` at end of date string `{whole}`.")


def check_date(year, month, day):
    problem = ""
    if not 1400 <= year <= 9999:
        problem = "Year is out of valid range: 1400..9999"
    elif not 1 <= month <= 12:
        problem = "Month number is out of range 1..12"
    elif not 1 <= day <= 31:
        problem = "Day of month value is out of range 1..31"
    elif day > calendar.monthrange(year, month)[1]:
        problem = "Day of month is not valid for year"
    if problem:
        raise logic(f"Error in time logic: {problem}.")
    return datetime.datetime(year, month, day)


@term(136, "time", 4, 7)
def time(c):
    if c.n not in (4, 7):
        c.fail(f"Got {c.n} arguments to TIME (expected 4 or 7).")
    date = [c[i].int(32) for i in range(3)]
    clock = [c[3].int(32), c[4].int(32), c[5].num()] if c.n == 7 else [0, 0, 0]
    zone = c[c.n - 1].str()
    date, zone = check_date(*date), check_zone(zone)
    seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
    return make_time(number((date - EPOCH).total_seconds() + seconds - zone_seconds(zone)), zone)


term(101, "epoch_time", 1)(lambda c: make_time(c[0].num(), "Z"))
term(102, "to_epoch_time", 1)(lambda c: c[0].time()["epoch_time"])
term(103, "now", 0)(lambda c: c.q.time())
term(127, "timezone", 1)(lambda c: c[0].time()["timezone"])


@term(104, "in_timezone", 2)
def in_timezone(c):
    return make_time(c[0].time()["epoch_time"], check_zone(expect(c[1].datum(), "STRING")))


def is_open(c, side):
    """The options left_bound and right_bound (``bounded_op_term_t``)."""
    option = c.opt(f"{side}_bound")
    if option is None:
        return side == "right"
    if option.str() not in ("open", "closed"):
        c.fail(f"Expected `open` or `closed` for optarg `{side}_bound` (got `{option.show()}`).")
    return option.str() == "open"


@term(105, "during", 3, 3, ["left_bound", "right_bound"])
def during(c):
    at, low, high = (c[i].time()["epoch_time"] for i in range(3))
    left, right = is_open(c, "left"), is_open(c, "right")
    return (low < at if left else low <= at) and (at < high if right else at <= high)


@term(106, "date", 1)
def date(c):
    midnight = local(c[0].time()).replace(hour=0, minute=0, second=0, microsecond=0)
    return at_wall(midnight, c[0].time()["timezone"])


PORTIONS = {
    128: ("year", lambda wall: wall.year),
    129: ("month", lambda wall: wall.month),
    130: ("day", lambda wall: wall.day),
    131: ("day_of_week", lambda wall: wall.isoweekday()),
    132: ("day_of_year", lambda wall: wall.timetuple().tm_yday),
    133: ("hours", lambda wall: wall.hour),
    134: ("minutes", lambda wall: wall.minute),
    135: ("seconds", lambda wall: number(wall.second + wall.microsecond / 1e6)),
    126: ("time_of_day", lambda wall: number(round((wall - EPOCH).total_seconds() % 86400, 3))),
}
for code, (name, take) in PORTIONS.items():
    term(code, name, 1)(lambda c, take=take: take(local(c[0].time())))
NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
for i, name in enumerate([*NAMES, *map(str.lower, calendar.month_name[1:])]):
    term(107 + i, name, 0)(lambda c, i=i: i % 7 + 1 if i < 7 else i - 6)


@term(100, "to_iso8601", 1)
def to_iso8601(c):
    wall = local(c[0].time())
    spec = "milliseconds" if wall.microsecond else "seconds"
    return wall.isoformat(timespec=spec) + c[0].time()["timezone"]


@term(99, "iso8601", 1, 1, ["default_timezone"])
def iso8601(c):
    value, zone = c[0], c.opt("default_timezone")
    value.str()
    return value.convert(parse_iso8601, zone.str() if zone else "")


def parse_iso8601(text, zone):
    day, t, rest = text.partition("T")
    clock, own_zone = re.fullmatch(r"([^-+Z]*)(.*)", rest, re.S).groups()
    forms = ("0000", "0000-00", "0000-00-00", "0000-000", "00000000", "0000000")
    digits(day, next((f for f in forms if len(f) == len(day)), forms[2]), day)
    if re.search(r"W", day):
        raise logic("[sandbox] ISO8601 does not support week dates.")
    numbers = [int(n) for n in re.match(r"(\d{4})-?(\d\d\d$|\d\d)?-?(\d\d)?", day).groups() if n]
    if len(day.replace("-", "")) == 7:
        date = check_date(numbers[0], 1, 1) + datetime.timedelta(days=numbers[1] - 1)
    else:
        date = check_date(*(numbers + [1, 1])[:3])
    if t:
        whole, _, fraction = clock.partition(".")
        forms = ("00", "00:00", "00:00:00") if ":" in whole else ("00", "0000", "000000")
        digits(whole, next((f for f in forms if len(f) >= len(whole)), forms[2]), clock)
        digits(fraction, "0" * len(fraction), clock)
        parts = [int(n) for n in re.findall(r"\d\d", whole)] + [0, 0]
        if parts[0] > 23 or parts[1] > 59 or parts[2] > 59:
            raise logic(f"[sandbox] ISO8601 does not take `{clock}` for a time of day.")
        millis = int(f"{fraction:0<3}"[:3])
        date += datetime.timedelta(0, parts[2], 0, millis, parts[1], parts[0])
    if not (own_zone or zone):
        raise logic("ISO 8601 string has no time zone, and no default time zone was provided.")
    return at_wall(date, check_zone(own_zone or zone))
