import ast
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ADDONS = Path(__file__).parents[2]


@tagged("post_install", "-at_install")
class TestButtons(TransactionCase):
    """What a button calls can be called from elsewhere as well."""

    def test_every_action_returns_something(self):
        """XML-RPC carries no None: the step would be taken, and nobody told."""
        silent = [
            f"{path.name}: {method.name}"
            for path in ADDONS.glob("customer_complaint*/*/*.py")
            if path.parent.name in ("models", "wizard")
            for method in ast.walk(ast.parse(path.read_text()))
            if isinstance(method, ast.FunctionDef)
            and method.name.startswith("action_")
            and self._ends_silently(method)
        ]
        self.assertFalse(silent)

    def _ends_silently(self, method):
        returns = [node for node in ast.walk(method) if isinstance(node, ast.Return)]
        if any(node.value is None for node in returns):
            return True
        return not isinstance(method.body[-1], ast.Return | ast.Raise)
