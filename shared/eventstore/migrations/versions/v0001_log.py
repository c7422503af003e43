"""The log: one table of events, one row that says where it ends, and who may append what."""

from alembic import op

revision = "0001"
down_revision = None

# The head row is locked from the moment positions are assigned until the commit. A sequence would hand
# them out without waiting, and a reader that saw the later of two commits would skip the other.
_LOG = (
    """
CREATE TABLE event_store.head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    position bigint NOT NULL
) WITH (fillfactor = 10)
""",
    """
INSERT INTO event_store.head (position) VALUES (0)
""",
    """
CREATE TABLE event_store.events (
    position bigint PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    stream text COLLATE "C" NOT NULL,
    revision bigint NOT NULL CHECK (revision >= 0),
    category text COLLATE "C" NOT NULL GENERATED ALWAYS AS (split_part(stream, '-', 1)) STORED,
    type text COLLATE "C" NOT NULL,
    time_us bigint NOT NULL,
    data bytea NOT NULL,
    metadata bytea NOT NULL,
    trace text NOT NULL,
    UNIQUE (stream, revision)
)
""",
    """
CREATE INDEX events_by_category ON event_store.events (category, position)
""",
)

_APPEND_ONLY = (
    """
CREATE FUNCTION event_store.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'restrict_violation';
END $$
""",
    """
CREATE TRIGGER events_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON event_store.events
    FOR EACH STATEMENT EXECUTE FUNCTION event_store.refuse()
""",
    """
CREATE TRIGGER head_is_kept BEFORE DELETE OR TRUNCATE ON event_store.head
    FOR EACH STATEMENT EXECUTE FUNCTION event_store.refuse()
""",
    """
CREATE TRIGGER head_grows BEFORE UPDATE ON event_store.head
    FOR EACH ROW WHEN (NEW.position < OLD.position OR NOT NEW.is_only)
    EXECUTE FUNCTION event_store.refuse()
""",
)

_ROLES = (
    """
CREATE TABLE event_store.writers (
    role name NOT NULL,
    category text COLLATE "C" NOT NULL,
    PRIMARY KEY (role, category)
)
""",
    """
ALTER TABLE event_store.events ENABLE ROW LEVEL SECURITY
""",
    """
CREATE POLICY all_read ON event_store.events FOR SELECT USING (true)
""",
    """
CREATE POLICY own_categories ON event_store.events FOR INSERT
    WITH CHECK (category = ANY (ARRAY(
        SELECT writers.category FROM event_store.writers WHERE writers.role = current_user)))
""",
    """
CREATE FUNCTION event_store.grant_service(service name, categories text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA event_store TO %I', service);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA event_store TO %I', service);
    EXECUTE format('GRANT INSERT ON event_store.events TO %I', service);
    EXECUTE format('GRANT UPDATE (position) ON event_store.head TO %I', service);
    DELETE FROM event_store.writers WHERE role = service;
    INSERT INTO event_store.writers SELECT service, unnest(categories);
END $$
""",
    """
REVOKE EXECUTE ON FUNCTION event_store.grant_service FROM PUBLIC
""",
)


def upgrade() -> None:
    """Make the log."""
    for statement in (*_LOG, *_APPEND_ONLY, *_ROLES):
        op.execute(statement)
