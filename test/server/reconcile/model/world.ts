import { expect } from 'vitest';
import { readRepo } from '../../../../constructs/repo/index.ts';
import { manifestFolder, recordPath } from '../../../../constructs/repo/paths.ts';
import { VOLUMES } from '../../../../constructs/schema/index.ts';
import { MANAGED_RESOURCES, pathOf } from '../../../../server/cluster/resources.ts';
import { parentNameOf } from '../../../../server/reconcile/desired/applyset-id.ts';
import { RETAINED_LABEL, unitOf } from '../../../../server/reconcile/desired/stamp.ts';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { status } from '../../../support/api-server/answers.ts';
import type { Fate, SeenRequest } from '../../../support/api-server/server.ts';
import { MemoryCluster } from '../memory-cluster.ts';
import { Model } from './model.ts';
import { BOTS, type BotName, type FaultName, type Step } from './steps.ts';

const PASSES = 8;
/** Gi of memory that a limit has beside the number of a step: it may not be below what is requested. */
const LEAST = 3;

/** The real planner and applier over an API server in memory, beside the model of what a person may rely on. */
export class World implements AsyncDisposable {
  readonly #cluster: MemoryCluster;
  readonly #model = new Model();
  /** What was seen of each bot when main broke about it. */
  readonly #before = new Map<BotName, string>();
  readonly #strangers = new Map<string, string>();
  /** What we did and may not have done. */
  readonly #misdeeds: string[] = [];
  /** Labels that somebody put on the Service of a bot. */
  readonly #team = new Map<BotName, string>();
  /** Bots that main is broken about: the memory that a rendering gives back, or null where the record is gone. */
  readonly #broken = new Map<BotName, number | null>();
  #copies = 0;
  /** The commit that the cluster runs for sure, or null. */
  #recorded: string | null = null;

  private constructor(cluster: MemoryCluster) {
    this.#cluster = cluster;
    const { store } = cluster.server;
    store.listeners.add(({ type, object }) => {
      if (type !== 'DELETED') return;
      for (const bot of BOTS) if (object.kind === 'Service' && unitOf(object) === bot) this.#team.delete(bot);
    });
  }

  static async create(): Promise<World> {
    const cluster = await MemoryCluster.create();
    cluster.repo.commit();
    return new World(cluster);
  }

