from . import test_approval
from . import test_approval_cost
from . import test_approval_delegation
from . import test_approval_facts
from . import test_approval_ladder
from . import test_approval_ui
from . import test_remediation_worth
from . import test_remediation
