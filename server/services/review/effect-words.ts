import { resolveInstance, type ResolvedInstance } from '../../../constructs/resolve.ts';
import { ownedChanges } from '../../../constructs/repo/owned-changes.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { isUnread, type Repo } from '../../../constructs/repo/repo.ts';
import { applierOf, VOLUMES, type Applier } from '../../../constructs/schema/index.ts';
import { suspensionChange } from './suspension-words.ts';
import type { BotEffect } from '../../http/schemas/effect.ts';
import { shown } from './field-changes.ts';
import type { KeyChange } from './key-changes.ts';
import type { VolumeChange } from './object-effects.ts';
import type { Fate } from './fate.ts';

interface Told {
  readonly unit: string;
  readonly before: Repo;
  readonly after: Repo;
  readonly hold: string | undefined;
  readonly effect: Omit<BotEffect, 'words'>;
  readonly fate: Fate;
  readonly keys: readonly KeyChange[];
  readonly volumes: readonly VolumeChange[];
}

/** The effects on one unit as sentences, the gravest first. */
export function wordsOf(told: Told): string[] {
  const { unit, effect, hold, before, after } = told;
  if (hold !== undefined) return [`It is held and left as it is: ${hold}.`, ...keyWords(told)];
  if (unit === FLEET_UNIT) return fleetWords(told);
  const changed = settingChanges(resolved(before, unit), resolved(after, unit));
  const suspension = suspensionChange(unit, before, after);
  return [
    ...fateWords(told),
    ...suspension,
    ...(isUnread(before, unit) && after.records.has(unit) ? ['Its record can be read again.'] : []),
    ...effect.objects
      .filter(({ action }) => action === 'replace')
      .map(({ kind, name }) => `The ${kind} ${name} is deleted and made again: the API server changes none in place.`),
    ...restartWords(effect, changed, told.keys),
    ...told.volumes.map(volumeWords),
    ...exposureWords(resolved(before, unit), resolved(after, unit)),
    ...keyWords(told),
    ...(effect.action === 'create' ? [creationWords(resolved(after, unit))] : []),
    ...(effect.action === 'configure' && effect.restart === 'no' && suspension.length === 0
      ? quietWords(effect, resolved(after, unit))
      : []),
  ].filter((words) => words !== '');
}

function fateWords({ unit, fate, before, after }: Told): string[] {
  const unsaid = after.tombstones.has(unit)
    ? ''
    : ' No tombstone says so yet: until synth writes it, nothing is removed.';
  const isExternal = applierOf(after.fleet) === 'external';
  switch (fate) {
    case 'destroyed':
      if (isExternal)
        return [
          'The bot leaves main; the applier of the fleet removes it if it prunes. Its volumes go when a person deletes them.',
        ];
      return [
        before.records.has(unit)
          ? 'The bot is removed, and its four volumes are deleted with everything in them.'
          : 'The volumes that were kept of it are deleted with everything in them.',
      ];
    case 'kept':
      if (isExternal && before.records.has(unit))
        return ['The bot leaves main; the applier of the fleet removes it if it prunes, and its four volumes stay.'];
      return [
        before.records.has(unit)
          ? `The bot is removed; its four volumes stay, labelled as retained.${unsaid}`
          : 'What is left of its volumes stays.',
      ];
    case 'forgotten':
      return ['Its tombstone goes: what is left of it in the cluster is not removed any more.'];
    case 'lives':
      return before.tombstones.has(unit) && after.records.has(unit)
        ? ['It comes back, and takes the volumes that were kept of it where they are still there.']
        : [];
  }
}

function restartWords(
  { restart, action }: Told['effect'],
  changed: readonly string[],
  keys: readonly KeyChange[],
): string[] {
  const why = changed.length === 0 ? '' : `: ${list(changed)}`;
  switch (restart) {
    case 'restart': {
      const others = keys.some(({ what }) => what !== 'resealed') ? '' : ': what its pod is made of changes';
      return [`The bot restarts${why === '' ? others : why}.`];
    }
    case 'start':
      return action === 'create' ? [] : ['The bot starts.'];
    case 'stop':
      return action === 'remove' ? [] : ['The bot stops; its objects and volumes stay.'];
    case 'no':
      return [];
  }
}

function volumeWords({ claim, before, after, change }: VolumeChange): string {
  switch (change) {
    case 'grows':
      return `The volume ${claim} grows from ${before} to ${after}.`;
    case 'shrinks':
      return `The volume ${claim} has ${before} and can't shrink to ${after}: it is held as it is.`;
    case 'fixed':
      return `The volume ${claim} can't move from ${before} to ${after}: it is held as it is.`;
  }
}

function exposureWords(before: ResolvedInstance | undefined, after: ResolvedInstance | undefined): string[] {
  const [was, is] = [before?.exposedPorts, after?.exposedPorts];
  if (is !== undefined && (was?.chrome !== is.chrome || was.terminal !== is.terminal)) {
    return [`Its screens are open to all on the node ports ${is.chrome} and ${is.terminal}.`];
  }
  return was !== undefined && is === undefined && after !== undefined
    ? ['Its screens are no longer open on node ports.']
    : [];
}

function keyWords({ keys }: Pick<Told, 'keys'>): string[] {
  const words = {
    set: 'is set',
    changed: 'gets another value',
    removed: 'is taken away',
    resealed: 'is sealed anew, with the same value',
  };
  return keys.map(({ key, what, before, after }) => {
    const isForOthers =
      before?.recipients.join() !== after?.recipients.join() && before !== undefined && after !== undefined;
    return `The key ${key} ${words[what]}${isForOthers ? ', for other recipients' : ''}.`;
  });
}

