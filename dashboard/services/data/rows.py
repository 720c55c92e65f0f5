"""From checked rows of a file to rows of tables: pseudonyms, sealed identities, masked texts, keys."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analytics.intake import IDENTITY_FIELDS, Normalised, RejectedRow
from analytics.intake.consent_words import EVERY_PURPOSE, GRANT, WITHDRAW
from analytics.intake.product_facts import FACT_COLUMNS, facts_of
from analytics.intake.values import by_unique
from dashboard.services.identities import contact_tokens, id_spellings, search_tokens
from db.repositories.consents import PURPOSES, UNDATED
from db.repositories.erasure import CONTACTS, KeptOut
from db.repositories.products import NewFact
from db.vault import Vault
from engine.redaction import Redactor, without_own_names

TEXT_FIELDS = {"reviews": ("title", "text")}
MANY_PEOPLE = 1_000_000
ERASED = "This person was erased on request, so the row was left out."
CAME_AGAIN = (
    "Its e-mail or phone is that of a person who was erased on request: the row is left out, and its id from now on."
)
# Who does not want to be written to is neither addressed nor asked, nor profiled for it: the right to object to
# direct marketing "includes profiling to the extent that it is related to such direct marketing" (GDPR, Art. 21(2)).
OPT_OUT_PURPOSES = ("profiling", "personalisation", "survey", "recommendation")
DAY = pd.Timedelta(days=1)
NONE = pd.DataFrame()
# Words, or a number as phones begin; no amounts and no moments.
_MAY_NAME = re.compile(r"(?!\d{4}-\d\d-\d\d)(?:[+(0][\d\s().\-/]{6,}$|.*[^\W\d_])", re.DOTALL)
PERSON_KINDS = ("profiles", "reviews", "interactions", "consents")


@dataclass(frozen=True)
class Prepared:
    """One chunk, ready for the tables. ``customers`` are those that no earlier chunk had."""

    rows: pd.DataFrame
    customers: list[str] = field(default_factory=list)
    identities: pd.DataFrame = field(default_factory=pd.DataFrame)
    tokens: pd.DataFrame = field(default_factory=pd.DataFrame)
    consents: pd.DataFrame = field(default_factory=pd.DataFrame)
    facts: dict[str, tuple[NewFact, ...]] = field(default_factory=dict)
    mentioned: pd.DataFrame = field(default_factory=pd.DataFrame)


def prepare(
    kind: str,
    rows: pd.DataFrame,
    vault: Vault,
    *,
    source: str,
    file_sha256: str,
    redactor: Redactor,
    seen: set[str],
    repeated: pd.DataFrame = NONE,
) -> Prepared:
    """Turn normalised rows of one kind into what the tables take.

    Parameters
    ----------
    rows : DataFrame
        Canonical columns of the kind, with ``row_key``, ``row_number`` and ``attributes`` (JSON text).
    source : str
        Names the data set, so that keys made from a row's position or content stay apart.
    seen : set
        The customers of the file so far; new ones are added.
    repeated : DataFrame
        Ids and consent columns of profiles that came earlier in the file.
    """
    rows = keyed(kind, rows, vault, source)
    for name in TEXT_FIELDS.get(kind, ()):
        if name in rows:
            rows[name] = without_own_names(redactor.redact_all(rows[name]), rows, IDENTITY_FIELDS)
    people: list[str] = []
    if kind in PERSON_KINDS:
        rows["attributes"] = _attributes_masked(rows["attributes"], redactor)
        rows["customer"], people = _pseudonyms(rows, vault, seen)
    if kind == "consents":
        return Prepared(pd.DataFrame(), consents=_consent_events(rows, file_sha256), customers=people)
    identities, tokens = _identities(rows, vault) if "customer" in rows else (pd.DataFrame(), pd.DataFrame())
    if "customer_id" in rows and people:
        tokens = pd.concat([tokens, _spellings(rows, vault, set(people))])
    events = pd.DataFrame()
    if kind == "profiles":
        events = pd.concat([_consent_columns(rows, file_sha256), _refusals(repeated, vault, file_sha256)])
    mentioned = _mentioned(rows, vault) if kind == "reviews" and "product_id" in rows else pd.DataFrame()
    facts = {}
    if kind == "products":
        rows = rows.rename(columns={"product_id": "key"})
        rows["known_from"] = "file"
        facts = {
            str(row["key"]): tuple(NewFact(**vars(fact)) for fact in facts_of(row)) for row in rows.to_dict("records")
        }
        rows = rows.drop(columns=[c for c in FACT_COLUMNS if c in rows])
    renames = {"product_id": "product_key", "post_id": "post_key"}
    drop = ["customer_id", "review_id", *IDENTITY_FIELDS, *(f"consent_{p}" for p in PURPOSES), "opt_out", "opt_out_at"]
    if kind == "products":
        drop.remove("name")
    rows = rows.rename(columns=renames).drop(columns=[c for c in drop if c in rows])
    return Prepared(rows, people, identities, tokens, events, facts, mentioned)


def keyed(kind: str, rows: pd.DataFrame, vault: Vault, source: str) -> pd.DataFrame:
    """Return normalised rows with the keys and hashes by which the tables know them."""
    rows = rows.drop(columns=["row_number"], errors="ignore").reset_index(drop=True)
    rows["row_hash"] = _hashes(rows, vault)
    rows["row_key"] = pd.Series(_keys(kind, rows, vault, source), index=rows.index, dtype=object)
    return rows


def _mentioned(rows: pd.DataFrame, vault: Vault) -> pd.DataFrame:
    """Return a bare product for every product that reviews are about; a category helps to name it."""
    said = rows.reindex(columns=["product_id", "category"]).dropna(subset="product_id").drop_duplicates()
    said = said.sort_values(["product_id", "category"], na_position="last").drop_duplicates("product_id")
    keys = said["product_id"].tolist()
    names = [key if pd.isna(about) else f"{about} {key}" for key, about in zip(keys, said["category"], strict=True)]
    row_keys = vault.pseudonyms(f"product:{key}" for key in keys)
    columns = {"row_key": row_keys, "key": keys, "name": names, "category": said["category"].tolist()}
    return pd.DataFrame(columns, dtype=object)


def without_erased(
    checked: Normalised, vault: Vault, kind: str, source: str, erased: KeptOut
) -> tuple[Normalised, list[str]]:
    """Leave out the rows of people who were erased, each with the reason, however their id is spelled.

    Who has the e-mail or phone of an erased person is that person under another id; these pseudonyms are
    returned too, to be kept out from now on.
    """
    if not erased or kind not in PERSON_KINDS:
        return checked, []
    rows = checked.rows
    keyed = rows.assign(row_key=_keys(kind, rows, vault, source))
    people, _ = _pseudonyms(keyed, vault, set())
    gone = people.isin(erased.pseudonyms)
    if "customer_id" in rows:
        gone |= by_unique(rows["customer_id"], lambda one: _is_kept_out(one, vault, erased)).astype(bool)
    again = pd.Series(False, index=rows.index)
    for name in CONTACTS if erased.contacts else ():
        if name in rows:
            cells = rows[name].where(rows[name].notna(), None)
            again |= cells.map(lambda c: c is not None and not erased.contacts.isdisjoint(contact_tokens(vault, c)))
    refused = [
        RejectedRow(int(n), "customer_id" if known else "", "", ERASED if known else CAME_AGAIN)
        for n, known, other in zip(rows["row_number"], gone, again, strict=True)
        if known or other
    ]
    numbers, out = {r.row for r in refused}, (gone | again).to_numpy()
    left = replace(
        checked,
        rows=rows[~out],
        repeated=_without(checked.repeated, vault, erased),
        rejected=(*checked.rejected, *refused),
        flags=tuple(f for f in checked.flags if f.row not in numbers),
    )
    return left, people[again.to_numpy()].tolist()


def _without(repeated: pd.DataFrame, vault: Vault, erased: KeptOut) -> pd.DataFrame:
    if repeated.empty:
        return repeated
    return repeated[[not _is_kept_out(one, vault, erased) for one in repeated["customer_id"]]]


def _is_kept_out(customer_id: str, vault: Vault, erased: KeptOut) -> bool:
    return not erased.pseudonyms.isdisjoint(id_spellings(vault, customer_id))


def _hashes(rows: pd.DataFrame, vault: Vault) -> pd.Series:
    """Return one keyed 64-bit hash a row over everything the file said in it."""
    said = rows.drop(columns=["row_key"])
    hashed = pd.util.hash_pandas_object(said, index=False, hash_key=vault.row_hash_key, categorize=False)
    return pd.Series(hashed.to_numpy().view("int64"), index=rows.index)


def _keys(kind: str, rows: pd.DataFrame, vault: Vault, source: str) -> list[str]:
    """Return keys that tell nothing of the ids they were made from."""
    if kind == "products":
        return vault.pseudonyms(f"product:{key}" for key in rows["product_id"].tolist())
    return vault.pseudonyms(f"{kind}:{source}:{key}" for key in rows["row_key"].tolist())


def _pseudonyms(rows: pd.DataFrame, vault: Vault, seen: set[str]) -> tuple[pd.Series, list[str]]:
    """Return each row's customer, and those not seen before; a row without one is a person of its own."""
    if "customer_id" not in rows:
        return rows["row_key"], rows["row_key"].tolist()
    codes, ids = pd.factorize(rows["customer_id"].to_numpy(dtype=object))
    people = vault.pseudonyms(f"customer:{one}" for one in ids)
    customers = np.array([*people, None], dtype=object)[codes]
    if len(seen) > MANY_PEOPLE:
        seen.clear()
    fresh = set(people) - seen
    seen |= fresh
    nobody = codes == -1
    customers[nobody] = rows["row_key"].to_numpy(dtype=object)[nobody]
    return pd.Series(customers, index=rows.index, dtype=object), [*fresh, *customers[nobody]]


