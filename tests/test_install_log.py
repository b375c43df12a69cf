"""The addons install without a word of complaint from Odoo."""

import os
from pathlib import Path


def test_no_warnings_while_installing(log_problems):
    # The dependencies were there before, so what is logged here is about our addons.
    log = Path(os.environ["CC_INSTALL_LOG"]).read_text()
    assert not log_problems(log)
