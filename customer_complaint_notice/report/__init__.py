from . import customer_complaint_letter_report
from . import customer_complaint_decision_report
