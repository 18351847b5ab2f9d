import { Findings } from './findings.mjs';

describe('findings', () => {
  it('counts what holds, keeps what does not, and leaves out what was not checked', () => {
    const findings = new Findings();
    expect(findings.expect('boards', true, () => 'never asked')).toBe(true);
    expect(findings.expect('boards', false, () => 'mira stands at 3')).toBe(false);
    findings.compare('holdings', 3, ['shells must be 1 and reads 2']);
    expect(findings.failed).toBe(2);
    expect(findings.all()).toMatchObject([
      { check: 'holdings', passed: 2, failed: 1, texts: ['shells must be 1 and reads 2'] },
      { check: 'boards', passed: 1, failed: 1, texts: ['mira stands at 3'] },
    ]);
  });
});
