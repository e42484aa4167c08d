import { expect, test } from 'vitest';
import { UnsavedInput } from '../../../ui/src/data/forms/unsaved.ts';
import { Router } from '../../../ui/src/data/router.ts';

interface Entry {
  readonly url: string;
  readonly state: unknown;
}

/** A tab as far as a router knows it: entries, of which one is shown. Going back and forth is told at once. */
class Tab extends EventTarget {
  readonly document = Object.assign(new EventTarget(), { baseURI: 'http://claworc.test/' });
  #entries: Entry[] = [{ url: 'http://claworc.test/settings', state: null }];
  #at = 0;

  get #entry(): Entry {
    return this.#entries[this.#at] ?? { url: '', state: null };
  }

  get path(): string {
    return new URL(this.#entry.url).pathname;
  }

  get location(): Pick<Location, 'href' | 'origin'> {
    return { href: this.#entry.url, origin: 'http://claworc.test' };
  }

  readonly history = {
    pushState: (state: unknown, _title: string, address: string): void => {
      this.#entries = [...this.#entries.slice(0, this.#at + 1), this.#made(state, address)];
      this.#at += 1;
    },
    replaceState: (state: unknown, _title: string, address?: string): void => {
      this.#entries[this.#at] = this.#made(state, address ?? this.#entry.url);
    },
    go: (way: number): void => {
      this.#at += way;
      this.dispatchEvent(Object.assign(new Event('popstate'), { state: this.#entry.state }));
    },
  };

  #made(state: unknown, address: string): Entry {
    return { url: new URL(address, this.document.baseURI).href, state };
  }
}

function open() {
  const tab = new Tab();
  const window = tab as unknown as Window;
  const unsaved = new UnsavedInput(window);
  const router = new Router(window, unsaved);
  const asked: string[] = [];
  router.addEventListener('held', () => asked.push(tab.path));
  router.start(new AbortController().signal);
  const form = { isTyped: false };
  unsaved.add(() => form.isTyped);
  return { tab, router, unsaved, asked, form };
}

test('a way that leads from a form with something typed waits for an answer, and nothing is left before it', () => {
  const { tab, router, asked, form } = open();
  form.isTyped = true;

  router.go('activity');
  expect([router.route.page, tab.path, asked.length]).toEqual(['settings', '/settings', 1]);
  router.stay();
  expect([router.route.page, tab.path]).toEqual(['settings', '/settings']);

  router.go('activity');
  router.leave();
  expect([router.route.page, tab.path, asked.length]).toEqual(['activity', '/activity', 2]);
});

test('the back button is led back to the form, and goes where it was to once what was typed is given up', () => {
  const { tab, router, unsaved, asked, form } = open();
  router.go('activity');
  router.go('settings');
  form.isTyped = true;

  tab.history.go(-1);
  expect([router.route.page, tab.path, asked.length]).toEqual(['settings', '/settings', 1]);
  expect(unsaved.isThere).toBe(true);

  router.leave();
  expect([router.route.page, tab.path, asked.length]).toEqual(['activity', '/activity', 1]);
});

test('nobody is asked where nothing was typed, where it is saved, or where an address only follows what is typed', () => {
  const { router, unsaved, asked, form } = open();
  router.go('activity');
  router.go('settings');
  form.isTyped = true;
  router.go('settings?edit=image', { replace: true });
  expect(router.route.search.get('edit')).toBe('image');
  form.isTyped = false;
  router.go('activity');

  expect(router.route.page).toBe('activity');
  expect([asked, unsaved.isThere]).toEqual([[], false]);
});

test('a tab that closes asks in the browser’s own words exactly while something is typed', () => {
  const { tab, form } = open();
  const close = (): boolean => tab.dispatchEvent(new Event('beforeunload', { cancelable: true }));

  expect(close()).toBe(true);
  form.isTyped = true;
  expect(close()).toBe(false);
});
