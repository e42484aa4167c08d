import type { SteerRolloutBody } from '../../../server/http/schemas/rollout.ts';
import type { Screen } from '../../../server/http/schemas/common.ts';
import type { GitState, Heads } from '../../../server/http/schemas/git-state.ts';
import type {
  Blame,
  Comparison,
  FleetRestorePreview,
  RestoredFleet,
  RestorePreview,
} from '../../../server/http/schemas/history.ts';
import type { OfferPlan } from '../../../server/http/schemas/offer-plan.ts';
import type { ChangeRequest } from '../../../server/http/schemas/requests.ts';
import type {
  Config,
  CreateInstance,
  Instance,
  Suspend,
  UpdateInstance,
  OfferedPorts,
} from '../../../server/http/schemas/instance.ts';
import type {
  ForkPulls,
  Proposal,
  ProposalChoice,
  ProposalPage,
  ProposedKey,
} from '../../../server/http/schemas/proposals.ts';
import type { Settings, UpdateSettings } from '../../../server/http/schemas/settings.ts';
import type {
  Activity,
  Change,
  Commit,
  Manifests,
  Overview,
  Preview,
  Ticket,
} from '../../../server/http/schemas/answers.ts';
import { call, type Answer } from './api.ts';
import { targetQuery, type WriteTarget } from './forms/proposing.ts';

const at = (name: string): string => `/instances/${encodeURIComponent(name)}`;
const read = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await call<T>('GET', path, signal === undefined ? {} : { signal })).value;

export const readInstance = (name: string, signal?: AbortSignal): Promise<Instance> => read(at(name), signal);
export const readOverview = (name: string, signal?: AbortSignal): Promise<Overview> =>
  read(`${at(name)}/overview`, signal);
export const readManifests = async (name: string, signal?: AbortSignal): Promise<Manifests> =>
  inReadingOrder(await read<Manifests>(`${at(name)}/manifests`, signal));
/** The newest changes of a bot; with `after`, those behind a page. `next` leads on. */
export const readHistory = (
  name: string,
  signal?: AbortSignal,
  after: string | null = null,
): Promise<Answer<readonly Change[]>> =>
  call('GET', `${at(name)}/history${after === null ? '' : `?after=${after}`}`, signal === undefined ? {} : { signal });
/** The newest of them, for whoever waits for one. */
export const readLatest = (name: string): Promise<readonly Change[]> => read(`${at(name)}/history?limit=5`);
export const readConfig = (name: string, signal?: AbortSignal): Promise<Config> => read(`${at(name)}/config`, signal);
export const readSettings = (signal?: AbortSignal): Promise<Settings> => read('/settings', signal);
export const readOfferedPorts = (name: string | undefined, signal?: AbortSignal): Promise<OfferedPorts> =>
  read(`/node-ports${name === undefined ? '' : `?instance=${encodeURIComponent(name)}`}`, signal);
/** The newest entries; with `after`, those behind a page. `next` leads on. */
export const readActivity = (signal?: AbortSignal, after: string | null = null): Promise<Answer<Activity>> =>
  call('GET', `/activity${after === null ? '' : `?after=${after}`}`, signal === undefined ? {} : { signal });
/** With files behind `after`; without it the first ones. */
export const readCommit = (sha: string, after: string | null, signal?: AbortSignal): Promise<Commit> =>
  read(`/commits/${sha}${after === null ? '' : `?after=${encodeURIComponent(after)}`}`, signal);

export const createInstance = (body: CreateInstance, target: WriteTarget = {}): Promise<Answer<Instance>> =>
  call('POST', `/instances${targetQuery(target)}`, { body });
export const updateInstance = (
  name: string,
  body: UpdateInstance,
  base: string | null,
  target: WriteTarget = {},
): Promise<Answer<Instance>> => call('PUT', `${at(name)}${targetQuery(target)}`, { body, ifMatch: base });
export const saveConfig = (
  name: string,
  config: string,
  base: string | null,
  target: WriteTarget = {},
): Promise<Answer<unknown>> =>
  call('PUT', `${at(name)}/config${targetQuery(target)}`, { body: { config }, ifMatch: base });
export const act = (
  name: string,
  action: 'start' | 'stop' | 'restart' | 'resume',
  target: WriteTarget = {},
): Promise<Answer<Instance>> => call('POST', `${at(name)}/${action}${targetQuery(target)}`);
export const goOn = (name: string): Promise<Answer<Overview>> => call('POST', `${at(name)}/go-on`);
export const suspendInstance = (name: string, body: Suspend, target: WriteTarget = {}): Promise<Answer<Instance>> =>
  call('POST', `${at(name)}/suspend${targetQuery(target)}`, { body });
export const deleteInstance = (
  name: string,
  data: 'retain' | 'destroy',
  target: WriteTarget = {},
): Promise<Answer<unknown>> => call('DELETE', `${at(name)}?data=${data}${targetQuery(target, '&')}`);
export const discardDraft = (name: string): Promise<Answer<unknown>> => call('DELETE', `${at(name)}/draft`);
export const saveSettings = (
  body: UpdateSettings,
  base: string | null,
  target: WriteTarget = {},
): Promise<Answer<Settings>> => call('PUT', `/settings${targetQuery(target)}`, { body, ifMatch: base });
export const acceptRecipients = (recipients: readonly string[]): Promise<Answer<Settings>> =>
  call('POST', '/settings/recipients/accept', { body: { recipients } });
