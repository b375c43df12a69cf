from . import test_settle_investigation
