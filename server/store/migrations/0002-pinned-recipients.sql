CREATE TABLE pinned_recipients (
  -- age recipients that API keys may be sealed for here: those of the first claworc.yaml that was read, and what a person
  -- accepted since. A commit alone adds none.
  recipient   TEXT PRIMARY KEY,
  accepted_at TEXT NOT NULL,
  accepted_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
