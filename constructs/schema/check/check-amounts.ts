import type { Step } from '../explain/field-path.ts';
import type { Issue } from '../explain/issue.ts';
import { compareQuantities, parseQuantity } from '../quantity.ts';

type Kind = 'cpu' | 'memory' | 'storage';

const MEBIBYTE = 1_048_576_000n;

/** Whether a quantity is usable as CPU, memory or the size of a volume. */
export function checkAmount(kind: Kind, text: string, path: readonly Step[]): readonly Issue[] {
  const say = (message: string): readonly Issue[] => [{ path, on: 'value', message }];
  const value = parseQuantity(text);
  if (value === undefined) return say(`"${text}" is finer than a thousandth, which Kubernetes would round`);
  if (value === 0n) return say(`"${text}" must be more than zero`);
  if (kind === 'cpu') {
    if (text.endsWith('i')) return say(`"${text}" counts bytes; CPU is counted in cores such as 2 or 500m`);
    return value > 1_000_000n ? say(`"${text}" is more than 1000 cores; did you mean "${text}m"?`) : [];
  }
  if (value % 1_000n !== 0n) return say(`"${text}" is not a whole number of bytes`);
  if (value < MEBIBYTE) return say(`"${text}" is less than 1Mi; sizes are in bytes, as in 4Gi`);
  return value > 1_000_000_000_000_000_000_000n ? say(`"${text}" is more than any volume or node has`) : [];
}

interface Compute {
  readonly cpu?: string;
  readonly memory?: string;
}

/** A request must not be over its limit: the API server refuses such a pod. */
export function checkLimits(requests: Compute, limits: Compute, where = 'spec.resources.limits'): readonly Issue[] {
  const issues: Issue[] = [];
  for (const what of ['cpu', 'memory'] as const) {
    const request = requests[what];
    const limit = limits[what];
    if (request === undefined || limit === undefined || compareQuantities(request, limit) <= 0) continue;
    const message = `the request ${request} is over the limit ${limit} (${where}.${what})`;
    issues.push({ path: ['spec', 'resources', 'requests', what], on: 'value', message });
  }
  return issues;
}
