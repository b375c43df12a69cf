from . import test_archive_access
from . import test_identity
from . import test_archive_leaks
