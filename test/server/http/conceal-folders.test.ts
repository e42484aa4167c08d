import { expect, test } from 'vitest';
import { concealFolders } from '../../../server/http/conceal-folders.ts';

const conceal = concealFolders({ claworc: '/srv/claworc', data: '/srv/claworc/data', home: '/home/ada', top: '/' });

test.each([
  ['The database /srv/claworc/data/claworc.db is full.', 'The database <data>/claworc.db is full.'],
  ["fatal: not a git repository: '/srv/claworc/data'", "fatal: not a git repository: '<data>'"],
  ['/srv/claworc/data: gone. /srv/claworc/ui: gone', '<data>: gone. <claworc>/ui: gone'],
  ['/srv/claworc/database is another', '<claworc>/database is another'],
  ['/srv/claworc-2/x is another', '/srv/claworc-2/x is another'],
  ['cannot read /home/ada/.kube/config', 'cannot read <home>/.kube/config'],
  ['There is no GET "/api/v1/x" here.', 'There is no GET "/api/v1/x" here.'],
  ['mounted at /root/.clawdbot', 'mounted at /root/.clawdbot'],
])('a text for a browser names no folder of the server: %s', (text, shown) => {
  expect(conceal(text)).toBe(shown);
});

test.each([
  ['This is a copy of /srv/claworc/team.git: push there.', 'This is a copy of /srv/claworc/team.git: push there.'],
  [
    '/srv/claworc/team.git2 and /srv/claworc/team.gitea/x are others',
    '<claworc>/team.git2 and <claworc>/team.gitea/x are others',
  ],
  ['/srv/claworc/data and /srv/claworc/team-git', '<data> and <claworc>/team-git'],
])('the remote is said as it was named, or nobody could push there: %s', (text, shown) => {
  const folders = { claworc: '/srv/claworc', data: '/srv/claworc/data' };

  expect(concealFolders(folders, '/srv/claworc/team.git')(text)).toBe(shown);
});
