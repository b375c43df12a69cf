from . import test_access
from . import test_bad_input
from . import test_complaint_flow
from . import test_performance
from . import test_report
from . import test_ui