def _attributes_masked(attributes: pd.Series, redactor: Redactor) -> pd.Series:
    """Mask what names people in the words of the other columns: a remark, a list of contacts."""
    masked, seen = attributes.to_numpy(copy=True), dict[str, str]()
    for place in redactor.places(attributes):
        cells: dict[str, str] = json.loads(masked[place])
        fresh = {v for v in cells.values() if v not in seen and _MAY_NAME.match(v)}
        seen.update((v, redactor.redact(v)) for v in fresh)
        said = {name: seen.get(v, v) for name, v in cells.items()}
        if said != cells:
            masked[place] = json.dumps(said, ensure_ascii=False)
    return pd.Series(masked, index=attributes.index, dtype=object)


def _spellings(rows: pd.DataFrame, vault: Vault, fresh: set[str]) -> pd.DataFrame:
    """Return tokens of ids in mixed letters, by which a person is known in another spelling of the id."""
    ids = rows[["customer_id", "customer"]].drop_duplicates("customer_id").dropna()
    mixed = [(i, c) for i, c in ids.itertuples(index=False) if c in fresh and i not in (i.lower(), i.upper())]
    tokens = vault.pseudonyms(f"customer:{i.lower()}" for i, _ in mixed)
    return pd.DataFrame({"token": tokens, "customer": [c for _, c in mixed]}, dtype=object)


