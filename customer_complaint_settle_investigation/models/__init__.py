from . import customer_complaint
