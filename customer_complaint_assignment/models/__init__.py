from . import customer_complaint_team
from . import customer_complaint_assignable
