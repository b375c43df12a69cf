from odoo.addons.customer_complaint.hooks import empty_tables


def uninstall_hook(env):
    """Empty the inventories; cards of past years stay, as cards."""
    env.cr.execute("UPDATE customer_complaint_archive_card SET inventory_id = NULL")
    empty_tables(
        env,
        "customer_complaint_archive_paper",
        "customer_complaint_archive_legacy",
        "customer_complaint_archive_inventory_line",
        "customer_complaint_archive_inventory",
    )
