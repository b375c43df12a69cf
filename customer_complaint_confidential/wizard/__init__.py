from . import customer_complaint_ask_access
