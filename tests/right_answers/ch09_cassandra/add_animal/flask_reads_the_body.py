"""Flask reads the body, and answers 400 where it is no JSON."""

try:
    animal = Animal.model_validate(request.get_json())
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_url=False, include_context=False)}, 422
if not save(animal.model_dump()):
    abort(409)
return animal.model_dump(), 201
