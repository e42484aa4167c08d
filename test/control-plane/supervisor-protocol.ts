/** What the supervisor is asked for; each request is answered once, by its id. Closing the channel ends everything. */
export type SupervisorRequest =
  | {
      readonly id: number;
      readonly do: 'start';
      readonly name: string;
      readonly command: string;
      readonly args: readonly string[];
      /** The program's whole environment. */
      readonly env: Readonly<Record<string, string>>;
      /** Receives stdout and stderr, appended. */
      readonly logFile: string;
    }
  | { readonly id: number; readonly do: 'stop'; readonly name: string; readonly graceMilliseconds: number };

export type SupervisorMessage =
  | { readonly id: number; readonly pid?: number; readonly error?: string }
  | { readonly exited: string; readonly how: string };
