from base64 import b64decode
from hashlib import sha256

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import Stream, request
from odoo.tools import format_list

from odoo.addons.customer_complaint.models.customer_complaint_kept import (
    ADD,
    CHANGE,
    MOVE,
    REMOVE,
    SHARE,
)
from odoo.addons.customer_complaint.tools.history import is_own
from odoo.addons.customer_complaint_base.tools.archive_right import has_archive_right
from odoo.addons.customer_complaint_base.tools.file_name import clean_file_name

from ..tools.pdf import has_active_content
from .customer_complaint_kept import FIELD_KEY, FieldRight

COLLECTIONS = (list, tuple, set, frozenset)
# Of the names of all models of the addon.
OWN = "customer.complaint"
# What says which record a file belongs to.
LINK_FIELDS = ("res_model", "res_id", "res_field")
# To be looked for by these tells nothing of what is in a file.
TELLING_NOTHING = frozenset({"id", *LINK_FIELDS})
# What opens a file to whoever has the link.
SHARE_FIELDS = ("public", "access_token")
# The bytes, as they are given.
CONTENT_FIELDS = ("raw", "datas")
# What the bytes measure, and where they are: storage may be moved.
MEASURE_FIELDS = ("file_size", "checksum")
PLACE_FIELDS = ("type", "url", "store_fname", "db_datas", *MEASURE_FIELDS)
LABEL_FIELDS = ("name", "mimetype")
# Whatever else is written of a file is none of our business.
GUARDED_FIELDS = frozenset(
    {*LINK_FIELDS, *SHARE_FIELDS, *CONTENT_FIELDS, *PLACE_FIELDS, *LABEL_FIELDS}
)
PDF = "application/pdf"
# How files of these types begin, somewhere in their first bytes.
SIGNATURES = {
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG",
    "image/gif": b"GIF8",
    "image/webp": b"WEBP",
    "image/bmp": b"BM",
    PDF: b"%PDF-",
}
SIGNATURE_LENGTH = 1024
# What browsers save and never open.
NOT_SHOWN = "application/octet-stream"
# What a browser shows by itself; all else is saved, not opened.
SHOWN_TYPES = ("image/", "audio/", "video/", "text/plain", PDF)
SCRIPTED_TYPES = ("image/svg+xml",)


class ConfidentialStream(Stream):
    """A confidential file on its way: kept by no cache, never run as a page."""

    def get_response(self, as_attachment=None, immutable=None, **kwargs):
        self.public = False
        kwargs["max_age"] = None
        mimetype = self.mimetype or ""
        if not mimetype.startswith(SHOWN_TYPES) or mimetype in SCRIPTED_TYPES:
            as_attachment = True
        kwargs["content_security_policy"] = "default-src 'none'"
        response = super().get_response(as_attachment, immutable=False, **kwargs)
        response.cache_control.no_store = True
        return response


