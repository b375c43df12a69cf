from . import res_company
from . import resource_calendar
from . import customer_complaint_approval_tier
from . import customer_complaint_category
from . import customer_complaint_paper_requirement
