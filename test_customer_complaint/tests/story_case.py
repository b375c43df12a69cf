from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from unittest.mock import patch

import pytz

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, freeze_time
from odoo.tools import html2plaintext

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon
from odoo.addons.mail.tools.discuss import Store

# The stories play in this year; each step names day and time in the company's zone.
YEAR = 2031
# What hangs on a complaint and has a chatter of its own.
THREADS = ("memo_ids", "evidence_ids", "review_ids", "proceeding_ids")


class StoryCase(CustomerComplaintCommon):
    """Complaints worked through by the people who would do it, step by step.

    Each step has its time and its person and is one transaction, as a click is. What
    is left of it is then read by the auditor: the trail.
    """

    @classmethod
    def default_env_context(cls):
        # With chatter and tracking, as for everybody.
        return {"lang": "en_US"}

    @classmethod
    def _set_up_users(cls):
        result = super()._set_up_users()
        cls.chief = cls._new_user("complaint_chief", "manager")
        cls.storekeeper = cls._new_user("storekeeper", email="store@example.com")
        for user, name in (
            (cls.agent, "周婷"),
            (cls.colleague, "刘洋"),
            (cls.supervisor, "王建国"),
            (cls.manager, "陈静"),
            (cls.chief, "赵敏"),
            (cls.quality_user, "孙丽"),
            (cls.archivist, "郑文"),
            (cls.auditor, "吴刚"),
            (cls.storekeeper, "何库"),
        ):
            user.name = name
        return result

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The administrator and users of demo data have roles as well.
        for role, kept in (
            ("manager", cls.manager | cls.chief),
            ("quality", cls.quality_user),
        ):
            group = cls.quick_ref(f"customer_complaint.group_complaint_{role}")
            (group.all_user_ids - kept).active = False
        cls.company._complaint_create_missing_plans()
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "增值税 13%",
                "amount": 13,
                "country_id": cls.company.account_fiscal_country_id.id
                or cls.quick_ref("base.cn").id,
            }
        )

    # ------------------------------------------------------------------
    # WHAT PEOPLE DO
    # ------------------------------------------------------------------

    @contextmanager
    def _at(self, moment):
        """Do something at a time, e.g. ``"03-04 09:20"``, as one transaction."""
        local = datetime.strptime(f"{YEAR}-{moment}", "%Y-%m-%d %H:%M")
        zone = pytz.timezone(self.company.complaint_tz)
        utc = zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
        # Records are dated by the transaction.
        with freeze_time(utc), patch.object(self.cr, "_now", utc):
            yield
            # What the end of a transaction does: the history is written.
            self.env.flush_all()
            self.cr.flush()

    def _create_customer(self, name, **values):
        return self.env["res.partner"].create({"name": name, **values})

    def _sell(self, partner, *goods):
        """Create a confirmed order.

        :param goods: pairs of product values and quantity
        """
        products = self.env["product.product"].create(
            [{"taxes_id": [Command.set(self.tax.ids)], **vals} for vals, _qty in goods]
        )
        return self._create_confirmed_order(
            partner_id=partner.id,
            order_line=[
                Command.create({"product_id": product.id, "product_uom_qty": quantity})
                for product, (_vals, quantity) in zip(products, goods, strict=True)
            ],
        )

    def _register(self, user, order, category, ticked, **values):
        """Open a complaint from its order by the dialog.

        :param dict ticked: for the index of an order line, the values of its line
        """
        action = order.with_user(user).action_open_complaint()
        dialog = Form(self._follow(action, user))
        dialog.category_id = self.quick_ref(
            f"customer_complaint.category_{category}"
        ).with_user(user)
        for name, value in values.items():
            dialog[name] = value
        for index, line_values in ticked.items():
            with dialog.line_ids.edit(index) as line:
                line.is_selected = True
                for name, value in line_values.items():
                    line[name] = value
        result = dialog.save().action_open()
        return self.env["customer.complaint"].with_user(user).browse(result["res_id"])

    @classmethod
    def _edit(cls, record, user, **values):
        """Fill in the form of a record as a user, and save."""
        cls._save_form(record.with_user(user), **values)
        return record

    def _add(self, complaint, model, user, **values):
        """Create what hangs on a complaint, by its form."""
        model = (
            self.env[f"customer.complaint.{model}"]
            .with_user(user)
            .with_context(default_complaint_id=complaint.id)
        )
        return self._save_form(model, **values)

    def _sign_verifications(self, complaint, user):
        self._verify(complaint.with_user(user))

    def _ask_for_review(self, complaint, user, **values):
        action = complaint.with_user(user).action_request_review()
        return self._save_form(self._follow(action, user), **values)

    def _settle(self, action, **values):
        self._save_form(self._follow(action), **values).action_settle()

    def _tell_by(self, action, **values):
        """Fill in the dialog of telling that another button opened."""
        self._save_form(self._follow(action), **values).action_tell()

    @staticmethod
    def _notes(opinion="维持原处理意见。"):
        return {
            "process_note": "受理、核查、告知程序完整。",
            "time_note": "各环节均在期限内完成。",
            "result_note": "证据支持结论。",
            "opinion": opinion,
        }

    # ------------------------------------------------------------------
    # THE TRAIL
    # ------------------------------------------------------------------

    def _read_trail(self, complaint):
        """Return who did what when, as the auditor can read it.

        From the chatters of the complaint and of what hangs on it, and the list of
        its papers.

        :rtype: list[tuple[str, str, str]]
        """
        own = complaint.with_user(self.auditor).with_context(lang="en_US")
        own.env.invalidate_all()
        entries = self._read_chatter(own, "")
        for name in THREADS:
            for record in own[name]:
                entries += self._read_chatter(record, f"[{record.display_name}] ")
        entries += [
            (paper.create_date, 0, paper.create_uid.name, f"Filed: {paper.name}")
            for paper in own.document_ids
        ]
        return [
            (author, self._format_when(date), text)
            for date, _id, author, text in sorted(entries)
        ]

    def _read_chatter(self, record, prefix):
        messages = record.message_ids.sorted("id")
        data = Store().add(messages).get_result()
        partners = {row["id"]: row["name"] for row in data.get("res.partner", [])}
        rows = {row["id"]: row for row in data.get("mail.message", [])}
        return [
            (
                message.date,
                message.id,
                partners.get(rows[message.id]["author_id"], "?"),
                prefix + self._read_message(message, rows[message.id]),
            )
            for message in messages
        ]

    @staticmethod
    def _read_message(message, row):
        """Return what the chatter shows of a message, on one line."""
        parts = [message.subtype_id.description or ""]
        parts.append(" / ".join(html2plaintext(message.body).split("\n")))
        for tracked in row.get("trackingValues", []):
            old, new = (tracked[f"{side}Value"] for side in ("old", "new"))
            label = tracked["fieldInfo"]["changedField"]
            parts.append(f"{label}: {old or '-'} → {new or '-'}")
        return "; ".join(filter(None, parts))

    def _format_when(self, moment):
        zone = self.auditor.with_context(tz=self.company.complaint_tz)
        return fields.Datetime.context_timestamp(zone, moment).strftime("%m-%d %H:%M")

    def assertTrail(self, complaint, expected):
        """Check that the trail tells these steps in this order.

        :param expected: tuples of user, time, and texts that stand in the entry
        """
        trail = self._read_trail(complaint)
        told = "\n".join(" | ".join(entry) for entry in trail)
        rest = iter(trail)
        for user, when, *texts in expected:
            is_told = any(
                author == user.name
                and moment == when
                and all(wanted in text for wanted in texts)
                for author, moment, text in rest
            )
            self.assertTrue(
                is_told, f"{user.name} {when} {texts} is not told, or not then:\n{told}"
            )
        for entry, other in pairwise(trail):
            self.assertNotEqual(entry, other, f"told twice in\n{told}")
        for author, _when, text in trail:
            self.assertNotIn(author, ("OdooBot", "?", ""), text)
            self.assertTrue(text.strip(), f"an empty entry in\n{told}")

    def assertSealed(self, complaints):
        """Check that the archive cards are sealed by who ended the complaints."""
        for complaint in complaints:
            card = complaint.archive_card_id
            self.assertEqual(card.state, "sealed")
            self.assertEqual(card.sealed_by_id, complaint.closed_by_id)
