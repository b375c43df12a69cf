from . import res_company
from . import customer_complaint_remediation_line
from . import res_config_settings
