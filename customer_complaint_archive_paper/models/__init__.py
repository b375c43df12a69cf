from . import customer_complaint_archive_inventory_line
from . import customer_complaint_archive_inventory
from . import res_company
from . import res_config_settings
from . import customer_complaint_archive_card
from . import customer_complaint_archive_disposal
from . import customer_complaint_archive_legacy
from . import customer_complaint
