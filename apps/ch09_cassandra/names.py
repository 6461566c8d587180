"""Names of animals, in addresses and in JSON. Whatever looks otherwise is not looked for."""

from werkzeug.routing import BaseConverter

GENUS = "[A-Z][a-z]{1,59}"
SPECIES = "[a-z][a-z-]{1,59}"


class GenusConverter(BaseConverter):
    regex = GENUS


class SpeciesConverter(BaseConverter):
    regex = SPECIES


def init_app(app):
    app.url_map.converters["genus"] = GenusConverter
    app.url_map.converters["species"] = SpeciesConverter
