import type { Instance } from '../../../server/http/schemas/instance.ts';
import { ApiError } from '../data/api.ts';
import { act } from '../data/endpoints.ts';
import { readPins, togglePin } from '../data/kept.ts';
import type { MenuItem } from '../elements/menu.ts';
import { kept, proposing, router, store, writes } from '../services.ts';
import { isProposeOnly } from './save-buttons.ts';

export type BotAct = 'start' | 'stop' | 'restart' | 'resume';

const VERBS: Readonly<Record<BotAct, string>> = { start: 'Start', stop: 'Stop', restart: 'Restart', resume: 'Resume' };

/** The acts of a bot behind its three dots. `brief` leaves out what stands beside the menu already. */
export function botMenu(instance: Instance, place: 'row' | 'page'): readonly MenuItem[] {
  const isStopped = instance.status === 'stopped';
  const address = `instances/${instance.name}`;
  const power: readonly MenuItem[] = [
    isStopped ? { id: 'start', label: 'Start', icon: 'play' } : { id: 'stop', label: 'Stop', icon: 'stop' },
    {
      id: 'restart',
      label: 'Restart',
      icon: 'restart',
      ...(isStopped ? { closed: 'It is stopped; start it instead' } : {}),
    },
  ];
  const pages: readonly MenuItem[] = [
    { id: 'config', label: 'Config', icon: 'file', href: `${address}/config` },
    { id: 'logs', label: 'Logs', icon: 'lines', href: `${address}/logs` },
  ];
  const proposals: readonly MenuItem[] = (isStopped ? ['start' as const] : ['restart' as const, 'stop' as const])
    .filter((id) => !mustPropose(id))
    .map((id) => ({ id: `propose-${id}`, label: `Propose to ${id}`, icon: 'proposal' }));
  // Main has it no more: what is left is to look at.
  if (instance.leaving !== null) return pages.slice(1);
  const isPinned = readPins(kept).includes(instance.name);
  return [
    ...power,
    ...(place === 'row' ? pages : []),
    ...proposals,
    suspendItem(instance),
    { id: 'pin', label: isPinned ? 'Unpin' : 'Pin', icon: 'signal' },
    { id: 'delete', label: 'Delete', icon: 'trash', tone: 'bad' },
  ];
}

function suspendItem({ reconcile: { mode, from } }: Instance): MenuItem {
  if (mode === 'apply') return { id: 'suspend', label: 'Suspend', icon: 'pause' };
  const closed = from === 'record' ? {} : { closed: 'The whole fleet is; resume it in the settings' };
  return { id: 'resume', label: 'Resume', icon: 'play', ...closed };
}

/** Does what a menu item or a button says; true when it was done here, false when the view has to (delete, suspend). */
export function runBotAct(id: string, instance: Instance): boolean {
  if (id === 'start' || id === 'stop' || id === 'restart' || id === 'resume') {
    if (mustPropose(id)) proposePower(id, instance);
    else void changePower(id, instance);
    return true;
  }
  if (id === 'propose-start' || id === 'propose-stop' || id === 'propose-restart') {
    proposePower(id.slice('propose-'.length) as BotAct, instance);
    return true;
  }
  if (id === 'pin') {
    togglePin(kept, instance.name);
    document.dispatchEvent(new Event('cw-pins'));
    return true;
  }
  return false;
}

/** Stopping goes to main in any fleet: it is what a person does in an emergency, and nothing is lost by it. */
function mustPropose(id: BotAct): boolean {
  return id !== 'stop' && isProposeOnly();
}

function proposePower(id: BotAct, { name }: Instance): void {
  proposing.ask({
    title: `${VERBS[id]} ${name}`,
    names: [name],
    write: (target) => act(name, id, target),
    done: () => undefined,
  });
}

async function changePower(id: BotAct, instance: Instance): Promise<void> {
  const title = `${VERBS[id]} ${instance.display_name}`;
  try {
    const { value } = await act(instance.name, id);
    store.put(value);
    writes.follow(title, [instance.name]);
  } catch (error) {
    writes.refused(title, [instance.name], error instanceof ApiError ? error.message : String(error));
  }
}

export function openScreen(instance: Instance, screen: 'chrome' | 'terminal'): void {
  router.go(`instances/${instance.name}/screens?only=${screen}`);
}
