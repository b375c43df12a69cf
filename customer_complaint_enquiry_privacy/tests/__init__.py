from . import test_enquiry_privacy