class IrAttachment(models.Model):
    """Files of the addon keep to the rules of the record that they belong to.

    Each record says by ``_get_file_refusal`` why its files do not change now; here it
    is asked, whatever the way. What results counts, not what was given: where a file
    belongs after defaults and in two steps, which bytes it has afterwards.

    Confidential files open by the rules of their paper only, and leave a trace. A link,
    a token, a message, code that runs with all rights: whatever leads to the file, the
    user who asks must be allowed to read the paper at that moment, and the sight is
    recorded.
    """

    _inherit = "ir.attachment"

    def _inaccessible_comodel_records(self, model_and_ids, operation):
        yield from super()._inaccessible_comodel_records(model_and_ids, operation)
        if self.env.su or self.env.user.share:
            return
        for model, ids in model_and_ids.items():
            if is_own(model) and ids:
                for res_id in self._search_recused(model, list(ids)):
                    yield model, res_id

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not result:
            return result
        forbidden, make_error = result
        return forbidden, lambda: forbidden._get_recused_error() or make_error()

    def _refuse_recused(self):
        """:raise AccessError: naming the cases the user is recused from"""
        error = not self.env.su and self._get_recused_error()
        if error:
            raise error

    def _get_recused_error(self):
        """Return the error that names the cases the user is recused from, or nothing.

        :rtype: AccessError or bool
        """
        for file_sudo in self.sudo():  # to which case they belong
            model, res_id = file_sudo.res_model, file_sudo.res_id
            if is_own(model) and res_id and list(self._search_recused(model, [res_id])):
                record_sudo = self.env[model].sudo().browse(res_id)
                cases_sudo = (
                    record_sudo
                    if model == "customer.complaint"
                    else record_sudo.complaint_id
                )
                return cases_sudo._make_recused_error()
        return False

    @api.model
    def _search_recused(self, model, ids=None):
        """Return the query of the records of a model on cases the user is recused from.

        :param str model: name of a model of ours
        :param list ids: which records are in question; all when not given
        :rtype: odoo.tools.Query or list
        """
        Model_sudo = self.env.get(model)
        if Model_sudo is None:
            return []
        # Which cases they are, whoever may see them.
        Model_sudo = Model_sudo.sudo().with_context(active_test=False)
        if hasattr(Model_sudo, "_get_recused_domain"):
            domain = Model_sudo._get_recused_domain()
        elif "complaint_id" in Model_sudo._fields:
            recused = self.env["customer.complaint"]._get_recused_domain()
            domain = Domain("complaint_id", "any", recused)
        else:
            return []
        if ids is not None:
            domain &= Domain("id", "in", ids)
        return Model_sudo._search(domain)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        """Find no file of a case the user is recused from, and no confidential file by
        way of a record that merely points to it.

        Some fields of other apps search the files they hold without looking at rights.
        """
        domain = Domain(domain)
        if bypass_access and not self.env.su:
            names = {cond.field_expr for cond in domain.iter_conditions()}
            if names - TELLING_NOTHING:
                domain &= self._get_open_domain()
        elif not (self.env.su or self.env.user.share):
            # Searches that name no model check each file by itself.
            for model in self._get_own_models(domain):
                domain &= ~(
                    Domain("res_model", "=", model)
                    & Domain("res_id", "in", self._search_recused(model))
                )
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _get_own_models(self, domain):
        """Return the names of those of our models whose files a domain looks for.

        :param odoo.fields.Domain domain: of files
        :rtype: set[str]
        """
        names = set()
        for condition in domain.iter_conditions():
            if condition.field_expr == "res_model":
                value = condition.value
                names |= set(value if isinstance(value, COLLECTIONS) else [value])
        return {name for name in names if isinstance(name, str) and is_own(name)}

    # ------------------------------------------------------------------
    # GUARDING
    #
    # What a record does not let happen to its files, whatever the way.
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """:raise UserError: if a record takes no such file now"""
        vals_list = self._prepare_own_vals_list(vals_list)
        if any(self._is_filing_model(vals.get("res_model")) for vals in vals_list):
            # What stands in papers is not to be found by searching.
            self = self.with_context(complaint_paper=True)
        files = super().create(vals_list)
        files._filter_own()._check_files(ADD)
        return files

    @api.model
    def _prepare_own_vals_list(self, vals_list):
        """Return the values of new files; those of the addon say where they belong.

        The context and the user's own defaults (``ir.default``) may say it as well.

        :param list[dict] vals_list: as given to ``create``
        :rtype: list[dict]
        """
        defaults = {}
        if any(name not in vals for vals in vals_list for name in LINK_FIELDS):
            defaults = self.default_get(LINK_FIELDS)
        prepared = []
        for given in vals_list:
            vals = {**defaults, **given}
            if not self._is_own_model(vals.get("res_model")):
                prepared.append(given)
                continue
            if self._is_filing_model(vals["res_model"]):
                vals.update(public=False, access_token=False)
                if vals.get("name"):
                    vals["name"] = clean_file_name(vals["name"])
            prepared.append(vals)
        return prepared

    def write(self, vals):
        """:raise UserError: if a record does not let go, change or take one now"""
        if GUARDED_FIELDS.isdisjoint(vals):
            return super().write(vals)
        own = self._filter_own()
        links = {file.id: file._get_link() for file in self}
        if own:
            if self - own:
                super(IrAttachment, self - own).write(dict(vals))
            own._write_own(vals)
        else:
            super().write(vals)
        if not vals.keys().isdisjoint(LINK_FIELDS):
            moved = self._filter_own().filtered(
                lambda file: file._get_link() != links[file.id]
            )
            moved._check_files(ADD)
            moved.filtered(
                lambda file: self._is_filing_model(file._get_link()[0])
            )._close_other_ways()
        return True

    def _write_own(self, vals):
        """Write on files of the addon what their records do not refuse.

        A write of the same bytes changes nothing, and passes: so storage is moved.
        """
        filed = self.filtered(lambda file: self._is_filing_model(file._get_link()[0]))
        if filed:
            # What stands in papers is not to be found by searching.
            self = self.with_context(complaint_paper=True)
        if self._is_same_content(vals):
            # As it is: neither looked at anew nor made smaller.
            for file in self.with_context(image_no_postprocess=True):
                file._write_watched({"mimetype": file.sudo().mimetype, **vals})
            return
        if filed and not self.env.su and vals.keys().isdisjoint(CONTENT_FIELDS):
            # What a file is follows from what is in it.
            vals = {name: vals[name] for name in vals if name != "mimetype"}
        self._write_watched(vals)

    def _is_same_content(self, vals):
        """Return whether the bytes that are written are those that are there."""
        if vals.keys().isdisjoint(CONTENT_FIELDS):
            return False
        given = _get_given_content(vals)
        # Which bytes there are, whoever writes them.
        return all((file_sudo.raw or b"") == given for file_sudo in self.sudo())

    def _write_watched(self, vals):
        """Write, and refuse what came of it where the record of a file does.

        :raise UserError: why the record does not let it happen
        """
        watched = {
            MOVE: LINK_FIELDS,
            SHARE: SHARE_FIELDS,
            CHANGE: (*LABEL_FIELDS, *CONTENT_FIELDS, *PLACE_FIELDS),
        }
        # Asked before: afterwards the record may be another one.
        refusals = {
            change: self._get_refusals(change)
            for change, names in watched.items()
            if not vals.keys().isdisjoint(names)
        }
        if not any(refusals.values()):
            return super().write(dict(vals))
        # Who may not write at all learns nothing of why.
        self.check_access("write")
        for file in self.filtered(lambda file: file._differs(vals, LINK_FIELDS)):
            file._raise_refusal(refusals[MOVE])
        before = {file: file._get_facts(vals) for file in self}
        forced = self.filtered(lambda file: file._is_forced(vals))
        result = super().write(dict(vals))
        for file in self:
            facts = file._get_facts(vals)
            done = {change for change in facts if facts[change] != before[file][change]}
            if not any(facts[SHARE]):
                done.discard(SHARE)  # to close a file is no harm
            if file in forced:
                done.add(CHANGE)
            for change in done & refusals.keys():
                file._raise_refusal(refusals[change])
        return result

    def _get_link(self):
        """Return what the file belongs to: model, id and field, as superuser.

        :rtype: tuple
        """
        self.ensure_one()
        file_sudo = self.sudo()
        return (
            file_sudo.res_model or False,
            file_sudo.res_id or 0,
            file_sudo.res_field or False,
        )

    def _get_facts(self, vals):
        """Return what a write may change of a file, by kind of change.

        :param dict vals: as given to ``write``
        :rtype: dict[str, tuple]
        """
        file_sudo = self.sudo()  # whether it changes, whoever writes
        content = None
        if not vals.keys().isdisjoint((*CONTENT_FIELDS, *PLACE_FIELDS)):
            content = sha256(file_sudo.raw or b"").digest()
        return {
            MOVE: self._get_link(),
            SHARE: (file_sudo.public, file_sudo.access_token or False),
            CHANGE: (file_sudo.name, file_sudo.mimetype, content),
        }

    def _is_forced(self, vals):
        """Return whether values say where the bytes are, or what they measure.

        Where they are kept is the affair of the system, which may move them as long as
        they are the same; what they measure follows from them. Core leaves some of
        these out; who tries means something else.

        :param dict vals: as given to ``write``
        :rtype: bool
        """
        self.ensure_one()
        return self._differs(vals, MEASURE_FIELDS if self.env.su else PLACE_FIELDS)

    def _differs(self, vals, names):
        """Return whether some of the values given are others than those there are.

        :param dict vals: as given to ``write``
        :param names: names of fields; those that are not given do not count
        :rtype: bool
        """
        self.ensure_one()
        file_sudo = self.sudo()  # whether it changes, whoever writes
        return any(
            (vals[name] or False) != (file_sudo[name] or False)
            for name in names
            if name in vals
        )

    def unlink(self):
        """Delete.

        :raise AccessError: naming the cases the user is recused from
        :raise UserError: if a record does not let one go
        """
        # Before core looks into files that are closed to the user.
        self._refuse_recused()
        # Modules are removed before the registry is ready, and take their files along.
        if self.env.registry.ready:
            self._filter_own()._check_files(REMOVE)
        return super().unlink()

    @api.model
    def _is_own_model(self, model):
        """Return whether a model, by its name, is one of the addon.

        :rtype: bool
        """
        return bool(model) and model.startswith(OWN) and model in self.env

    @api.model
    def _is_filing_model(self, model):
        """Return whether what is filed with records of a model stays with them.

        :param str model: its name
        :rtype: bool
        """
        return self._is_kept_model(model) and self.env[model]._is_filing()

    @api.model
    def _is_kept_model(self, model):
        # Dialogs keep nothing.
        return self._is_own_model(model) and hasattr(
            self.env[model], "_get_file_refusal"
        )

    def _filter_own(self):
        """Return those of these files that belong to a record of the addon."""
        own_sudo = self.sudo().filtered(  # the link only, whoever asks
            lambda file: file.res_id and self._is_own_model(file.res_model)
        )
        return self.browse(own_sudo.ids)

    def _check_files(self, change):
        """Refuse what the records of these files do not let happen.

        :param str change: as for ``_get_file_refusal``
        :raise AccessError: if the user is recused from the case
        :raise UserError: saying why
        """
        refusals = self._get_refusals(change) if self else {}
        if refusals:
            # Who may not write at all learns nothing of why.
            self.check_access("write")
            self._raise_refusal(refusals)

    def _raise_refusal(self, refusals):
        """:raise UserError: with the sentences of these files, if there are any"""
        reasons = [refusals[file] for file in self if file in refusals]
        if reasons:
            raise UserError("\n".join(dict.fromkeys(reasons)))

    def _get_refusals(self, change):
        """Return why something does not happen to these files, by file.

        :param str change: as for ``_get_file_refusal``
        :rtype: dict[IrAttachment, str]
        :raise AccessError: if the user is recused from the case
        """
        if has_archive_right(self):
            return {}
        refusals = {}
        for model, files_sudo in self.sudo().grouped("res_model").items():
            by_id = files_sudo.grouped("res_id")
            # How the records stand counts, not whether the user may see them.
            records_sudo = self.env[model].sudo().browse(by_id).exists()
            if self._is_kept_model(model) and not self.env.su:
                records_sudo._get_file_cases()._check_not_recused(
                    self.env.user.partner_id
                )
            for record_sudo in records_sudo:
                files = self & by_id[record_sudo.id]
                refusals.update(files._get_record_refusals(record_sudo, change))
        if change in (CHANGE, MOVE, REMOVE):
            refusals.update(self._get_seal_refusals())
        return refusals

    def _get_record_refusals(self, record_sudo, change):
        """Return why a record does not let something happen to files of it.

        What a field holds is written through the record, by its own guards.

        :param record_sudo: which they belong to
        :rtype: dict[IrAttachment, str]
        """
        files_sudo = self.sudo()
        of_fields_sudo = files_sudo.filtered("res_field")
        refusals = dict.fromkeys(
            of_fields_sudo.filtered(lambda file: not self._may_write_field(file)),
            self.env._(
                "What a field of a record holds is written by the steps of the record, "
                "never as a file of its own. Use the buttons of the record."
            ),
        )
        plain_sudo = files_sudo - of_fields_sudo
        if plain_sudo and self._is_kept_model(record_sudo._name):
            reason = record_sudo._get_file_refusal(change, plain_sudo)
            if reason:
                refusals.update(dict.fromkeys(plain_sudo, reason))
        return refusals

    def _may_write_field(self, file_sudo):
        """Return whether it is the record that is just writing the field of a file."""
        right = self.env.context.get(FIELD_KEY)
        if not self.env.su:
            return False  # core writes what fields hold as superuser
        if not self._is_kept_model(file_sudo.res_model):
            return True
        return isinstance(right, FieldRight) and file_sudo.res_field in right.get(
            file_sudo.res_model, ()
        )

    def _get_seal_refusals(self):
        """Return why these files do not change: they were sealed. Hook: for a seal.

        :rtype: dict[IrAttachment, str]
        """
        return {}

    # ------------------------------------------------------------------
    # WHAT A FILE IS
    # ------------------------------------------------------------------

    @api.model
    def _compute_mimetype(self, values):
        """Tell what claims to be a picture or a PDF, and is not, from what is.

        A PDF that does something by itself (scripts, programs) may be evidence and is
        filed as it is, but never shown: it can only be saved.
        """
        mimetype = super()._compute_mimetype(values)
        if not self._is_filing_model(values.get("res_model")):
            return mimetype
        content = _get_given_content(values)
        signature = SIGNATURES.get(mimetype)
        if not content or not signature:
            return mimetype
        if signature not in content[:SIGNATURE_LENGTH]:
            return "text/plain"  # no guess takes this one up again
        if mimetype == PDF and has_active_content(content):
            return NOT_SHOWN
        return mimetype

    def _prepare_link_vals(self, record):
        vals = super()._prepare_link_vals(record)
        if not self._is_filing_model(self.res_model) and self.mimetype in SIGNATURES:
            # Came in by another way: what it is was not looked at yet.
            vals["mimetype"] = self._compute_mimetype(
                {
                    "res_model": record._name,
                    "mimetype": self.mimetype,
                    "raw": self.raw,
                }
            )
        return vals

    # ------------------------------------------------------------------
    # CONFIDENTIALITY
    #
    # Confidential files open by the rules of their paper only, and leave a trace.
    # ------------------------------------------------------------------

    def _get_confidential_owners(self):
        """Return the confidential paper or evidence that each file belongs to.

        The small picture of a file belongs to what the file belongs to.

        :return: readable owners, of the confidential files only
        :rtype: dict[IrAttachment, BaseModel]
        """
        models = self.env["customer.complaint.kept"]._get_confidential_models()
        files_sudo = self.sudo()  # what they belong to, whoever asks
        links = {
            file_sudo: (file_sudo.res_model, file_sudo.res_id)
            for file_sudo in files_sudo
            if file_sudo.res_id and file_sudo.res_model in (*models, self._name)
        }
        for picture_sudo, (model, res_id) in list(links.items()):
            if model == self._name:
                file_sudo = files_sudo.browse(res_id).exists()
                links[picture_sudo] = (file_sudo.res_model, file_sudo.res_id)
        owners = {}
        for model in models:
            ids = {res_id for name, res_id in links.values() if name == model}
            records_sudo = self.env[model].sudo().browse(ids - {0}).exists()
            by_id = {
                record_sudo.id: record_sudo
                for record_sudo in records_sudo
                if record_sudo._is_confidential()
            }
            for file_sudo, (name, res_id) in links.items():
                if name == model and res_id in by_id:
                    owners[self.browse(file_sudo.id)] = by_id[res_id]
        return owners

    def _to_http_stream(self):
        self.ensure_one()
        if not self._note_request():
            return super()._to_http_stream()
        # Checked and recorded just now: where the bytes are kept makes no other sight.
        stream = super(IrAttachment, self.sudo())._to_http_stream()
        return ConfidentialStream(
            **{
                name: value
                for name, value in vars(stream).items()
                if not name.startswith("from_")
            }
            | {"etag": False, "last_modified": None}
        )

    def _note_request(self):
        """Check and record that the user of the request gets a file's content.

        :return: whether it is confidential
        :rtype: bool
        :raise AccessError: if the user may not read the paper now
        """
        owners = self._get_confidential_owners()
        if not owners:
            return False
        # Neither tokens nor code that runs with all rights count, but who is logged
        # in.
        uid = request.session.uid or request.env.uid
        if not uid or (uid == SUPERUSER_ID and not request.session.uid):
            raise AccessError(
                self.env._("Confidential papers open to users who are logged in only.")
            )
        user = self.env["res.users"].sudo().browse(uid)
        reader = self.with_user(uid)
        for owner_sudo in owners.values():
            owner_sudo.with_user(uid).check_access("read")
        self._note_request_sight(user, owners)
        reader.check_access("read")
        return True

    def _compute_raw(self):
        self._note_program()
        return super()._compute_raw()

    def _read_format(self, fnames, load="_classic_read"):
        # Where files are kept in the database, this is the content as well.
        if "db_datas" in fnames:
            self._note_program()
        return super()._read_format(fnames, load)

    def _note_program(self):
        """Record that a user gets contents by RPC or an export.

        What code does with all rights (sealing, e-mail) is nobody's sight.
        """
        if self.env.su:
            return
        owners = self._get_confidential_owners()
        if owners:
            self.browse([file.id for file in owners]).check_access("read")
            self._note_sights(owners, "program")

    @api.model
    def _note_sights(self, owners, kind):
        """Note that the user sees confidential files. Hook: for a log of it.

        :param dict owners: the paper or evidence, readable, of each file
        :param str kind: how: bundle, person or program
        """

    def _note_request_sight(self, user, owners):
        """Note that a user gets a confidential file by a request. Hook: as above.

        :param res.users user: who is logged in
        :param dict owners: the paper or evidence, readable, of each file
        """

    @api.depends("name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Hide the names of confidential files where records merely point to them."""
        result = super()._compute_display_name()
        for file in self._get_confidential_owners():
            file.display_name = self.env._("Confidential file")
        return result

    def copy_data(self, default=None):
        """:raise UserError: for confidential files, whoever copies"""
        self._refuse_confidential(
            self.env._(
                "Confidential files are not copied: a copy would escape the log of "
                "sights."
            )
        )
        return super().copy_data(default)

    def _refuse_confidential(self, reason):
        """Refuse something for confidential files.

        :param str reason: what does not happen to them, and why; a whole sentence
        :raise UserError: naming the papers, not the files
        """
        owners = self._get_confidential_owners()
        if owners:
            raise UserError(
                self.env._(
                    "%(reason)s They stay with their papers: %(papers)s.",
                    reason=reason,
                    papers=format_list(
                        self.env,
                        [
                            f"{owner_sudo.complaint_id.name} "
                            f"{owner_sudo._get_confidential_label()}"
                            for owner_sudo in owners.values()
                        ],
                    ),
                )
            )

    @api.model
    def _get_open_domain(self):
        """Return the domain of the files by which other records may be found.

        Nothing of the addon is among them for who has nothing to do with it, and
        nothing else is left out.

        :rtype: odoo.fields.Domain
        """
        Kept = self.env["customer.complaint.kept"]
        readable = {
            name
            for name in Kept._get_kept_models()
            if self.env[name].has_access("read")
        }
        confidential = readable.intersection(Kept._get_confidential_models())
        open_files = Domain("res_model", "not =like", f"{OWN}%") | Domain(
            "res_model", "in", sorted(readable - confidential)
        )
        for model in confidential:
            open_files |= Domain("res_model", "=", model) & Domain(
                "res_id", "in", self.env[model]._search(Domain.TRUE)
            )
        return open_files

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        """Papers are not made searchable by what stands in them."""
        if self.env.context.get("complaint_paper"):
            return None
        return super()._index(bin_data, file_type, checksum=checksum)


def _get_given_content(vals):
    """Return the bytes that values give a file, as core takes them.

    :param dict vals: as given to ``create`` or ``write``
    :rtype: bytes
    """
    content = vals.get("raw") or b64decode(vals.get("datas") or b"")
    return content.encode() if isinstance(content, str) else content
