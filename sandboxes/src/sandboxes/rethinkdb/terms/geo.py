"""point, line, geojson, to_geojson, and distance between points (``geo/``, ``terms/geo.cc``).

Further terms on geometry are refused by name.
"""

import math

from ..datum import PTYPE, check_geometry, expect, ptype
from ..registry import term

MAJOR, FLATTENING = 6_378_137.0, 1 / 298.257223563  # WGS 84, metres
UNITS = {"m": 1, "km": 1000, "mi": 1609.344, "nm": 1852, "ft": 0.3048}


def geometry(kind, coordinates):
    return check_geometry({PTYPE: "GEOMETRY", "type": kind, "coordinates": coordinates})


@term(159, "point", 2)
def point(c):
    return geometry("Point", [c[0].num(), c[1].num()])


def corner(value):
    """Longitude and latitude of a point, or of a pair."""
    if ptype(value) == "GEOMETRY" and value["type"] == "Point":
        return value["coordinates"]
    return expect(value, "ARRAY")


@term(160, "line", 2, -1)
def line(c):
    return geometry("LineString", [corner(c[i].datum()) for i in range(c.n)])


@term(157, "geojson", 1)
def geojson(c):
    value = expect(c[0].datum(), "OBJECT")
    if value.get("type") not in ("Point", "LineString", "Polygon"):
        c.fail(f"[sandbox] GEOJSON of the type `{value.get('type')}` is not supported.")
    return check_geometry({PTYPE: "GEOMETRY", **value})


@term(158, "to_geojson", 1)
def to_geojson(c):
    value = c[0].datum()
    if ptype(value) != "GEOMETRY":
        c.fail("Not a GEOMETRY pseudotype.")
    return {name: item for name, item in value.items() if name != PTYPE}


@term(162, "distance", 2, 2, ["geo_system", "unit"])
def distance(c):
    ends = [c[i].datum() for i in range(2)]
    if any(ptype(end) != "GEOMETRY" or end["type"] != "Point" for end in ends):
        c.fail("[sandbox] DISTANCE is supported between points only.")
    unit, system = c.opt("unit"), c.opt("geo_system")
    metres = UNITS.get(unit.str() if unit else "m")
    if metres is None:
        c.fail(f"Unrecognized distance unit `{unit.str()}` (valid options: m, km, mi, nm, ft).")
    system = system.str() if system else "WGS84"
    if system not in ("WGS84", "unit_sphere"):
        c.fail(f'Unrecognized geo system "{system}" (valid options: WGS84, unit_sphere).')
    (west, south), (east, north) = (end["coordinates"] for end in ends)
    if system == "unit_sphere":
        return on_ellipsoid(west, south, east, north, 1.0, 0.0)
    found = on_ellipsoid(west, south, east, north, MAJOR, FLATTENING)
    if found is None:
        c.fail("[sandbox] DISTANCE between points on opposite sides of the earth is not supported.")
    return found / metres


def on_ellipsoid(lon1, lat1, lon2, lat2, major, flat):
    """The shortest way (Vincenty's inverse formula); None where it does not converge."""
    if (lon1, lat1) == (lon2, lat2):
        return 0
    u1, u2 = (math.atan((1 - flat) * math.tan(math.radians(lat))) for lat in (lat1, lat2))
    sin1, cos1, sin2, cos2 = math.sin(u1), math.cos(u1), math.sin(u2), math.cos(u2)
    wide = lam = math.radians(lon2 - lon1)
    for _ in range(200):
        sin_sigma = math.hypot(cos2 * math.sin(lam), cos1 * sin2 - sin1 * cos2 * math.cos(lam))
        cos_sigma = sin1 * sin2 + cos1 * cos2 * math.cos(lam)
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_alpha = cos1 * cos2 * math.sin(lam) / sin_sigma if sin_sigma else 0
        square = 1 - sin_alpha**2
        middle = cos_sigma - 2 * sin1 * sin2 / square if square else 0
        factor = flat / 16 * square * (4 + flat * (4 - 3 * square))
        turn = cos_sigma * (2 * middle**2 - 1)
        before = lam
        lam = wide + (1 - factor) * flat * sin_alpha * (sigma + factor * sin_sigma * (middle + factor * turn))
        if abs(lam - before) < 1e-13:
            break
    else:
        return None
    minor = major * (1 - flat)
    square *= (major**2 - minor**2) / minor**2
    a = 1 + square / 16384 * (4096 + square * (square * (320 - 175 * square) - 768))
    b = square / 1024 * (256 + square * (square * (74 - 47 * square) - 128))
    last = b / 6 * middle * (4 * sin_sigma**2 - 3) * (4 * middle**2 - 3)
    return minor * a * (sigma - b * sin_sigma * (middle + b / 4 * (turn - last)))
