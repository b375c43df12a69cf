from . import customer_complaint_enquiry
from . import customer_complaint
from . import res_company
from . import res_config_settings
from . import res_partner
from . import sale_order
