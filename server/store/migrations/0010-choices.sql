-- What a person decided beforehand of conflicts that they were shown: JSON, ids under "mine" and "theirs".
ALTER TABLE outbox ADD COLUMN choices TEXT;
-- SHA-256 of the sealed file that the person's page knew; empty: there was no key. NULL: whatever is there.
ALTER TABLE outbox_changes ADD COLUMN key_base TEXT;
-- The edit that opened it, and with which it goes if that was never on its branch.
ALTER TABLE proposals ADD COLUMN opened_with TEXT;
-- The text of the record of a bot that comes back.
ALTER TABLE outbox_changes ADD COLUMN text TEXT;
