import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { KeyScope } from '../../../constructs/schema/index.ts';
import type { PlannedAction } from '../plan/plan-types.ts';
import type { SealedSource } from '../desired/desired-state.ts';

/** Opens a sealed key and checks its binding; made by server/secrets. The value must go nowhere but into an apply. */
export type OpenKey = (
  sealedText: string,
  where: { readonly scope: KeyScope; readonly key: string },
) => Promise<{ readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string }>;

export type OpenedSecrets =
  | { readonly ok: true; readonly objects: ReadonlyMap<PlannedAction, KubeObject> }
  | { readonly ok: false; readonly reason: string };

/** Opens what a plan is about to write, before anything is sent: a key that can't be opened holds its whole unit. */
export async function openSecrets(
  actions: readonly PlannedAction[],
  open: OpenKey | undefined,
): Promise<OpenedSecrets> {
  const objects = new Map<PlannedAction, KubeObject>();
  for (const action of actions) {
    const sealed = action.desired?.sealed;
    if (action.desired === undefined || sealed === undefined || !writesValue(action)) continue;
    if (open === undefined) return { ok: false, reason: missingIdentity(sealed) };
    const opened = await open(sealed.text, { scope: sealed.scope, key: sealed.key });
    if (!opened.ok) return { ok: false, reason: `${action.desired.file} can't be opened: ${opened.reason}` };
    const data = { [sealed.key]: Buffer.from(opened.value, 'utf8').toString('base64') };
    objects.set(action, { ...action.desired.object, data });
  }
  return { ok: true, objects };
}

const writesValue = ({ action }: PlannedAction): boolean =>
  action === 'create' || action === 'configure' || action === 'replace';

const missingIdentity = ({ key }: SealedSource): string =>
  `${key} is sealed and there is no age identity to open it with: give --identity FILE`;
