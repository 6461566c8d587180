"""Flask reads the body; None if it is no JSON."""

try:
    animal = Animal.model_validate(request.get_json(force=True, silent=True))
except ValidationError as error:
    found = [{"loc": e["loc"], "msg": e["msg"]} for e in error.errors()]
    return {"errors": found}, 422
if not save(dict(animal)):
    return {"error": "conflict"}, 409
return dict(animal), 201
