from . import customer_complaint_tell
