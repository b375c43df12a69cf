from . import loyalty_card
from . import res_company
from . import res_config_settings
from . import customer_complaint_remediation_line
from . import sale_order_line
