from . import test_exchange
from . import test_lot
from . import test_refund_invoice
from . import test_goods_back
from . import test_return
from . import test_transfer_ui
