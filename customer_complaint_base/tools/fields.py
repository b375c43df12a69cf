def get_field_label(model, name):
    """Return the label of a field in the language of the environment.

    :param model: recordset of the model
    :param str name: name of the field
    :rtype: str
    """
    return model._fields[name].get_description(model.env, ["string"])["string"]
