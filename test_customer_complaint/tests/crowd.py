"""Thousands of complaints with all that hangs on them, made in SQL in seconds."""

from odoo.tools import SQL

# Besides the parts of a complaint: what other apps keep for it.
KEPT_MODELS = ("mail.message", "mail.followers", "mail.activity", "ir.attachment")
KEPT_BY = {
    "mail.message": "model",
    "mail.followers": "res_model",
    "mail.activity": "res_model",
    "ir.attachment": "res_model",
}
# Numbers that nothing else may have.
UNIQUE_TEXTS = {
    ("customer.complaint", "name"),
    ("customer.complaint.archive.card", "name"),
    ("customer.complaint.remediation", "name"),
    ("mail.message", "message_id"),
}
UNIQUE_NUMBERS = {("customer.complaint.archive.card", "archive_serial")}
DAYS = 1000


def get_phone(number):
    """Return a telephone number of its own, of digits that differ as in life.

    :param int number: from 0 to 99,999,999
    :rtype: str
    """
    return f"138{number * 97654321 % 10**8:08}"


def get_part_models(env):
    """Return the models of what is copied with a complaint, itself first.

    :rtype: list[str]
    """
    names = [
        name
        for name, model in env.registry.items()
        if name.startswith("customer.complaint.")
        and not (model._abstract or model._transient)
        and "complaint_id" in model._fields
        and model._fields["complaint_id"].store
    ]
    return ["customer.complaint", *sorted(names)]


def make_crowd(
    env, copies, teams, partners, products, stride=None, known=0, is_kept=True
):
    """Copy complaints with all that hangs on them, and analyse the tables.

    Copies are spread over teams and their leaders, over customers, and over the days
    before those of the original.

    :param dict copies: how many of each original, by complaint
    :param customer.complaint.team teams: each with a leader
    :param res.partner partners: customers
    :param product.product products: what was complained of
    :param int stride: as returned, when more copies of the same are made
    :param int known: how many of each there are by then, at most
    :param bool is_kept: whether they are committed: what is created later then gets
        keys of its own, which no rollback takes back
    :return: how far the keys of two copies lie apart
    :rtype: int
    """
    env.flush_all()
    models = [*get_part_models(env), *KEPT_MODELS]
    if not stride:
        stride = max(_get_last_id(env, env[name]._table) for name in models) + 1
    # Cards and complaints lead to each other; what was right is right once more.
    env.cr.execute("SET LOCAL session_replication_role = replica")
    for complaint, number in copies.items():
        for name in models:
            _copy_rows(env, name, models, complaint, range(known, number), stride)
    env.cr.execute("SET LOCAL session_replication_role = origin")
    _spread(env, stride, teams, partners, products)
    for name in models:
        table = env[name]._table
        if is_kept:
            env.cr.execute(
                SQL(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                    *(table, _get_last_id(env, table) + 1),
                )
            )
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    return stride


def _get_last_id(env, table):
    env.cr.execute(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table)))
    return env.cr.fetchone()[0]


def _copy_rows(env, name, models, complaint, copies, stride):
    model = env[name]
    columns, values = [], []
    for field in model._fields.values():
        if field.store and field.column_type:
            columns.append(SQL.identifier(field.name))
            values.append(_get_value(model, field, models, stride))
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s t,"
            " generate_series(%(first)s, %(last)s) k WHERE %(where)s",
            table=SQL.identifier(model._table),
            columns=SQL(", ").join(columns),
            values=SQL(", ").join(values),
            first=copies.start + 1,
            last=copies.stop,
            where=_get_condition(env, name, models, complaint),
        )
    )


def _get_value(model, field, models, stride):
    column = SQL("t.%s", SQL.identifier(field.name))
    key = (model._name, field.name)
    if field.name in ("id", "res_id") or (
        field.type == "many2one" and field.comodel_name in models
    ):
        return SQL("%s + k * %s", column, stride)
    if key in UNIQUE_TEXTS:
        # A slash is no number yet.
        return SQL(
            "CASE WHEN %s = '/' THEN '/' ELSE %s || '-' || k END", column, column
        )
    if key in UNIQUE_NUMBERS:
        return SQL("NULLIF(%s, 0) + k * %s", column, stride)
    if field.type == "datetime":
        return SQL("%s - (k %% %s) * interval '1 day'", column, DAYS)
    if field.type == "date":
        return SQL("%s - (k %% %s)::int", column, DAYS)
    return column


def _get_condition(env, name, models, complaint):
    """Return which rows are copied: those of the complaint."""
    if name == "customer.complaint":
        return SQL("t.id = %s", complaint.id)
    if name not in KEPT_BY:
        return SQL("t.complaint_id = %s", complaint.id)
    kept = []
    for part in models:
        if part in KEPT_BY:
            continue
        domain = [("id" if part == models[0] else "complaint_id", "=", complaint.id)]
        ids = env[part].sudo().with_context(active_test=False).search(domain).ids
        if ids:
            kept.append(
                SQL(
                    "(t.%s = %s AND t.res_id IN %s)",
                    SQL.identifier(KEPT_BY[name]),
                    part,
                    tuple(ids),
                )
            )
    return SQL("(%s)", SQL(" OR ").join(kept))


def _spread(env, stride, teams, partners, products):
    """Give the copies to other teams, handlers, customers and products."""
    env.cr.execute(
        """
        UPDATE customer_complaint c
           SET team_id = (%(teams)s::int[])[1 + c.id / %(stride)s %% %(team_count)s],
               user_id = u.id,
               received_by_id = u.id,
               create_uid = u.id,
               partner_id = p.id,
               commercial_partner_id = p.commercial_partner_id,
               complainant_name = p.name,
               phone = p.phone,
               phone_numbers = ',' || p.phone || ',',
               subject = (%(names)s::text[])[
                   1 + c.id / %(stride)s %% %(product_count)s
               ]
          FROM res_users u, res_partner p
         WHERE c.id >= %(stride)s
           AND u.id = (%(users)s::int[])[1 + c.id / %(stride)s %% %(team_count)s]
           AND p.id = (%(partners)s::int[])[1 + c.id / %(stride)s %% %(partner_count)s]
        """,
        {
            "stride": stride,
            "teams": teams.ids,
            "team_count": len(teams),
            "users": [team.leader_id.id for team in teams],
            "partners": partners.ids,
            "partner_count": len(partners),
            "names": products.mapped("name"),
            "product_count": len(products),
        },
    )
    env.cr.execute(
        """
        UPDATE customer_complaint_line
           SET product_id = (%(products)s::int[])[1 + id / %(stride)s %% %(count)s],
               product_name = (%(names)s::text[])[1 + id / %(stride)s %% %(count)s]
         WHERE id >= %(stride)s
        """,
        {
            "stride": stride,
            "products": products.ids,
            "names": products.mapped("name"),
            "count": len(products),
        },
    )
