-- The commit of main that last changed the record or the rendered files of the bot; NULL until the history of main was
-- asked for it, and until then commit_id is the best that is known.
ALTER TABLE instances ADD COLUMN rendered_commit_id TEXT;