export const readHeads = (signal?: AbortSignal): Promise<Heads> => read('/git/heads', signal);
export const pullMain = (): Promise<Answer<GitState>> => call('POST', '/git/pull');
export const acceptHead = (head: string): Promise<Answer<GitState>> =>
  call('POST', '/git/accept-head', { body: { head } });
export const restoreBranch = (): Promise<Answer<GitState>> => call('POST', '/git/restore-branch');
export const readClusterPlan = (signal?: AbortSignal): Promise<OfferPlan> => read('/cluster/plan', signal);
export const acceptCluster = (context: string): Promise<Answer<unknown>> =>
  call('POST', '/cluster/accept', { body: { context } });
export const approveRemovals = (commit: string, hash: string): Promise<Answer<unknown>> =>
  call('POST', '/removals/approve', { body: { commit, hash } });
export type RolloutAction = SteerRolloutBody['action'];
export const steerRollout = (action: RolloutAction, target: string): Promise<Answer<unknown>> =>
  call('POST', '/rollout', { body: { action, target } });
export const rollBackRollout = (target: string, into: WriteTarget = {}): Promise<Answer<RestoredFleet>> =>
  call('POST', `/rollout/rollback${targetQuery(into)}`, { body: { target } });
export const acceptRewind = (commit: string, last: string | null): Promise<Answer<unknown>> =>
  call('POST', '/rewind/accept', { body: { commit, last } });
export const takeTicket = async (name: string, screen: Screen, mode: 'view' | 'control'): Promise<Ticket> =>
  (await call<Ticket>('POST', `${at(name)}/screens/${screen}/tickets`, { body: { mode } })).value;

const KINDS = ['Deployment', 'Service', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'NetworkPolicy'];

/** What runs comes first. */
function inReadingOrder(manifests: Manifests): Manifests {
  const place = (kind: string): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);
  return { ...manifests, objects: manifests.objects.toSorted((a, b) => place(a.kind) - place(b.kind)) };
}

/** What a write would commit. The bodies are those of the writes themselves. */
export const previewCreate = async (body: CreateInstance, signal: AbortSignal): Promise<Preview> =>
  (await call<Preview>('POST', '/instances/preview', { body, signal })).value;
export const previewChange = async (name: string, body: ChangeRequest, signal?: AbortSignal): Promise<Preview> =>
  (await call<Preview>('POST', `${at(name)}/preview`, { body, ...(signal === undefined ? {} : { signal }) })).value;
export const previewSettings = async (body: UpdateSettings, signal: AbortSignal): Promise<Preview> =>
  (await call<Preview>('POST', '/settings/preview', { body, signal })).value;

export const listProposals = (signal?: AbortSignal): Promise<readonly Proposal[]> => read('/proposals', signal);
export const readProposal = (number: number, signal?: AbortSignal): Promise<ProposalPage> =>
  read(`/proposals/${number}`, signal);
export const listForkPulls = (signal?: AbortSignal): Promise<ForkPulls> => read('/proposals/of-forks', signal);
export const closeProposal = (number: number): Promise<Answer<Proposal>> => call('POST', `/proposals/${number}/close`);
export const reopenProposal = (number: number): Promise<Answer<Proposal>> =>
  call('POST', `/proposals/${number}/reopen`);
export const mergeProposal = (number: number): Promise<Answer<Proposal>> => call('POST', `/proposals/${number}/merge`);
export const updateProposal = (number: number): Promise<Answer<Proposal>> =>
  call('POST', `/proposals/${number}/update`);
export const resolveProposal = (number: number, choices: readonly ProposalChoice[]): Promise<Answer<Proposal>> =>
  call('POST', `/proposals/${number}/resolve`, { body: { choices } });
export const takeKeyOut = (number: number, { unit, key }: ProposedKey): Promise<Answer<Proposal>> =>
  call('POST', `/proposals/${number}/take-key-out`, { body: { unit, key } });

const ends = (from: string, to: string): string => new URLSearchParams({ from, to }).toString();
export const compareCommits = (
  name: string | undefined,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<Comparison> => read(`${name === undefined ? '' : at(name)}/compare?${ends(from, to)}`, signal);
export const previewRestore = async (name: string, to: string, signal?: AbortSignal): Promise<RestorePreview> =>
  (
    await call<RestorePreview>('POST', `${at(name)}/restore/preview`, {
      body: { to },
      ...(signal === undefined ? {} : { signal }),
    })
  ).value;
/** `base`: the revision that the person saw; null: whatever main is. */
export const restoreInstance = (
  name: string,
  to: string,
  base: string | null,
  target: WriteTarget = {},
): Promise<Answer<Instance>> =>
  call('POST', `${at(name)}/restore${targetQuery(target)}`, { body: { to }, ifMatch: base });
export const previewFleetRestore = async (to: string, signal?: AbortSignal): Promise<FleetRestorePreview> =>
  (
    await call<FleetRestorePreview>('POST', '/restore/preview', {
      body: { to },
      ...(signal === undefined ? {} : { signal }),
    })
  ).value;
/** `remove`: exactly the bots that it removes, as the preview named them. */
export const restoreFleet = (
  to: string,
  remove: readonly string[],
  target: WriteTarget = {},
): Promise<Answer<RestoredFleet>> => call('POST', `/restore${targetQuery(target)}`, { body: { to, remove } });

export const readBlame = (name: string, signal?: AbortSignal): Promise<Blame> => read(`${at(name)}/blame`, signal);
