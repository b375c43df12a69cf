from . import customer_complaint_make_register
