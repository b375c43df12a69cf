from . import customer_complaint_return
from . import sale_order_line
from . import stock_move
