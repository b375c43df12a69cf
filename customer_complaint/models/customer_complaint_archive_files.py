from odoo import api, fields, models
from odoo.tools import SQL

from .customer_complaint_archive_snapshot import CARD

COMPLAINT = "customer.complaint"
# Their files are sealed with them, or have entries of their own.
SEALED_APART = (
    CARD,
    "customer.complaint.archive.document",
    "customer.complaint.archive.supplement",
)
REL = "customer_complaint_archive_card_file_rel"


class CustomerComplaintArchiveCard(models.Model):
    """The files of a case are sealed with its card.

    Papers, evidence, proofs of what was sent, decided and agreed, signatures, what came
    with messages: what is there when the case ends stays. What comes later (a court's
    letter) is added and stands in the next seal, or in a supplement.
    """

    _inherit = CARD

    sealed_file_ids = fields.Many2many(
        "ir.attachment",
        REL,
        "card_id",
        "attachment_id",
        string="Sealed Files",
        readonly=True,
        copy=False,
        bypass_search_access=True,
        groups="customer_complaint.group_complaint_archivist",
        help="All files of the case, as they were when it was sealed.",
        sealed=False,
        system=True,
    )

    @api.model
    def _get_file_models(self):
        """Return the models whose records hang on a complaint and may hold files.

        The complaint itself is one of them; what has entries of its own is none.

        :rtype: list[str]
        """
        return [COMPLAINT] + sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith(f"{COMPLAINT}.")
            and name not in SEALED_APART
            and model._auto
            and not model._abstract
            and not model._transient
            and _belongs_to_complaint(model)
            and _may_hold_files(model)
        )

    @api.model
    def _mark_sealed(self, contents):
        """Mark the papers and files that stand in a seal: they stay as they are.

        :param dict contents: content and facts by card
        """
        result = super()._mark_sealed(contents)
        rows = [
            SQL("(%s, %s)", card.id, file["id"])
            for card, (content, _facts) in contents.items()
            for file in content["files"]
        ]
        if rows:
            # Past the field: reading what is there already costs queries.
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (card_id, attachment_id) VALUES %s"
                    " ON CONFLICT DO NOTHING",
                    SQL.identifier(REL),
                    SQL(", ").join(rows),
                )
            )
            self.invalidate_model(["sealed_file_ids"], flush=False)
        return result


def _belongs_to_complaint(model):
    field = model._fields.get("complaint_id")
    return bool(field and field.store and field.comodel_name == COMPLAINT)


def _may_hold_files(model):
    return (
        bool(getattr(model, "_file_fields", ()))
        or "message_ids" in model._fields
        or any(field.type in ("binary", "image") for field in model._fields.values())
    )
