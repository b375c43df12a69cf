from . import test_person_export
from . import test_person_request
from . import test_erasure
from . import test_restricted_case
from . import test_person_phone
