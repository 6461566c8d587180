"""What a client may send, and what it is told if it sends something else."""

from typing import Annotated

from flask import abort, make_response, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from .names import GENUS, SPECIES

Taxon = Annotated[str, StringConstraints(pattern="^[A-Za-z]{1,60}$")]
Url = Annotated[str, StringConstraints(pattern="^https://[!-~]+$", max_length=500)]


class Details(BaseModel):
    """What may be said of an animal, and changed later."""

    # strict: "3" is not 3. forbid: a field with a typing error is no field.
    model_config = ConfigDict(strict=True, extra="forbid")

    image_url: Url | None = None
    # An int of CQL has 32 bits.
    sightings: int = Field(default=0, ge=0, lt=2**31)
    size_cm: float | None = Field(default=None, gt=0, le=10_000)
    taxonomy: list[Taxon] = Field(default=[], max_length=20)


class Animal(Details):
    genus: str = Field(pattern=f"^{GENUS}$")
    species: str = Field(pattern=f"^{SPECIES}$")

    @classmethod
    def from_row(cls, row):
        """Cassandra stores no difference between a null, an empty list and nothing at all."""
        return cls.model_construct(**{name: value for name, value in row.items() if value is not None})


def read_body(model):
    """The body of this request as that model; or 415, 400 (no JSON), 413, 422 (the wrong JSON)."""
    if not request.is_json:
        abort(415)
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        # Neither what was sent nor an exception object that JSON does not know.
        errors = error.errors(include_url=False, include_input=False, include_context=False)
    if errors[0]["type"] == "json_invalid":
        abort(400)
    abort(make_response({"errors": errors}, 422))
