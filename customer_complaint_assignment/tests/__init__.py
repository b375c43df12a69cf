from . import test_assignment
from . import test_asking
from . import test_first_contact
