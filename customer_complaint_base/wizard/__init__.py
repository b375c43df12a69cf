from . import customer_complaint_give_reason
