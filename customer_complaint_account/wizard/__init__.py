from . import customer_complaint_open
