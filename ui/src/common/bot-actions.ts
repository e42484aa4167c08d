import type { Instance } from '../../../server/http/schemas/instance.ts';
import { ApiError } from '../data/api.ts';
import { act } from '../data/endpoints.ts';
import { readPins, togglePin } from '../data/kept.ts';
import type { MenuItem } from '../elements/menu.ts';
import { kept, router, store, writes } from '../services.ts';

export type BotAct = 'start' | 'stop' | 'restart';

const VERBS: Readonly<Record<BotAct, string>> = { start: 'Start', stop: 'Stop', restart: 'Restart' };

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
  // Main has it no more: what is left is to look at.
  if (instance.leaving !== null) return pages.slice(1);
  const isPinned = readPins(kept).includes(instance.name);
  return [
    ...power,
    ...(place === 'row' ? pages : []),
    { id: 'pin', label: isPinned ? 'Unpin' : 'Pin', icon: 'signal' },
    { id: 'delete', label: 'Delete', icon: 'trash', tone: 'bad' },
  ];
}

/** Does what a menu item or a button says; true when it was done here, false when the view has to (delete). */
export function runBotAct(id: string, instance: Instance): boolean {
  if (id === 'start' || id === 'stop' || id === 'restart') {
    void changePower(id, instance);
    return true;
  }
  if (id === 'pin') {
    togglePin(kept, instance.name);
    document.dispatchEvent(new Event('cw-pins'));
    return true;
  }
  return false;
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
