from . import customer_complaint_review_report
