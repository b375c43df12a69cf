from . import test_goods_back
from . import test_repair
