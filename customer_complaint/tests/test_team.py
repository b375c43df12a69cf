from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CustomerComplaintCommon


@tagged("post_install", "-at_install")
class TestTeam(CustomerComplaintCommon):
    """Units stand under each other: shop, area, head office."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area_leader = cls._new_user("complaint_area_leader", "supervisor")
        cls.head = cls._new_user("complaint_head", "supervisor")
        Team = cls.env["customer.complaint.team"]
        cls.head_office = Team.create({"name": "总部", "leader_id": cls.head.id})
        cls.area = Team.create(
            {
                "name": "华东区",
                "leader_id": cls.area_leader.id,
                "parent_id": cls.head_office.id,
            }
        )
        cls.shop = Team.create({"name": "南京路店", "parent_id": cls.area.id})

    def test_superiors_are_the_leaders_above_the_nearest_first(self):
        self.assertEqual(
            self.shop._get_superior_leaders().ids, [self.area_leader.id, self.head.id]
        )
        self.area.leader_id = False
        self.assertEqual(self.shop._get_superior_leaders(), self.head)
        self.assertFalse(self.head_office._get_superior_leaders())

    def test_no_team_stands_under_itself(self):
        with self.assertRaisesRegex(ValidationError, "under itself"):
            self.head_office.parent_id = self.shop
