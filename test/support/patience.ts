/**
 * How long a test waits for an event that has to come: longer than any machine at work needs. It is no judgement of
 * speed; it only ends a run where the event never comes.
 */
export const PATIENCE_MS = 120_000;
