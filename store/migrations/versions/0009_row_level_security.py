"""PostgreSQL itself keeps rows of one company from a reader that is bound to another.

The role `saldo_storefront` reads what the API may show and nothing else; a transaction that takes it says whose
rows it is about by three settings. Without them it sees none. Other users, the owner among them, see all.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from schemas.errors import StoreError

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLE = "saldo_storefront"

SEES = """
CREATE FUNCTION saldo_sees(of_source text, party text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('saldo.source', true), '') IN ('', of_source)
     AND CASE current_setting('saldo.parties', true)
           WHEN '*' THEN true
           ELSE coalesce(party = ANY (string_to_array(current_setting('saldo.parties', true), ',')), false)
         END
$$
"""
# A reader who is one person of a company sees no balances.
SEES_MONEY = """
CREATE FUNCTION saldo_sees_money(of_source text, party text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('saldo.contact', true), '') = '' AND saldo_sees(of_source, party)
$$
"""
_MONEY = "saldo_sees_money(source, counterparty_id)"
_CONTACT = "coalesce(current_setting('saldo.contact', true), '') IN ('', contact_id)"
_NESTED = "EXISTS (SELECT 1 FROM document d WHERE d.source = {table}.source AND d.id = {table}.document_id)"
_OF_KEY = (
    "saldo_sees_money(source, (SELECT k.counterparty_id FROM settlement_key k"
    " WHERE k.source = {table}.source AND k.id = {table}.settlement_key_id))"
)
_EVERYTHING = "current_setting('saldo.parties', true) = '*' AND saldo_sees(source, NULL)"
_PARTY = "EXISTS (SELECT 1 FROM counterparty c WHERE c.source = {table}.source AND "
_CONTACT_OF = "EXISTS (SELECT 1 FROM contact p WHERE p.source = {table}.source AND p.id = {table}.owner_id)"
_OF_PARTNER = f"{_EVERYTHING} OR {_PARTY}c.partner_id = {{table}}.{{column}})"
_OWNED = f"{_EVERYTHING} OR {_PARTY}{{table}}.owner_id IN (c.id, c.partner_id)) OR {_CONTACT_OF}"
_VERSION = (
    f"{_EVERYTHING} OR saldo_sees(source,"
    " CASE record WHEN 'counterparty' THEN record_id ELSE fields ->> 'counterparty_id' END)"
    " AND (record <> 'document' OR coalesce(current_setting('saldo.contact', true), '')"
    " IN ('', fields ->> 'contact_id'))"
)
_TERMS = (
    "CASE subject WHEN 'counterparty' THEN saldo_sees(source, subject_id) ELSE EXISTS (SELECT 1 FROM contract c"
    " WHERE c.source = {table}.source AND c.id = {table}.subject_id) END"
)
POLICIES = {
    "counterparty": "saldo_sees(source, id)",
    "contract": "saldo_sees(source, counterparty_id)",
    "settlement_key": _MONEY,
    "settlement_object": _MONEY,
    "document": f"saldo_sees(source, counterparty_id) AND {_CONTACT}",
    "document_line": _NESTED,
    "allocation": _NESTED,
    "payment_stage": _NESTED,
    "settlement_entry": _OF_KEY,
    "due_entry": _OF_KEY,
    "contract_balance": _MONEY,
    "open_item": _MONEY,
    "balance_history": _MONEY,
    "agreement_difference": f"counterparty_id IS NULL OR {_MONEY}",
    "agreement_document": "EXISTS (SELECT 1 FROM agreement_difference d WHERE d.id = difference_id)",
    "access_override": "saldo_sees(source, counterparty_id)",
    "trading_suspension": "saldo_sees(source, counterparty_id)",
    "terms_override": _TERMS,
    "agreed_period": _MONEY,
    "event": _MONEY,
    "operation": f"{_EVERYTHING} OR saldo_sees(source, counterparty_id)",
    "api_audit": _EVERYTHING,
    "partner": _OF_PARTNER.replace("{column}", "id"),
    "contact": _OF_PARTNER.replace("{column}", "partner_id"),
    "delivery_point": _OF_PARTNER.replace("{column}", "partner_id"),
    "contact_point": _OWNED,
    "record_history": _VERSION,
}
# What belongs to nobody in particular, or is only read by the id of something that was seen before.
SHARED = (
    *("currency", "organization", "manager", "contact_kind", "property", "unit", "item", "access_rule"),
    *("watermark", "balance_state", "source_version", "sync_run", "rejected", "pause", "exchange_node"),
    *("agreement", "census", "landing_unit", "landing_page", "schema_version"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(SEES)
    op.execute(SEES_MONEY)
    _have_role()
    for table in (*POLICIES, *SHARED):
        op.execute(f'GRANT SELECT ON "{table}" TO {ROLE}')
    for table, sees in POLICIES.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        condition = sees.replace("{table}", f'"{table}"')
        op.execute(f'CREATE POLICY storefront ON "{table}" FOR SELECT TO {ROLE} USING ({condition})')
        op.execute(f"CREATE POLICY hub ON \"{table}\" USING (current_user <> '{ROLE}')")


def _have_role() -> None:
    """Make the role, which belongs to the whole server, and let the hub's user take it.

    Errors: StoreError where an administrator has to do it.
    """
    bind = op.get_bind()
    may, known, schema, user = bind.execute(
        sa.text(
            "SELECT (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user),"
            " EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role),"
            " quote_ident(current_schema()), quote_ident(current_user)"
        ),
        {"role": ROLE},
    ).one()
    member = known and bind.execute(sa.text(f"SELECT pg_has_role('{ROLE}', 'MEMBER')")).scalar_one()
    if not member and not may:
        wanted = f"{'' if known else f'CREATE ROLE {ROLE} NOLOGIN; '}GRANT {ROLE} TO {user};"
        raise StoreError(
            f"The database has no role {ROLE} that this user may take, and it may not make one",
            hint=f"Let an administrator of PostgreSQL run: {wanted} Then run: saldo migrate",
        )
    if not known:
        op.execute(f"CREATE ROLE {ROLE} NOLOGIN")
    if not member:
        op.execute(f"GRANT {ROLE} TO {user}")
    op.execute(f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in POLICIES:
        op.execute(f'DROP POLICY storefront ON "{table}"')
        op.execute(f'DROP POLICY hub ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    for table in (*POLICIES, *SHARED):
        op.execute(f'REVOKE SELECT ON "{table}" FROM {ROLE}')  # noqa: S608
    op.execute("DROP FUNCTION saldo_sees_money(text, text)")
    op.execute("DROP FUNCTION saldo_sees(text, text)")
