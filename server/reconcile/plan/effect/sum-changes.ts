/** CPU, memory and volumes that differ, before and after. */
export function sumChanges({
  before,
  after,
}: {
  readonly before: Readonly<Record<string, string | number>>;
  readonly after: Readonly<Record<string, string | number>>;
}): readonly { readonly what: string; readonly before: string; readonly after: string }[] {
  return Object.keys(before).flatMap((what) => {
    const [was, is] = [String(before[what]), String(after[what])];
    return was === is ? [] : [{ what: what === 'cpu' ? 'CPU' : what, before: was, after: is }];
  });
}
