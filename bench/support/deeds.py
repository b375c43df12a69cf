"""What the benchmarks do: a complaint taken through its life, and every view read."""

from odoo.fields import Command
from odoo.tests import Form

from odoo.addons.customer_complaint.tests.view_common import ViewReading

LIST_LIMIT = 80
DECISION = {
    "conclusion": "established",
    "conclusion_note": "核查属实，同意赔偿。",
    "cause": "service",
    "responsible_party": "own",
    "decision_grounds": "《消费者权益保护法》第二十四条。",
    "decision_measures": "道歉并补偿。",
    "decision_ways_open": "可在三十日内书面申请核查。",
}
STEPS = ("accepted", "investigating", "remediation", "followup", "closed")


class Reader(ViewReading):
    def __init__(self, env):
        self.env = env


def open_complaint(env, team, **values):
    """Open a complaint with a product, as the user of the environment."""
    return env["customer.complaint"].create(
        {
            "partner_id": env["res.partner"].search([("name", "=", "顾客7")]).id,
            "category_id": env.ref("customer_complaint.category_service_attitude").id,
            "channel_id": env.ref("customer_complaint.channel_counter").id,
            "team_id": team.id,
            "description": "收银员态度恶劣，等待超过一小时。",
            "line_ids": [Command.create({"product_name": "面霜", "quantity": 2})],
            **values,
        }
    )


def take_to(env, team, state):
    """Return a new complaint in a state, with a paper, a message and money given."""
    complaint = open_complaint(env, team)
    env["customer.complaint.archive.document"].create(
        {
            "complaint_id": complaint.id,
            "type_id": env.ref("customer_complaint.document_type_photo").id,
            "attachment_ids": [Command.create({"name": "照片.txt", "raw": b"photo"})],
        }
    )
    complaint.message_post(body="顾客来电催办。")
    walk(complaint, state)
    return complaint


def walk(complaint, state):
    """Take a complaint along the main road."""
    for target in STEPS[: STEPS.index(state) + 1] if state in STEPS else ():
        if target == "accepted":
            complaint.action_accept()
        elif target == "investigating":
            for kind in complaint._get_open_verifications():
                getattr(complaint, f"action_verify_{kind}")()
            complaint.action_investigate()
        elif target == "remediation":
            complaint.write(DECISION)
            complaint.sudo().action_confirm_findings()
            complaint.action_remediate()
        elif target == "followup":
            tell(complaint)
            if complaint.state != "followup":
                complaint.action_follow_up()
        else:
            complaint.action_close()


def tell(complaint):
    """Record by the dialog that the decision was told on the telephone."""
    action = complaint.with_context(default_kind="decision").action_tell()
    dialog = Form(complaint.env[action["res_model"]].with_context(**action["context"]))
    dialog.way = "phone"
    dialog.proof_ref = "10:05 致电"
    dialog.save().action_tell()


def get_operations(env, user):
    """Return what a user does, by name.

    :param res.users user: an agent
    :rtype: dict[str, Callable]
    """
    env = env(user=user.id, context={"lang": "en_US", "tz": "Asia/Shanghai"})
    Complaint = env["customer.complaint"]
    team = env["customer.complaint.team"].search([("name", "=", "Shop 0")])
    reader = Reader(env)
    specs = {name: reader._get_read_specification(name) for name in ("form", "list")}
    card = reader._get_read_specification("kanban")
    last = Complaint.search(
        [("state", "=", "remediation"), ("team_id", "=", team.id)], limit=1
    )
    number, phone = last.name, last.partner_id.phone
    is_open = [("is_closed", "=", False)]

    def read_list(domain):
        return Complaint.web_search_read(
            domain, specs["list"], limit=LIST_LIMIT, count_limit=10001
        )

    def read_kanban():
        return Complaint.with_context(read_group_expand=True).web_read_group(
            is_open,
            ["state"],
            auto_unfold=True,
            opening_info=[],
            unfold_read_specification=card,
            unfold_read_default_limit=LIST_LIMIT,
            groupby_read_specification={},
        )

    def live():
        complaint = open_complaint(env, team, user_id=user.id)
        walk(complaint, "closed")

    return {
        "open": lambda: open_complaint(env, team),
        "form": lambda: last.web_read(specs["form"]),
        "save": lambda: last.web_save({"demand": "尽快处理。"}, specs["form"]),
        "list of open": lambda: read_list(is_open),
        "list of all": lambda: read_list([]),
        "kanban": read_kanban,
        "pivot": lambda: Complaint.formatted_read_grouping_sets(
            [], [[], ["team_id"], ["team_id", "state"]], ["__count"]
        ),
        "search by number": lambda: read_list([("name", "ilike", number)]),
        "search by customer": lambda: read_list(
            [("partner_id", "=", last.partner_id.id)]
        ),
        "search by telephone": lambda: read_list([("phone", "ilike", phone)]),
        "search by words": lambda: read_list([("subject", "ilike", "面霜")]),
        "life from open to sealed": live,
    }
