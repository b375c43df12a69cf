"""What people do all day: a complaint taken through its life, and every view read."""

from functools import partial

from lxml import etree

from odoo.fields import Command
from odoo.tests import Form
from odoo.tools.safe_eval import safe_eval

from odoo.addons.customer_complaint.tests.view_common import ViewReading

LIST_LIMIT = 80
COUNT_LIMIT = 10001
# Of these two approve, and of those one.
LARGE_AMOUNT, SMALL_AMOUNT = 5000, 200
OVERVIEW = "customer_complaint_overview.customer_complaint_team_view_kanban_overview"
PAPERS = ("photo", "receipt")
DECISION = {
    "conclusion": "established",
    "conclusion_note": "核查属实，同意赔偿。",
    "cause": "service",
    "responsible_party": "own",
    "decision_grounds": "《消费者权益保护法》第二十四条。",
    "decision_measures": "道歉并补偿。",
    "decision_ways_open": "可在三十日内书面申请核查。",
}


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
    """Return a new complaint in a state, with papers, a message and money given.

    With its papers a closed one is sealed.
    """
    complaint = open_complaint(env, team)
    env["customer.complaint.archive.document"].create(
        [
            {
                "complaint_id": complaint.id,
                "type_id": env.ref(f"customer_complaint.document_type_{kind}").id,
                "attachment_ids": [
                    Command.create({"name": f"{kind}.txt", "raw": b"paper"})
                ],
            }
            for kind in PAPERS
        ]
    )
    complaint.message_post(body="顾客来电催办。")
    walk(complaint, state, grants=True)
    return complaint


def walk(complaint, state, grants=False):
    """Take a complaint along the main road, as far as it is in a state.

    :param bool grants: give the customer something on the way
    """
    steps = iter_steps(complaint, grants)
    while complaint.state != state:
        _name, step = next(steps)
        step()


def iter_steps(complaint, grants=False):
    """Yield name and function of each step of the main road."""
    yield "accept", complaint.action_accept
    for kind in complaint._get_open_verifications():
        yield f"verify {kind}", getattr(complaint, f"action_verify_{kind}")
    yield "investigate", complaint.action_investigate
    yield "decide", lambda: complaint.write(DECISION)
    yield "confirm findings", complaint.sudo().action_confirm_findings
    yield "remediate", complaint.action_remediate
    if grants:
        yield "grant", lambda: grant(complaint)
    yield "tell", lambda: tell(complaint)
    if complaint.state != "followup":
        yield "follow up", complaint.action_follow_up
    yield "close and seal", complaint.action_close


def propose(complaint, amount):
    """Propose compensation.

    :return: the remediation
    """
    line = {"kind": "compensation", "amount": amount}
    return complaint.env["customer.complaint.remediation"].create(
        {
            "complaint_id": complaint.id,
            "note": "单据齐全。",
            "line_ids": [Command.create(line)],
        }
    )


def grant(complaint):
    """Give compensation, as the team's leader approves it, and carry it out."""
    remediation = propose(complaint, SMALL_AMOUNT)
    remediation.action_ask()
    remediation.with_user(complaint.team_id.leader_id).action_approve()
    remediation.line_ids._sign_done("已转账。")


def tell(complaint):
    """Record by the dialog that the decision was told on the telephone."""
    action = complaint.with_context(default_kind="decision").action_tell()
    dialog = Form(complaint.env[action["res_model"]].with_context(**action["context"]))
    dialog.way = "phone"
    dialog.proof_ref = "10:05 致电"
    dialog.save().action_tell()


