from odoo.exceptions import MissingError


def forbid_as_rule(records, result, operation):
    """Return the result of ``_check_access`` with further records forbidden.

    :param records: what is forbidden besides, for the reason a record rule has
    :param result: of core: what is forbidden, and the error; or nothing
    :param str operation: what was to be done with the records
    :return: as ``result``
    """
    if not records:
        return result
    if result:
        return (result[0] + records, result[1])
    make_error = records.env["ir.rule"]._make_access_error
    return (records, lambda: make_error(operation, records))


def refuse_no_record(records):
    """Refuse an id of 0, which calls from outside send for nothing.

    :raise MissingError: in words, before anything looks for what it holds
    """
    if 0 in records._ids:
        raise MissingError(
            records.env._(
                "There is no such record. Open it anew from its list, and try again."
            )
        )


def refuse_recused(records, result, operation):
    """Return the result of ``_check_access``, without the cases a user is recused from.

    To read how a case stands is left to them, and to create is guarded by the case.

    :param records: complaints or parts of them, asked for
    :param result: of core: what is forbidden, and the error; or nothing
    :param str operation: what is to be done with the records
    :return: as ``result``
    """
    closed = {"write", "unlink"}
    if getattr(records, "_is_hidden_from_recused", False):
        closed.add("read")
    if operation not in closed or records.env.su or not any(records._ids):
        return result
    user = records.env.user
    if user.share:
        return result
    forbidden = result[0] if result else records.browse()
    # Whether they are, whoever may see the case.
    recused_sudo = (
        (records - forbidden)
        .sudo()
        .filtered(lambda record: record._is_closed_to(user.partner_id))
    )
    if not recused_sudo:
        return result
    if result:
        return (forbidden + records.browse(recused_sudo.ids), result[1])
    return (records.browse(recused_sudo.ids), recused_sudo._make_recused_error)
