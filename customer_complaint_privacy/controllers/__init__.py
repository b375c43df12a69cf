from . import person_request
