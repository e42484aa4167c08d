CREATE TABLE proposals (
  -- What branches other than main propose; the branch is the truth, this is what can't be read from it.
  number      INTEGER PRIMARY KEY AUTOINCREMENT,
  title       TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  -- Short name.
  branch      TEXT NOT NULL,
  author      TEXT NOT NULL,
  state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'closed')),
  opened_at   TEXT NOT NULL,
  closed_at   TEXT,
  -- Where the branch was seen last; NULL before its first commit.
  head_id     TEXT,
  -- The commit of main that has it.
  merged_id   TEXT,
  CHECK ((state = 'open') = (closed_at IS NULL)),
  CHECK ((state = 'merged') = (merged_id IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX proposals_open ON proposals (branch) WHERE state = 'open';

-- The proposal that an edit belongs to; NULL: it goes to main by itself.
ALTER TABLE outbox ADD COLUMN proposal INTEGER REFERENCES proposals (number);
-- The commit on the branch of its proposal. A pending edit that has one is proposed.
ALTER TABLE outbox ADD COLUMN proposed_id TEXT;
CREATE INDEX outbox_by_proposal ON outbox (proposal) WHERE proposal IS NOT NULL;
