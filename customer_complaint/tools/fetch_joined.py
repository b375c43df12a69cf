from itertools import compress

from odoo.fields import Domain
from odoo.tools import SQL, unique


def fetch_joined(model, query, paths, beside=()):
    """Read records, and what their many2one fields lead to, in one query.

    What would be read one model after the other is put into the cache at once. Nothing
    is decided here: the rights on what was read are checked where it is used.

    :param model: the model of the records, with all rights
    :param query: which records; a query of this model
    :param list[str] paths: many2one fields, a path before those that continue it
    :param beside: single records that are read as well, each with paths of its own
    :return: the records, in the order of the query
    """
    places = _join_paths(model, model._table, query, paths)
    for number, (record, own_paths) in enumerate(beside):
        alias = f"beside_{number}"
        owner = model.env[record._name]
        same = SQL("%s = %s", SQL.identifier(alias, "id"), record.id)
        query.add_join("LEFT JOIN", alias, owner._table, same)
        places += _join_paths(owner, alias, query, own_paths)
    wanted = [
        (owner, alias, field)
        for owner, alias in places
        for field in (owner._fields["id"], *_get_column_fields(owner))
    ]
    rows = model.env.execute_query(
        query.select(
            *(_get_term(owner, alias, field, query) for owner, alias, field in wanted)
        )
    )
    return _fill_cache(model, wanted, rows)


def _join_paths(model, alias, query, paths):
    """Follow many2one fields.

    :return: each model that is read, with its name in the query; the model first
    :rtype: list[tuple]
    """
    places = {"": (model, alias)}
    for path in paths:
        parent, _dot, name = path.rpartition(".")
        owner, owner_alias = places[parent]
        places[path] = owner._fields[name].join(owner, owner_alias, query)
    return [*places.values()]


def _get_column_fields(model):
    """Return what a first access to a record reads, the id aside."""
    return [
        field
        for field in model._determine_fields_to_fetch()
        if field.column_type and field.name != "id"
    ]


def _get_term(owner, alias, field, query):
    """Return the column of a field; what is in the cache need not be flushed."""
    if field.name == "id":
        return SQL.identifier(alias, "id")
    sql = owner._field_to_sql(alias, field.name, query)
    if field.translate:
        return sql
    to_flush = (other for other in sql.to_flush if other != field)
    return SQL(sql.code, *sql.params, to_flush=to_flush)


def _fill_cache(model, wanted, rows):
    """Keep what was read, and leave alone what is in the cache already.

    :return: the records of the model, in the order of the rows
    """
    if not rows:
        return model.browse()
    fetched, records, kept = None, model, ()
    for (owner, _alias, field), column in zip(
        wanted, zip(*rows, strict=True), strict=True
    ):
        if field.name == "id":
            kept = [record_id is not None for record_id in column]
            records = owner.browse(compress(column, kept))
            # The first of them is the model itself.
            fetched = records if fetched is None else fetched
        else:
            field._insert_cache(records, compress(column, kept))
    return model.browse(unique(fetched.ids))


def fetch_children(records, name):
    """Read the records of a one2many field, and all they say, in one query.

    :param records: with all rights
    :param str name: name of a one2many field
    """
    if not records:
        return
    field = records._fields[name]
    inverse = field.inverse_name
    comodel = records.env[field.comodel_name].with_context(active_test=False)
    children = comodel.search_fetch(
        field.get_comodel_domain(records) & Domain(inverse, "in", records.ids),
        [child_field.name for child_field in _get_column_fields(comodel)],
    )
    by_parent = children.grouped(lambda child: child[inverse].id)
    nothing = children.browse()
    field._insert_cache(
        records, [by_parent.get(record_id, nothing)._ids for record_id in records.ids]
    )
