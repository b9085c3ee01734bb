"""Every statement of the journal, by name.

Paths, call ids and answers are bytes: a file name need not be UTF-8, and `text` takes neither NUL nor half a
surrogate pair, which a model's words can hold.
"""

LOCK_TABLES = "select pg_advisory_xact_lock(hashtext('backend_developer'), hashtext('journal'))"

TABLES_THERE = "select to_regclass('backend_developer.journal_blob') is not null"

# The last table is the one that TABLES_THERE looks for.
CREATE_TABLES = """
create schema if not exists backend_developer;
create table if not exists backend_developer.journal_file (
    run text not null,
    path bytea not null,
    original text,
    original_mode integer,
    base text,
    base_mode integer,
    written text,
    written_mode integer,
    call_id bytea not null,
    mixed boolean not null,
    primary key (run, path)
);
create table if not exists backend_developer.journal_folder (
    run text not null,
    path bytea not null,
    primary key (run, path)
);
create table if not exists backend_developer.journal_call (
    run text not null,
    call_id bytea not null,
    answer bytea not null,
    ok boolean not null,
    done boolean not null,
    primary key (run, call_id)
);
create table if not exists backend_developer.journal_blob (
    run text not null,
    digest text not null,
    data bytea not null,
    primary key (run, digest)
)
"""

LOAD_FILES = """
select path, original, original_mode, base, base_mode, written, written_mode, call_id, mixed
from backend_developer.journal_file where run = %(run)s
"""

LOAD_FOLDERS = "select path from backend_developer.journal_folder where run = %(run)s order by path"

LOAD_CALLS = "select call_id, done from backend_developer.journal_call where run = %(run)s"

# One statement, so that a batch costs one round trip and one commit.
RECORD = """
with new_blobs as (
    insert into backend_developer.journal_blob (run, digest, data)
    select %(run)s, digest, data from unnest(%(digests)s::text[], %(datas)s::bytea[]) as b(digest, data)
    on conflict do nothing
), new_folders as (
    insert into backend_developer.journal_folder (run, path)
    select %(run)s, path from unnest(%(folders)s::bytea[]) as f(path)
    on conflict do nothing
), new_call as (
    insert into backend_developer.journal_call (run, call_id, answer, ok, done)
    select %(run)s, %(call_id)s::bytea, %(answer)s::bytea, %(ok)s::boolean, %(done)s::boolean
    where %(call_id)s::bytea is not null
    on conflict (run, call_id) do update set answer = excluded.answer, ok = excluded.ok, done = excluded.done
)
insert into backend_developer.journal_file
    (run, path, original, original_mode, base, base_mode, written, written_mode, call_id, mixed)
select %(run)s, * from unnest(
    %(paths)s::bytea[], %(originals)s::text[], %(original_modes)s::int[], %(bases)s::text[], %(base_modes)s::int[],
    %(writtens)s::text[], %(written_modes)s::int[], %(call_ids)s::bytea[], %(mixed)s::boolean[]
)
on conflict (run, path) do update set
    original = excluded.original, original_mode = excluded.original_mode,
    base = excluded.base, base_mode = excluded.base_mode,
    written = excluded.written, written_mode = excluded.written_mode, call_id = excluded.call_id, mixed = excluded.mixed
"""

CLOSE_CALL = "update backend_developer.journal_call set done = true where run = %(run)s and call_id = %(call_id)s"

FORGET_CALL = "delete from backend_developer.journal_call where run = %(run)s and call_id = %(call_id)s"

FORGET_FILE = "delete from backend_developer.journal_file where run = %(run)s and path = %(path)s"

ANSWER = "select answer, ok, done from backend_developer.journal_call where run = %(run)s and call_id = %(call_id)s"

BLOB = "select data from backend_developer.journal_blob where run = %(run)s and digest = %(digest)s"