  async step(step: Step): Promise<void> {
    const { repo, server } = this.#cluster;
    switch (step.type) {
      case 'set':
        repo.record(step.bot, { resources: { limits: { cpu: '2', memory: `${step.memory + LEAST}Gi` } } });
        this.#broken.delete(step.bot);
        this.#render();
        this.#model.say(step.bot, { is: 'present', memory: step.memory });
        return;
      case 'remove':
        if (this.#model.wish(step.bot).is === 'unknown') return;
        repo.remove(step.bot, step.data);
        this.#broken.delete(step.bot);
        this.#render();
        this.#model.say(step.bot, { is: 'removed', data: step.data });
        return;
      case 'lose':
        if (this.#break(step.bot, () => null)) repo.write(recordPath(step.bot), null).commit();
        return;
      case 'tamper': {
        if (!this.#break(step.bot, (memory) => memory)) return;
        const path = [...repo.files.keys()].find(
          (file) => file.startsWith(manifestFolder(step.bot)) && /deployment/i.test(file),
        );
        if (path === undefined) throw new Error(`dist/ of ${step.bot} has no Deployment`);
        repo.write(path, `${repo.text(path)}# by hand\n`).commit();
        return;
      }
      case 'hand-edit':
        this.#byHand(step.bot, 'Deployment', { spec: { replicas: step.replicas } });
        return;
      case 'hand-label':
        if (this.#ownOf(step.bot).some(({ kind }) => kind === 'Service')) this.#team.set(step.bot, step.value);
        this.#byHand(step.bot, 'Service', { metadata: { labels: { team: step.value } } });
        return;
      case 'delete':
        for (const object of this.#ownOf(step.bot).filter(({ kind }) => kind === step.kind)) {
          server.store.finish(this.#cluster.target(step.kind, object.metadata.name));
        }
        this.#breakAgain(step.bot);
        return;
      case 'delete-parent': {
        const target = this.#cluster.target('ConfigMap', parentNameOf(step.bot));
        if (server.store.find(target) !== undefined) server.store.finish(target);
        this.#breakAgain(step.bot);
        return;
      }
      case 'copy-marks':
        this.#copyMarks(step.bot);
        return;
      case 'apply':
        await this.#apply(step.faults, step.killedAt);
        return;
      case 'apply-older': {
        const head = repo.head();
        const older = head === null ? null : repo.parentOf(head);
        // Where the cluster isn't known to run main, the older one may be no step back.
        if (older === null || this.#recorded !== head) return;
        const writes = this.#cluster.writes().length;
        server.fault = (request) => this.#judge(request);
        await this.#cluster.apply({ commit: older, repo: readRepo(repo.filesAt(older)) });
        expect(this.#cluster.writes().slice(writes)).toEqual([]);
        return;
      }
    }
  }

  /** Applies main until nothing is left to do, and compares what lives with what the model says. */
  async settle(): Promise<void> {
    for (let pass = 1; ; pass++) {
      const writes = this.#cluster.writes().length;
      await this.#apply([], null);
      if (this.#cluster.writes().length === writes) break;
      expect(pass, `still writing: ${this.#cluster.writes().slice(writes).join(', ')}`).toBeLessThan(PASSES);
    }
    expect(this.#misdeeds).toEqual([]);
    for (const bot of BOTS) this.#compare(bot);
    for (const [key, before] of this.#strangers) expect(this.#describe(key), `${key} of a stranger`).toBe(before);
  }

  async #apply(faults: readonly FaultName[], killedAt: number | null): Promise<void> {
    const { server, repo } = this.#cluster;
    const killed = new AbortController();
    let number = 0;
    server.fault = (request) => {
      if (request.method === 'GET') return undefined;
      this.#judge(request);
      const fault = faults[number];
      if (number++ === killedAt) killed.abort(new Error('killed'));
      return killed.signal.aborted ? 'cut' : fateOf(fault, request);
    };
    this.#recorded = null;
    try {
      await this.#cluster.apply({ signal: killed.signal });
      if (faults.length === 0 && killedAt === null) {
        this.#recorded = repo.head();
        this.#model.applied();
      }
    } catch (error) {
      if (!killed.signal.aborted && faults.length === 0) throw error;
    } finally {
      // What a killed process has sent and the server has not read yet must not come after what is looked at next.
      if (killed.signal.aborted) await server.cutAll();
      server.fault = () => undefined;
    }
  }

  /** Somebody with kubectl changes what there is of a kind. */
  #byHand(bot: BotName, kind: 'Deployment' | 'Service', patch: Readonly<Record<string, unknown>>): void {
    for (const object of this.#ownOf(bot).filter((each) => each.kind === kind)) {
      this.#cluster.edit(kind, object.metadata.name, 'kubectl-edit', patch);
    }
  }

  #copyMarks(bot: BotName): void {
    const [original] = this.#ownOf(bot).filter(({ kind }) => kind === 'Service');
    if (original === undefined) return;
    const name = `copy-${++this.#copies}`;
    const { labels = {}, annotations = {} } = original.metadata;
    const copy = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels, annotations },
      data: { mine: 'yes' },
    };
    const target = this.#cluster.target('ConfigMap', name);
    this.#cluster.server.store.create(target, copy, { manager: 'an-operator', dryRun: false });
    this.#strangers.set(`ConfigMap/${name}`, this.#describe(`ConfigMap/${name}`));
  }

  /** False where main has no such bot that could be broken. */
  #break(bot: BotName, after: (memory: number) => number | null): boolean {
    const wish = this.#model.wish(bot);
    if (wish.is !== 'present') return false;
    this.#broken.set(bot, after(wish.memory));
    this.#model.say(bot, { is: 'broken' });
    this.#before.set(bot, this.#stateOf(bot));
    return true;
  }

  /** Renders all of main, which mends what is broken: a record that went gets its tombstone, and dist/ is made anew. */
  #render(): void {
    this.#cluster.repo.synth().commit();
    for (const [bot, memory] of this.#broken) {
      this.#model.say(bot, memory === null ? { is: 'removed', data: 'retain' } : { is: 'present', memory });
    }
    this.#broken.clear();
  }

  /** What others did to a bot that main is broken about is nothing that we may put right. */
  #breakAgain(bot: BotName): void {
    if (this.#model.wish(bot).is === 'broken') this.#before.set(bot, this.#stateOf(bot));
  }

  /** Whether we may ask for this: deletions are judged when they are asked for, whatever comes of them. */
  #judge({ method, path }: SeenRequest): undefined {
    const objects = method === 'DELETE' ? this.#cluster.server.store.objects() : [];
    const object = objects.find(({ kind, metadata }) => {
      const resource = Object.values(MANAGED_RESOURCES).find((each) => each.kind === kind);
      return resource !== undefined && pathOf(resource, metadata.namespace ?? null, metadata.name) === path;
    });
    if (object === undefined) return;
    const key = `${object.kind}/${object.metadata.name}`;
    if (this.#strangers.has(key)) this.#misdeeds.push(`${key} is a stranger's and was deleted`);
    const bot = BOTS.find((name) => unitOf(object) === name && object.metadata.name !== parentNameOf(name));
    if (bot === undefined) return;
    const isAllowed =
      object.kind === 'PersistentVolumeClaim' ? this.#model.mayDestroy(bot) : this.#model.mayDelete(bot);
    if (!isAllowed) this.#misdeeds.push(`${key} was deleted while main says ${JSON.stringify(this.#model.wish(bot))}`);
  }

  #compare(bot: BotName): void {
    const { memory, claims } = this.#model.expected(bot);
    const own = this.#ownOf(bot);
    if (claims === 'as before') {
      expect(this.#stateOf(bot), `${bot}, which main is broken about`).toBe(this.#before.get(bot));
      return;
    }
    const [deployment, ...others] = own.filter(({ kind }) => kind === 'Deployment');
    expect(others).toEqual([]);
    expect(deployment === undefined ? null : memoryOf(deployment), `memory of ${bot}`).toBe(memory);
    const volumes = own.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    const kept = volumes.filter(({ metadata }) => metadata.labels?.[RETAINED_LABEL] !== undefined);
    if (claims === 'kept' || claims === 'none or kept')
      expect(kept, `claims of ${bot} that are not marked as kept`).toHaveLength(volumes.length);
    else {
      expect(volumes, `claims of ${bot}`).toHaveLength(claims === 'none' ? 0 : VOLUMES.length);
      expect(kept, `claims of ${bot} marked as kept`).toEqual([]);
    }
    const rest = own.length - volumes.length;
    if (memory === null) expect(rest, `what is left of ${bot}`).toBe(0);
    else expect(deployment?.spec).toMatchObject({ replicas: 1 });
    const team = this.#team.get(bot);
    if (team !== undefined) expect(own.find(({ kind }) => kind === 'Service')?.metadata.labels?.team).toBe(team);
  }

  /** All that a bot has, without who wrote it when. */
  #stateOf(bot: BotName): string {
    const parts = this.#ownOf(bot).map(
      (object) => `${object.kind}/${object.metadata.name} ${object.metadata.uid ?? ''}`,
    );
    return [...parts.sort(), `memory ${this.#ownOf(bot).map(memoryOf).join('')}`].join('\n');
  }

  #describe(key: string): string {
    const [kind = '', name = ''] = key.split('/');
    const resource = Object.values(MANAGED_RESOURCES).find((each) => each.kind === kind) ?? MANAGED_RESOURCES.ConfigMap;
    return JSON.stringify(this.#cluster.server.store.find({ resource, namespace: 'claworc', name }) ?? 'gone');
  }

  #ownOf(bot: BotName): readonly LiveObject[] {
    const { store } = this.#cluster.server;
    // The mark names the object itself: a copy of it on another one counts for nothing.
    return store.objects().filter((object) => unitOf(object) === bot && object.metadata.name !== parentNameOf(bot));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cluster[Symbol.asyncDispose]();
  }
}

function fateOf(fault: FaultName | undefined, request: SeenRequest): Fate {
  switch (fault) {
    case 'refused':
      return status(500, 'InternalError', `etcdserver: leader changed (${request.method})`);
    case 'throttled':
      return status(429, 'TooManyRequests', 'too many requests, please try again later');
    case 'cut':
    case 'lost':
      return fault;
    case 'none':
    case undefined:
      return undefined;
  }
}

function memoryOf(object: LiveObject): number | '' {
  if (object.kind !== 'Deployment') return '';
  const spec = object.spec as {
    template: { spec: { containers: { resources?: { limits?: { memory?: string } } }[] } };
  };
  const [container] = spec.template.spec.containers;
  return Number.parseInt(container?.resources?.limits?.memory ?? '0', 10) - LEAST;
}
