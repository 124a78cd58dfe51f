import { guests, refuses } from './problem-cases.ts'

refuses([
  // The file as a whole.
  { says: 'nothing in it', text: '', problems: ['1:1 empty-file'] },
  { says: 'only blanks', text: ' \n\n', problems: ['1:1 empty-file'] },
  { says: 'only comments', text: '# later\n', problems: ['1:1 empty-file'] },
  {
    says: 'a control character',
    text: 'version: 1\nname: \u0007x\n',
    problems: ['2:7 not-text'],
    data: { got: 'U+0007' },
  },
  {
    says: 'bytes that are no UTF-8',
    text: 'version: 1\n# \uFFFD\n',
    problems: ['2:3 not-text'],
    data: { got: 'U+FFFD' },
  },
  {
    says: 'not a map',
    text: 'hello world!\n',
    problems: ['1:1 wrong-type'],
    data: { expected: 'map', got: 'hello world!' },
  },
  { says: 'no version', text: 'guests: {a: }\n', problems: ['1:1 missing-key'], data: { expected: 'version' } },
  {
    says: 'another version',
    text: 'version: 2\nguests:\n',
    problems: ['1:10 unsupported-version version'],
    data: { expected: 1, got: '2' },
  },

  // YAML itself.
  { says: 'a tab as indentation', text: 'version: 1\nguests:\n\ta:\n', problems: ['3:1 tab-indent'] },
  {
    says: 'a list never closed',
    text: 'version: 1\nguests:\n  a: {services: [22/tcp}\n',
    problems: ['3:24 yaml-syntax'],
  },
  { says: 'a colon too many', text: 'version: 1\nname: a: b\n', problems: ['2:7 yaml-syntax'] },
  {
    says: 'two documents',
    text: 'version: 1\n---\nversion: 1\n',
    problems: ['2:1 yaml-syntax'],
    data: { what: 'multiple-docs' },
  },
  { says: 'an alias of nothing', text: guests('  a: *b\n'), problems: ['3:6 yaml-feature'], data: { what: 'alias' } },
  { says: 'a tag of YAML', text: guests('  a: !!set {}\n'), problems: ['3:12 yaml-feature'], data: { what: 'tag' } },
  { says: 'a merge key', text: guests('  a: {<<: {}}\n'), problems: ['3:7 yaml-feature'], data: { what: 'merge-key' } },
  {
    says: 'a key that is a list',
    text: guests('  ? [a]\n  : {}\n'),
    problems: ['3:5 yaml-feature'],
    data: { what: 'key-not-text' },
  },
  {
    says: 'the same key twice',
    text: guests('  a:\n    host: h\n    host: h\nhosts: {h: }\n'),
    problems: ['5:5 duplicate-key guests.a.host'],
    data: { got: 'host', first: { file: '/etc/vigia/vigia.yaml', line: 4, column: 5 } },
  },
  {
    says: 'nested too deep',
    text: `version: 1\nname: ${'['.repeat(40)}${']'.repeat(40)}\n`,
    problems: ['2:39 too-deep'],
  },
  { says: 'nested without end', text: '['.repeat(20_000), problems: ['1:34 too-deep'] },

  // Further files.
  {
    says: 'a file that is not there',
    text: 'version: 1\ninclude: [b.yaml]\n',
    problems: ['2:11 unreadable include[0]'],
    data: { got: '/etc/vigia/b.yaml', reason: 'ENOENT' },
  },
  {
    says: 'domain XML that is not there',
    text: guests('  a: {xml: a.xml}\n'),
    problems: ['3:12 unreadable guests.a.xml'],
  },
  {
    says: 'files that include each other',
    text: 'version: 1\ninclude: [b.yaml]\n',
    files: { '/etc/vigia/b.yaml': 'include: [vigia.yaml]\n' },
    problems: ['/etc/vigia/b.yaml:1:11 include-cycle include[0]'],
    data: { files: ['/etc/vigia/vigia.yaml', '/etc/vigia/b.yaml', '/etc/vigia/vigia.yaml'] },
  },
  {
    says: 'settings in an included file',
    text: 'version: 1\ninclude: [b.yaml]\n',
    files: { '/etc/vigia/b.yaml': 'settings: {survive: 1}\n' },
    problems: ['/etc/vigia/b.yaml:1:11 key-not-here'],
  },
  {
    says: 'the same guest in two files',
    text: 'version: 1\ninclude: [b.yaml]\nguests: {a: }\n',
    files: { '/etc/vigia/b.yaml': 'guests:\n  a: {}\n' },
    problems: ['/etc/vigia/b.yaml:2:3 duplicate-guest guests.a'],
    data: { first: { file: '/etc/vigia/vigia.yaml', line: 3, column: 10 } },
  },
  {
    says: 'the same host in two files',
    text: 'version: 1\ninclude: [b.yaml]\nhosts: {a: }\n',
    files: { '/etc/vigia/b.yaml': 'hosts:\n  a: {}\n' },
    problems: ['/etc/vigia/b.yaml:2:3 duplicate-host hosts.a'],
  },
])
