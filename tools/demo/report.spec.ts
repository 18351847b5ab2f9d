import { Findings } from './findings.mjs';
import { boardLines, callLines, payoutLines, verdictLines } from './report.mjs';
import { Statistics } from './statistics.mjs';
import { plainName, styleFor } from './style.mjs';

const plain = styleFor(false);

describe('the report', () => {
  it('draws the top of the fullest board and names who leads the others', () => {
    const row = (name: string, score: number, rank: number) => ({ name, score, rank, isOurs: true });
    const lines = boardLines(
      [
        { event: 'Sprint', players: 2, rows: [row('Quiet Heron', 1_200, 1), row('Fox', 600, 2)] },
        { event: 'Dash', players: 1, rows: [row('Fox', 7, 1)] },
      ],
      plain,
    );
    expect(lines.slice(1)).toEqual([
      '  Sprint · top of the board, 2 players of this run',
      `     1  Quiet Heron  1,200  ${'█'.repeat(30)}`,
      `     2  Fox            600  ${'█'.repeat(15)}`,
      '        Dash: 1 player, led by Fox with 7',
    ]);
    expect(boardLines([], plain)).toEqual([]);
  });

  it('lists what each event paid', () => {
    const amounts = new Map([['shells', 1_200]]);
    const payout = { event: 'sprint', attempts: 5, completed: 3, claimed: 2, waiting: 1, amounts };
    const lines = payoutLines([payout], () => 'Sprint', plain);
    expect(lines.at(-1)).toBe('  Sprint        5        3        2        1   1,200 shells');
  });

  it('keeps every line of calls and payouts within a hundred columns', () => {
    const statistics = new Statistics();
    for (const length of [3, 12, 40, 60, 95]) statistics.answered('x'.repeat(length), 2);
    const amounts = new Map(Array.from({ length: 30 }, (_, index) => [`currency_number_${index}`, 1_000 * index]));
    const payout = { event: 'sprint', attempts: 5, completed: 3, claimed: 2, waiting: 1, amounts };
    const lines = [...callLines(statistics, 3, plain), ...payoutLines([payout], () => 'Sprint of '.repeat(9), plain)];
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join(' ')).toContain('29,000 currency_number_29');
  });

  it('counts calls by status, other endings last', () => {
    const statistics = new Statistics();
    for (const answer of ['torn off', '409', '200']) statistics.answered(answer, 2);
    const [, heading, answers] = callLines(statistics, 3, plain);
    expect(heading).toBe('  3 calls in 3.0 s · 1/s · 0 retries');
    expect(answers!.trim().split(/ {2,}/)).toEqual(['200 1', '409 1', 'torn off 1']);
  });

  it('ends with the sentence that counts', () => {
    const findings = new Findings();
    findings.pass('boards', 3);
    expect(verdictLines(findings, undefined, plain).at(-1)).toBe('all answers hold');
    findings.fail('boards', 'mira stands at 3');
    const lines = verdictLines(findings, 'connection refused', plain);
    expect(lines).toContain('      mira stands at 3');
    expect(lines.at(-1)).toBe('1 answer did not hold');
    expect(lines.join('\n')).toContain('wallet and inventory reads only: connection refused');
  });

  it('reads names in English, or in what there is', () => {
    expect([plainName({ de: 'Öl', en: 'Oil' }, 'k'), plainName({ de: 'Öl' }, 'k'), plainName(null, 'k')]).toEqual([
      'Oil',
      'Öl',
      'k',
    ]);
  });
});
