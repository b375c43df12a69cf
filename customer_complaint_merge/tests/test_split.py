from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.customer_complaint.tests.common import CustomerComplaintCommon


class SplitCase(CustomerComplaintCommon):
    """A complaint about two products."""

    def _create_double(self, user=None, **values):
        """Create a complaint about both products of the order."""
        return self._create_complaint(
            user,
            line_ids=[
                Command.create(
                    {"sale_order_line_id": self.cream_line.id, "quantity": 3}
                ),
                Command.create(
                    {"sale_order_line_id": self.syrup_line.id, "quantity": 5}
                ),
            ],
            **values,
        )

    def _split(self, complaint, lines=(), documents=(), user=None, **values):
        """Split a complaint by the dialog and return the new one."""
        complaint = complaint.with_user(user or self.agent)
        dialog = (
            complaint.env["customer.complaint.split"]
            .with_context(**complaint.action_split()["context"])
            .create(
                {
                    "line_ids": [Command.set([line.id for line in lines])],
                    "document_ids": [Command.set([paper.id for paper in documents])],
                    "description": "止咳糖浆瓶口破损。",
                    **values,
                }
            )
        )
        return complaint.browse(dialog.action_split()["res_id"])


@tagged("post_install", "-at_install")
class TestSplit(SplitCase):
    """Products and papers of another matter go to a complaint of their own."""

    def _file_authority(self, complaint):
        """File the papers of a representative, where they are asked for."""
        if "notice_ids" in complaint._fields:
            original = self._upload("授权书.jpg")
            self._create_document(
                complaint,
                "authorisation",
                is_original=True,
                attachment_ids=[Command.set(original.ids)],
            )
            self._create_document(complaint, "representative_identity")

    def test_products_and_papers_move_to_a_new_complaint(self):
        complaint = self._create_double()
        complaint._write_unguarded(
            {"purchase_date": "2026-05-01", "date_received": "2026-05-04 01:00:00"}
        )
        file = self._upload("瓶口.jpg")
        photo = self._create_document(complaint, attachment_ids=[Command.set(file.ids)])
        receipt = self._create_document(complaint, "receipt")
        self._take_to(complaint, "investigating")
        complaint.representation = "agent"
        self._file_authority(complaint)
        cream, syrup = complaint.line_ids
        new = self._split(
            complaint,
            syrup,
            photo,
            subject="糖浆瓶口破损",
            category_id=self.category_service.id,
        )
        self.assertRecordValues(
            new,
            [
                {
                    "state": "registered",
                    "subject": "糖浆瓶口破损",
                    "description": "止咳糖浆瓶口破损。",
                    "partner_id": self.customer.id,
                    "representation": "agent",
                    "phone": complaint.phone,
                    "sale_order_id": self.order.id,
                    "channel_id": self.channel.id,
                    "received_by_id": self.agent.id,
                    "date_received": complaint.date_received,
                    "category_id": self.category_service.id,
                    "team_id": self.team.id,
                    "split_from_id": complaint.id,
                    "line_ids": syrup.ids,
                    "document_ids": photo.ids,
                }
            ],
        )
        self.assertNotEqual(new.name, complaint.name)
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "investigating",
                    "line_ids": cream.ids,
                    "split_count": 1,
                    "split_ids": new.ids,
                }
            ],
        )
        self.assertIn(receipt, complaint.document_ids)
        self.assertNotIn(photo, complaint.document_ids)
        self.assertEqual(syrup.quantity, 5, "neither lost nor claimed twice")
        self.assertRecordValues(file, [{"res_model": photo._name, "res_id": photo.id}])
        self.assertEqual(photo.attachment_ids, file)
        self.assertFalse(photo.card_id, "the new complaint has no card yet")
        self.assertEqual(receipt.card_id, complaint.archive_card_id)
        self.assertIn(new.name, complaint.message_ids[0].body)
        self.assertIn(complaint.name, new.message_ids[0].body)
        # The papers of the representation stay behind and need not be brought again.
        new.action_accept()
        self.assertEqual(photo.card_id, new.archive_card_id)

    def test_new_complaint_goes_its_own_way(self):
        complaint = self._create_double()
        new = self._split(complaint, complaint.line_ids[1])
        self._take_to(new, "closed")
        self._take_to(complaint, "closed")
        self.assertEqual(new.line_ids.product_id, self.syrup)

    def test_something_moves_and_something_stays(self):
        complaint = self._create_double()
        with self.assertRaisesRegex(UserError, "choose a product or paper"):
            self._split(complaint)
        with self.assertRaisesRegex(UserError, "neither product nor paper"):
            self._split(complaint, complaint.line_ids)
        other = self._create_complaint(sale_order_id=False, line_ids=[])
        paper = self._create_document(other)
        with self.assertRaisesRegex(UserError, "only its own"):
            self._split(complaint, complaint.line_ids[0], paper)
        self.assertEqual(len(complaint.line_ids), 2)

    def test_ended_complaint_is_not_split(self):
        complaint = self._create_double()
        self._withdraw(complaint)
        with self.assertRaisesRegex(UserError, "has ended"):
            self._split(complaint, complaint.line_ids[0])

    def test_system_sets_the_links(self):
        complaint = self._create_double()
        for vals in ({"split_from_id": complaint.id}, {"split_count": 2}):
            with self.assertRaisesRegex(UserError, "sets these by itself"):
                complaint.write(vals)

    def test_guard_holds_for_everything_else(self):
        complaint = self._create_double()
        other = self._create_complaint(sale_order_id=False, line_ids=[])
        paper = self._create_document(complaint)
        for record in (complaint.line_ids[0], paper):
            with self.assertRaisesRegex(UserError, "stays with its complaint"):
                record.write({"complaint_id": other.id})

    def test_confidential_paper_moves_by_who_may_read_it(self):
        complaint = self._create_double(user_id=self.supervisor.id)
        identity = self._create_document(
            complaint, "identity", self.supervisor, confidentiality="confidential"
        )
        with self.assertRaises(AccessError):
            self._split(complaint, documents=identity, user=self.colleague)
        new = self._split(complaint, documents=identity, user=self.supervisor)
        self.assertEqual(identity.complaint_id, new)
        self.assertEqual(identity.confidentiality, "confidential")
        with self.assertRaises(AccessError):
            identity.with_user(self.colleague).read(["name"])

    def test_strangers_split_nothing(self):
        complaint = self._create_double(category_id=self.category_service.id)
        line = complaint.line_ids[0]
        paper = self.env["customer.complaint.archive.document"]
        vals = {"description": "无", "category_id": self.category.id}
        for user in (self.stranger, self.auditor, self.quality_user, self.employee):
            with self.assertRaises(AccessError):
                complaint.with_user(user)._split_off(
                    line.with_user(user), paper.with_user(user), vals
                )

    def test_recused_people_split_nothing(self):
        complaint = self._create_double(category_id=self.category_service.id)
        line = complaint.line_ids[0]
        self._recuse(complaint, self.agent)
        with self.assertRaisesRegex(AccessError, "recused"):
            self._split(complaint, line)
        new = self._split(complaint, line, user=self.colleague)
        self.assertEqual(new.received_by_id, self.agent)

    def test_salesperson_of_others_splits_without_reading_the_order(self):
        seller = self._new_seller()
        complaint = self._create_double()
        self.team.member_ids = [Command.link(seller.id)]
        new = self._split(complaint, complaint.line_ids[1], user=seller)
        self.assertEqual(new.sudo().sale_order_id, self.order)

    def _new_seller(self):
        user = self.env(su=True)["res.users"].create(
            {
                "name": "赵敏",
                "login": "complaint_seller",
                "group_ids": [
                    Command.set(
                        [
                            self.env.ref(name).id
                            for name in (
                                "customer_complaint.group_complaint_agent",
                                "sales_team.group_sale_salesman",
                            )
                        ]
                    )
                ],
            }
        )
        return user
