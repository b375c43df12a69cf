from odoo.tests import TransactionCase, tagged

# Texts that say nothing of a person, by model: numbers, codes, digests, places of
# paper, kinds; authorities and what goods are.
HARMLESS = {
    "customer.complaint": {
        "name",
        # Which file it was read in from.
        "import_name",
        "report_authority",
    },
    "customer.complaint.line": {
        "product_name",
        "specification",
        "packaging",
        "lot_name",
        "manufacturer",
    },
    "customer.complaint.approval": {"tier_name"},
    "customer.complaint.approval.delegation": {"note"},
    "customer.complaint.approval.tier": {"name"},
    "customer.complaint.archive.access": {"papers_text"},
    "customer.complaint.archive.access.log": {
        "paper",
        "res_model",
        "checksum",
        "ip_address",
    },
    "customer.complaint.archive.card": {
        "name",
        "issuing_department",
        "legacy_number",
        "room",
        "cabinet",
        "box",
        "digest",
        "previous_digest",
    },
    "customer.complaint.archive.category": {"name", "code"},
    # What was changed of the rules, and by which colleague.
    "customer.complaint.configuration.log": {
        "res_model",
        "model_name",
        "record_name",
        "field_name",
        "old_value",
        "new_value",
    },
    "customer.complaint.archive.check": {"last_digest"},
    "customer.complaint.archive.check.finding": {"card_name"},
    "customer.complaint.archive.disposal": {
        "name",
        "note",
        "method",
        "refusal_reason",
        # Units of the company and when they were told.
        "departments_told",
    },
    "customer.complaint.archive.disposal.line": {"note"},
    "customer.complaint.archive.document.type": {"name"},
    "customer.complaint.archive.legacy": {"import_name"},
    # Of a count of the shelves, not of a case.
    "customer.complaint.archive.inventory": {
        "name",
        "room",
        "cabinet",
        "box",
        "note",
        "conclusion",
    },
    "customer.complaint.archive.inventory.line": {
        "card_name",
        "place_expected",
        "place_found",
        "check_note",
    },
    # The content is destroyed with the card: what the digest covers stays.
    "customer.complaint.archive.entry": {
        "card_name",
        "content",
        "content_digest",
        "previous_digest",
        "digest",
    },
    "customer.complaint.archive.supplement": {"name"},
    "customer.complaint.category": {
        "name",
        "code",
        "parent_path",
        "complaint_properties_definition",
    },
    "customer.complaint.channel": {"name"},
    "customer.complaint.deadline": {"res_model"},
    "customer.complaint.decision.template": {
        "name",
        "decision_grounds",
        "decision_measures",
        "decision_ways_open",
    },
    # What the company's own plan says.
    "customer.complaint.emergency.task": {"name", "plan_name"},
    "customer.complaint.enquiry": {"name"},
    "customer.complaint.escalation.rule": {"name"},
    "customer.complaint.makeup.day": {"name"},
    "customer.complaint.paper.requirement": {"note"},
    "customer.complaint.person.request": {"name"},
    "customer.complaint.policy": {"name", "code", "note", "source"},
    "customer.complaint.policy.milestone": {"name", "source"},
    "customer.complaint.proceeding": {"body"},
    "customer.complaint.refusal.ground": {"name", "legal_basis"},
    # The digest tells nothing once the text is gone.
    "customer.complaint.remediation": {"name", "signed_digest", "spot_version"},
    # No-reason returns belong to the order and are kept and erased with it.
    "customer.complaint.return": {
        "name",
        "note",
        "acknowledged_to",
        "goods_note",
        "refund_note",
        "refusal_reason",
        "cancel_reason",
    },
    "customer.complaint.return.exception": {"name", "legal_basis"},
    "customer.complaint.tag": {"name"},
    "customer.complaint.team": {"name"},
}
TEXTS = ("char", "text", "html", "json", "properties", "properties_definition")


@tagged("post_install", "-at_install")
class TestPersonalTexts(TransactionCase):
    """Each text says whether it may tell of a person, for copying and erasing."""

    def test_every_text_is_personal_or_harmless(self):
        unknown = {}
        for name, model in self.env.registry.items():
            if not name.startswith("customer.complaint"):
                continue
            if model._abstract or model._transient:
                continue
            Model = self.env[name]
            personal = getattr(Model, "_get_personal_fields", frozenset)()
            texts = {
                field.name
                for field in Model._fields.values()
                if field.type in TEXTS and field.store and not field.related
            }
            left = texts - personal - HARMLESS.get(name, set())
            if left:
                unknown[name] = left
            self.assertFalse(personal - Model._fields.keys(), name)
            self.assertFalse(personal & HARMLESS.get(name, set()), name)
        self.assertFalse(unknown, "name them personal, or say why they are not")
