from . import customer_complaint_mergeable
from . import customer_complaint_related
from . import customer_complaint
