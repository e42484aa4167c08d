-- A bot's page asks for what is wrong with that bot alone.
CREATE INDEX problems_by_unit ON problems (unit);
