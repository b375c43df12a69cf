from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import datetime, safe_eval

from odoo.addons.customer_complaint.tests.test_access import AccessCase

MENU_ROOT = "customer_complaint.customer_complaint_menu_root"


class FilterCase(AccessCase):
    """The lists that the menus of the app open."""

    def _get_actions(self, user):
        """Return the window actions of the app's menus that the user sees."""
        menus = self.env["ir.ui.menu"].with_user(user)
        visible_sudo = self.env["ir.ui.menu"].browse(menus._visible_menu_ids())
        root = self.env.ref(MENU_ROOT)
        return [
            menu.action
            for menu in visible_sudo
            if menu.parent_path.startswith(root.parent_path)
            and menu.action
            and menu.action.type == "ir.actions.act_window"
            and menu.action.res_model != "res.config.settings"
        ]

    def _get_values(self, user):
        """Return what domains of views may name in the web client."""
        return {
            "uid": user.id,
            "context_today": lambda: datetime.date.today(),
            "datetime": datetime,
            "allowed_company_ids": user.company_ids.ids,
            "active_id": False,
        }


@tagged("post_install", "-at_install", "slow")
class TestFilters(FilterCase):
    """Every filter and grouping of every list, by the server, for every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint.user_id = cls.agent

    def test_filters_and_groupings(self):
        for user in (
            self.agent,
            self.supervisor,
            self.manager,
            self.quality_user,
            self.archivist,
            self.auditor,
        ):
            for action in self._get_actions(user):
                with self.subTest(user=user.login, action=action.name):
                    self._apply_filters(action, user)

    def _apply_filters(self, action, user):
        records = self.env[action.res_model].with_user(user)
        values = self._get_values(user)
        domain = Domain(safe_eval(action.domain or "[]", values))
        view = records.get_view(action.search_view_id.id, "search")
        for node in etree.fromstring(view["arch"]).iter("filter"):
            wanted = safe_eval(node.get("domain") or "[]", values)
            records.search(domain & Domain(wanted), limit=5)
            context = safe_eval(node.get("context") or "{}", values)
            if group := context.get("group_by"):
                group = group[0] if isinstance(group, list) else group
                # The client groups by each property, of which there are none here.
                if records._fields[group.split(":")[0]].type != "properties":
                    records.formatted_read_group(domain, [group], ["__count"])
