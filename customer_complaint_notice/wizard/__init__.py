from . import customer_complaint_tell
from . import customer_complaint_settle_notice
from . import customer_complaint_apply_template
from . import customer_complaint_waive_sealing
from . import customer_complaint_refuse
