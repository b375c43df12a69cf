from enum import IntEnum

from odoo.fields import Domain

# The roles, as external ids of their groups.
AGENT = "customer_complaint.group_complaint_agent"
SUPERVISOR = "customer_complaint.group_complaint_supervisor"
MANAGER = "customer_complaint.group_complaint_manager"
QUALITY = "customer_complaint.group_complaint_quality"
ARCHIVIST = "customer_complaint.group_complaint_archivist"
AUDITOR = "customer_complaint.group_complaint_auditor"

COMPLAINT_STATES = [
    ("registered", "Registered"),
    ("accepted", "Accepted"),
    ("investigating", "Investigating"),
    ("remediation", "Decided"),
    ("followup", "To Close"),
    ("closed", "Closed"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
    ("merged", "Merged"),
]
MAIN_STATES = (
    "registered",
    "accepted",
    "investigating",
    "remediation",
    "followup",
    "closed",
)
CLOSED_STATES = ("closed", "refused", "withdrawn", "merged")
OPEN_STATES = tuple(
    state for state, _label in COMPLAINT_STATES if state not in CLOSED_STATES
)
REPRESENTATIONS = [
    ("self", "Themselves"),
    ("guardian", "By the legal guardian"),
    ("agent", "By an authorised agent"),
    ("heir", "By an heir"),
    ("organisation", "Organisation"),
    ("group", "Group"),
]
GENDERS = [("male", "Male"), ("female", "Female"), ("other", "Other")]
CONCLUSIONS = [
    ("established", "Established"),
    ("partly", "Partly established"),
    ("not_established", "Not established"),
    ("undetermined", "Cannot be determined"),
]
# The tick boxes "what was done" of the archive card, in its order (ARCHIVE-CARD).
MEASURE_FIELDS = (
    "has_return",
    "has_exchange",
    "has_lost_wages",
    "has_travel",
    "has_nursing",
    "has_consolation",
    "has_compensation",
    "has_other_measure",
)
# Who complains, and of which sale.
COMPLAINANT_FIELDS = (
    "partner_id",
    "representation",
    "representative_ids",
    "complainant_count",
    "complainant_name",
    "phone",
    "email",
    "address",
    "other_contact",
    "gender",
    "age",
    "occupation",
    "sale_order_id",
    "invoice_id",
    "purchase_date",
    "purchase_place",
    "receipt_ref",
)
# One of these at least says who complains, or of what.
SUBSTANCE_FIELDS = (
    "partner_id",
    "complainant_name",
    "phone",
    "email",
    "description",
    "demand",
    "category_id",
    "sale_order_id",
    "invoice_id",
    "line_ids",
)
# Who may be made the handler of a complaint.
HANDLER_GROUPS = ("group_complaint_agent", "group_complaint_quality")
# Who sees complaints at all, for fields on the records of other apps.
READER_GROUPS = ",".join(
    f"customer_complaint.group_complaint_{role}"
    for role in ("agent", "quality", "archivist", "auditor")
)
# Technical bounds, not policy: what the archive card has room for.
MAX_NAME_LENGTH = 128
MAX_AGE = 150
# Law: a group acts through no more than five persons (CBIRC-2020 art. 14).
MAX_GROUP_REPRESENTATIVES = 5
REMEDIATION_STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("approved", "Approved"),
    ("agreed", "Agreed"),
    ("done", "Carried Out"),
    ("refused", "Not Approved"),
    ("cancelled", "Cancelled"),
]
# Approved, and not yet carried out.
GRANTED_STATES = ("approved", "agreed")
# Approved, carried out or not.
APPROVED_STATES = (*GRANTED_STATES, "done")
# A complaint does not close before these are settled.
PENDING_STATES = ("to_approve", *GRANTED_STATES)
# Proposed, and nobody has approved it yet.
UNAPPROVED_STATES = ("draft", "to_approve")
# What counts for the ladder: splitting one sum into several does not help.
COUNTED_STATES = (*PENDING_STATES, "done")
# Remediations and lines that count: what was asked for and not turned down, and what
# was carried out, whatever became of the remediation since.
COUNTED_REMEDIATIONS = Domain("state", "in", COUNTED_STATES) | Domain(
    "is_partly_done", "=", True
)
COUNTED_LINES = Domain("remediation_id.state", "in", COUNTED_STATES) | Domain(
    "state", "=", "done"
)
# In which the lines may change; after the approval a raise needs it anew.
EDITABLE_STATES = ("draft", *GRANTED_STATES)
# The to-do of those who approve one.
APPROVE_TODO = "customer_complaint.mail_act_approve_remediation"


class Missing(IntEnum):
    """In which order it is said what is missing before a step: as the work goes."""

    FIELDS = 10
    VERIFICATION = 20
    FINDINGS = 30
    REPORT = 40
    APPROVAL = 50
    SIGNATURE = 60
    TELLING = 70
    CARRYING_OUT = 80
    OTHER_BODY = 90
