"""ObjectIds in URLs and in JSON: 24 hexadecimal digits."""

from bson import ObjectId
from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import BaseConverter


class MongoJSONProvider(DefaultJSONProvider):
    @staticmethod
    def default(value):
        if isinstance(value, ObjectId):
            return str(value)
        return DefaultJSONProvider.default(value)


class ObjectIdConverter(BaseConverter):
    regex = "[0-9a-fA-F]{24}"

    def to_python(self, value):
        return ObjectId(value)


def init_app(app):
    app.url_map.converters["ObjectId"] = ObjectIdConverter
    if app.config["MONGO_JSON"]:
        app.json = MongoJSONProvider(app)
