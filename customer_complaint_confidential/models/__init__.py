from . import customer_complaint_archive_access
from . import customer_complaint_archive_document
from . import res_company
from . import res_config_settings
from . import customer_complaint
from . import customer_complaint_archive_card
from . import customer_complaint_archive_access_log
from . import ir_attachment
