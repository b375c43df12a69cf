from dataclasses import dataclass

from ..const import AGENT, MANAGER, SUPERVISOR

ROLE_GROUPS = {"agent": AGENT, "supervisor": SUPERVISOR, "manager": MANAGER}


@dataclass(frozen=True)
class Step:
    """One who has to approve.

    :param int tier_id: of a ladder, where there is one
    :param str role: whose right it is: a key of ``ROLE_GROUPS``, or ``people``
    :param str name: in the language of the reader
    :param tuple people: ids of the users who approve when people are named
    :param bool lacks_people: people are to be named and nobody is: managers stand in
    """

    tier_id: int
    role: str
    name: str = ""
    people: tuple[int, ...] = ()
    lacks_people: bool = False


# Who leads the case approves.
SUPERVISOR_STEP = Step(0, "supervisor")
