from . import test_verification
from . import test_investigation
from . import test_evidence
from . import test_memo
from . import test_emergency_task
from . import test_severity
