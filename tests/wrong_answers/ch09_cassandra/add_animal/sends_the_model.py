"""Flask can send a dict, and a model is none: model_dump() makes one."""

try:
    animal = Animal.model_validate_json(request.get_data())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal, 201
