from . import test_goods_back
