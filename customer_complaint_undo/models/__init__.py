from . import res_company
from . import res_config_settings
from . import customer_complaint_undoable
from . import customer_complaint
