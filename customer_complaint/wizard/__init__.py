from . import customer_complaint_open
from . import customer_complaint_refuse
from . import customer_complaint_reopen
from . import customer_complaint_withdraw
from . import customer_complaint_agree
from . import customer_complaint_carry_out
