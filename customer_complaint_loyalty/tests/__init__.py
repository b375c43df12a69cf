from . import test_billed_truth
from . import test_voucher
