import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Whether the person is typing: then letters are text and no commands. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.tagName === 'CANVAS'
  );
}

/** Whether a dialog or a menu has the keyboard. */
export function isModal(event: KeyboardEvent): boolean {
  return event
    .composedPath()
    .some((node) => node instanceof HTMLDialogElement || (node instanceof HTMLElement && node.role === 'menu'));
}

/** Plain keys of a view, `j` or `C` as they are typed; not while typing, in dialogs, or with Ctrl, Alt or Meta. */
export class Hotkeys implements ReactiveController {
  readonly #keys: Readonly<Record<string, (event: KeyboardEvent) => void>>;

  constructor(host: ReactiveControllerHost, keys: Readonly<Record<string, (event: KeyboardEvent) => void>>) {
    this.#keys = keys;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('keydown', this.#press);
  }

  hostDisconnected(): void {
    document.removeEventListener('keydown', this.#press);
  }

  readonly #press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event) || isModal(event)) return;
    const action = this.#keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action(event);
  };
}
