import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newTombstone } from '../../../constructs/new-documents.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import type { Proposal, ProposalPage } from '../../../server/http/schemas/proposals.ts';
import { startTestServer, type Answer, type TestServer } from '../running-server.ts';
import { git as gitIn } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

let server: TestServer;
let bare: string;
beforeEach(async () => {
  server = await startTestServer({ writeTimeoutMs: PATIENCE_MS });
  bare = join(server.data, 'instances.git');
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
});
afterEach(async () => server[Symbol.asyncDispose]());

const git = (...args: string[]): string =>
  execFileSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8' }).trim();
const alphaOn = (ref: string): string => git('show', `${ref}:instances/bot-alpha.yaml`);

const open = async (title: string): Promise<Proposal> =>
  proposalOf(await server.call('POST', 'proposals', { title, description: 'Why' }));
const proposalOf = (answer: Answer): Proposal => answer.body as unknown as Proposal;
const page = async (number: number): Promise<ProposalPage> =>
  (await server.call('GET', `proposals/${number}`)).body as unknown as ProposalPage;
const all = async (): Promise<Proposal[]> => (await server.call('GET', 'proposals')).body as unknown as Proposal[];
const editState = (number: number): Promise<string[]> =>
  page(number).then(({ proposal }) => proposal.edits.map(({ state }) => state));

/** Clones, lets `work` change the checkout, and pushes HEAD to a branch. */
function push(branch: string, work: (checkout: string) => void): void {
  const checkout = join(tempFolder(), 'checkout');
  gitIn(server.data, 'clone', '-q', bare, checkout);
  work(checkout);
  gitIn(checkout, 'push', '-q', 'origin', `HEAD:${branch}`);
}
const sed = (checkout: string, path: string, from: string, to: string): void => {
  execFileSync('sed', ['-i', `s/${from}/${to}/`, path], { cwd: checkout });
};
const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 30 });

