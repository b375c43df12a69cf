from . import (
    access,
    bundle,
    catalogue,
    chinese_amount,
    clock,
    document,
    signature,
)
