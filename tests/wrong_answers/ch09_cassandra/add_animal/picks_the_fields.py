"""The model forbids other fields, and was not asked about them. Give it the whole body."""

body = request.get_json(force=True, silent=True)
if not isinstance(body, dict):
    abort(422)
known = {name: body[name] for name in ("genus", "species", "sightings") if name in body}
try:
    animal = Animal.model_validate(known)
except ValidationError as error:
    return {"errors": error.errors(include_url=False, include_input=False, include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
