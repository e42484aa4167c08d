import { bad, type Bad } from './bad.ts';
import { GOOD_RECORD, withChange as change } from '../records.ts';

/** What is wrong with the JSON in the middle of the YAML; lines are those of the file. */
export const CONFIGS: readonly Bad[] = [
  bad(
    'an empty config',
    change(GOOD_RECORD.slice(GOOD_RECORD.indexOf('|\n')), '""\n'),
    '27:11',
    'spec.config',
    'the config is empty',
  ),
  bad(
    'a list as config',
    change(GOOD_RECORD.slice(GOOD_RECORD.indexOf('|\n')), '|\n    []\n'),
    '28:5',
    'spec.config',
    'must be a JSON object',
  ),
  bad('a comma too many', change('18789 }\n', '18789 },\n'), '31:5', 'spec.config', 'no comma after the last entry'),
  bad('a comma too few', change('[] },', '[] }'), '30:7', 'spec.config', '"," or "}" must follow'),
  bad('single quotes', change('"agents"', "'agents'"), '29:7', 'spec.config', 'a key in double quotes'),
  bad('a key without quotes', change('"agents"', 'agents'), '29:7', 'spec.config', 'a key in double quotes'),
  bad(
    'a comment',
    change('      "agents"', '      // agents\n      "agents"'),
    '29:7',
    'spec.config',
    'JSON has no comments',
  ),
  bad('a word', change('18789', 'undefined'), '30:28', 'spec.config', '"undefined" must be in double quotes'),
  bad('a leading zero', change('18789', '018789'), '30:29', 'spec.config', 'not a JSON number'),
  bad('a key twice', change('"gateway"', '"agents"'), '30:7', 'spec.config', 'the key "agents" is given twice'),
  bad('a key twice, once escaped', change('"gateway"', '"\\u0061gents"'), '30:7', 'spec.config', 'given twice'),
  bad('an open object', change('18789 }\n    }', '18789 }'), '28:5', 'spec.config', 'is never closed'),
  bad('an open text', change('"agents"', '"agents'), '29:19', 'spec.config', '":" must follow'),
  bad('a wrong escape', change('"agents"', '"ag\\qents"'), '29:10', 'spec.config', 'no such escape'),
  bad(
    'more after the end',
    change('18789 }\n    }', '18789 }\n    } x'),
    '31:7',
    'spec.config',
    'more text after the end',
  ),
  bad(
    'a config nested without end',
    change('[] }', `${'['.repeat(80)}${']'.repeat(80)} }`),
    '29:',
    'spec.config',
    'nested deeper than 64',
  ),
  bad(
    'a key in clear text',
    change('18789', `"sk-proj-${'A1'.repeat(20)}"`),
    '30:29',
    'spec.config',
    'an OpenAI API key in clear text',
  ),
];
