-- Each commit asks which bots are on main, and whether one of them has no rendered commit; a row with its record is large.
CREATE INDEX instances_published ON instances (id, name) WHERE record IS NOT NULL;
CREATE INDEX instances_untold ON instances (name, commit_id) WHERE record IS NOT NULL AND rendered_commit_id IS NULL;
