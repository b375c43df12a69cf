"""Steps that need a reason and nothing else, and so share one dialog."""


def takes_reason(method):
    """Let the dialog of reasons call a method of a model, with the reason alone.

    The method checks for itself who may take the step: anybody may fill in the dialog.
    """
    method._takes_reason = True
    return method


def has_reason_step(model, name):
    """Tell whether a method of a model may be called by the dialog of reasons.

    Whatever overrides such a method need not say so again.
    """
    return any(
        getattr(vars(cls).get(name), "_takes_reason", False)
        for cls in type(model).mro()
    )
