from . import customer_complaint_proceeding
from . import customer_complaint
from . import customer_complaint_channel
from . import customer_complaint_notice
from . import customer_complaint_review
from . import res_company
from . import res_config_settings
