from . import customer_complaint_remediation_line_document
from . import customer_complaint_remediation_line
from . import customer_complaint_remediation
from . import customer_complaint_carrier
from . import customer_complaint_behind
