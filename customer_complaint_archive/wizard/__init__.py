from . import customer_complaint_archive_catalogue
from . import customer_complaint_make_bundle
from . import base_module_uninstall
