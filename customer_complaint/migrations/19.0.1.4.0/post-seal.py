from odoo import SUPERUSER_ID, api
from odoo.tools import split_every

from odoo.addons.customer_complaint.tools.new_data import load_new_data

NEW_DATA = (
    "ir_cron_archive_data.xml",
    "customer_complaint_archive_category_data.xml",
)
# A shipped category of archives names these; what was deleted is not brought back.
HEALTH_CATEGORIES = ("category_allergy", "category_injury")
BATCH_SIZE = 500


def migrate(cr, version):
    """Give cards sealed before digests existed their place in the chain.

    In the order in which their complaints were closed. Their numbers, and when and by
    whom they were sealed, stay; the content says that it was digested later.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    load_categories(env)
    remove_old_sequences(env)
    env["res.company"]._complaint_init_companies()
    cr.execute(
        "SELECT card.id FROM customer_complaint_archive_card card"
        " JOIN customer_complaint complaint ON complaint.id = card.complaint_id"
        " WHERE card.state = 'sealed' AND card.digest IS NULL"
        " ORDER BY complaint.date_closed, card.sealed_date, card.id"
    )
    ids = [card_id for (card_id,) in cr.fetchall()]
    for batch in split_every(BATCH_SIZE, ids):
        env["customer.complaint.archive.card"].browse(batch)._seal_late()
        env.flush_all()
        env.invalidate_all()


def load_categories(env):
    """Ship the archive categories; that of health only if its categories are there."""
    is_whole = all(
        env.ref(f"customer_complaint.{name}", raise_if_not_found=False)
        for name in HEALTH_CATEGORIES
    )
    wanted = {
        "cron_archive_pdf",
        "cron_archive_retention",
        "cron_archive_check",
        "archive_category_major",
        "archive_category_general",
        "archive_category_permanent",
        *(["archive_category_health"] if is_whole else []),
    }
    load_new_data(env, NEW_DATA, only=wanted)


def remove_old_sequences(env):
    """Cards are numbered by category and year now, without sequences."""
    env["ir.sequence"].with_context(active_test=False).search(
        [("code", "=", "customer.complaint.archive.card")]
    ).unlink()
