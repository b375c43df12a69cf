from . import account_move
from . import customer_complaint
from . import customer_complaint_remediation
from . import customer_complaint_remediation_line
from . import res_company
from . import res_config_settings
from . import sale_order
