from . import test_close_conditions
from . import test_proceeding
from . import test_review
from . import test_review_clock
from . import test_review_notice
