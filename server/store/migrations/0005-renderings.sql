CREATE TABLE renderings (
  -- What was seen to be rendered right; losing it costs time and nothing else.
  unit TEXT PRIMARY KEY,
  -- Digest over the program that renders, what it rendered from, and what it rendered to.
  mark TEXT NOT NULL
) STRICT, WITHOUT ROWID;
