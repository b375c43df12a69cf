from odoo import fields
from odoo.tests import tagged

from .story_case import StoryCase


@tagged("post_install", "-at_install", "slow")
class TestStories(StoryCase):
    """An allergy, a drug lot and a rude cashier: three of the six stories."""

    def _sell_cosmetics(self):
        self.buyer = self._create_customer(
            "林晓雯", phone="138 0013 8000", email="lin@example.com", city="北京"
        )
        return self._sell(
            self.buyer,
            ({"name": "舒缓面霜 50 g", "list_price": 268.0}, 1),
            ({"name": "玫瑰爽肤水 200 ml", "list_price": 99.0}, 2),
        )

    # ------------------------------------------------------------------
    # AN ALLERGY TO A FACE CREAM, AND A BOTTLE THAT LEAKED
    # ------------------------------------------------------------------

    def test_allergy_split_and_half_of_it_withdrawn(self):
        with self._at("03-03 08:00"):
            order = self._sell_cosmetics()
        with self._at("03-04 09:20"):
            allergy = self._register(
                self.agent,
                order,
                "allergy",
                {0: {"lot_name": "SY0918"}, 1: {"quantity": 1, "lot_name": "SH1102"}},
                description="使用面霜第二天两颊出现红斑，眼睑肿胀；爽肤水瓶口渗漏。",
                demand="退货，承担误工费和交通费。",
            )
            cream, toner = allergy.line_ids
            self._edit(
                allergy,
                self.agent,
                gender="female",
                age=29,
                event_place="消费者家中",
                usage="每晚洁面后使用一次，常温存放。",
            )
            cream.write({"production_date": "2030-01-15", "expiry_date": "2033-01-14"})
        with self._at("03-04 09:40"):
            for kind, name in (
                ("receipt", "购物小票 BJ-0038215"),
                ("medical", "皮肤科病历及诊断证明"),
            ):
                self._create_document(allergy, kind, name=name)
            leak = self._create_document(allergy, "photo", name="瓶口渗漏照片")
        with self._at("03-04 09:42"):
            self._create_document(allergy, "photo", name="另一顾客的照片").unlink()
        with self._at("03-04 09:45"):
            allergy.action_accept()
        with self._at("03-04 09:50"):
            self._tell(allergy, "receipt", way="hand", proof_ref="林晓雯当面签收")
        with self._at("03-04 10:00"):
            bottle = self._split(allergy, toner, leak)
        with self._at("03-04 11:00"):
            self._sign_verifications(allergy, self.agent)
        with self._at("03-04 14:00"):
            allergy.with_user(self.quality_user).action_investigate()
        with self._at("03-05 09:00"):
            self._withdraw(bottle, self.agent, withdrawal_reason="柜台已当场换货。")
        with self._at("03-05 10:00"):
            sample = self._add(
                allergy,
                "evidence",
                self.quality_user,
                kind="sample",
                name="投诉样品 SY0918",
                source="林晓雯",
                location="质管部 3 号柜",
            )
        with self._at("03-06 10:00"):
            self._edit(
                sample, self.quality_user, sample_state="sent_on", location="市检验所"
            )
        with self._at("03-06 10:30"):
            test = self._add(
                allergy,
                "evidence",
                self.quality_user,
                kind="outside_test",
                name="斑贴试验及成分检验",
                date_test_sent=fields.Date.to_date("2031-03-06"),
                date_test_due=fields.Date.to_date("2031-03-12"),
            )
        with self._at("03-12 15:00"):
            self._edit(
                test,
                self.quality_user,
                date_test_back=fields.Date.to_date("2031-03-12"),
                test_result="各项指标合格；对其中一种香料成分过敏。",
            )
        with self._at("03-12 16:00"):
            self._edit(
                allergy,
                self.quality_user,
                conclusion="partly",
                conclusion_note="产品合格，包装上的过敏提示不醒目。",
                cause="product",
                responsible_party="supplier",
                reportability="report",
                reportability_reason="病历证实为化妆品不良反应。",
                report_authority="朝阳区市场监督管理局",
            )
        with self._at("03-12 16:10"):
            allergy.with_user(self.quality_user).action_confirm_findings()
        with self._at("03-13 09:00"):
            self._edit(
                allergy,
                self.quality_user,
                report_reference="HZP-2031-0312",
                date_reported=fields.Date.to_date("2031-03-13"),
            )
        with self._at("03-13 10:00"):
            allergy.with_user(self.quality_user).action_remediate()
        with self._at("03-13 10:30"):
            self._grant(
                allergy,
                {"kind": "refund", "amount": 268},
                {"kind": "lost_wages", "amount": 592.5},
                user=self.quality_user,
            )
        with self._at("03-13 11:00"):
            self._write_decision(allergy)
        with self._at("03-13 11:30"):
            self._tell(allergy, way="hand", proof_ref="林晓雯当面签收处理意见书")
        with self._at("03-14 09:00"):
            self._create_document(allergy, "agreement", name="消费者补偿协议")
        with self._at("03-20 17:00"):
            allergy.action_close()
        self.assertRecordValues(
            allergy | bottle,
            [
                {
                    "state": "closed",
                    "user_id": self.agent.id,
                    "conclusion_confirmed_by_id": self.quality_user.id,
                    "decided_by_id": self.quality_user.id,
                    "closed_by_id": self.agent.id,
                    "compensation_total": 860.5,
                },
                {
                    "state": "withdrawn",
                    "user_id": self.agent.id,
                    "conclusion_confirmed_by_id": False,
                    "decided_by_id": False,
                    "closed_by_id": self.agent.id,
                    "compensation_total": 0,
                },
            ],
        )
        self.assertEqual(cream.price_unit, 268)
        self.assertEqual(toner.complaint_id, bottle)
        self.assertEqual(bottle.split_from_id, allergy)
        self.assertEqual(bottle.date_received, allergy.date_received)
        self.assertEqual(
            allergy.document_ids.mapped("name"),
            ["购物小票 BJ-0038215", "皮肤科病历及诊断证明", "消费者补偿协议"],
        )
        self.assertSealed(allergy)
        self.assertTrail(
            allergy,
            [
                (self.agent, "03-04 09:20", "registered"),
                (self.agent, "03-04 09:40", "Filed: 购物小票"),
                (self.agent, "03-04 09:42", "Papers deleted: 另一顾客的照片"),
                (self.agent, "03-04 09:45", "Registered → Accepted"),
                (
                    self.agent,
                    "03-04 09:50",
                    "“Acknowledgement of Receipt” told to 林晓雯",
                ),
                (
                    self.agent,
                    "03-04 10:00",
                    "Split off to TS/",
                    "玫瑰爽肤水 200 ml",
                    "瓶口渗漏照片",
                ),
                (
                    self.agent,
                    "03-04 11:00",
                    "Complainant Verified By: - → 周婷",
                    "Matter Verified By: - → 周婷",
                    "Record Verified By: - → 周婷",
                ),
                (
                    self.quality_user,
                    "03-04 14:00",
                    "Accepted → Investigating",
                ),
                (self.quality_user, "03-05 10:00", "Evidence entered: 投诉样品 SY0918"),
                (
                    self.quality_user,
                    "03-06 10:00",
                    "质管部 3 号柜 → 市检验所",
                    "Asked For → Passed On",
                ),
                (
                    self.quality_user,
                    "03-06 10:30",
                    "Evidence entered: 斑贴试验及成分检验",
                ),
                (
                    self.quality_user,
                    "03-12 15:00",
                    "Result Received On: - → 2031-03-12",
                ),
                (
                    self.quality_user,
                    "03-12 16:00",
                    "Conclusion: - → Partly established",
                    "过敏提示不醒目",
                    "To Be Decided → To Be Reported",
                ),
                (self.quality_user, "03-12 16:10", "Findings Confirmed By: - → 孙丽"),
                (self.quality_user, "03-13 09:00", "Reported On: - → 2031-03-13"),
                (self.quality_user, "03-13 10:00", "Investigating → Decided"),
                (self.quality_user, "03-13 10:30", "Total Compensation: - → 860.5"),
                (self.agent, "03-13 11:30", "“Decision” told to 林晓雯"),
                (self.agent, "03-13 11:30", "Decided → To Close"),
                (self.agent, "03-14 09:00", "Filed: 消费者补偿协议"),
                (self.agent, "03-20 17:00", "To Close → Closed"),
            ],
        )
        self.assertTrail(
            bottle,
            [
                (self.agent, "03-04 10:00", "registered"),
                (self.agent, "03-04 10:00", "Split off from TS/"),
                (
                    self.agent,
                    "03-05 09:00",
                    "柜台已当场换货。",
                    "Registered → Withdrawn",
                ),
            ],
        )

    def _split(self, complaint, lines, papers):
        action = complaint.with_user(self.agent).action_split()
        dialog = self._follow(action).create(
            {
                "line_ids": lines.ids,
                "document_ids": papers.ids,
                "description": "爽肤水瓶口渗漏，要求换货。",
                "category_id": self.quick_ref(
                    "customer_complaint.category_quality_appearance"
                ).id,
            }
        )
        return complaint.browse(dialog.action_split()["res_id"])

    # ------------------------------------------------------------------
    # FOREIGN MATTER IN A LOT OF COUGH SYRUP
    # ------------------------------------------------------------------

    def _sell_syrup(self, name, quantity=2):
        buyer = self._create_customer(name, phone="139 0013 9000", city="北京")
        syrup = {"name": "止咳糖浆 100 ml", "list_price": 36.0}
        return self._sell(buyer, (syrup, quantity))

    def test_drug_lot_merged_reviewed_and_relied_on(self):
        with self._at("04-01 08:00"):
            order = self._sell_syrup("周德海", quantity=3)
            neighbour_order = self._sell_syrup("钱玉兰")
        with self._at("04-01 10:00"):
            drug = self._register(
                self.agent,
                order,
                "quality_foreign",
                {0: {"quantity": 1, "lot_name": "ZK250611"}},
                description="瓶底有絮状异物，已服用两次。",
                demand="退货并说明原因。",
            )
            self._edit(drug, self.agent, gender="male", age=66)
        with self._at("04-01 10:10"):
            drug.action_accept()
        with self._at("04-01 11:00"):
            self._sign_verifications(drug, self.agent)
        with self._at("04-01 15:00"):
            again = self._register(
                self.colleague,
                order,
                "quality_foreign",
                {0: {"quantity": 1, "lot_name": "ZK250611"}},
                description="周先生来电，另一瓶也有异物。",
            )
        with self._at("04-01 15:30"):
            self._ask(
                "merge",
                again,
                self.supervisor,
                target_id=drug,
                reason="同一顾客、同一批号、同一事由。",
            ).action_merge()
        with self._at("04-02 09:00"):
            drug.with_user(self.quality_user).action_investigate()
        with self._at("04-02 09:30"):
            memo = self._add(
                drug,
                "memo",
                self.quality_user,
                name="核对留样",
                recipient_id=self.storekeeper,
                question="请核对批号 ZK250611 的留样。",
                date_due=fields.Datetime.to_datetime("2031-04-03 01:30:00"),
            )
            memo.action_send()
        with self._at("04-02 16:00"):
            self._edit(memo, self.storekeeper, answer="留样同样有絮状物，已封存。")
            memo.with_user(self.storekeeper).action_answer()
        with self._at("04-04 10:00"):
            self._edit(
                drug,
                self.quality_user,
                conclusion="established",
                conclusion_note="留样与投诉样品均有絮状物，该批停售。",
                cause="product",
                responsible_party="supplier",
                **self._not_reported(drug),
            )
            drug.with_user(self.quality_user).action_confirm_findings()
        with self._at("04-04 10:10"):
            drug.with_user(self.quality_user).action_remediate()
        with self._at("04-04 10:30"):
            self._write_decision(drug.with_user(self.quality_user))
        with self._at("04-04 11:00"):
            self._tell(drug, user=self.agent)
        with self._at("04-10 09:00"):
            review = self._ask_for_review(
                drug, self.agent, request="赔偿太少，要求十倍赔偿。"
            )
        with self._at("04-10 10:00"):
            self._edit(review, self.supervisor, reviewer_id=self.supervisor)
        with self._at("04-15 10:00"):
            self._edit(review, self.supervisor, outcome="upheld", **self._notes())
            review.with_user(self.supervisor).action_decide()
        with self._at("04-15 11:00"):
            self._tell(drug, "review", self.agent, way="hand", proof_ref="周德海签收")
        with self._at("04-20 17:00"):
            drug.action_close()
        with self._at("04-21 09:00"):
            neighbour = self._register(
                self.agent,
                neighbour_order,
                "quality_foreign",
                {0: {"lot_name": "ZK250611"}},
                description="同批糖浆，瓶底有絮状物。",
            )
        with self._at("04-21 09:10"):
            neighbour.action_accept()
        with self._at("04-21 09:30"):
            self._sign_verifications(neighbour, self.agent)
        with self._at("04-21 10:00"):
            self._ask(
                "skip_investigation",
                neighbour,
                self.quality_user,
                reason="同一批号已查实。",
                precedent_id=drug,
                conclusion_note="同批产品均有絮状物，同意退货。",
            ).action_skip_investigation()
        with self._at("04-21 10:30"):
            if neighbour.reportability == "to_decide":
                self._edit(
                    neighbour, self.quality_user, **self._not_reported(neighbour)
                )
            self._write_decision(neighbour)
            self._tell(neighbour, user=self.agent)
        with self._at("04-28 17:00"):
            neighbour.action_close()
        self.assertRecordValues(
            drug | again | neighbour,
            [
                {
                    "state": "closed",
                    "decided_by_id": self.quality_user.id,
                    "merged_into_id": False,
                    "merged_count": 1,
                    "precedent_id": False,
                    "review_count": 1,
                },
                {
                    "state": "merged",
                    "decided_by_id": False,
                    "merged_into_id": drug.id,
                    "merged_count": 0,
                    "precedent_id": False,
                    "review_count": 0,
                },
                {
                    "state": "closed",
                    "decided_by_id": self.quality_user.id,
                    "merged_into_id": False,
                    "merged_count": 0,
                    "precedent_id": drug.id,
                    "review_count": 0,
                },
            ],
        )
        self.assertRecordValues(
            review,
            [
                {
                    "state": "told",
                    "outcome": "upheld",
                    "reviewer_id": self.supervisor.id,
                    "reviewed_by_id": self.quality_user.id,
                }
            ],
        )
        self.assertEqual(memo.answered_by_id, self.storekeeper)
        self.assertSealed(drug | neighbour)
        self.assertTrail(
            drug,
            [
                (self.agent, "04-01 10:00", "registered"),
                (self.agent, "04-01 10:10", "Registered → Accepted"),
                (self.agent, "04-01 11:00", "Record Verified By: - → 周婷"),
                (
                    self.supervisor,
                    "04-01 15:30",
                    "Merged into this complaint: TS/",
                    "同一批号",
                ),
                (self.quality_user, "04-02 09:00", "Accepted → Investigating"),
                (self.quality_user, "04-02 09:30", "Memo “核对留样” sent to 何库"),
                (
                    self.storekeeper,
                    "04-02 16:00",
                    "Memo “核对留样” answered and signed by 何库",
                ),
                (
                    self.quality_user,
                    "04-04 10:00",
                    "Conclusion: - → Established",
                    "Findings Confirmed By: - → 孙丽",
                ),
                (self.quality_user, "04-04 10:10", "Investigating → Decided"),
                (self.agent, "04-04 11:00", "“Decision” told to 周德海 (Telephone"),
                (self.agent, "04-04 11:00", "Decided → To Close"),
                (
                    self.agent,
                    "04-10 09:00",
                    "Review asked for on 04/10/2031; to be decided until 05/10/2031",
                ),
                (self.supervisor, "04-10 10:00", "Reviewer: - → 王建国"),
                (
                    self.supervisor,
                    "04-15 10:00",
                    "Review decided: Upheld. 维持原处理意见。",
                ),
                (self.agent, "04-15 11:00", "“Outcome of the Review” told to 周德海"),
                (self.agent, "04-15 11:00", "To Tell → Told"),
                (self.agent, "04-20 17:00", "To Close → Closed"),
            ],
        )
        self.assertTrail(
            again,
            [
                (self.colleague, "04-01 15:00", "registered"),
                (self.supervisor, "04-01 15:30", "Merged into TS/", "同一批号"),
                (self.supervisor, "04-01 15:30", "Registered → Merged"),
            ],
        )
        self.assertTrail(
            neighbour,
            [
                (self.agent, "04-21 09:00", "registered"),
                (self.agent, "04-21 09:10", "Registered → Accepted"),
                (self.agent, "04-21 09:30", "Matter Verified By: - → 周婷"),
                (
                    self.quality_user,
                    "04-21 10:00",
                    "Not investigated; relies on TS/",
                    "同一批号已查实。",
                    "Findings Confirmed By: - → 孙丽",
                    "Accepted → Decided",
                ),
                (self.agent, "04-21 10:30", "“Decision” told to 钱玉兰"),
                (self.agent, "04-21 10:30", "Decided → To Close"),
                (self.agent, "04-28 17:00", "To Close → Closed"),
            ],
        )

    @staticmethod
    def _not_reported(complaint):
        if complaint.reportability != "to_decide":
            return {}
        return {
            "reportability": "no_report",
            "reportability_reason": "未造成人身伤害，由厂家上报。",
        }

    # ------------------------------------------------------------------
    # A CASHIER'S ATTITUDE
    # ------------------------------------------------------------------

    def test_attitude_handled_by_a_colleague_of_who_it_is_about(self):
        with self._at("05-06 08:00"):
            buyer = self._create_customer("马晓东", phone="137 0013 7000")
            order = self._sell(buyer, ({"name": "羊毛大衣", "list_price": 899.0}, 1))
        with self._at("05-06 12:00"):
            attitude = self._register(
                self.agent,
                order,
                "service_attitude",
                {},
                description="换货时收银员大声呵斥，并拒绝十五天内换货。",
                demand="道歉并换货。",
            )
        with self._at("05-06 12:05"):
            attitude.action_accept()
        with self._at("05-06 12:30"):
            self._ask(
                "recuse_myself", attitude, self.agent, reason="被投诉的收银员是我妹妹。"
            ).action_confirm()
        with self._at("05-06 13:00"):
            self._edit(attitude, self.supervisor, user_id=self.colleague)
        with self._at("05-06 14:00"):
            self._sign_verifications(attitude, self.colleague)
        with self._at("05-06 14:10"):
            attitude.with_user(self.colleague).action_investigate()
        with self._at("05-07 10:00"):
            self._add(
                attitude,
                "evidence",
                self.colleague,
                kind="recording",
                name="收银台监控录像",
                source="门店监控室",
                location="门店电脑",
            )
        with self._at("05-07 11:00"):
            self._edit(
                attitude,
                self.colleague,
                conclusion="established",
                conclusion_note="录像证实，换货在期限内。",
                cause="service",
                responsible_party="own",
                responsible_team_id=self.team,
            )
            attitude.with_user(self.supervisor).action_confirm_findings()
        with self._at("05-07 11:10"):
            attitude.with_user(self.colleague).action_remediate()
        with self._at("05-07 11:15"):
            self._grant(
                attitude,
                {"kind": "exchange", "product_id": self.cream.id},
                user=self.colleague,
            )
        with self._at("05-07 11:20"):
            self._write_decision(attitude.with_user(self.colleague))
        with self._at("05-07 12:00"):
            self._tell(
                attitude,
                user=self.colleague,
                outcome="failed",
                failure_reason="无人接听。",
                proof_ref=False,
            )
        with self._at("05-07 18:00"):
            self._tell(attitude, user=self.colleague)
        with self._at("05-12 17:00"):
            attitude.with_user(self.colleague).action_close()
        self.assertRecordValues(
            attitude,
            [
                {
                    "state": "closed",
                    "user_id": self.colleague.id,
                    "accepted_by_id": self.agent.id,
                    "decided_by_id": self.colleague.id,
                    "closed_by_id": self.colleague.id,
                    "is_unreachable": False,
                }
            ],
        )
        self.assertEqual(attitude.recusal_ids.partner_id, self.agent.partner_id)
        self.assertSealed(attitude)
        self.assertTrail(
            attitude,
            [
                (self.agent, "05-06 12:00", "registered"),
                (self.agent, "05-06 12:05", "Registered → Accepted"),
                (
                    self.agent,
                    "05-06 12:30",
                    "Recused: 周婷",
                    "被投诉的收银员是我妹妹。",
                ),
                (self.agent, "05-06 12:30", "Handler: 周婷 → -"),
                (self.supervisor, "05-06 13:00", "Handler: - → 刘洋"),
                (self.colleague, "05-06 14:00", "Complainant Verified By: - → 刘洋"),
                (self.colleague, "05-06 14:10", "Accepted → Investigating"),
                (self.colleague, "05-07 10:00", "Evidence entered: 收银台监控录像"),
                (
                    self.colleague,
                    "05-07 11:00",
                    "Conclusion: - → Established",
                    "Findings Confirmed By: - → 王建国",
                ),
                (self.colleague, "05-07 11:10", "Investigating → Decided"),
                (
                    self.colleague,
                    "05-07 12:00",
                    "马晓东 not reached (Telephone",
                    "无人接听。",
                ),
                (self.colleague, "05-07 18:00", "“Decision” told to 马晓东"),
                (self.colleague, "05-07 18:00", "Decided → To Close"),
                (self.colleague, "05-12 17:00", "To Close → Closed"),
            ],
        )
