import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';

/** Notes what a person did to a proposal, and tells pages. */
export function note(context: AppContext, number: number, action: string, detail: string, units: string[] = []): void {
  const { store, clock, author, publisher } = context;
  const at = new Date(clock.now()).toISOString();
  const row = { at, actor: author.name, action, subject: `proposal ${number}`, editId: null, detail };
  store.transact((tx) => addAudit(tx, row));
  publisher.touchProposal(number, units);
}
