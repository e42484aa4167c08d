import { ringIssues } from './check-rollout.ts';
import { BotInstanceSchema, type BotInstance } from '../bot-instance.ts';
import { LOCAL_CONFIG_ANNOTATION, VOLUMES } from '../common.ts';
import { checkConfigText } from '../config-text.ts';
import { textIssues } from './check-text.ts';
import { explain } from '../explain/explain.ts';
import { parseImage } from '../image-reference.ts';
import type { Step } from '../explain/field-path.ts';
import { problemOf, type Issue } from '../explain/issue.ts';
import { findLeaks } from './leaks.ts';
import type { Problem } from '../problem.ts';
import { hiddenCharacter } from '../explain/visible.ts';
import { checkAmount, checkLimits } from './check-amounts.ts';

/** Variables that the runtime sets from `spec.vnc`. */
const RUNTIME_VARIABLES: readonly string[] = ['VNC_RESOLUTION', 'VNC_DEPTH'];

/** What is wrong with a record by itself, as problems of `file`; also for request bodies and forms. */
export function validateRecord(value: unknown, file = 'record'): readonly Problem[] {
  return recordIssues(value).map((issue) => problemOf(file, issue));
}

/** First what the schema says; only a document of the right shape is looked at more closely. */
export function recordIssues(value: unknown): readonly Issue[] {
  const shape = explain(BotInstanceSchema, value);
  if (shape.length > 0) return shape;
  const unfit = textIssues(value);
  if (unfit.length > 0) return unfit;
  const record = value as BotInstance;
  return [
    ...localConfigIssues(record.metadata.annotations),
    ...ringIssues(record),
    ...displayNameIssues(record.spec.displayName),
    ...amountIssues(record),
    ...portIssues(record),
    ...imageIssues(record.spec.image),
    ...envIssues(record.spec.env ?? {}, ['spec', 'env']),
    ...configIssues(record.spec.config),
  ];
}

/** Without the annotation, kustomize and Flux would hand the document to the API server. */
export function localConfigIssues(annotations: Readonly<Record<string, string>> = {}): readonly Issue[] {
  if (annotations[LOCAL_CONFIG_ANNOTATION] === 'true') return [];
  const message = `the annotation ${LOCAL_CONFIG_ANNOTATION}: "true" is missing; it keeps this document away from the API server`;
  return [{ path: ['metadata', 'annotations', LOCAL_CONFIG_ANNOTATION], on: 'value', message }];
}

function displayNameIssues(displayName: string): readonly Issue[] {
  const path = ['spec', 'displayName'];
  if (displayName.trim() !== displayName) {
    return [{ path, on: 'value', message: 'must not start or end with a space' }];
  }
  const hidden = hiddenCharacter(displayName);
  if (hidden !== undefined) {
    const message = `holds the character ${hidden}, which is not seen or turns text around: the name would look like another`;
    return [{ path, on: 'value', message }];
  }
  return [];
}

function amountIssues({ spec }: BotInstance): readonly Issue[] {
  const issues: Issue[] = [];
  for (const side of ['requests', 'limits'] as const) {
    for (const what of ['cpu', 'memory'] as const) {
      const amount = spec.resources?.[side]?.[what];
      if (amount !== undefined) issues.push(...checkAmount(what, amount, ['spec', 'resources', side, what]));
    }
  }
  for (const volume of VOLUMES) {
    issues.push(...checkAmount('storage', spec.storage[volume], ['spec', 'storage', volume]));
  }
  if (issues.length > 0) return issues;
  return checkLimits(spec.resources?.requests ?? {}, spec.resources?.limits ?? {});
}

function portIssues({ spec }: BotInstance): readonly Issue[] {
  if (spec.nodePorts === undefined) {
    if (spec.exposure !== 'nodePort') return [];
    const message = 'nodePort needs spec.nodePorts: the pair of ports that this bot is given';
    return [{ path: ['spec', 'exposure'], on: 'value', message }];
  }
  const { chrome, terminal } = spec.nodePorts;
  if (chrome % 2 !== 0) {
    const message = `${chrome} is odd: the chrome port of a pair is even and the terminal port follows it`;
    return [{ path: ['spec', 'nodePorts', 'chrome'], on: 'value', message }];
  }
  if (terminal !== chrome + 1) {
    const message = `${terminal} does not follow the chrome port ${chrome}: it must be ${chrome + 1}`;
    return [{ path: ['spec', 'nodePorts', 'terminal'], on: 'value', message }];
  }
  return [];
}

/** An image that no registry can have: without this the kubelet would be the first to say so. */
export function imageIssues(image: string | undefined): readonly Issue[] {
  const parsed = image === undefined ? undefined : parseImage(image);
  if (image === undefined || parsed?.ok !== false) return [];
  const message = `${JSON.stringify(image)} can be no image: ${parsed.reason}`;
  return [{ path: ['spec', 'image'], on: 'value', message }];
}

/** Variables that something else sets, and keys in clear text. */
export function envIssues(env: Readonly<Record<string, string>>, path: readonly Step[]): readonly Issue[] {
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(env)) {
    const at = [...path, name];
    if (RUNTIME_VARIABLES.includes(name)) {
      issues.push({ path: at, on: 'key', message: `${name} is set from spec.vnc` });
    } else if (name.endsWith('_API_KEY')) {
      issues.push({
        path: at,
        on: 'key',
        message: `${name} is a key: keys are sealed under secrets/, never written here`,
      });
    } else {
      issues.push(...leakIssues(value, at));
    }
  }
  return issues;
}

function leakIssues(text: string, path: readonly Step[]): readonly Issue[] {
  const leak = findLeaks(text)[0];
  if (leak === undefined) return [];
  const before = text.slice(0, leak.offset);
  const within = { line: before.split('\n').length, column: leak.offset - before.lastIndexOf('\n') };
  const message = `holds ${leak.what} in clear text; seal it as an API key and take this one out of use`;
  return [{ path, on: 'value', message, within }];
}

function configIssues(config: string | undefined): readonly Issue[] {
  if (config === undefined) return [];
  const path = ['spec', 'config'];
  const wrong = checkConfigText(config);
  if (wrong === null) return leakIssues(config, path);
  const { message, ...within } = wrong;
  return [{ path, on: 'value', message, within }];
}
