-- Changes since what git keeps of a proposal was written; 0: git has it as it is here.
ALTER TABLE proposals ADD COLUMN unnoted INTEGER NOT NULL DEFAULT 1;
CREATE INDEX proposals_unnoted ON proposals (number) WHERE unnoted > 0;
