/** Of commands that are about bots of a checkout. */
export const BOTS = [['[bots...]', 'names of bots; without one --fleet is to be given']] as const;

/** Of `claworc rollout`. */
export const ROLLOUT = [
  ['[action]', 'status, pause, resume, skip or rollback'],
  ['[commit]', 'commit of the rollout that is meant (default: whichever is on its way)'],
] as const;

/** Of `claworc blame`. */
export const BLAME = [
  ['<bot>', 'name of the bot'],
  ['[field]', 'one field with what is below it: memory_limit, resources.limits (default: every one)'],
] as const;

/** Of `claworc rollback`. */
export const ROLLBACK = [
  ['<commit>', 'commit to go back to'],
  ['[bot]', 'name of the bot (default: the whole fleet, with the defaults in claworc.yaml)'],
] as const;

/** Of `claworc approve`. */
export const APPROVE = [
  ['[commit]', 'commit whose removals they are'],
  ['[hash]', 'what was told of them'],
] as const;
