from . import test_archive_inventory
from . import test_archive_inventory_scan
from . import test_archive_legacy
from . import test_archive_legacy_typed
