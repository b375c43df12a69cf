from . import test_billed_proposal
from . import test_billed_truth
from . import test_billed_units
from . import test_carry_out_accounting
from . import test_credit_note
from . import test_credit_posting
from . import test_invoice_of_order
from . import test_remediation_posted
