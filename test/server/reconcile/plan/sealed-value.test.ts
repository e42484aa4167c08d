import { describe, expect, test } from 'vitest';
import { SEALED_DIGEST_ANNOTATION } from '../../../../constructs/sealed-secret.ts';
import type { FieldsV1, LiveObject, ManagedFieldsEntry } from '../../../../server/cluster/live-object.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import type { DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { compareUnit } from '../../../../server/reconcile/plan/external/compare-unit.ts';
import { fieldsOf } from '../live-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

const PATH = 'secrets/bot-alpha/openai-api-key.yaml';
const repo = await RepoFixture.create('claworc');
repo.appliedBy('external').record('bot-alpha');
/** The unit once the key was set, or its file is that text. */
const unitOf = async (set: { value?: string; file?: string }): Promise<DesiredUnit> => {
  if (set.value !== undefined) await repo.key('bot-alpha', 'OPENAI_API_KEY', set.value);
  if (set.file !== undefined) repo.write(PATH, set.file);
  return desiredUnit(repo.synth().repo, 'bot-alpha');
};
const before = await unitOf({ value: 'sk-before-0123456789' });
const after = await unitOf({ value: 'sk-after-0123456789ab' });
const file = repo.text(PATH);
const sealedAgain = await unitOf({ file: file.replace(/sealed-digest: .*/, 'sealed-digest: "0123456789abcdef"') });
const byHand = await unitOf({ file: file.replace(/^ {2}annotations:\n.*\n/m, '') });

const EARLIER = '2026-11-22T09:59:59Z';
const APPLIED = '2026-11-22T10:00:00Z';
const LATER = '2026-11-22T10:00:01Z';

/** The Secret of `unit` as an applier that sends `data`, or `stringData`, leaves it. */
function applied(unit: DesiredUnit, { sends = 'data', manager = 'kustomize-controller' } = {}): LiveObject {
  const secret = 'objects' in unit ? unit.objects.find(({ kind }) => kind === 'Secret') : undefined;
  if (secret?.sealed === undefined) throw new Error('the unit has no key');
  const { mark } = secret.sealed;
  const { name, namespace = '', labels = {} } = secret.object.metadata;
  const annotations = mark === null ? {} : { [SEALED_DIGEST_ANNOTATION]: mark };
  const sent = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, labels, annotations }, type: 'Opaque' };
  const fieldsV1 = { ...fieldsOf(sent), [`f:${sends}`]: VALUE };
  const managedFields = [{ manager, operation: 'Apply', time: APPLIED, fieldsV1 }];
  return {
    ...sent,
    data: { OPENAI_API_KEY: '' },
    metadata: { ...sent.metadata, uid: 'uid', managedFields },
  };
}

const VALUE: FieldsV1 = { 'f:OPENAI_API_KEY': {} };

/** The same, with the value claimed by somebody else. */
const writtenBy = (live: LiveObject, manager: string, time: string, operation = 'Update'): LiveObject => {
  const { managedFields = [] } = live.metadata;
  const entry: ManagedFieldsEntry = { manager, operation, time, fieldsV1: { 'f:data': VALUE } };
  const left = managedFields.map(({ fieldsV1: { 'f:data': _, ...fieldsV1 } = {}, ...rest }) => ({ ...rest, fieldsV1 }));
  return { ...live, metadata: { ...live.metadata, managedFields: [...left, entry] } };
};

function told(unit: DesiredUnit, live: LiveObject): string {
  const index = new LiveIndex();
  index.put(live);
  const secret = compareUnit(unit, index.labelledUnit(unit)).actions.find(({ kind }) => kind === 'Secret');
  return [secret?.action, secret?.standing, secret?.reason].filter(Boolean).join(', ');
}

const UNKNOWN = 'unchanged, whether its value is the sealed one can not be told';

describe('the value of a Secret that another program applied', () => {
  test.each(['data', 'stringData'])('is the one of main where the program left its mark, sending %s', (sends) => {
    expect(told(after, applied(after, { sends }))).toBe('unchanged');
  });

  test('is not applied yet where the mark is that of the value before', () => {
    expect(told(after, applied(before))).toBe('skip, behind, not applied yet: data.OPENAI_API_KEY');
  });

  test('is not applied yet where the mark is missing, as on what Claworc applied', () => {
    expect(told(after, applied(byHand, { manager: 'claworc' }))).toBe(
      'skip, behind, not applied yet: data.OPENAI_API_KEY',
    );
  });

  test.each(['data', 'stringData'])('is drift where somebody wrote it after the program, which sends %s', (sends) => {
    expect(told(after, writtenBy(applied(after, { sends }), 'kubectl-edit', LATER))).toBe(
      'skip, changed, differs in data.OPENAI_API_KEY (set by kubectl-edit)',
    );
  });

  test('is the one of main again where a program that sends stringData applied after somebody wrote it', () => {
    const live = applied(after, { sends: 'stringData' });

    expect(told(after, writtenBy(live, 'kubectl-edit', EARLIER))).toBe('unchanged');
    expect(told(after, writtenBy(live, 'claworc', EARLIER, 'Apply'))).toBe('unchanged');
  });

  test('can not be told where both wrote it in one second, or Claworc wrote it since', () => {
    const live = applied(after, { sends: 'stringData' });

    expect(told(after, writtenBy(live, 'kubectl-edit', APPLIED))).toBe(UNKNOWN);
    expect(told(after, writtenBy(live, 'claworc', LATER, 'Apply'))).toBe(UNKNOWN);
  });

  test('can not be told where the mark was copied onto the Secret by somebody else than its applier', () => {
    const live = applied(after);
    const [entry] = live.metadata.managedFields ?? [];
    const { 'f:annotations': _, ...metadata } = entry?.fieldsV1?.['f:metadata'] ?? {};
    const managedFields = [{ ...entry, fieldsV1: { ...entry?.fieldsV1, 'f:metadata': metadata } }];

    expect(told(after, { ...live, metadata: { ...live.metadata, managedFields } })).toBe(UNKNOWN);
  });

  test('can not be told where the file on main has no mark of its value: sealed by hand, or edited with sops', () => {
    expect(told(byHand, applied(byHand))).toBe(UNKNOWN);
    expect(told(sealedAgain, applied(after))).toBe(UNKNOWN);
  });
});
