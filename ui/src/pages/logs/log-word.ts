import type { TemplateResult } from 'lit';
import type { FleetState } from '../../../../server/http/schemas/answers.ts';
import { withCode } from '../../common/with-code.ts';
import { word } from '../../common/word-marks.ts';
import type { LogState } from '../../data/stream/log-stream.ts';

export interface LogFacts {
  readonly paused: boolean;
  readonly unseen: number;
  /** Undefined before the fleet is known. */
  readonly cluster: FleetState['cluster']['state'] | undefined;
  /** Why no line can come although the cluster answers. */
  readonly silent: string | undefined;
}

/** What the log does now. An open stream alone is no proof of being live: behind it the cluster may be silent. */
export function logWord(connection: LogState, { paused, unseen, cluster, silent }: LogFacts): TemplateResult {
  switch (connection.state) {
    case 'connecting':
      return word({ word: 'Connecting', icon: 's-creating', tone: 'wait', turning: true, rule: '' });
    case 'following':
      if (paused) return word({ word: `Paused, ${unseen} new`, icon: 'pause', tone: 'idle', rule: '' });
      if (cluster === 'unreachable')
        return notLive('The cluster does not answer; the log goes on by itself when it does.');
      if (silent !== undefined) return notLive(`${silent}; the log goes on by itself when the bot runs again.`);
      return word({ word: 'Following, live', icon: 'signal', tone: 'ok', rule: '' });
    case 'reconnecting':
      return word(
        { word: 'Reconnecting', icon: 's-creating', tone: 'wait', turning: true, rule: '' },
        connection.reason,
      );
    case 'ended':
      return word({ word: 'Ended', icon: 's-stopped', tone: 'idle', rule: '' }, withCode(connection.reason));
    case 'refused':
      return word({ word: 'Refused', icon: 'y-failed', tone: 'bad', rule: '' }, connection.error.message);
  }
}

const notLive = (why: string): TemplateResult =>
  word({ word: 'Not live', icon: 'offline', tone: 'wait', rule: '' }, why);
