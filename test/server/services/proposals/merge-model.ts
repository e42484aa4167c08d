/**
 * What merging should do, said in few words about flat documents: the value of each field by its path. It knows nothing
 * of YAML, of nested maps or of how the real merge goes about it.
 */
export type Fields = ReadonlyMap<string, string>;

/** A bot: null where it has no record; whether a tombstone says that it left. */
export interface Bot {
  readonly fields: Fields | null;
  readonly isBuried: boolean;
}

export interface Outcome {
  readonly bot: Bot;
  /** Paths of the fields that both sides changed; empty for the bot itself. */
  readonly conflicts: readonly string[];
}

const ALIVE = (fields: Fields): Bot => ({ fields, isBuried: false });
export const NEVER: Bot = { fields: null, isBuried: false };

/** Lays an edit, which saw `base` and wants `next`, on a bot. */
export function layEdit(there: Bot, base: Fields | null, next: Fields | null): Outcome {
  const { fields, conflicts } = mergeFields(base, there.fields, next);
  if (conflicts.length > 0) return { bot: there, conflicts };
  return { bot: fields === null ? { fields: null, isBuried: true } : ALIVE(fields), conflicts };
}

/**
 * Brings what a branch changed of a bot since `base` to `theirs`. `isUntouched` says of a side that it left the file of the
 * record as it was in base, comments included: a file that was touched is not removed.
 */
export function layBranch(
  base: Bot,
  theirs: Bot,
  mine: Bot,
  isUntouched: { readonly theirs: boolean; readonly mine: boolean },
): Outcome {
  const isBuried = theirs.isBuried === base.isBuried ? mine.isBuried : theirs.isBuried;
  const kept = theirs.fields === null ? isUntouched.mine : isUntouched.theirs;
  const isRemovedOnce = base.fields !== null && (theirs.fields === null) !== (mine.fields === null);
  if (isRemovedOnce && !kept) return { bot: theirs, conflicts: [''] };
  if (isRemovedOnce) return { bot: { fields: null, isBuried }, conflicts: [] };
  const { fields, conflicts } = mergeFields(base.fields, theirs.fields, mine.fields);
  return { bot: conflicts.length > 0 ? theirs : { fields, isBuried }, conflicts };
}

/** The one rule: whoever changed a field has it; who changed it to the same agrees; else both are told. */
function mergeFields(
  base: Fields | null,
  theirs: Fields | null,
  mine: Fields | null,
): { readonly fields: Fields | null; readonly conflicts: readonly string[] } {
  if (isSame(theirs, mine) || isSame(base, mine)) return { fields: theirs, conflicts: [] };
  if (isSame(base, theirs)) return { fields: mine, conflicts: [] };
  if (theirs === null || mine === null) return { fields: theirs, conflicts: [''] };
  const conflicts: string[] = [];
  const fields = new Map<string, string>();
  for (const path of new Set([...theirs.keys(), ...mine.keys(), ...(base?.keys() ?? [])])) {
    const [before, left, right] = [base?.get(path), theirs.get(path), mine.get(path)];
    if (left !== before && right !== before && left !== right) conflicts.push(path);
    const value = left === before ? right : left;
    if (value !== undefined) fields.set(path, value);
  }
  return { fields, conflicts };
}

function isSame(one: Fields | null, other: Fields | null): boolean {
  if (one === null || other === null) return one === other;
  return one.size === other.size && [...one].every(([path, value]) => other.get(path) === value);
}
