import type { SeededBug } from './seeded-bug.ts';

const MIRROR = 'server/git/remote/mirror.ts';
const MIRROR_TEST = 'test/server/git/remote/mirror.test.ts';
const RACE_TEST = 'test/server/services/publish/race.test.ts';

/** Between the database, main here and main on the remote: publishing and importing. */
export const PROTOCOL_BUGS: readonly SeededBug[] = [
  {
    name: 'a push to main is forced over what others pushed',
    file: 'server/git/remote/remote.ts',
    find: 'const refspec = `${commitId(commit)}:${ref}`;',
    replace: 'const refspec = `+${commitId(commit)}:${ref}`;',
    tests: [{ file: MIRROR_TEST, name: 'is not made where the history of the remote was rewritten' }],
  },
  {
    name: 'a push that the remote rejected counts as done',
    file: 'server/git/remote/remote.ts',
    find: "if (isRejected(spoken)) return 'rejected';",
    replace: "if (isRejected(spoken)) return 'accepted';",
    tests: [{ file: MIRROR_TEST, name: 'is not made where somebody else was faster' }],
  },
  {
    name: 'a push that failed counts as done',
    file: MIRROR,
    find: 'await remote.push(commit);',
    replace: "await remote.push(commit).catch((): PushResult => 'accepted');",
    tests: [{ file: MIRROR_TEST, name: 'is an error and not on main here where the remote' }],
  },
  {
    name: 'main here moves before the remote has the commit, so that an edit is imported as published that is nowhere',
    file: MIRROR,
    find: 'const pushed: PushResult = await remote.push(commit);',
    replace: 'await move(ours, commit);\n      const pushed: PushResult = await remote.push(commit);',
    tests: [{ file: MIRROR_TEST, name: 'is an error and not on main here where the remote' }],
  },
  {
    name: 'a rewritten main of the remote is taken by the mirror',
    file: MIRROR,
    find: 'if (ours === null || (await repository.isAncestor(ours, theirs))) return take',
    replace: 'if (ours === null || ours !== theirs) return take',
    tests: [{ file: MIRROR_TEST, name: 'does not take a rewritten main' }],
  },
  {
    name: 'a rewritten main is imported',
    file: 'server/services/publish/main-line.ts',
    find: "const isForward = imported === null || order === 'after';",
    replace: "const isForward = imported === null || order !== 'missing';",
    tests: [{ file: 'test/server/services/publish/rewritten.test.ts', name: 'nothing of it is imported' }],
  },
  {
    name: 'what a person accepted is not what is taken over, where the remote moved again meanwhile',
    file: MIRROR,
    find: 'if (theirs !== head) {',
    replace: 'if (theirs === null) {',
    tests: [{ file: MIRROR_TEST, name: 'until a person accepts that very head' }],
  },
  {
    name: 'what the remote took back is pushed to it again',
    file: MIRROR,
    find: 'if (isBehind && (seen === null || theirs === seen)) return give',
    replace: 'if (isBehind) return give',
    tests: [{ file: MIRROR_TEST, name: 'does not push again what the remote took back' }],
  },
  {
    name: 'a branch that the remote lost is pushed again with nobody asked',
    file: MIRROR,
    find: "return seen === null ? give(ours, signal) : { state: 'branch_gone', ours, theirs: null };",
    replace: 'return give(ours, signal);',
    tests: [{ file: MIRROR_TEST, name: 'does not put a branch back by itself' }],
  },
  {
    name: 'main here is moved from wherever it is, and what somebody put on it is gone',
    file: MIRROR,
    find: '{ ref: repository.mainRef, from, to },',
    replace: '{ ref: repository.mainRef, from: await repository.head(), to },',
    tests: [{ file: MIRROR_TEST, name: 'does not move main here away from what somebody put on it' }],
  },
  {
    name: 'main of the embedded repository is moved from wherever it is, and a push in between is gone',
    file: 'server/git/repository.ts',
    find: 'writer.moveRefs([{ ref, from: request.parent, to: commit }])',
    replace: 'writer.moveRefs([{ ref, from: await heads.read(), to: commit }])',
    tests: [{ file: 'test/server/git/repository.test.ts', name: 'moves main only from where its writer saw it' }],
  },
  {
    name: 'the branch of a proposal is moved or removed whatever somebody pushed to it',
    file: 'server/git/remote/branches.ts',
    find: "const lease = `--force-with-lease=${refName(ref)}:${from === null ? '' : commitId(from)}`;",
    replace: "const lease = '--force';",
    tests: [{ file: 'test/server/git/remote/branch-mirror.test.ts', name: 'what they pushed stays' }],
  },
  {
    name: 'a person is told that a draft was given up while it is put on main',
    file: 'server/services/publish/create-publisher.ts',
    find: 'if (line.isInFlight(editId) || !discardDraft(',
    replace: 'if (!discardDraft(',
    tests: [{ file: 'test/server/services/publish/in-flight.test.ts', name: 'can not be given up' }],
  },
  {
    name: 'edits of bots that others changed meanwhile are put on main without a look at what is rendered of these',
    file: 'server/services/publish/edit-batch.ts',
    find: 'if (!canOvertake(edit) || edit.changes.some((change) => touched.has(unitOf(change)))) break;',
    replace: 'if (!canOvertake(edit)) break;',
    tests: [{ file: RACE_TEST, name: 'where they edited what is rendered of its bot by hand' }],
  },
  {
    name: 'a page that is no git counts as a remote without branches, and every proposal here is gone',
    file: 'server/git/remote/list-refs.ts',
    find: 'const hasSpoken = !tellsPackets ||',
    replace: 'const hasSpoken = tellsPackets ||',
    tests: [{ file: 'test/server/git/remote/list-refs.test.ts', name: 'takes no branch away that the remote had' }],
  },
  {
    name: 'objects of any repository on this machine get to main by a folder that borrows them',
    file: 'server/git/remote/remote.ts',
    find: "if (url.scheme === 'file' && borrowsObjects(url.url)) {",
    replace: 'if (borrowsObjects(url.host)) {',
    tests: [{ file: 'test/server/git/remote/borrowed-objects.test.ts', name: 'brings none of them here' }],
  },
  {
    name: 'a remote sends git to another host for its objects',
    file: 'server/git/remote/access.ts',
    find: "'http.followRedirects=false',",
    replace: "'http.followRedirects=true',",
    tests: [{ file: 'test/server/git/remote/list-refs.test.ts', name: 'sends nobody to another one for its objects' }],
  },
  {
    name: 'an edit is published to a main that takes proposals alone',
    file: 'server/services/publish/main-line.ts',
    find: 'const refusal = whyNotDirect(snapshot.repo.fleet, edit.changes);',
    replace: 'const refusal = whyNotDirect(null, edit.changes);',
    tests: [{ file: 'test/server/services/publish/policy.test.ts', name: 'comes to one that takes proposals alone' }],
  },
  {
    name: 'an edit gets to a main that takes proposals alone, by the push of another one',
    file: 'server/services/publish/edit-batch.ts',
    find: 'if (whyNotDirect(snapshot.repo.fleet, edit.changes) !== undefined) break;',
    replace: '',
    tests: [{ file: RACE_TEST, name: 'get there without the one that main takes as a proposal alone' }],
  },
  {
    name: 'of edits that get to main by one push only the last is signed',
    file: 'server/git/repository.ts',
    find: 'for (const each of before) parent = await writeCommit({ ...each, parent }, flushed);',
    replace: 'for (const each of before) parent = (await writer.writeCommit({ ...each, parent }, flushed)).commit;',
    tests: [{ file: RACE_TEST, name: 'get there each with a signature of its own' }],
  },
  {
    name: 'an edit whose commit is on main is not found after a crash, and published a second time',
    file: 'server/services/publish/import-step.ts',
    find: 'trailers[EDIT_TRAILER] === editId || edit.proposal !== undefined',
    replace: 'edit.proposal !== undefined',
    tests: [
      { file: 'test/server/services/publish/recovery.test.ts', name: 'finds it also below what others committed' },
    ],
  },
];
