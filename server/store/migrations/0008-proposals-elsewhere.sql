-- What its branch had at a head, for after its end: {"head", "bots": [...], "commits": [{id, message, author, at}]}.
ALTER TABLE proposals ADD COLUMN held TEXT NOT NULL DEFAULT '{"head":null,"bots":[],"commits":[]}';
-- Why the remote does not have it as it is here, in words; empty where nothing is known to be wrong.
ALTER TABLE proposals ADD COLUMN trouble TEXT NOT NULL DEFAULT '';
-- Its pull request on the forge.
ALTER TABLE proposals ADD COLUMN forge_number INTEGER;
ALTER TABLE proposals ADD COLUMN forge_url TEXT;
