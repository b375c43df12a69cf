from . import customer_complaint_print
from . import customer_complaint_archive_card_report
from . import customer_complaint_settlement_report
