import type { Overview } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { readShownInstance } from './leaving.ts';
import { getOverview } from './overview.ts';

/** Puts right at once what rests of a bot as something else keeps changing it. Throws `not_found`, and `conflict` where nothing rests. */
export async function goOn(context: AppContext, id: string): Promise<Overview> {
  const { name } = readShownInstance(context, id).row;
  const fights = context.cluster.observed.unit(name)?.fights ?? [];
  if (fights.length === 0) {
    throw new ClaworcError('conflict', `Nothing of ${name} rests: nobody keeps changing it back.`, { subject: name });
  }
  context.cluster.goOn(name);
  const objects = fights.map((fight) => `${fight.kind} ${fight.name}`).join(', ');
  context.store.transact((tx) =>
    addAudit(tx, {
      at: new Date(context.clock.now()).toISOString(),
      actor: context.author.name,
      action: 'go-on',
      subject: name,
      editId: null,
      detail: `Put right again at once: ${objects}`,
    }),
  );
  return getOverview(context, id);
}
