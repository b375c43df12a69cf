from . import test_notice
from . import test_decision
from . import test_paper_requirement
from . import test_archive_paper
from . import test_report
from . import test_refuse_accepted
from . import test_notice_flow
from . import test_authorisation
