from itertools import permutations

from odoo.tests import freeze_time, tagged

from odoo.addons.customer_complaint_deadline.tests.clock_common import at

from .extension_common import MoreTimeCase

NOW = "2026-03-20 16:00"
# What of a deadline must not depend on the order in which facts become known.
RESULT_FIELDS = (
    "state",
    "round",
    "turn",
    "date_start",
    "date_due",
    "date_done",
    "late_by",
    "extended_by",
)


@tagged("post_install", "-at_install", "slow")
@freeze_time(at(NOW))
class TestClockFactsOrder(MoreTimeCase):
    """The same facts give the same deadlines, in whatever order they become known.

    All facts lie in the past; each order enters them one after the other, as people
    do who catch up on their records.
    """

    # ------------------------------------------------------------------
    # FACTS
    # ------------------------------------------------------------------

    def _enter_pause(self, complaint, date_from, date_to=False, **values):
        # As the dialog does: the notice is that of the pause that follows.
        complaint = complaint.with_context(complaint_pause_follows=True)
        notice = self._notice(complaint, date=at(date_from))
        return self._enter(
            complaint,
            date_from=at(date_from),
            date_to=date_to and at(date_to),
            notice_id=notice.id,
            **values,
        )

    def _pause_for_test(self, complaint):
        self._enter_pause(complaint, "2026-03-03 09:00", "2026-03-06 09:00")

    def _pause_for_mediation(self, complaint):
        self._enter_pause(
            complaint, "2026-03-05 09:00", "2026-03-08 09:00", kind="mediation"
        )

    def _pause_and_resume_at_once(self, complaint):
        pause = self._enter_pause(complaint, "2026-03-10 09:00")
        pause._resume(at("2026-03-10 09:00"))

    def _pause_then_resume(self, complaint):
        pause = self._enter_pause(complaint, "2026-03-12 09:00", kind="appraisal")
        pause._resume(at("2026-03-14 09:00"))

    def _pause_untold(self, complaint):
        self._enter(
            complaint,
            date_from=at("2026-03-15 09:00"),
            date_to=at("2026-03-18 09:00"),
            kind="evaluation",
        )

    def _pause_in_error(self, complaint):
        pause = self._enter_pause(complaint, "2026-03-15 09:00", "2026-03-19 09:00")
        pause.with_user(self.supervisor)._void("该样品未送检。")

    def _wait_for_customer(self, complaint):
        self._enter_pause(
            complaint, "2026-03-16 09:00", "2026-03-18 09:00", kind="customer"
        )

    def _choose_cbirc(self, complaint):
        complaint.with_user(self.manager).policy_id = self.cbirc

    def _choose_retail(self, complaint):
        complaint.with_user(self.manager).policy_id = self.retail

    def _tell_progress(self, complaint):
        self._record_notice(
            complaint, "progress", self.agent, date=at("2026-03-09 10:00")
        )

    def _tell_progress_again(self, complaint):
        self._record_notice(
            complaint, "progress", self.agent, date=at("2026-03-13 10:00")
        )

    def _extend_answer(self, complaint):
        deadline = complaint.sudo().deadline_ids.filtered(
            lambda deadline: (
                deadline.extending_role == "manager" and deadline.state != "replaced"
            )
        )
        self._extend(deadline, length=10)

    def _withdraw_on(self, complaint):
        with freeze_time(at("2026-03-19 16:00")):
            self._withdraw(complaint, date_withdrawn=at("2026-03-17 12:00").date())

    def _reopen_on(self, complaint):
        self._reopen(complaint, date_new_facts=at("2026-03-20 10:00"))

    # ------------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------------

    def _get_result(self, facts, policy, **values):
        """Return the deadlines that follow from facts entered in this order."""
        complaint = self._receive(
            "2026-03-02 10:00", policy, complexity="special", **values
        )
        for enter in facts:
            enter(complaint)
        deadlines = complaint.sudo().deadline_ids.filtered(
            lambda deadline: deadline.state != "replaced"
        )
        results = sorted(
            (
                deadline.milestone_id.id,
                deadline.round,
                deadline.turn,
                *(str(deadline[name]) for name in RESULT_FIELDS),
            )
            for deadline in deadlines
        )
        shown = (complaint.date_deadline, complaint.was_late, complaint.is_paused)
        return results, shown

    def _check_orders(self, facts, policy, allowed=lambda order: True, **values):
        """Compare the result of all orders that are allowed."""
        orders = [order for order in permutations(facts) if allowed(order)]
        expected = self._get_result(orders[0], policy, **values)
        for order in orders[1:]:
            with self.subTest([fact.__name__ for fact in order]):
                self.assertEqual(self._get_result(order, policy, **values), expected)
        return expected

    def _get_due(self, facts):
        """Return when the answer is due after these facts."""
        complaint = self._receive("2026-03-02 10:00", self.cbirc, complexity="special")
        for enter in facts:
            enter(complaint)
        return self._get_deadline(complaint, "cbirc_answer_special").date_due

    # ------------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------------

    def test_pauses(self):
        self._check_orders(
            (
                self._pause_for_test,
                self._pause_for_mediation,
                self._pause_then_resume,
                self._pause_untold,
            ),
            self.cbirc,
        )

    def test_pauses_notices_and_extension(self):
        self._check_orders(
            (
                self._pause_for_test,
                self._extend_answer,
                self._tell_progress,
                self._pause_in_error,
            ),
            self.retail,
        )

    def test_pauses_and_another_policy(self):
        self._check_orders(
            (
                self._pause_for_test,
                self._choose_cbirc,
                self._wait_for_customer,
                self._tell_progress,
            ),
            self.retail,
        )

    def test_extension_of_the_new_policy(self):
        """Back and forth between policies, with time added to a limit of the last."""

        def is_allowed(order):
            places = [
                order.index(fact)
                for fact in (
                    self._choose_cbirc,
                    self._choose_retail,
                    self._extend_answer,
                )
            ]
            # The limit extended is one of the retail policy.
            there, back, extended = places
            return there < back and not there < extended < back

        self._check_orders(
            (
                self._choose_cbirc,
                self._choose_retail,
                self._extend_answer,
                self._pause_then_resume,
            ),
            self.retail,
            is_allowed,
        )

    def test_turns_of_what_recurs(self):
        self._check_orders(
            (
                self._tell_progress,
                self._tell_progress_again,
                self._pause_for_test,
                self._pause_then_resume,
            ),
            self.retail,
        )

    def test_withdrawal_and_reopening(self):
        """What is known before the withdrawal, in any order; then it is reopened."""
        first = (self._pause_for_test, self._tell_progress, self._choose_cbirc)
        expected = None
        for order in permutations(first):
            facts = (*order, self._withdraw_on, self._reopen_on)
            result = self._get_result(facts, self.retail)
            expected = expected or result
            with self.subTest([fact.__name__ for fact in order]):
                self.assertEqual(result, expected)

    def test_policy_changed_before_or_after_the_reopening(self):
        before = (self._choose_cbirc, self._withdraw_on, self._reopen_on)
        after = (self._withdraw_on, self._reopen_on, self._choose_cbirc)

        def get_round(facts):
            results, shown = self._get_result(facts, self.retail)
            return [result for result in results if result[1] == 2], shown

        self.assertEqual(get_round(before), get_round(after))

    def test_facts_after_the_reopening(self):
        """A pause of the first round that reaches into the second counts there, too."""

        def pause_over_the_end(complaint):
            self._enter_pause(complaint, "2026-03-16 09:00")

        results = [
            self._get_result(facts, self.cbirc)[0]
            for facts in (
                (pause_over_the_end, self._withdraw_on, self._reopen_on),
                (self._withdraw_on, self._reopen_on),
            )
        ]
        # It ended with the withdrawal: the second round runs alike.
        self.assertEqual(
            *[[row for row in result if row[1] == 2] for result in results]
        )

    # ------------------------------------------------------------------
    # WHAT A PAUSE MAY DO
    # ------------------------------------------------------------------

    def test_a_later_pause_never_makes_a_deadline_earlier(self):
        facts = (
            self._pause_for_test,
            self._extend_answer,
            self._pause_for_mediation,
            self._pause_then_resume,
            self._pause_untold,
            self._wait_for_customer,
        )
        dues = [self._get_due(facts[:count]) for count in range(len(facts) + 1)]
        self.assertEqual(dues, sorted(dues))
        self.assertLess(dues[0], dues[-1])

    def test_overlapping_pauses_count_once(self):
        both = self._get_due((self._pause_for_test, self._pause_for_mediation))

        def pause_for_both(complaint):
            self._enter_pause(complaint, "2026-03-03 09:00", "2026-03-08 09:00")

        self.assertEqual(both, self._get_due((pause_for_both,)))
        self.assertEqual(both, at("2026-04-06 23:59:59"))

    def test_what_counts_for_nothing_changes_nothing(self):
        plain = self._get_due(())
        for fact in (
            self._pause_and_resume_at_once,
            self._pause_untold,
            self._pause_in_error,
            self._wait_for_customer,
        ):
            with self.subTest(fact.__name__):
                self.assertEqual(self._get_due((fact,)), plain)

    def test_syncing_again_changes_nothing(self):
        complaint = self._receive("2026-03-02 10:00", self.retail, complexity="special")
        for enter in (self._pause_for_test, self._extend_answer, self._tell_progress):
            enter(complaint)
        before = complaint.sudo().deadline_ids.read(RESULT_FIELDS)
        extension, pauses = complaint.extension_ids, complaint.pause_ids
        stamps = (extension | extension).mapped("write_date"), pauses.mapped("state")
        complaint._sync_deadlines()
        complaint._apply_policy()
        self.assertEqual(complaint.sudo().deadline_ids.read(RESULT_FIELDS), before)
        self.assertEqual(
            (extension.mapped("write_date"), pauses.mapped("state")), stamps
        )
