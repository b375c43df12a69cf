"""Complaints of a company after some years, made in SQL in minutes."""

from .database import DB, run_shell, sql

TEAMS = 20
COLORS = "红橙黄绿青蓝紫黑白灰"
GOODS = (
    *("面霜", "口红", "衬衫", "皮鞋", "手机", "电视", "冰箱", "书包", "奶粉", "茶叶"),
    *("毛巾", "水杯", "台灯", "雨伞", "背心", "围巾", "手表", "耳机", "键盘", "鼠标"),
)
# Of what is there, as in a company after some years.
OPEN_SHARE = 0.05

PREPARE = """
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.addons.test_customer_complaint.tests.crowd import get_phone

def new_user(login, role="agent"):
    return new_test_user(
        env, login, groups=f"base.group_user,customer_complaint.group_complaint_{role}",
        lang="en_US", tz="Asia/Shanghai")

lone, busy = new_user("bench_lone"), new_user("bench_busy")
new_user("bench_manager", "manager")
leaders = [new_user(f"bench_leader_{n}", "supervisor") for n in range(TEAMS)]
env["customer.complaint.team"].create([
    {
        "name": f"Shop {n}",
        "leader_id": leader.id,
        "member_ids": [Command.link(busy.id)] + ([] if n else [Command.link(lone.id)]),
    }
    for n, leader in enumerate(leaders)
])
env["res.partner"].create(
    [{"name": f"顾客{n}", "phone": get_phone(n)} for n in range(1000)])
env["product.product"].create([
    {"name": f"{color}色{good}", "default_code": f"BENCH-{color}-{good}"}
    for color in COLORS for good in GOODS
])

# What the shipped categories ask to know of a matter is not what is measured.
categories = env["customer.complaint.category"].search([])
needs = [name for name in categories._fields if name.startswith("needs_")]
categories.write(dict.fromkeys(needs, False))
env.cr.commit()
"""
# One of each state, taken there by hand; then copies of them.
ORIGINALS = """
import json
from support.deeds import take_to

team = env["customer.complaint.team"].search([("name", "=", "Shop 0")])
states = (
    "registered", "accepted", "investigating", "remediation", "followup", "closed"
)
print("RESULT=" + json.dumps({state: take_to(env, team, state).id for state in states}))
env.cr.commit()
"""
POPULATE = """
import json
from odoo.addons.test_customer_complaint.tests.crowd import make_crowd

Complaint = env["customer.complaint"]
stride = STRIDE
for state, original in ORIGINALS.items():
    is_closed = state == "closed"
    share, before = (
        max(int(size * (1 - OPEN_SHARE if is_closed else OPEN_SHARE / 5)), 0)
        for size in (SIZE, BEFORE)
    )
    stride = make_crowd(
        env, {Complaint.browse(original): share},
        env["customer.complaint.team"].search([("name", "like", "Shop ")]),
        env["res.partner"].search([("name", "like", "顾客%")]),
        env["product.product"].search([("default_code", "like", "BENCH-")]),
        stride, before,
    )
env.cr.commit()
print("RESULT=" + json.dumps(stride))
"""


class Crowd:
    """The complaints of the database, made in SQL, ever more of them."""

    def __init__(self):
        run_shell(PREPARE, TEAMS=TEAMS, COLORS=COLORS, GOODS=GOODS)
        self.originals = run_shell(ORIGINALS)
        self.size, self.stride = 0, None

    def grow(self, size):
        """Make as many complaints as there are to be."""
        self.stride = run_shell(
            POPULATE,
            SIZE=size,
            BEFORE=self.size,
            STRIDE=self.stride,
            ORIGINALS=self.originals,
            OPEN_SHARE=OPEN_SHARE,
        )
        self.size = size
        # Without the gaps that making them has left; then as after some quiet nights.
        sql("VACUUM FULL", DB)
        sql("VACUUM ANALYZE", DB)
