import { describe, expect, it } from 'vitest';
import { readRepo, verifyRepo } from '../../../constructs/repo/index.ts';
import { errorsOnly } from '../../../constructs/repo/repo.ts';
import { filesOf } from './fixture.ts';

describe('a variable that changes how programs start', () => {
  // All of them: one that is left out of the list has to be missed here.
  it.each([
    'BASH_ENV',
    'ENV',
    'GCONV_PATH',
    'IFS',
    'JAVA_TOOL_OPTIONS',
    'NODE_OPTIONS',
    'NODE_PATH',
    'PATH',
    'PERL5LIB',
    'PERL5OPT',
    'PROMPT_COMMAND',
    'PYTHONHOME',
    'PYTHONINSPECT',
    'PYTHONPATH',
    'PYTHONSTARTUP',
    'RUBYLIB',
    'RUBYOPT',
    'SHELLOPTS',
    'LD_PRELOAD',
    'LD_LIBRARY_PATH',
    'LD_AUDIT',
    'BASH_FUNC_ls',
  ])('is told at its place and refused nowhere: %s', (name) => {
    const files = filesOf()
      .record('bot-a', { env: { LANG: 'C', [name]: '/root/clawd/x' } })
      .synth();
    const line =
      files
        .text('instances/bot-a.yaml')
        .split('\n')
        .findIndex((each) => each.includes(name)) + 1;

    expect(verifyRepo(files)).toMatchObject([
      { severity: 'warning', unit: 'bot-a', file: 'instances/bot-a.yaml', line, field: `spec.env.${name}` },
    ]);
  });

  it('is told in claworc.yaml too, where it is for every bot', () => {
    const files = filesOf('bot-a');
    files.put('claworc.yaml', `${files.text('claworc.yaml')}  env:\n    NODE_OPTIONS: --require /x.js\n`).synth();

    const problems = verifyRepo(files);

    expect(problems).toMatchObject([{ severity: 'warning', file: 'claworc.yaml', field: 'spec.env.NODE_OPTIONS' }]);
    expect(errorsOnly(problems)).toEqual([]);
  });

  it('is no other variable', () => {
    expect(
      readRepo(filesOf().record('bot-a', { env: { MY_PATH: '/x', OLD: 'y', ENVIRONMENT: 'z' } })).problems,
    ).toEqual([]);
  });
});
