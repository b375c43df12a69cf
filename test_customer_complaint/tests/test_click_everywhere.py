import json
import logging

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon

MENU_ROOT = "customer_complaint.customer_complaint_menu_root"
MODULE = "@test_customer_complaint/../tests/tours/click_through.esm"
LANGUAGES = ("en_US", "zh_CN")


class WarningCollector(logging.Handler):
    """Keep what the browser's console warns of."""

    def __init__(self):
        super().__init__(level=logging.WARNING)
        self.messages = []

    def emit(self, record):
        if record.name.endswith(".browser"):
            self.messages.append(record.getMessage())


@tagged("post_install", "-at_install", "slow")
class TestClickEverywhere(HttpCase, CustomerComplaintCommon):
    """Every role opens all it has: menus, views, forms and dialogs."""

    # The last form is left open.
    allow_end_on_form = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGUAGES:
            cls.env["res.lang"]._activate_lang(lang)
        cls._create_complaints_in_every_state()

    @classmethod
    def _create_complaints_in_every_state(cls):
        """Give every view something to show, whatever the role sees."""
        paper_types = cls.env["customer.complaint.archive.document.type"].search([])
        vals_list = [
            cls._prepare_complaint_vals(
                line_ids=[Command.create({"product_name": "面膜", "quantity": 2})],
                sale_order_id=False,
                user_id=cls.agent.id,
                conclusion="established",
                conclusion_note="留样检查确认有异物。",
                tag_ids=[Command.create({"name": f"Tag {i}", "color": i})],
                document_ids=[
                    Command.create({"type_id": paper_type.id})
                    for paper_type in paper_types
                ],
            )
            for i in range(8)
        ]
        cls.complaints = cls.env["customer.complaint"].create(vals_list)
        steps = ("accept", "investigate", "remediate", "follow_up", "close")
        for number, step in enumerate(steps, start=1):
            if step == "investigate":
                cls._verify(cls.complaints[number:6])
            if step == "remediate":
                cls._confirm(cls.complaints[number:6])
            if step == "follow_up":
                for complaint in cls.complaints[number:6]:
                    cls._write_decision(complaint)
                    cls._record_notice(complaint)
            getattr(cls.complaints[number:6], f"action_{step}")()
        cls.complaints[6].write(
            {
                "state": "refused",
                "refusal_ground_id": cls.quick_ref(
                    "customer_complaint.refusal_ground_not_ours"
                ).id,
                "refusal_note": "该商品并非我店出售。",
            }
        )
        cls.complaints[7].write(
            {
                "state": "withdrawn",
                "date_withdrawn": cls.company._complaint_today(),
                "withdrawal_reason": "顾客来电撤诉。",
            }
        )
        for complaint in cls.complaints[:3]:
            complaint.activity_schedule(
                "mail.mail_activity_data_todo", user_id=cls.agent.id
            )

    def _click_through(self, user, passes):
        """Click everywhere and open all forms.

        The filters are left out, which take most of the time: test_filters applies
        each of them for every role.

        :param dict passes: for each language how far the clicking goes: ``views``
            clicks all menus and views, ``forms`` opens the forms only
        """
        for lang, extent in passes.items():
            with self.subTest(user=user.login, lang=lang, extent=extent):
                user.lang = lang
                actions = self._get_form_actions(user)
                menu = None if extent == "forms" else MENU_ROOT
                call = json.dumps([lang.replace("_", "-"), menu, actions])
                self._run_in_browser(user, f"clickThrough(...{call})")

    def _run_in_browser(self, user, call):
        console = WarningCollector()
        logging.getLogger().addHandler(console)
        try:
            self.browser_js(
                "/odoo",
                f"odoo.loader.modules.get('{MODULE}').{call};",
                f"odoo.isReady === true && odoo.loader.modules.has('{MODULE}')",
                login=user.login,
                timeout=600,
                success_signal="clicked through",
            )
        finally:
            logging.getLogger().removeHandler(console)
        self.assertFalse(console.messages)

    def _get_form_actions(self, user):
        """Return actions for a form of each kind and state that the user may read."""
        actions = []
        for model in self._get_models():
            records = self.env[model].with_user(user)
            if not records.has_access("read"):
                continue
            if model == "customer.complaint":
                records = records.browse(self.complaints.ids)._filtered_access("read")
            elif model == "customer.complaint.archive.card":
                cards = self.complaints.archive_card_id
                records = records.browse(cards.ids)._filtered_access("read")
                records = records[:1] | records[-1:]
            else:
                records = records.search([], limit=1)
            actions += [self._get_form_action(model, record.id) for record in records]
            if records.has_access("create") and model not in (
                "customer.complaint.archive.card",
            ):
                actions.append(self._get_form_action(model, False))
        return actions + self._get_dialogs(user)

    def _get_models(self):
        """Return the models of the app's menus, those with forms of their own."""
        menus = self.env["ir.ui.menu"].search(
            [("id", "child_of", self.env.ref(MENU_ROOT).id), ("action", "!=", False)]
        )
        models = {menu.action.res_model for menu in menus}
        return sorted(models - {"res.config.settings"})

    def _get_form_action(self, model, record_id):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "views": [(False, "form")],
        }

    def _get_dialogs(self, user):
        """Return the dialogs the user may open."""
        registered, closed = (c.with_user(user) for c in self.complaints[::5])
        dialogs = []
        if user.has_group("customer_complaint.group_complaint_agent"):
            dialogs += [
                self.order.with_user(user).action_open_complaint(),
                registered.action_refuse(),
                registered.action_withdraw(),
                registered.action_recuse_myself(),
            ]
        if user.has_group("customer_complaint.group_complaint_supervisor"):
            dialogs.append(closed.action_reopen())
        return dialogs

    def test_manager(self):
        self._click_through(self.manager, {"zh_CN": "views", "en_US": "forms"})

    def test_quality(self):
        self._click_through(self.quality_user, {"zh_CN": "views"})

    def test_agent(self):
        self._click_through(self.agent, {"zh_CN": "views", "en_US": "forms"})

    def test_supervisor(self):
        self._click_through(self.supervisor, {"zh_CN": "views"})

    def test_archivist(self):
        self._click_through(self.archivist, {"en_US": "views"})

    def test_auditor(self):
        self._click_through(self.auditor, {"zh_CN": "views"})

    def test_administrator(self):
        # The test data has pricelists: without the feature the settings warn of it.
        self.quick_ref("base.group_user").implied_ids += self.quick_ref(
            "product.group_product_pricelist"
        )
        self._click_through(self.env.ref("base.user_admin"), {"zh_CN": "views"})
