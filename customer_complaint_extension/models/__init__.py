from . import customer_complaint_superior_request
from . import customer_complaint_extension
from . import customer_complaint_complexity
from . import customer_complaint_extendable
from . import customer_complaint
from . import customer_complaint_deadline
from . import customer_complaint_notice
