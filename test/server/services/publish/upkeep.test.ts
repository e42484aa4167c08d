import { expect, test } from 'vitest';
import { keepInOrder } from '../../../../server/services/publish/upkeep.ts';
import { keepingLog, startTestServer, type LogLine } from '../../running-server.ts';

test('a repository above the limits is put in order once main rests, and told about in the log', async () => {
  await using server = await startTestServer();
  const { context } = server.running;
  const lines: LogLine[] = [];
  const ending = new AbortController();
  const told = new Promise<LogLine>((resolve) => {
    const log = keepingLog(lines);
    const info: typeof log.info = (message, data) => resolve({ level: 'info', message, data });
    const upkeep = keepInOrder({ ...context, log: { ...log, info } }, ending.signal, {
      most: { loose: -1, packs: 0 },
      restMs: 5,
    });
    void upkeep;
  });

  const line = await told;
  ending.abort();

  expect(line.message).toBe('Repository put in order');
  expect(line.data).toMatchObject({ packs: expect.stringMatching(/-> 1$/) as string, whole: true });
  const written = await server.call('PUT', 'settings', { openai_api_key: 'sk-0123456789-0123456789' });
  expect(written.status).toBe(200);
  expect(lines).toEqual([]);
});
