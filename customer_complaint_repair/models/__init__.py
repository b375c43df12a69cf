from . import repair_order
from . import customer_complaint
from . import customer_complaint_remediation
from . import customer_complaint_remediation_line
