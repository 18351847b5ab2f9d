import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

interface Verdict {
  folder: 'refused' | 'allowed';
  name: string;
  expected: string;
  rules: string[];
}

describe('the boundaries of the house', () => {
  let verdicts: Verdict[];

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['tools/lint/lint-fixtures.mjs'], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    verdicts = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict);
  });

  const of = (folder: Verdict['folder']) => verdicts.filter((verdict) => verdict.folder === folder);

  it('refuses every forbidden fixture, by the rule that is meant to and by no other', () => {
    expect(of('refused').map(({ name, rules }) => ({ name, rules }))).toEqual(
      of('refused').map(({ name, expected }) => ({ name, rules: [expected] })),
    );
  });

  it('lets the allowed twins pass', () => {
    expect(of('allowed').filter(({ rules }) => rules.length > 0)).toEqual([]);
  });

  it('proves each boundary with at least one fixture', () => {
    const proven = new Set(of('refused').map(({ expected }) => expected));
    expect([...proven].sort()).toEqual([
      '@nx/enforce-module-boundaries',
      '@typescript-eslint/no-explicit-any',
      'no-console',
      'no-restricted-imports',
      'no-restricted-syntax',
    ]);
    expect(of('refused').length).toBeGreaterThanOrEqual(20);
  });
});
