from . import test_enquiry
from . import test_enquiry_access
from . import test_grumble
