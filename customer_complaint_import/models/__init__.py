from . import customer_complaint_sheet
from . import customer_complaint_importable
from . import customer_complaint
