from . import customer_complaint_enquiry
from . import customer_complaint_person_request
