from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

# Who confirms the findings of the shipped categories; the others follow their parent.
CONFIRMERS = {
    "quality": ("quality", "allergy"),
    "service": ("service",),
    "shop": (
        "quality_appearance",
        "delivery",
        "price",
        "refund",
        "injury",
        "damage",
        "privacy",
        "enquiry",
        "other",
    ),
}
HEALTH_CATEGORIES = ("allergy", "quality_expired", "quality_counterfeit", "injury")


def migrate(cr, version):
    """Give the shipped categories, which are not updated, what is new about them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for confirmer, names in CONFIRMERS.items():
        _get_categories(env, names).confirmer = confirmer
    _get_categories(env, HEALTH_CATEGORIES).is_health_matter = True
    env.flush_all()
    _ask_reportability(cr)


def _get_categories(env, names):
    """Return those of the shipped categories that were not deleted."""
    categories = env["customer.complaint.category"]
    for name in names:
        category = env.ref(f"customer_complaint.category_{name}", False)
        categories |= category or categories
    return categories


def _ask_reportability(cr):
    """Have it decided for running health complaints whether they are to be reported.

    What was decided before the update goes on without it.
    """
    cr.execute(
        SQL(
            """
            UPDATE customer_complaint complaint
               SET reportability = 'to_decide',
                   date_reportability_due = (
                       complaint.date_accepted AT TIME ZONE 'UTC'
                       AT TIME ZONE COALESCE(company.complaint_tz, 'UTC')
                   )::date + category.report_decision_days
              FROM customer_complaint_category category, res_company company
             WHERE category.id = complaint.category_id
               AND company.id = complaint.company_id
               AND category.is_health_matter
               AND complaint.state IN ('registered', 'accepted', 'investigating')
            """
        )
    )
