from . import customer_complaint_memo_report
