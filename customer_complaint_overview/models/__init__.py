from . import customer_complaint_team