describe('a proposal that is made in the API', () => {
  test('holds its edits on a branch, rendered, and leaves main and the bot as they are', async () => {
    const main = git('rev-parse', 'main');
    const { number, branch, state, head } = await open('More memory!');
    expect({ number, branch, state, head }).toEqual({
      number: 1,
      branch: 'proposals/more-memory',
      state: 'open',
      head: null,
    });

    const written = await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
    await server.call('PUT', 'instances/bot-beta?proposal=1', { cpu_limit: '3' });

    expect(written.status).toBe(202);
    expect(written.body).toMatchObject({ sync: 'proposed', memory_limit: '4Gi' });
    expect(git('rev-parse', 'main')).toBe(main);
    expect(alphaOn(branch)).toContain('memory: 8Gi');
    expect(git('show', `${branch}:dist/bot-alpha/deployment.yaml`)).toContain('memory: 8Gi');
    const { proposal, effect } = await page(1);
    expect(proposal).toMatchObject({ bots: ['bot-alpha', 'bot-beta'], may_merge: true, waits_for: '', behind: 0 });
    expect(proposal.edits.map(({ state: each }) => each)).toEqual(['proposed', 'proposed']);
    expect(effect?.bots.map(({ name, action, restart }) => [name, action, restart])).toEqual([
      ['bot-alpha', 'configure', 'restart'],
      ['bot-beta', 'configure', 'restart'],
    ]);
    expect((await server.call('GET', 'fleet')).body).toMatchObject({ proposals: 1, drafts: 0 });
  });

  test('is on main after its merge, as one commit that joins both, each edit published once', async () => {
    await open('More memory');
    await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
    await server.call('PUT', 'instances/bot-beta', { cpu_limit: '3' });
    const both = [git('rev-parse', 'main'), git('rev-parse', 'proposals/more-memory')];

    const [merged, again] = await Promise.all([
      server.call('POST', 'proposals/1/merge'),
      server.call('POST', 'proposals/1/merge'),
    ]);

    expect([merged.status, again.status]).toEqual([200, 200]);
    expect(proposalOf(merged)).toMatchObject({ state: 'merged', merged_as: git('rev-parse', 'main') });
    expect(git('log', '--format=%s', '--first-parent', '-2', 'main')).toBe(
      'Merge proposal 1: More memory\nChange CPU limit of bot-beta',
    );
    expect(git('log', '-1', '--format=%P', 'main').split(' ')).toEqual(both);
    expect(alphaOn('main')).toContain('memory: 8Gi');
    expect(git('branch', '--list', 'proposals/*')).toBe('');
    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      sync: 'published',
      memory_limit: '8Gi',
    });
    expect(await page(1)).toMatchObject({
      proposal: { bots: ['bot-alpha'], edits: [{ state: 'published', message: 'Change memory limit of bot-alpha' }] },
    });
    expect((await server.call('GET', 'fleet')).body.problems).toEqual([]);
    git('fsck', '--strict');
  });

  test('may add and delete a bot, and a bot that is only proposed is shown as such', async () => {
    await open('Gamma for beta');
    const created = await server.call('POST', 'instances?proposal=1', { display_name: 'Bot Gamma' });
    const deleted = await server.call('DELETE', 'instances/bot-beta?proposal=1');

    expect([created.status, deleted.status]).toEqual([202, 202]);
    expect((await server.call('GET', 'instances/bot-gamma')).body.sync).toBe('proposed');
    expect((await page(1)).proposal).toMatchObject({
      bots: ['bot-beta', 'bot-gamma'],
      creates: ['bot-gamma'],
      removes: ['bot-beta'],
    });
    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
    expect(git('ls-tree', '--name-only', 'main', 'instances/', 'tombstones/').split('\n')).toEqual([
      'instances/bot-alpha.yaml',
      'instances/bot-gamma.yaml',
      'tombstones/bot-beta.yaml',
    ]);
    expect(git('ls-tree', '--name-only', 'main', 'dist/').split('\n')).not.toContain('dist/bot-beta');
    expect((await server.call('GET', 'instances/bot-gamma')).body.sync).toBe('published');
  });

  test('that changes what main changed meanwhile shows both values, and is merged after a person chose', async () => {
    await open('More memory');
    await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi', cpu_limit: '3' });
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
    const field = 'spec.resources.limits.memory';

    const refused = await server.call('POST', 'proposals/1/merge');

    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ field: 'memory_limit', theirs: '6Gi', mine: '8Gi' });
    const { proposal } = await page(1);
    expect(proposal).toMatchObject({ may_merge: false, waits_for: expect.stringContaining('memory_limit') as string });
    const by = (ref: string) => ({
      commit: git('rev-parse', ref),
      message: expect.stringContaining('memory limit') as string,
      author: git('log', '-1', '--format=%an', ref),
      at: expect.any(String) as string,
    });
    expect(proposal.conflicts).toEqual([
      {
        ...{ unit: 'bot-alpha', field, whole: false, base: null },
        ...{ main: '6Gi', main_by: by('main'), proposal: '8Gi', proposal_by: by('proposals/more-memory') },
      },
    ]);
    expect((await server.call('POST', 'proposals/1/update')).status).toBe(409);
    const choices = [{ unit: 'bot-alpha', field, take: 'value', value: '7Gi' }];
    const resolved = await server.call('POST', 'proposals/1/resolve', { choices });
    expect(proposalOf(resolved)).toMatchObject({ may_merge: true, conflicts: [], behind: 0 });
    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
    expect(alphaOn('main')).toContain('memory: 7Gi');
    expect(alphaOn('main')).toContain('cpu: "3"');
    expect(await editState(1)).toEqual(['published']);
  });

  test('can have another value for an annotation, whatever its name is', async () => {
    const annotate = (team: string) => (checkout: string) => {
      const path = join(checkout, 'instances/bot-alpha.yaml');
      const text = readFileSync(path, 'utf8');
      writeFileSync(path, text.replace('  annotations:\n', `  annotations:\n    example.com/team: ${team}\n`));
      gitIn(checkout, 'commit', '-qam', `Team ${team}`, '--author', `${team} <${team}@example.com>`);
    };
    push('teams', annotate('ada'));
    push('main', annotate('grace'));
    const field = 'metadata.annotations["example.com/team"]';
    const conflict = { unit: 'bot-alpha', field, whole: false, main: 'grace', proposal: 'ada' };
    await until(async () => expect((await page(1)).proposal.conflicts).toMatchObject([conflict]));
    const [{ main_by, proposal_by } = {}] = (await page(1)).proposal.conflicts;
    expect([main_by, proposal_by]).toMatchObject([{ author: 'grace' }, { author: 'ada', message: 'Team ada' }]);

    const choices = [{ unit: 'bot-alpha', field, take: 'value', value: 'both' }];
    expect((await server.call('POST', 'proposals/1/resolve', { choices })).status).toBe(200);

    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
    expect(alphaOn('main')).toContain('example.com/team: both');
  });

  test('that is closed keeps what was typed, and can be opened again', async () => {
    await open('More memory');
    await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });

    await server.call('POST', 'proposals/1/close');

    expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
      sync: 'failed',
      memory_limit: '4Gi',
      sync_reason: expect.stringContaining('Proposal 1 was closed') as string,
    });
    expect((await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '9Gi' })).status).toBe(409);
    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(409);
    await server.call('POST', 'proposals/1/reopen');
    expect(await editState(1)).toEqual(['proposed']);
    await server.call('POST', 'proposals/1/close', { edits: 'discard' });
    expect((await server.call('GET', 'instances/bot-alpha')).body.sync).toBe('published');
    expect(await editState(1)).toEqual(['discarded']);
  });
});

