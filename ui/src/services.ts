import { Announcer } from './data/announcer.ts';
import { watchBuild } from './data/stream/build-watch.ts';
import { FleetStore } from './data/stream/fleet-store.ts';
import { browserKept } from './data/kept.ts';
import { listProposals } from './data/endpoints.ts';
import { LiveUpdates } from './data/stream/live.ts';
import { OpenProposals } from './data/open-proposals.ts';
import { Proposing } from './data/forms/proposing.ts';
import { count } from './data/words/format.ts';
import { Router } from './data/router.ts';
import { UnsavedInput } from './data/forms/unsaved.ts';
import { Writes } from './data/writes.ts';

/** The one of each that the page has. Elements use these; the classes take their surroundings as arguments. */
export const kept = browserKept;
export const store = new FleetStore();
export const unsaved = new UnsavedInput(window);
export const router = new Router(window, unsaved);
export const announcer = new Announcer();
export const writes = new Writes(store);
export const openProposals = new OpenProposals(store, () => listProposals());
export const proposing = new Proposing();

/** Dispatches `back` (CustomEvent with a sentence) when the server answers again. */
export const connection = new EventTarget();
export const live = new LiveUpdates(store, {
  back: (changed) => {
    const detail =
      changed === 0
        ? 'Live again, nothing changed meanwhile'
        : `Live again, ${count(changed, 'bot')} changed meanwhile`;
    connection.dispatchEvent(new CustomEvent('back', { detail }));
  },
  build: (build) => watchBuild(build, { window, router }),
});
