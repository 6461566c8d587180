"""Check before you save, and leave the view after a 422."""

errors = []
try:
    Animal.model_validate_json(request.get_data())
except ValidationError as error:
    errors = error.errors(include_input=False, include_context=False)
animal = {"sightings": 0, **request.get_json()}
if not save(animal):
    abort(409)
return ({"errors": errors}, 422) if errors else (animal, 201)
