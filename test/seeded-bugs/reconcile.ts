import type { HoldingTest, SeededBug } from './seeded-bug.ts';

const PLAN = 'server/reconcile/plan/plan.ts';
const GUARDS = 'server/reconcile/plan/guards';
const REMOVE = 'server/reconcile/apply/remove-object.ts';
const DESIRED = 'server/reconcile/desired/desired.ts';
const EXECUTE = 'test/server/reconcile/apply/execute.test.ts';
const MODEL: HoldingTest = { file: 'test/server/reconcile/model/model.test.ts', name: 'whatever happens to main' };

/** Between a commit and the cluster: planning, guards and applying. */
export const RECONCILE_BUGS: readonly SeededBug[] = [
  {
    name: 'volumes go with their bot although its tombstone keeps the data',
    file: `${GUARDS}/volume.ts`,
    find: "if (desired.state === 'removed' && desired.data === 'destroy') return undefined;",
    replace: "if (desired.state === 'removed') return undefined;",
    tests: [MODEL],
  },
  {
    name: 'an object that only copied our marks is removed with the bot',
    file: `${GUARDS}/mark.ts`,
    find: 'if (unitOf(object) !== unit) {',
    replace: "if (object.metadata.annotations?.['claworc.dev/unit']?.startsWith(unit) !== true) {",
    tests: [MODEL],
  },
  {
    name: 'a commit that comes before the one that the cluster runs is applied',
    file: 'server/reconcile/plan/lineage.ts',
    find: "order === 'before' || order === 'cut_off'",
    replace: "order === 'cut_off'",
    tests: [MODEL],
  },
  {
    name: 'a bot whose record went without a tombstone is removed',
    file: DESIRED,
    find: 'if (!present)\n    return held(',
    replace: "if (!present) return { unit, state: 'removed', data: 'retain' };\n  if (!present)\n    return held(",
    tests: [MODEL],
  },
  {
    name: 'a volume that was kept stays marked as kept when its bot comes back',
    file: 'server/reconcile/apply/carry-out.ts',
    find: 'if (live !== undefined && isRetainedFrom(live, unit)) {',
    replace: "if (live !== undefined && isRetainedFrom(live, unit) && unit === '') {",
    tests: [MODEL],
  },
  {
    name: 'a hand edit of what git owns is left',
    file: 'server/reconcile/plan/managers.ts',
    find: "[/^kubectl(-.*)?$/, 'take'],",
    replace: "[/^kubectl$/, 'take'],",
    tests: [MODEL],
  },
  {
    name: 'an object that nobody changed is written with each apply',
    file: PLAN,
    find: 'if (fields.length === 0 && !ownershipLost && !retained) {',
    replace: "if (fields.length === 0 && !ownershipLost && !retained && kind !== 'Service') {",
    tests: [MODEL],
  },
  {
    name: 'dist/ that a hand edited is applied',
    file: DESIRED,
    find: 'if (difference !== undefined) return notRendered(difference);',
    replace: '',
    tests: [MODEL],
  },
  {
    name: 'a bot that only the cluster knows is shown to nobody',
    file: 'server/reconcile/live/live-index.ts',
    find: 'if (this.#hasUnmarked(unit)) return true;',
    replace: 'if (!this.#hasUnmarked(unit)) return false;',
    tests: [{ file: 'test/server/reconcile/live/live-index.test.ts', name: 'a bot that only the cluster knows' }],
  },
  {
    name: 'an object is deleted whatever has become of it since it was looked at',
    file: REMOVE,
    find: 'preconditions: { uid, resourceVersion },\n    propagation',
    replace: 'preconditions: { uid: undefined as never },\n    propagation',
    tests: [{ file: EXECUTE, name: 'never hits an object that took the name after the plan was made' }],
  },
  {
    name: 'an object that was deleted meanwhile is made anew from an old plan',
    file: 'server/reconcile/apply/apply-object.ts',
    find: '...(uid !== undefined && { uid }),',
    replace: '',
    tests: [{ file: EXECUTE, name: 'never makes an object anew that was deleted after the plan was made' }],
  },
  {
    name: 'a field is taken from another manager than a person at kubectl',
    file: 'server/reconcile/apply/apply-object.ts',
    find: 'if (!conflicts.every(({ manager }) => isHandEdit(manager))) return { ...first, taken: [] };',
    replace: '',
    tests: [{ file: EXECUTE, name: 'takes a field back from kubectl, but never from another manager' }],
  },
];
