from . import sale_order_line
from . import stock_move
from . import stock_picking
from . import stock_rule
from . import customer_complaint
from . import customer_complaint_line
from . import customer_complaint_remediation
from . import customer_complaint_remediation_line
