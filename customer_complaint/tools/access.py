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
