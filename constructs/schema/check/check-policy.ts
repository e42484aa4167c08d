import { parseSigner } from '../allowed-signers.ts';
import type { BotInstance } from '../bot-instance.ts';
import { checkAmount } from './check-amounts.ts';
import { VOLUMES } from '../common.ts';
import type { Fleet } from '../fleet.ts';
import { parseImage } from '../image-reference.ts';
import type { Step } from '../explain/field-path.ts';
import type { Issue } from '../explain/issue.ts';
import type { PolicyRules } from '../policy.ts';
import { rulePlace } from '../policy-owners.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';

/** Of one public key block: headers, and behind a blank line nothing but base64. */
const ARMOURED =
  /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[A-Za-z]+: .*\r?\n)*\r?\n[A-Za-z0-9+/=\r\n]+-----END PGP PUBLIC KEY BLOCK-----$/;

/** What a valid record asks for, with what it inherits from the fleet, that rules don't let it have. */
export function policyIssues(record: BotInstance, fleet: Fleet, rules: PolicyRules | undefined): readonly Issue[] {
  if (rules === undefined) return [];
  return [
    ...tagIssues(record.spec.image ?? fleet.spec.image, rules),
    ...sizeIssues(record, fleet, rules),
    ...nameIssues(record.spec.env ?? {}, rules),
    ...exposureIssues(record.spec.exposure ?? fleet.spec.exposure, rules),
  ];
}

function tagIssues(image: string, { deniedTags = [], owners }: PolicyRules): Issue[] {
  const parsed = parseImage(image);
  if (!parsed.ok || parsed.image.digest !== undefined) return [];
  const { tag } = parsed.image;
  if (!deniedTags.includes(tag ?? 'latest')) return [];
  const named = tag === undefined ? `${image} has no tag, which is latest, and latest is` : `the tag ${tag} is`;
  return [{ path: ['spec', 'image'], on: 'value', message: `${named} among ${rulePlace(owners, 'deniedTags')}` }];
}

function sizeIssues({ spec }: BotInstance, fleet: Fleet, { maxPerBot = {}, owners }: PolicyRules): Issue[] {
  const issues: Issue[] = [];
  for (const what of ['cpu', 'memory'] as const) {
    const has = spec.resources?.limits?.[what] ?? fleet.spec.resources.limits[what];
    const most = maxPerBot[what];
    if (most === undefined || compareQuantities(has, most) <= 0) continue;
    const message = `the limit ${has} is over ${most}, ${rulePlace(owners, 'maxPerBot', `.${what}`)}`;
    issues.push({ path: ['spec', 'resources', 'limits', what], on: 'value', message });
  }
  const most = maxPerBot.volumes;
  const sum = VOLUMES.reduce((all, volume) => all + (parseQuantity(spec.storage[volume]) ?? 0n), 0n);
  if (most !== undefined && sum > (parseQuantity(most) ?? 0n)) {
    const message = `the volumes together are over ${most}, ${rulePlace(owners, 'maxPerBot', '.volumes')}`;
    issues.push({ path: ['spec', 'storage'], on: 'key', message });
  }
  return issues;
}

function nameIssues(env: Readonly<Record<string, string>>, { env: rules = {}, owners }: PolicyRules): Issue[] {
  const { allow, deny = [] } = rules;
  return Object.keys(env).flatMap((name): Issue[] => {
    const path: Step[] = ['spec', 'env', name];
    const denied = deny.find((glob) => fits(name, glob));
    if (denied !== undefined) {
      return [{ path, on: 'key', message: `${name} is denied by ${denied} in ${rulePlace(owners, 'env', '.deny')}` }];
    }
    if (allow === undefined || allow.some((glob) => fits(name, glob))) return [];
    return [{ path, on: 'key', message: `${name} is not among ${rulePlace(owners, 'env', '.allow')}` }];
  });
}

/** Whether a name fits a text in which `*` stands for any characters. In time that grows with both lengths only. */
function fits(name: string, glob: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

function exposureIssues(exposure: Fleet['spec']['exposure'], { exposure: allowed, owners }: PolicyRules): Issue[] {
  if (allowed === undefined || allowed.includes(exposure)) return [];
  const message = `${exposure} is not among ${rulePlace(owners, 'exposure')}`;
  return [{ path: ['spec', 'exposure'], on: 'value', message }];
}

/** What is wrong with the rules themselves: amounts that are none, signers that nobody could be. */
export function ruleIssues({ spec }: Fleet): readonly Issue[] {
  return [...amountIssues(spec), ...signerIssues(spec)];
}

function signerIssues({ policy }: Fleet['spec']): readonly Issue[] {
  const { required = false, allowedSigners = [], gpgKeys = [] } = policy?.signedCommits ?? {};
  const path = ['spec', 'policy', 'signedCommits'];
  if (required && allowedSigners.length + gpgKeys.length === 0) {
    const message = 'demands signatures and lists nobody who could sign: fill allowedSigners or gpgKeys';
    return [{ path: [...path, 'required'], on: 'value', message }];
  }
  const lines = allowedSigners.flatMap((line, index): Issue[] => {
    const parsed = parseSigner(line);
    return parsed.ok ? [] : [{ path: [...path, 'allowedSigners', index], on: 'value', message: parsed.message }];
  });
  const keys = gpgKeys.flatMap((key, index): Issue[] => {
    if (ARMOURED.test(key.trim())) return [];
    const message = 'is cut off, or holds something else: give it as `gpg --armor --export` does';
    return [{ path: [...path, 'gpgKeys', index], on: 'value', message }];
  });
  return [...lines, ...keys];
}

function amountIssues(spec: Fleet['spec']): readonly Issue[] {
  return (['maxPerBot', 'maxOfFleet'] as const).flatMap((rule) =>
    (['cpu', 'memory', 'volumes'] as const).flatMap((what) => {
      const amount = spec.policy?.[rule]?.[what];
      if (amount === undefined) return [];
      const value = parseQuantity(amount);
      const path = ['spec', 'policy', rule, what];
      // The sum of a fleet may be more than one bot can have.
      if (value !== undefined && value > 0n && rule === 'maxOfFleet') return [];
      return checkAmount(what === 'volumes' ? 'storage' : what, amount, path);
    }),
  );
}
