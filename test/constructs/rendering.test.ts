import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newFleet, newRecord } from '../../constructs/new-documents.ts';
import { RENDERING, type Fleet } from '../../constructs/schema/index.ts';
import { synthInstance } from '../../constructs/synth.ts';
import { renderSample } from './golden/sample.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

const fleetOf = (rendering: number): Fleet => {
  const { spec, ...fleet } = newFleet({ recipients: [] });
  return { ...fleet, spec: { ...spec, rendering } };
};

function podOf(rendering: number, env: Record<string, string> = {}) {
  const fleet = fleetOf(rendering);
  const manifests = synthInstance(newRecord({ name: 'bot-a', displayName: 'A', env }, fleet), fleet, []);
  const spec = manifests.find(({ kind }) => kind === 'Deployment')?.object.spec;
  return (spec as { template: { spec: { hostname?: string; containers: [{ env: Variable[] }] } } }).template.spec;
}

/**
 * What the kubelet gives a process for a value, given the variables before it: `$$` is `$`, `$(NAME)` a variable, and any
 * other `$` stays with the byte after it, which is then written as a character of its own.
 */
function expand(value: string, variables: ReadonlyMap<string, string>): string {
  const bytes = Buffer.from(value);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x24 || at + 1 === bytes.length) {
      out.push(bytes.subarray(at, at + 1));
      continue;
    }
    const end = bytes.indexOf(')', at + 2);
    if (bytes[at + 1] === 0x28 && end !== -1) {
      const name = bytes.toString('utf8', at + 2, end);
      out.push(Buffer.from(variables.get(name) ?? `$(${name})`));
      at = end;
      continue;
    }
    const next = bytes[++at] ?? 0;
    out.push(Buffer.from(next === 0x24 ? '$' : `$${String.fromCodePoint(next)}`));
  }
  return Buffer.concat(out).toString('utf8');
}

/** The environment that the process in the container gets. */
function environmentInPod(env: readonly Variable[]): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const { name, value = '' } of env) result.set(name, expand(value, result));
  return result;
}

describe('a fleet of each rendering', () => {
  it.each(Array.from({ length: RENDERING }, (_, index) => index + 1))(
    'renders the bytes of version %i for ever, whatever newer versions do',
    (rendering) => {
      const golden = readFileSync(join(import.meta.dirname, `golden/rendering-${rendering}.txt`), 'utf8');

      expect(renderSample(rendering)).toBe(golden);
    },
  );

  it('is made with the newest one when it is new', () => {
    expect(newFleet({ recipients: [] }).spec.rendering).toBe(RENDERING);
  });
});

describe('an environment variable', () => {
  it.each([
    'tr0ub$$4dor',
    'costs $(VNC_DEPTH) dollars',
    '$(ANTHROPIC_API_KEY)',
    '$$(VNC_DEPTH)',
    '$',
    'ends with $',
    '$é is broken by the kubelet when its dollar stands alone',
    '$(open',
    '${HOME}',
  ])('reaches the pod as it was typed: %s', (typed) => {
    expect(environmentInPod(podOf(2, { VALUE: typed }).containers[0].env).get('VALUE')).toBe(typed);
  });

  it('reaches the pod as it was typed, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '(', ')', 'VNC_DEPTH', 'a', 'é', '🦞', '\n', '{', '}') });
    fc.assert(
      fc.property(text, fc.string({ unit: 'binary' }), (first, second) => {
        const env = environmentInPod(podOf(2, { A: first, B: second }).containers[0].env);

        expect([env.get('A'), env.get('B')]).toEqual([first, second]);
      }),
      { numRuns: 200 },
    );
  });

  it('was read by Kubernetes in its own way in rendering 1', () => {
    const env = environmentInPod(podOf(1, { A: 'tr0ub$$4dor', B: 'costs $(VNC_DEPTH) dollars' }).containers[0].env);

    expect([env.get('A'), env.get('B')]).toEqual(['tr0ub$4dor', 'costs 24 dollars']);
  });

  it('that a record sets is not set a second time by the runtime', () => {
    const named = podOf(2, { container: 'podman' }).containers[0].env.filter(({ name }) => name === 'container');

    expect(named).toEqual([{ name: 'container', value: 'podman' }]);
  });
});

describe('the pod', () => {
  it('has the host name of its bot, so that Chrome knows its profile again after each replacement', () => {
    expect(podOf(2).hostname).toBe('bot-a');
  });

  it('is ready as soon as the screen answers, and has two minutes until then', () => {
    const fixed = { httpGet: { path: '/', port: 6081 } };

    expect(podOf(2).containers[0]).toMatchObject({
      startupProbe: { ...fixed, periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: { ...fixed, periodSeconds: 10 },
    });
    expect(JSON.stringify(podOf(2).containers[0])).not.toContain('"initialDelaySeconds":30');
  });

  it('tells systemd that it is a container, and its services every variable and key of the bot', () => {
    expect(podOf(2).containers[0].env).toContainEqual({ name: 'container', value: 'docker' });
    expect(renderSample(2)).toContain(
      [
        '  systemd-environment.conf: |',
        '    [Service]',
        ...['VNC_DEPTH', 'VNC_RESOLUTION', 'EMPTY', 'PASSWORD_HINT', 'PLAIN', 'PRICE', 'TZ', 'ANTHROPIC_API_KEY'].map(
          (name) => `    PassEnvironment=${name}`,
        ),
        '',
      ].join('\n'),
    );
  });
});
