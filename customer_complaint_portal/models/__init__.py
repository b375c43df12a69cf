from . import customer_complaint_remediation
