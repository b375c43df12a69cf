from typing import NamedTuple

from odoo.fields import Domain


class Figure(NamedTuple):
    """What the overview counts, and the list that a click on it opens."""

    # By which a click names it
    name: str
    # What it counts, in the reader's language
    label: str
    # The model of what is counted, and which of its records
    model: str
    domain: Domain
    # The XML id of the list, and its filters that leave what is counted
    action: str
    filters: tuple[str, ...]
    # Where it stands among the others
    sequence: int
    # The field that leads to the team; without one it is counted once, for the user
    team_path: str = ""
    # "danger" or "warning", where somebody has to hurry
    tone: str = ""

    def of_handler(self, uid):
        """Return the figure as it is counted for whoever handles the complaints.

        :param int uid: the user
        :rtype: Figure
        """
        return self._replace(
            name=f"my_{self.name}",
            domain=self.domain & Domain("user_id", "=", uid),
            filters=("my", *self.filters),
            team_path="",
        )
