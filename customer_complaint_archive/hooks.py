from odoo.addons.customer_complaint.hooks import empty_tables

from .models.ir_module_module import CONFIRMED_KEY


def post_init_hook(env):
    """Open the cards that ended before there was a seal: archivists seal them now.

    They keep their numbers; their cases stay as they are.
    """
    cards = env["customer.complaint.archive.card"].search(
        [("state", "=", "sealed"), ("position", "=", 0)]
    )
    cards._write_unguarded({"state": "open"})


def uninstall_hook(env):
    """Empty chain, checks and disposals; the cards stay, as cards."""
    # What was confirmed holds for this time only.
    env["ir.config_parameter"].set_param(CONFIRMED_KEY, False)
    env.cr.execute(
        "UPDATE customer_complaint_archive_card"
        " SET disposal_id = NULL, archive_category_id = NULL"
    )
    empty_tables(
        env,
        "customer_complaint_archive",
        "customer_complaint_archive_check_finding",
        "customer_complaint_archive_check",
        "customer_complaint_archive_entry",
        "customer_complaint_archive_chain",
        "customer_complaint_archive_supplement",
        "customer_complaint_archive_disposal_line",
        "customer_complaint_archive_disposal",
        "customer_complaint_archive_category",
    )
