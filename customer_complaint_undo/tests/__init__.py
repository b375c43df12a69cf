from . import test_undo
