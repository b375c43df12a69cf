from . import customer_complaint_start_pause
from . import customer_complaint_end_pause
from . import customer_complaint_restart
from . import customer_complaint_tell
