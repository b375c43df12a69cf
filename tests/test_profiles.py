"""The addons alone, and together as companies install them.

The trunk alone is a working desk; each addon works on the least it needs; a shop, a web
shop, a pharmacy and a bank have what is theirs, and what is uninstalled leaves the rest
working.
"""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TRUNK = "customer_complaint"
PROFILES = {
    "shop": "approval",
    "web": "return",
    "pharmacy": "archive",
    "bank": "investigation",
}
# Every list, form and search of the app, and of what it adds to.
OPEN_VIEWS = """
admin_env = env(user=env.ref("base.user_admin"))
extended = ("account.move", "res.config.settings", "res.partner", "sale.order")
models = env["ir.model"].search([("model", "=like", "customer.complaint%")])
for name in (*models.mapped("model"), *extended):
    if not env[name]._abstract and admin_env[name].has_access("read"):
        for view_type in ("form", "list", "search"):
            admin_env[name].get_views([(False, view_type)])
actions = env["ir.actions.act_window"].search(
    [("res_model", "=like", "customer.complaint%")]
)
for action in actions:
    if not admin_env[action.res_model].has_access("read"):
        continue
    views = [(view, kind) for view, kind in action.views if kind != "activity"]
    admin_env[action.res_model].get_views(views)
    admin_env[action.res_model].web_search_read([], {"id": {}}, limit=3)
admin_env["ir.ui.menu"].load_menus(False)
"""
# The desk by itself: from the counter to the card, with what the customer receives.
WORK = """
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user

def new_user(role):
    groups = f"base.group_user,customer_complaint.group_complaint_{role}"
    return new_test_user(env, f"alone_{role}", groups=groups, lang="en_US")

agent, supervisor = new_user("agent"), new_user("supervisor")
team = env["customer.complaint.team"].create({
    "name": "朝阳店", "leader_id": supervisor.id,
    "member_ids": [Command.link(agent.id)],
})
complaint = env["customer.complaint"].with_user(agent).create({
    "partner_id": env["res.partner"].create({"name": "李娜"}).id,
    "team_id": team.id,
    "category_id": env.ref("customer_complaint.category_service_attitude").id,
    "channel_id": env.ref("customer_complaint.channel_counter").id,
    "description": "收银员态度恶劣。",
    "line_ids": [Command.create({"product_name": "面霜", "quantity": 1})],
})
complaint.action_accept()
complaint.action_investigate()
complaint.write({"conclusion": "established", "conclusion_note": "核查属实。"})
complaint.action_remediate()
remediation = complaint.env["customer.complaint.remediation"].create({
    "complaint_id": complaint.id,
    "note": "单据齐全。",
    "line_ids": [Command.create({"kind": "compensation", "amount": 300})],
})
remediation.action_ask()
try:
    remediation.action_approve()
    raise AssertionError("approved by who proposed it")
except AccessError:
    pass
remediation.with_user(supervisor).action_approve()
remediation.line_ids._sign_done("已转账。")
complaint.action_follow_up()
complaint.action_close()
card = complaint.archive_card_id
report = "customer_complaint.report_archive_card"
html = env["ir.actions.report"].with_context(lang="zh_CN")._render_qweb_html(
    report, card.ids
)[0].decode()
assert card.name in html and "李娜" in html
result = [complaint.state, card.state, complaint.compensation_total]
"""

# What the administrator confirms in Apps before sealed cards go.
CONFIRM_UNINSTALL = """
cards = env["customer.complaint.archive.card"].search_count([("state", "=", "sealed")])
env["ir.config_parameter"].set_param(
    "customer_complaint.uninstall_sealed_cards", str(cards)
)
env.cr.commit()
"""


@pytest.fixture
def install(scratch_db, run_odoo):
    """Install addons into a new database, and none that comes by itself."""

    def run(names, *options):
        db = scratch_db()
        run_odoo(db, "-i", ",".join(names), "--skip-auto-install", *options)
        return db

    return run


@pytest.fixture
def uninstall():
    def run(db, name):
        command = [os.environ["CC_ODOO"], "module", "uninstall"]
        options = ["-c", os.environ["CC_CONF"], "-d", db, name]
        subprocess.run([*command, *options], stdin=subprocess.DEVNULL, check=True)

    return run


def get_profile(profile):
    script = 'ROOT=$CC_ROOT; . "$ROOT/scripts/common.sh"; profile_addons'
    return subprocess.run(
        ["bash", "-ec", script],
        env={**os.environ, "PROFILE": profile},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()


def get_installed(sql, db):
    query = "select name from ir_module_module where state = 'installed' and name ~ %s"
    return {name for (name,) in sql(db, query, f"^{TRUNK}")}


def test_trunk_alone_is_a_working_desk(install, run_odoo_shell, sql):
    db = install([TRUNK], "--with-demo")
    assert get_installed(sql, db) == {TRUNK}
    told = run_odoo_shell(db, f"{OPEN_VIEWS}{WORK}print('RESULT', result)\n")
    assert "RESULT ['closed', 'sealed', 300.0]" in told
    [(stories,)] = sql(db, "select count(*) from customer_complaint")
    assert stories


def get_addons():
    root = Path(__file__).resolve().parent.parent
    return sorted(path.parent.name for path in root.glob(f"{TRUNK}_*/__manifest__.py"))


@pytest.mark.parametrize("addon", get_addons())
def test_addon_on_the_least_it_needs(addon, install, run_odoo_shell):
    run_odoo_shell(install([addon]), OPEN_VIEWS)


@pytest.mark.parametrize("profile", PROFILES)
def test_profile(profile, install, run_odoo_shell, uninstall, sql):
    names = get_profile(profile)
    db = install(names)
    assert get_installed(sql, db) == set(names)
    run_odoo_shell(db, OPEN_VIEWS)
    gone = f"{TRUNK}_{PROFILES[profile]}"
    run_odoo_shell(db, CONFIRM_UNINSTALL)
    uninstall(db, gone)
    assert gone not in get_installed(sql, db)
    run_odoo_shell(db, OPEN_VIEWS)
