from odoo import models


def get_field_label(model, name):
    """Return the label of a field in the language of the environment.

    :param model: recordset of the model
    :param str name: name of the field
    :rtype: str
    """
    return model._fields[name].get_description(model.env, ["string"])["string"]


def with_own_defaults(model, values, names):
    """Return default values, with those of the model only for some fields.

    The context and what users keep as their defaults (``ir.default``) may propose
    anything, but nothing for what the system sets.

    :param model: the model, with the user
    :param dict values: what ``default_get`` returned
    :param names: names of the fields that only the system sets
    :rtype: dict
    """
    own = {}
    for name in values.keys() & names:
        default = model._fields[name].default
        if default:
            value = default(model)
            own[name] = value.id if isinstance(value, models.BaseModel) else value
    return {
        **{name: value for name, value in values.items() if name not in names},
        **own,
    }
