from . import customer_complaint_recusable
from . import customer_complaint_recusal
