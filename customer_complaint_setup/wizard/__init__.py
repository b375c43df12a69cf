from . import customer_complaint_setup
from . import customer_complaint_setup_team
