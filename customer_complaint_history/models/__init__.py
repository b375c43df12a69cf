from . import customer_complaint_kept
from . import mail_message
from . import mail_mail
from . import mail_tracking_value
from . import mail_activity
from . import mail_thread
from . import ir_attachment
from . import res_partner
