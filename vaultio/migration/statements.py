"""What the manifest asks of its database."""

from __future__ import annotations

INSERT = """
INSERT INTO items (key, stage, kind, source_id, source_version, detail, path, expected_size,
                   expected_md5, data, state, reason, found_at, updated_at)
VALUES (:key, :stage, :kind, :source_id, :source_version, :detail, :path, :expected_size,
        :expected_md5, :data, :state, :reason, :now, :now)
ON CONFLICT (key) DO UPDATE SET
    state = 'found', data = excluded.data, path = excluded.path,
    expected_size = excluded.expected_size, expected_md5 = excluded.expected_md5
WHERE excluded.state = 'found' AND items.state IN ('done', 'skipped') AND (
    excluded.expected_md5 <> items.expected_md5
    OR (excluded.kind IN ('document', 'binder', 'role', 'look') AND items.updated_at < :since))
"""
"""Of what is known, that is done again which is another file now, or may have got something new."""

REFRESH = """
UPDATE items SET data = :data, state = :state, reason = :reason, updated_at = :now
WHERE key = :key AND data <> :data AND state <> 'leased'
"""
RETRY = """
UPDATE items SET state = 'found'
WHERE state = 'failed' AND (:type IS NULL OR error_type = :type)
  AND (:but IS NULL OR error_type <> :but) AND (:before IS NULL OR updated_at < :before)
"""
REVISE = """
UPDATE items SET stage = :stage, data = :data, path = :path, expected_size = :expected_size,
                 expected_md5 = :expected_md5
WHERE key = :key AND state IN ('found', 'leased', 'failed')
"""
RELEASE = """
UPDATE items SET state = 'found', holder = NULL, lease_until = NULL
WHERE state = 'leased' AND (:holder IS NULL OR holder = :holder)
"""
GIVE_BACK = """
UPDATE items SET state = 'found', holder = NULL, lease_until = NULL, tries = tries - 1
WHERE number = ? AND state = 'leased'
"""
REAP = """
UPDATE items SET state = 'found', holder = NULL, lease_until = NULL
WHERE state = 'leased' AND lease_until < :now
"""
_CLAIM = """
UPDATE items SET state = 'leased', holder = :holder, lease_until = :until, tries = tries + 1,
                 updated_at = :now
WHERE number IN ({which})
RETURNING *
"""
_FIRST = """
SELECT {column} FROM items WHERE state = 'found' AND stage = :stage ORDER BY number LIMIT :count
"""
CLAIM = _CLAIM.format(which=_FIRST.format(column="number"))
CLAIM_WHOLE = _CLAIM.format(
    which=f"""
SELECT beside.number
FROM (SELECT DISTINCT source_id FROM ({_FIRST.format(column="source_id")})) AS first
CROSS JOIN items AS beside INDEXED BY items_source ON beside.source_id = first.source_id
WHERE beside.state = 'found' AND beside.stage = :stage
"""
)
"""With what waits beside the first items, of the same documents."""

SETTLE = """
UPDATE items SET state = :state, holder = NULL, lease_until = NULL, updated_at = :now,
                 path = coalesce(:path, path), size = :size, md5 = :md5, verified = :verified,
                 target_id = coalesce(:target_id, target_id),
                 target_version = coalesce(:target_version, target_version),
                 error_type = :error_type, message = :message, reason = :reason,
                 data = coalesce(:data, data)
WHERE number = :number AND (state <> 'done' OR :state = 'done')
"""
TALLIES = """
SELECT stage, kind, state, count(*) AS items, coalesce(sum(size), 0) AS size,
       coalesce(sum(expected_size), 0) AS expected_size,
       count(size) AS files,
       coalesce(sum(verified = 'md5'), 0) AS verified,
       coalesce(sum(verified = 'length'), 0) AS measured
FROM items GROUP BY stage, kind, state
"""
KILLED = """
UPDATE runs SET ended_at = seen_at, outcome = 'killed' WHERE ended_at IS NULL
"""
"""One run of a folder at a time: what has no end when another begins has died."""

BEGIN_RUN = """
INSERT INTO runs (holder, vaultio, began_at, seen_at) VALUES (:holder, :vaultio, :now, :now)
RETURNING number
"""
KEEP_RUN = """
UPDATE runs SET seen_at = :now, ended_at = CASE WHEN :outcome IS NULL THEN NULL ELSE :now END,
                outcome = :outcome, message = :message, done = :done, failed = :failed,
                skipped = :skipped, files = :files, size = :size, calls = :calls,
                waited_s = :waited_s
WHERE number = :number
"""
WITH_FILES = """
SELECT items.*, source.path AS file FROM items
LEFT JOIN items AS source ON source.key = items.key || '/source' AND source.state = 'done'
WHERE items.kind = :kind AND items.number > :last ORDER BY items.number LIMIT :page
"""
