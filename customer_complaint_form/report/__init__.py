from . import customer_complaint_form_report
from . import customer_complaint_register_report
