KINDS = [
    ("enquiry", "Enquiry"),
    ("suggestion", "Suggestion"),
    ("grumble", "Grumble"),
]
STATES = [
    ("open", "Open"),
    ("answered", "Answered"),
    ("turned", "Turned into a Complaint"),
]
PROPOSALS = [
    ("repeated", "Second grumble"),
    ("key_customer", "Key customer"),
]
# Who sees enquiries at all, for fields on the records of other apps.
ENQUIRY_READERS = (
    "customer_complaint.group_complaint_agent,"
    "customer_complaint.group_complaint_auditor"
)
# What it says: it stays once it was answered.
CONTENT_FIELDS = frozenset(
    {
        "kind",
        "partner_id",
        "customer_name",
        "phone",
        "email",
        "sale_order_id",
        "channel_id",
        "description",
        "answer",
        "received_by_id",
        "date_received",
    }
)
# What a proposal to make a complaint of it depends on.
PROPOSAL_FIELDS = frozenset({"kind", "partner_id", "phone", "date_received"})
