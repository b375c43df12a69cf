from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

# Columns of the investigation that are computed once the complaint is worked on.
# Made here, they are not computed for all complaints of the past.
NEW_COLUMNS = {
    "is_quality_matter": "bool",
    "is_passed_to_quality": "bool",
    "responsible_team_id": "int4",
    "responsible_partner_id": "int4",
    "reportability": "varchar",
    "date_reportability_due": "date",
}
# Rules for the quality department; they are not updated with the addon.
QUALITY_RULES = tuple(
    f"customer_complaint_{name}rule_quality"
    for name in (
        "",
        "line_",
        "archive_card_",
        "archive_document_",
        "memo_",
        "recusal_",
    )
)
ENDED_STATES = ("closed", "refused", "withdrawn", "merged")


def migrate(cr, version):
    """Let quality see by complaint, and no longer by category, what is theirs."""
    _add_columns(cr)
    _fill_quality_matters(cr)
    _let_rules_look_at_the_complaint(cr)


def _add_columns(cr):
    for name, column_type in NEW_COLUMNS.items():
        if not column_exists(cr, "customer_complaint", name):
            create_column(cr, "customer_complaint", name, column_type)


def _fill_quality_matters(cr):
    """What nobody could determine and still runs has to be confirmed by quality."""
    cr.execute(
        SQL(
            """
            UPDATE customer_complaint complaint
               SET is_passed_to_quality = passed.is_passed,
                   is_quality_matter = passed.is_passed
                                       OR COALESCE(category.is_quality_matter, FALSE)
              FROM customer_complaint other
              LEFT JOIN customer_complaint_category category
                     ON category.id = other.category_id
              CROSS JOIN LATERAL (
                    SELECT COALESCE(other.conclusion, '') = 'undetermined'
                           AND other.state NOT IN %s AS is_passed
              ) passed
             WHERE other.id = complaint.id
            """,
            ENDED_STATES,
        )
    )


def _let_rules_look_at_the_complaint(cr):
    """Change the one term in the rules; what else they were given stays."""
    cr.execute(
        SQL(
            """
            UPDATE ir_rule rule
               SET domain_force = replace(
                       domain_force,
                       'category_id.is_quality_matter',
                       'is_quality_matter'
                   )
              FROM ir_model_data data
             WHERE data.model = 'ir.rule'
               AND data.res_id = rule.id
               AND data.module = 'customer_complaint'
               AND data.name IN %s
            """,
            QUALITY_RULES,
        )
    )
