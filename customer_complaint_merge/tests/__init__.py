from . import test_merge
from . import test_related
from . import test_split
from . import test_split_remediation
