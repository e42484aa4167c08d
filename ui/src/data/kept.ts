/** Small things that this browser keeps. A closed or full storage loses them and nothing else. */
export interface Kept {
  read(key: string): string | null;
  write(key: string, value: string | null): void;
}

const PREFIX = 'claworc.';

export const browserKept: Kept = {
  read(key) {
    try {
      return localStorage.getItem(PREFIX + key);
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(PREFIX + key);
      else localStorage.setItem(PREFIX + key, value);
    } catch {
      // Nothing that is kept here is needed for correctness.
    }
  },
};

/** Text of a config that was typed and not published yet, and what it was typed on top of. */
export interface ConfigDraft {
  readonly text: string;
  readonly base: string | null;
  readonly baseText: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function readConfigDraft(kept: Kept, name: string): ConfigDraft | null {
  const text = kept.read(`config.${name}`);
  if (text === null) return null;
  try {
    return JSON.parse(text) as ConfigDraft;
  } catch {
    return null;
  }
}

export function writeConfigDraft(kept: Kept, name: string, draft: ConfigDraft | null): void {
  kept.write(`config.${name}`, draft === null ? null : JSON.stringify(draft));
}

export function readPins(kept: Kept): readonly string[] {
  const text = kept.read('pins');
  return text === null || text === '' ? [] : text.split(',');
}

export function togglePin(kept: Kept, name: string): readonly string[] {
  const pins = readPins(kept);
  const next = pins.includes(name) ? pins.filter((pin) => pin !== name) : [...pins, name];
  kept.write('pins', next.length === 0 ? null : next.join(','));
  return next;
}

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function readTheme(kept: Kept): Theme {
  const theme = kept.read('theme');
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

/** The theme after `theme` when its button is pressed. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
}
