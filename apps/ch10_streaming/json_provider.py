"""What JSON has no word for: times as ISO 8601, and null where a sensor measured nothing."""

from datetime import UTC, datetime
from math import isfinite

from flask.json.provider import DefaultJSONProvider


class ReadingsJSONProvider(DefaultJSONProvider):
    sort_keys = False  # columns come in the order of the table

    @staticmethod
    def default(value):
        if isinstance(value, datetime):
            # Cassandra's are UTC and do not say so.
            if value.tzinfo is not None:
                value = value.astimezone(UTC).replace(tzinfo=None)
            return value.isoformat(timespec="milliseconds") + "Z"
        return DefaultJSONProvider.default(value)

    def dumps(self, value, **options):
        try:
            return super().dumps(value, allow_nan=False, **options)
        except ValueError:
            # Python would write NaN, and nobody else could read it.
            return super().dumps(_finite(value), allow_nan=False, **options)


def _finite(value):
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return value


def init_app(app):
    app.json = ReadingsJSONProvider(app)
