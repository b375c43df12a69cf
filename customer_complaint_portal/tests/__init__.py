from . import test_remediation_portal
