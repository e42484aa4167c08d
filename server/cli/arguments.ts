/** Of commands that are about bots of a checkout. */
export const BOTS = [['[bots...]', 'names of bots; without one --fleet is to be given']] as const;

/** Of `claworc rollout`. */
export const ROLLOUT = [
  ['[action]', 'status, pause, resume, skip or rollback'],
  ['[commit]', 'commit of the rollout that is meant (default: whichever is on its way)'],
] as const;
