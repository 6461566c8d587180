"""Too much stands in the try, or after except. Only the line that reads the body belongs there."""

try:
    animal = Animal.model_validate_json(request.get_data())
    if not save(animal.model_dump()):
        return {"error": "known"}, 409
    return animal.model_dump(), 201
except ValidationError as error:
    return {"errors": error.errors(include_input=False, include_context=False)}, 422
except Exception as error:
    return {"errors": [str(error)]}, 422