describe('a branch that somebody pushes', () => {
  test('is a proposal by itself, which is merged here with its rendering', async () => {
    push('my-change', (checkout) => {
      sed(checkout, 'instances/bot-alpha.yaml', 'displayName: Bot Alpha', 'displayName: Alpha # the first');
      gitIn(checkout, 'commit', '-qam', 'Shorter name\n\nAll say so.');
    });

    await until(async () => expect(await all()).toHaveLength(1));

    const [proposal] = await all();
    expect(proposal).toMatchObject({ title: 'Shorter name', description: 'All say so.', branch: 'my-change' });
    expect(proposal).toMatchObject({ bots: ['bot-alpha'], may_merge: true });
    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(200);
    expect(alphaOn('main')).toContain('displayName: Alpha # the first');
    expect(git('branch', '--list', 'my-change')).not.toBe('');
    expect((await server.call('GET', 'fleet')).body.proposals).toBe(0);
  });

  test('leaves when it is deleted', async () => {
    push('my-change', (checkout) => {
      sed(checkout, 'instances/bot-alpha.yaml', 'Bot Alpha', 'Alpha');
      gitIn(checkout, 'commit', '-qam', 'Shorter name');
    });
    await until(async () => expect(await all()).toHaveLength(1));

    gitIn(bare, 'branch', '-q', '-D', 'my-change');

    await until(async () => expect((await all())[0]?.state).toBe('closed'));
  });

  test('that leaves the fleet broken, or is about other files, can not be merged and says why', async () => {
    push('broken', (checkout) => {
      sed(checkout, 'instances/bot-alpha.yaml', 'displayName: .*', 'displayName: 7');
      gitIn(checkout, 'commit', '-qam', 'Break it');
    });
    push('readme', (checkout) => {
      execFileSync('sh', ['-c', 'echo hello > NOTES.txt'], { cwd: checkout });
      gitIn(checkout, 'add', '.');
      gitIn(checkout, 'commit', '-qm', 'Notes');
    });

    await until(async () => expect(await all()).toHaveLength(2));

    const told = new Map((await all()).map((each) => [each.branch, each]));
    expect(told.get('broken')).toMatchObject({ may_merge: false, checks: [{ name: 'verify', state: 'failed' }] });
    expect(told.get('readme')?.waits_for).toContain('NOTES.txt');
    const main = git('rev-parse', 'main');
    for (const { number } of told.values()) {
      expect((await server.call('POST', `proposals/${number}/merge`)).status).toBe(409);
    }
    expect(git('rev-parse', 'main')).toBe(main);
  });
});

