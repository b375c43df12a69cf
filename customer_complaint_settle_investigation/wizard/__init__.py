from . import customer_complaint_settle
