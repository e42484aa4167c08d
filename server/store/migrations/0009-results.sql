-- What happened to a unit is read by the commits of a page of the fleet's history too.
CREATE INDEX journal_by_commit ON journal (commit_id, unit);
