from . import test_return_windows
