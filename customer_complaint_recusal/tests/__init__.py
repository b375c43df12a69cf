from . import test_recusal