describe('a merge of two changes that are sound each for itself', () => {
  test('is refused in words where both together are not', async () => {
    const record = (checkout: string, name: string): string => join(checkout, `instances/${name}.yaml`);
    const give = (checkout: string, name: string): void => {
      const ports = '  nodePorts:\n    chrome: 30190\n    terminal: 30191\n';
      writeFileSync(record(checkout, name), readFileSync(record(checkout, name), 'utf8') + ports);
      gitIn(checkout, 'commit', '-qam', `Another port for ${name}`);
    };
    push('port', (checkout) => give(checkout, 'bot-alpha'));
    push('main', (checkout) => give(checkout, 'bot-beta'));

    await until(async () => expect((await all())[0]?.checks).toMatchObject([{ name: 'verify', state: 'failed' }]));

    const main = git('rev-parse', 'main');
    const refused = await server.call('POST', 'proposals/1/merge');
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('30190')]);
    expect(git('rev-parse', 'main')).toBe(main);
  });

  test('is refused too where it is another bot that is not sound with it', async () => {
    push('strict', (checkout) => {
      appendFileSync(join(checkout, 'claworc.yaml'), '  policy:\n    allowedImages: [registry.example/]\n');
      gitIn(checkout, 'commit', '-qam', 'Only our images');
    });

    await until(async () => expect((await all())[0]?.checks).toMatchObject([{ name: 'verify', state: 'failed' }]));

    expect((await server.call('POST', 'proposals/1/merge')).status).toBe(409);
    expect(git('show', 'main:claworc.yaml')).not.toContain('allowedImages');
  });

  test('takes what is rendered of a bot away with its record, as the branch of a person did', async () => {
    push('less', (checkout) => {
      gitIn(checkout, 'rm', '-qr', 'instances/bot-beta.yaml', 'dist/bot-beta');
      mkdirSync(join(checkout, 'tombstones'), { recursive: true });
      const grave = writeRecord(newTombstone('bot-beta', 'retain', '2026-11-19T14:31:40Z', 'Ada'));
      writeFileSync(join(checkout, 'tombstones/bot-beta.yaml'), grave);
      // With it everything that is left is rendered anew, and what has left is not among it.
      appendFileSync(join(checkout, 'claworc.yaml'), '# fewer\n');
      gitIn(checkout, 'add', '-A');
      gitIn(checkout, 'commit', '-qm', 'Less');
    });
    await until(async () => expect((await all())[0]).toMatchObject({ may_merge: true }));

    await server.call('POST', 'proposals/1/merge');

    const merge = git('log', '-1', '--format=%H', '--grep=Merge proposal', 'main');
    expect(git('ls-tree', '--name-only', merge, 'dist/').split('\n')).not.toContain('dist/bot-beta');
  });
});

describe('a proposal that is merged elsewhere', () => {
  const proposed = async (): Promise<void> => {
    await open('More memory');
    await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
    await server.call('PUT', 'instances/bot-alpha?proposal=1', { cpu_limit: '3' });
    await server.call('PUT', 'instances/bot-beta', { cpu_limit: '3' });
  };
  const ways: Readonly<Record<string, (checkout: string) => void>> = {
    'by a merge commit': (checkout) => gitIn(checkout, 'merge', '-q', '--no-edit', 'origin/proposals/more-memory'),
    'squashed with the trailers in the middle': (checkout) => {
      const log = gitIn(checkout, 'log', '--format=* %B', 'origin/main..origin/proposals/more-memory');
      gitIn(checkout, 'merge', '-q', '--squash', 'origin/proposals/more-memory');
      gitIn(checkout, 'commit', '-qm', `More memory (#1)\n\n${log}\n\nCo-authored-by: Bob <bob@example.com>`);
    },
    'squashed without a trailer': (checkout) => {
      gitIn(checkout, 'merge', '-q', '--squash', 'origin/proposals/more-memory');
      gitIn(checkout, 'commit', '-qm', 'More memory (#1)');
    },
    rebased: (checkout) => gitIn(checkout, 'cherry-pick', 'origin/main..origin/proposals/more-memory'),
  };
  for (const [way, merge] of Object.entries(ways)) {
    test(`${way} is merged here, its edits published`, async () => {
      await proposed();

      push('main', merge);

      await until(async () => expect((await page(1)).proposal.state).toBe('merged'));
      expect(await editState(1)).toEqual(['published', 'published']);
      expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
        sync: 'published',
        memory_limit: '8Gi',
        cpu_limit: '3',
      });
      expect(git('branch', '--list', 'proposals/*')).toBe('');
    });
  }
});
