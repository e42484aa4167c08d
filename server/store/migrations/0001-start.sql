CREATE TABLE meta (
  -- Single facts about this database, such as the commit of main that it was last brought up to.
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE fleet (
  -- claworc.yaml as it is on main; one row, or none before the first commit.
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  record  TEXT NOT NULL CHECK (json_valid(record)),
  -- The commit of main whose import wrote this row.
  commit_id TEXT NOT NULL
) STRICT;

CREATE TABLE instances (
  -- One row per bot on main, and per bot whose creation is not published yet.
  -- The number of the API; never used again for another bot.
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL UNIQUE,
  -- The record on main, the last one that could be read; NULL while the bot is only a draft.
  record     TEXT CHECK (json_valid(record)),
  -- The commit of main that brought this record.
  commit_id   TEXT,
  -- UTC, ISO 8601, as all times here.
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  CHECK ((record IS NULL) = (commit_id IS NULL))
) STRICT;

CREATE TABLE outbox (
  -- Edits on their way to git. A published edit is the commit whose message carries `Claworc-Edit: <id>`.
  -- The order in which edits were made and are published.
  position     INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  made_at      TEXT NOT NULL,
  author_name  TEXT NOT NULL,
  author_email TEXT NOT NULL,
  message      TEXT NOT NULL,
  -- pending:   not on main yet
  -- published: on main, at commit_id
  -- conflict:  a field changed on main meanwhile; a person decides (rows in outbox_conflicts)
  -- failed:    can't be published as it is; detail says why
  -- discarded: given up by a person
  state        TEXT NOT NULL CHECK (state IN ('pending', 'published', 'conflict', 'failed', 'discarded')),
  commit_id     TEXT,
  detail       TEXT NOT NULL DEFAULT '',
  settled_at   TEXT,
  CHECK ((state = 'published') = (commit_id IS NOT NULL)),
  CHECK ((state = 'pending') = (settled_at IS NULL))
) STRICT;

CREATE INDEX outbox_open ON outbox (position) WHERE state IN ('pending', 'conflict', 'failed');

CREATE TABLE outbox_changes (
  -- What an edit changes, document by document: what the person saw, and what they want instead.
  edit_id     TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  ordinal     INTEGER NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('BotInstance', 'Fleet', 'SealedKey')),
  -- The bot, or `fleet`: claworc.yaml and the global keys.
  unit        TEXT NOT NULL,
  -- Documents; NULL where there is none (a creation, a removal).
  base        TEXT CHECK (json_valid(base)),
  next        TEXT CHECK (json_valid(next)),
  -- Of a removal: what becomes of the volumes.
  data        TEXT CHECK (data IN ('retain', 'destroy')),
  -- Of an API key: its name, and the sealed file (ciphertext only); NULL takes the key away.
  key_name    TEXT,
  key_file    TEXT,
  -- HMAC of the value under a secret that is not in this database's repository: tells "same value again", nothing more.
  fingerprint BLOB,
  -- The last four characters of a long key, else empty.
  hint        TEXT,
  PRIMARY KEY (edit_id, ordinal),
  CHECK ((kind = 'SealedKey') = (key_name IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_changes_by_unit ON outbox_changes (unit);

CREATE TABLE outbox_conflicts (
  -- Fields of an edit that changed on main after the person saw them.
  edit_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  unit    TEXT NOT NULL,
  -- Dotted path, `spec.resources.limits.cpu`.
  field   TEXT NOT NULL,
  -- JSON values; NULL where the field was not set.
  base    TEXT CHECK (json_valid(base)),
  theirs  TEXT CHECK (json_valid(theirs)),
  mine    TEXT CHECK (json_valid(mine)),
  PRIMARY KEY (edit_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
  -- Every version of a record that was saved here or came from git, oldest first.
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  -- The bot, or `fleet`.
  unit     TEXT NOT NULL,
  -- NULL: removed.
  record   TEXT CHECK (json_valid(record)),
  saved_at TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  -- Where it came from: an edit made here, or a commit made elsewhere.
  edit_id  TEXT,
  commit_id TEXT,
  CHECK ((edit_id IS NULL) <> (commit_id IS NULL))
) STRICT;

CREATE INDEX revisions_by_unit ON revisions (unit, id);

CREATE TABLE sealed_keys (
  -- API keys on main, sealed: nothing in this database opens them.
  -- `global`, or the bot whose override it is.
  scope       TEXT NOT NULL,
  -- The environment variable, `ANTHROPIC_API_KEY`.
  name        TEXT NOT NULL,
  -- The file under secrets/, as it is in git.
  file        TEXT NOT NULL,
  fingerprint BLOB,
  hint        TEXT NOT NULL DEFAULT '',
  commit_id    TEXT NOT NULL,
  updated_at  TEXT NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstones (
  -- Bots that were removed, as main says: tombstones/<name>.yaml.
  name       TEXT PRIMARY KEY,
  data       TEXT NOT NULL CHECK (data IN ('retain', 'destroy')),
  removed_at TEXT NOT NULL,
  removed_by TEXT NOT NULL,
  commit_id   TEXT NOT NULL
) STRICT;

CREATE TABLE problems (
  -- What is wrong on main at the imported commit; written anew by each import.
  id      INTEGER PRIMARY KEY,
  -- The bot it holds up, `fleet`, or NULL for a file that belongs to none.
  unit    TEXT,
  -- An error holds its unit, a warning holds nothing.
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')),
  file    TEXT NOT NULL,
  line_number   INTEGER,
  column_number INTEGER,
  field   TEXT NOT NULL,
  message TEXT NOT NULL,
  source  TEXT
) STRICT;

CREATE TABLE unrendered (
  -- Units whose dist/ on main is not what their record renders to.
  unit     TEXT PRIMARY KEY,
  -- inputs: a record or key was pushed without its rendering, which is still to be published.
  -- hand:   dist/ itself was edited; held until a person decides.
  cause    TEXT NOT NULL CHECK (cause IN ('inputs', 'hand')),
  -- The commit that did it.
  commit_id TEXT NOT NULL
) STRICT;

CREATE TABLE journal (
  -- What happened to units after their commit: applied, healthy, failed, pruned ...
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       TEXT NOT NULL,
  unit     TEXT NOT NULL,
  commit_id TEXT,
  event    TEXT NOT NULL,
  detail   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX journal_by_unit ON journal (unit, id);

CREATE TABLE audit (
  -- Who asked for what, in the order in which it was asked. Never a value of a key.
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      TEXT NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  -- `bot-alpha`, `settings`, `fleet`.
  subject TEXT NOT NULL,
  edit_id TEXT,
  detail  TEXT NOT NULL DEFAULT ''
) STRICT;
