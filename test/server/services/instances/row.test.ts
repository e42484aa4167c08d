import { expect, test } from 'vitest';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import type { UnitProblem } from '../../../../constructs/repo/repo.ts';
import type { ObservedConnection, ObservedUnit } from '../../../../server/reconcile/status/observed.ts';
import type { EditedInstance } from '../../../../server/services/instances/edited.ts';
import { pageOf } from '../../../../server/services/instances/row.ts';

const fleet = newFleet({ recipients: [`age1${'q'.repeat(58)}`] });
const desired = {
  row: { id: 1, name: 'bot-beta', commit: 'a1b2c3d', createdAt: '', updatedAt: '' },
  record: newRecord({ name: 'bot-beta', displayName: 'Bot Beta' }, fleet),
  drafts: [],
  isLeaving: false,
} as unknown as EditedInstance;
const live = {
  status: 'running',
  statusReason: '',
  wish: 'running',
  sync: 'failed',
  reason: 'it was moved or copied here',
  objects: [],
} as unknown as ObservedUnit;

const shownWith = (severity: UnitProblem['severity']) =>
  pageOf({
    desired,
    fleet,
    overrides: new Set(),
    problems: [{ unit: 'bot-beta', severity, file: 'secrets/bot-beta/k.yaml', line: 3, field: '', message: 'is old' }],
    isEditedByHand: false,
    live,
    isCurrent: true,
    connection: { state: 'connected', detail: '' } as ObservedConnection,
    mainWait: null,
    basePath: '',
  });

test('a warning about a file is not told in place of why a bot is held', () => {
  expect(shownWith('warning')).toMatchObject({ sync: 'failed', sync_reason: 'it was moved or copied here' });
});

test('an error in a file is what holds a bot', () => {
  expect(shownWith('error')).toMatchObject({ sync: 'failed', sync_reason: 'secrets/bot-beta/k.yaml:3: is old' });
});
