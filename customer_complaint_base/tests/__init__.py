from . import test_chinese_amount
from . import test_clock
from . import test_clock_edges
from . import test_clock_properties