class Desk(ViewReading):
    """What a user does, by name: functions for the clock.

    :param res.users user: an agent
    :param res.users manager: who approves what the team's leader may not
    """

    def __init__(self, env, user, manager):
        self.env = env(user=user.id, context={"lang": "en_US", "tz": "Asia/Shanghai"})
        self.manager = manager
        self.Complaint = self.env["customer.complaint"]
        # Its leader may be nobody the user sees.
        self.team = self.env["customer.complaint.team"].search(
            [("name", "=", "Shop 0")]
        )
        self.known = self.Complaint.search(
            [("state", "=", "remediation"), ("team_id", "=", self.team.id)], limit=1
        )
        self.specs = {
            name: self._get_read_specification(name)
            for name in ("form", "list", "kanban")
        }
        self.specs["overview"] = self._get_read_specification(
            "kanban", self.team._name, self.env.ref(OVERVIEW).id
        )

    def get_operations(self):
        """Return what is measured among few and many complaints.

        :rtype: dict[str, Callable]
        """
        return {
            "open": lambda: open_complaint(self.env, self.team),
            **self.get_view_operations(),
            **self.get_search_operations(),
            **self.get_step_operations(),
            "life from open to sealed": self.live,
            "ask and two approvals": self.ask_and_approve,
            "print": self.print_card,
        }

    # ------------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------------

    def get_view_operations(self):
        form, is_open = self.specs["form"], [("is_closed", "=", False)]
        return {
            "overview": self.read_overview,
            "new form": lambda: self.Complaint.onchange({}, [], form),
            "form": lambda: self.known.web_read(form),
            "save": lambda: self.known.web_save({"demand": "尽快处理。"}, form),
            "list of open": lambda: self.read_list(is_open),
            "list of all": lambda: self.read_list([]),
            "kanban": lambda: self.read_kanban(is_open),
            "pivot": lambda: self.read_pivot("team_id", "state"),
            "analysis": lambda: self.read_pivot("category_id", "date_received:month"),
        }

    def read_overview(self):
        teams = self.team.browse()
        teams.get_overview()
        teams.web_search_read([("is_on_overview", "=", True)], self.specs["overview"])

    def read_list(self, domain):
        return self.Complaint.web_search_read(
            domain, self.specs["list"], limit=LIST_LIMIT, count_limit=COUNT_LIMIT
        )

    def read_kanban(self, domain):
        """Read the columns with their first cards, and what the bars above count."""
        records = self.Complaint.with_context(read_group_expand=True)
        records.web_read_group(
            domain,
            ["state"],
            auto_unfold=True,
            opening_info=[],
            unfold_read_specification=self.specs["kanban"],
            unfold_read_default_limit=LIST_LIMIT,
            groupby_read_specification={},
        )
        colors = dict.fromkeys(("general", "serious", "major"), "success")
        records.read_progress_bar(
            domain, "state", {"field": "severity", "colors": colors}
        )

    def read_pivot(self, row, column):
        return self.Complaint.formatted_read_grouping_sets(
            [], [[], [row], [row, column]], ["__count"]
        )

    # ------------------------------------------------------------------
    # SEARCHES
    # ------------------------------------------------------------------

    def get_search_operations(self):
        """Return the searches of the search view, as people type them."""
        partner = self.known.partner_id
        product = self.known.line_ids[:1].product_name
        texts = {
            "number": ("Complaint", self.known.name),
            "words": ("Complaint", product),
            # Two characters are too few for an index of three.
            "a common word": ("Complaint", product[-2:]),
            "a rare word": ("Complaint", "琴弦"),
            "customer": ("Customer", partner.name),
            "telephone": ("Customer", partner.phone),
            "last digits": ("Customer", partner.phone[-4:]),
            "product": ("Product", product),
        }
        return {
            f"search by {name}": partial(
                self.read_list, self.get_search_domain(label, text)
            )
            for name, (label, text) in texts.items()
        }

    def get_search_domain(self, label, text):
        view = etree.fromstring(self.Complaint.get_view(False, "search")["arch"])
        [node] = view.xpath(f"//field[@string='{label}']")
        return safe_eval(node.get("filter_domain"), {"self": text})

    # ------------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------------

    def open_own(self):
        return open_complaint(self.env, self.team, user_id=self.env.uid)

    def get_step_operations(self):
        """Return each step of the main road, each alone and with cold caches."""
        savepoint = self.env.cr.savepoint(flush=False)
        names = []
        for name, step in iter_steps(self.open_own()):
            names.append(name)
            step()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        return {f"step: {name}": partial(self.take_step, name) for name in names}

    def take_step(self, wanted):
        for name, step in iter_steps(self.open_own()):
            if name == wanted:
                yield
            step()
            if name == wanted:
                return

    def live(self):
        walk(self.open_own(), "closed")

    def ask_and_approve(self):
        """Propose compensation that two have to approve; ask them, and they do."""
        complaint = self.open_own()
        walk(complaint, "remediation")
        remediation = propose(complaint, LARGE_AMOUNT)
        yield
        remediation.action_ask()
        for user in (self.team.sudo().leader_id, self.manager):
            remediation.with_user(user).action_approve()

    def print_card(self):
        """Lay out the archive card of a case; to make a PDF of it costs the same."""
        card = self.known.archive_card_id
        report = "customer_complaint.archive_card"
        self.env["ir.actions.report"]._render_qweb_html(report, card.ids)
