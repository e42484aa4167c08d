import { isWithin } from '../../../constructs/schema/explain/field-path.ts';
import type { BlamedField } from '../../http/schemas/history.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { openCheckout, type CheckoutChoice } from '../commands/open-checkout.ts';
import { apiFieldOf } from '../instances/fields.ts';
import { createRecordBlames } from './blame.ts';

export interface BlameOptions extends CheckoutChoice {
  readonly name: string;
  /** A field, with all that is below it: `spec.resources`, `resources.limits.memory`, `memory_limit` or `keys`. @default every one */
  readonly field?: string;
}

/** Who set the fields of a bot, at the commit that is checked out. Throws `usage` for a bot or a field that is not there. */
export async function blameCheckout(options: BlameOptions): Promise<readonly BlamedField[]> {
  const { name, field } = options;
  const { repository } = await openCheckout(options);
  const head = await repository.head();
  const files = head === null ? new Map<string, never>() : (await repository.readFiles(head)).files;
  const blamed = head === null ? null : await createRecordBlames(repository).of(head, name, files.keys());
  if (blamed === null) {
    throw new ClaworcError('usage', `There is no record instances/${name}.yaml at the commit that is checked out.`, {
      subject: name,
    });
  }
  const found = blamed.fields.filter((each) => field === undefined || isMeant(each.field, field));
  if (found.length > 0) return found;
  throw new ClaworcError('usage', `${name} has no field ${field ?? ''}, and inherits none of that name.`, {
    subject: name,
  });
}

function isMeant(field: string, wanted: string): boolean {
  return (
    [wanted, `spec.${wanted}`, `keys.${wanted}`].some((start) => isWithin(field, start)) || apiFieldOf(field) === wanted
  );
}
