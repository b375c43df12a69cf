from . import customer_complaint_return_report
