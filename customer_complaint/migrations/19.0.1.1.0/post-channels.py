from odoo import SUPERUSER_ID, api

# Shipped channels through which authorities pass complaints on.
AUTHORITIES = ("channel_association", "channel_regulator")


def migrate(cr, version):
    """Mark the shipped channels of authorities, where they still exist."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in AUTHORITIES:
        channel = env.ref(f"customer_complaint.{name}", raise_if_not_found=False)
        if channel:
            channel.is_authority = True
