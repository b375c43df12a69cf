from . import customer_complaint_merge
from . import customer_complaint_open
from . import customer_complaint_split
