import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramUnavailable } from '../control-plane/unavailable.ts';
import { findChromium } from '../support/programs.ts';
import { startXvnc, type Xvnc } from '../support/xvnc.ts';

export interface DemoScreens extends AsyncDisposable {
  readonly ports: { readonly chrome: number; readonly terminal: number };
}

const BROWSER = [
  '--no-sandbox',
  '--kiosk',
  '--no-first-run',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--window-position=0,0',
  '--window-size=1280,800',
];

/** Two real screens that every simulated bot shows; null, said aloud, where there is no Xvnc. */
export async function startDemoScreens(say: (line: string) => void): Promise<DemoScreens | null> {
  try {
    const terminal = await startXvnc({ terminal: { command: ['bash', '--norc'] }, log: say });
    const chrome = await startXvnc({ log: say });
    await openBrowser(chrome, say);
    return {
      ports: { chrome: chrome.port, terminal: terminal.port },
      [Symbol.asyncDispose]: async () => {
        await Promise.all([chrome.stop(), terminal.stop()]);
      },
    };
  } catch (error) {
    if (!(error instanceof ProgramUnavailable)) throw error;
    say(`the bots' screens stay closed: ${error.message}`);
    return null;
  }
}

async function openBrowser(screen: Xvnc, say: (line: string) => void): Promise<void> {
  const page =
    'data:text/html,<title>Bot</title><body style="font:40px sans-serif;padding:80px">The Chrome of a demo bot';
  const profile = join(tmpdir(), `claworc-demo-profile-${screen.port}`);
  await screen.run(await findChromium(say), [...BROWSER, `--user-data-dir=${profile}`, page]);
}
