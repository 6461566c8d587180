"""a table of rules, and one of them for two settings"""

from math import inf


def seconds(name):
    return float(environ[name])


rules = {
    "APP_DRIVER_SECONDS": lambda: 0 < seconds("APP_DRIVER_SECONDS") < inf and below(),
    "APP_PORT": lambda: int(environ["APP_PORT"]) in range(1, 65536),
    "APP_SECRET": lambda: environ["APP_SECRET"] != "",
    "APP_SERVER_SECONDS": lambda: 0 < seconds("APP_SERVER_SECONDS") < inf,
}


def fits(name):
    try:
        return rules[name]()
    except (KeyError, ValueError):
        return False


def below():
    return not fits("APP_SERVER_SECONDS") or seconds("APP_DRIVER_SECONDS") < seconds("APP_SERVER_SECONDS")


return [name for name in sorted(rules) if not fits(name)]
