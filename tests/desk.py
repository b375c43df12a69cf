"""A desk of one shop, for tests that work in the shell of a database."""

# An agent, a supervisor, and a complaint at the counter that nobody accepted yet.
OPEN_COMPLAINT = """
from odoo.fields import Command
from odoo.tests import new_test_user

def new_user(role):
    groups = f"base.group_user,customer_complaint.group_complaint_{role}"
    return new_test_user(env, f"desk_{role}", groups=groups, lang="en_US")

agent, supervisor = new_user("agent"), new_user("supervisor")
team = env["customer.complaint.team"].create({
    "name": "朝阳店", "leader_id": supervisor.id,
    "member_ids": [Command.link(agent.id)],
})
vals = {
    "partner_id": env["res.partner"].create({"name": "李娜"}).id,
    "team_id": team.id,
    "category_id": env.ref("customer_complaint.category_service_attitude").id,
    "channel_id": env.ref("customer_complaint.channel_counter").id,
    "description": "收银员态度恶劣。",
    "line_ids": [Command.create({"product_name": "面霜", "quantity": 1})],
}
complaint = env["customer.complaint"].with_user(agent).create(vals)
"""
