export type Labels = Readonly<Record<string, string>>;

/** A LabelSelector of the API. Without any requirement it selects everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/**
 * Whether a selector may select what has these labels: false only where that is certain. A label for which `isKnown` is
 * false may be there, with any value.
 */
export function maySelect(
  selector: LabelSelector | undefined,
  labels: Labels,
  isKnown: (key: string) => boolean = () => true,
): boolean {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  return [...equal, ...(selector?.matchExpressions ?? [])].every(
    ({ key, operator, values = [] }) => !isKnown(key) || isMet(operator, values, labels[key]),
  );
}

function isMet(operator: string, values: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      // An operator that a later API may have.
      return true;
  }
}
