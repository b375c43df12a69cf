from . import test_settle
