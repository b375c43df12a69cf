from . import test_clock_facts_order
from . import test_complexity
from . import test_extension
from . import test_superior_decides