function creationWords(after: ResolvedInstance | undefined): string {
  if (after === undefined) return '';
  const { requests, limits, storage, image, state } = after;
  const stopped = state === 'stopped' ? ', stopped' : '';
  const sizes = VOLUMES.map((volume) => `${volume} ${storage[volume]}`).join(', ');
  return `A new bot${stopped}: ${image}, CPU ${requests.cpu} to ${limits.cpu}, memory ${requests.memory} to ${limits.memory}, volumes ${sizes}.`;
}

function quietWords({ objects, fields }: Told['effect'], after: ResolvedInstance | undefined): string[] {
  const kinds = [
    ...new Set(objects.map(({ kind }) => kind).filter((kind) => kind !== 'PersistentVolumeClaim' && kind !== 'Secret')),
  ];
  if (kinds.length > 0) {
    const then = after?.state === 'stopped' ? 'the bot is stopped and stays so' : 'the bot goes on running';
    return [`Its ${list(kinds)} ${kinds.length === 1 ? 'changes' : 'change'}; ${then}.`];
  }
  return objects.length === 0 && fields.length > 0 ? ['Nothing changes in the cluster.'] : [];
}

const APPLIER_WORDS: Readonly<Record<Applier, string>> = {
  external:
    'Claworc stops applying: from this commit on another program has to, and Claworc compares. Volumes are marked so that it does not prune them; no bot restarts for it.',
  claworc:
    'Claworc applies again, and takes over what the other program applied: stop that one first, without letting it prune.',
};

function fleetWords({ before, after, effect, keys }: Told): string[] {
  const words: string[] = [];
  const [was, is] = [before.fleet?.spec, after.fleet?.spec];
  if (is === undefined && was !== undefined) return ['claworc.yaml is gone or broken: every bot is held as it is.'];
  if (was !== undefined && is !== undefined) {
    const [former, applier] = [applierOf(before.fleet), applierOf(after.fleet)];
    if (former !== applier) words.push(APPLIER_WORDS[applier]);
    words.push(...suspensionChange(FLEET_UNIT, before, after));
    if (was.namespace !== is.namespace) words.push(`The namespace changes from ${was.namespace} to ${is.namespace}.`);
    const added = is.recipients.filter((each) => !was.recipients.includes(each));
    const gone = was.recipients.filter((each) => !is.recipients.includes(each));
    words.push(
      ...added.map((each) => `Whoever holds the identity of ${each} may open every key that is set from now on.`),
      ...gone.map((each) => `Keys that are set from now on can't be opened by the identity of ${each}.`),
    );
    if (JSON.stringify(was.policy) !== JSON.stringify(is.policy))
      words.push('The policy changes; it holds for the commits after this one.');
    words.push(
      ...ownedChanges(before.fleet, after.fleet).map(
        ({ field, owners }) => `A change of ${field} is for its owners to approve: ${owners.join(', ')}.`,
      ),
    );
  }
  const others = effect.fields.some(({ file }) => file === 'claworc.yaml');
  if (words.length === 0 && others)
    words.push('Defaults of the fleet change; each bot that inherits them is named by itself.');
  return [...words, ...keyWords({ keys })];
}

function resolved(repo: Repo, unit: string): ResolvedInstance | undefined {
  const entry = repo.records.get(unit);
  if (entry === undefined || repo.fleet === null) return undefined;
  // A record that is held may be one that can't be resolved: exposed by node ports, and without any.
  const { exposure, nodePorts } = entry.record.spec;
  if ((exposure ?? repo.fleet.spec.exposure) === 'nodePort' && nodePorts === undefined) return undefined;
  return resolveInstance(entry.record, repo.fleet);
}

/** Most settings of a bot that one sentence names. */
const MOST = 6;

/** Settings in effect that differ and make another pod: `limits.memory 4Gi → 6Gi`. */
function settingChanges(before: ResolvedInstance | undefined, after: ResolvedInstance | undefined): readonly string[] {
  if (before === undefined || after === undefined) return [];
  const [old, fresh] = [settings(before), settings(after)];
  const changed = [...new Set([...fresh.keys(), ...old.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was === is) return [];
    if (name === 'config') return ['another config'];
    if (name === 'restartedAt') return ['a restart was asked for'];
    return [`${name} ${shown(was) ?? 'unset'} → ${shown(is) ?? 'unset'}`];
  });
  return changed.length <= MOST ? changed : [...changed.slice(0, MOST), `${changed.length - MOST} more settings`];
}

function settings(of: ResolvedInstance): ReadonlyMap<string, string | number | undefined> {
  return new Map<string, string | number | undefined>([
    ['rendering', of.rendering],
    ['image', of.image],
    ['imagePullSecrets', of.imagePullSecrets.join(', ')],
    ['requests.cpu', of.requests.cpu],
    ['requests.memory', of.requests.memory],
    ['limits.cpu', of.limits.cpu],
    ['limits.memory', of.limits.memory],
    ['vnc.resolution', of.vnc.resolution],
    ['vnc.depth', of.vnc.depth],
    ['restartedAt', of.restartedAt],
    ['config', of.config],
    ...of.env.map(({ name, value }) => [`env.${name}`, value] as const),
  ]);
}

function list(items: readonly string[]): string {
  const [first = '', ...rest] = items;
  const last = rest.pop();
  return last === undefined ? first : `${[first, ...rest].join(', ')} and ${last}`;
}
