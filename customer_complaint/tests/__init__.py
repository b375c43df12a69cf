from . import test_complaint_flow