def _identities(rows: pd.DataFrame, vault: Vault) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Seal what names a person, and make the tokens by which they can be found."""
    present = [c for c in IDENTITY_FIELDS if c in rows and rows[c].notna().any()]
    if not present:
        return pd.DataFrame(), pd.DataFrame()
    latest = rows.loc[rows[present].notna().any(axis=1), ["customer", *present]]
    latest = latest.drop_duplicates("customer", keep="last")
    sealed, tokens = [], []
    for record in latest.to_dict("records"):
        owner = str(record["customer"])
        values = {c: str(record[c]) for c in present if isinstance(record[c], str) and record[c].strip()}
        sealed.append((owner, vault.seal(values, owner)))
        tokens += [(token, owner) for token in search_tokens(vault, values)]
    return (
        pd.DataFrame(sealed, columns=["customer", "sealed"]),
        pd.DataFrame(tokens, columns=["token", "customer"]).drop_duplicates(),
    )


def _refusals(repeated: pd.DataFrame, vault: Vault, file_sha256: str) -> pd.DataFrame:
    """Return the refusals in profiles whose ids came earlier in the file; their grants do not count."""
    if repeated.empty or len(repeated.columns) < 2:
        return pd.DataFrame()
    people = vault.pseudonyms(f"customer:{one}" for one in repeated["customer_id"])
    return _consent_columns(repeated.assign(customer=people), file_sha256, again=True)


def _consent_columns(rows: pd.DataFrame, file_sha256: str, *, again: bool = False) -> pd.DataFrame:
    """Turn the consent and opt-out columns of a profile file into one event a person, purpose and column.

    A yes in a column has no date, so it undoes no refusal however often the file comes in; a no counts
    from now on. A no to marketing is one to profiling too, unless the file asks for that apart.
    """
    parts = []
    for purpose in PURPOSES:
        name = f"consent_{purpose}"
        if name in rows:
            parts.append(rows[["customer"]].assign(purpose=purpose, action=rows[name], said=name))
    for purpose in ("profiling", "recommendation"):
        if "consent_personalisation" in rows and f"consent_{purpose}" not in rows:
            no = rows["consent_personalisation"].where(rows["consent_personalisation"] == WITHDRAW, None)
            parts.append(rows[["customer"]].assign(purpose=purpose, action=no, said="marketing"))
    if "opt_out" in rows:
        out = rows[["customer"]].assign(action=rows["opt_out"], at=rows["opt_out_at"], said="opt_out")
        parts += [out.assign(purpose=purpose) for purpose in OPT_OUT_PURPOSES]
    if not parts:
        return pd.DataFrame()
    events = pd.concat([part.reindex(columns=["customer", "purpose", "action", "at", "said"]) for part in parts])
    events = events[events["action"].notna()]
    if again:
        events = events[events["action"] != GRANT]
    if events.empty:
        return pd.DataFrame()
    if again:
        events = events.assign(said=events["said"] + ":again")
    events = events.sort_values("action", kind="stable").drop_duplicates(["customer", "purpose", "said"], keep="last")
    said = events[["customer", "purpose", "said"]].itertuples(index=False)
    events["row_key"] = [_event_key(file_sha256, *one) for one in said]
    return _dated(events.drop(columns="said")).assign(source="column")


def _event_key(*parts: str) -> str:
    return hashlib.sha256(":".join(parts).encode()).hexdigest()[:40]


def _consent_events(rows: pd.DataFrame, file_sha256: str) -> pd.DataFrame:
    """Keep the columns of the consent table; a no to a purpose that is not ours is one to all of ours."""
    wanted = ["customer", "purpose", "action", "at", "expires_at", "source", "basis", "row_key"]
    events = rows.reindex(columns=wanted)
    again = (events["action"] != GRANT) & events["at"].isna()  # without a date, another file's no is another no
    events["row_key"] = events["row_key"].where(~again, [_event_key(file_sha256, key) for key in events["row_key"]])
    every = events[events["purpose"] == EVERY_PURPOSE]
    parts = [every.assign(purpose=p, row_key=[_event_key(p, key) for key in every["row_key"]]) for p in PURPOSES]
    events = pd.concat([events[events["purpose"] != EVERY_PURPOSE], *parts]) if len(every) else events
    events["expires_at"] = pd.to_datetime(events["expires_at"], utc=True)
    return _dated(events)


def _dated(events: pd.DataFrame) -> pd.DataFrame:
    """Give every event its moment, the stricter where it is not known.

    A yes without a date was given before everything else, a no without a date now. A no with a day and
    no hour counts until that day's end.
    """
    at = pd.to_datetime(events["at"], utc=True)
    grants = events["action"] == GRANT
    whole_day = ~grants & at.notna() & (at.dt.normalize() == at)
    at = at.where(~whole_day, at + DAY - pd.Timedelta(seconds=1))
    undated = pd.Series(pd.Timestamp(UNDATED), index=events.index).where(grants, pd.Timestamp.now(tz="UTC"))
    return events.assign(at=at.fillna(undated))
