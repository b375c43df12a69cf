from . import customer_complaint_print
from . import customer_complaint_archive_card_report
from . import customer_complaint_letter_report
from . import customer_complaint_decision_report
from . import customer_complaint_settlement_report
