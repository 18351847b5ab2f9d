import fc from 'fast-check';
import type { EventConfiguration } from '@kraty/contracts/events';
import { eventDefinition } from '../definitions/event-definition.js';
import { applyWrite } from './apply-write.js';
import { scoreOf, type ScoredState } from './formula-score.js';

const metrics = [
  { key: 'coins', cap: 500 },
  { key: 'kills', target: 20, capAtTarget: true, scorePerUnit: 10 },
];

function definitionOf(expr: string): ReturnType<typeof eventDefinition> {
  const configuration: EventConfiguration = {
    key: 'hunt',
    availability: { mode: 'always_on' },
    metrics,
    scoreFormula: { type: 'expression', expr },
  };
  return eventDefinition(configuration, 1);
}

const state: ScoredState = {
  raw: { coins: 620, kills: 23 },
  capped: { coins: 500, kills: 20 },
  playerContext: { level: 7, vip: true, name: 'mira', nested: { level: 1 } },
  elapsedSeconds: 12.5,
};

function score(expr: string, changes: Partial<ScoredState> = {}): number {
  const { scoring, formula } = definitionOf(expr);
  return scoreOf(scoring, formula, { ...state, ...changes });
}

describe('a formula', () => {
  it.each([
    ['max(metrics.coins, metrics.kills * 10) + (context.level >= 5) * 50', 550],
    ['raw.coins + raw.kills', 643],
    ['weight.coins + weight.kills', 11],
    ['elapsedSeconds * 2', 25],
    ['context.vip', 1],
    ['context.name', 0],
    ['context.nested', 0],
    ['context.missing', 0],
    ['context.toString', 0],
    ['metrics.coins > 400', 1],
    ['metrics.coins / 0', 0],
    ['-raw.coins', -620],
    ['0.1 + 0.2', 0.3],
    ['-metrics.coins * 0', 0],
  ])('%s gives %s', (expr, expected) => {
    expect(Object.is(score(expr), expected)).toBe(true);
  });

  it('knows nothing of a player without context', () => {
    expect(score('context.level', { playerContext: null })).toBe(0);
  });

  it('sees what the write left, resets included', () => {
    const { scoring, formula } = definitionOf('metrics.coins * 2 + elapsedSeconds');
    const write = { mode: 'increment' as const, metricValue: 600, metrics: null };
    const done = applyWrite(scoring, { coins: 0, kills: 0 }, write, (raw, capped) =>
      scoreOf(scoring, formula, { raw, capped, playerContext: null, elapsedSeconds: 3 }),
    );
    expect(done).toMatchObject({ kind: 'applied', score: 1_003, capped: { coins: 500 } });
  });

  it('beyond the bounds of a score refuses the write', () => {
    const { scoring, formula } = definitionOf('raw.coins * 1000000');
    const write = { mode: 'set' as const, metricValue: 2e9, metrics: null };
    const done = applyWrite(scoring, {}, write, (raw, capped) =>
      scoreOf(scoring, formula, { raw, capped, playerContext: null, elapsedSeconds: 0 }),
    );
    expect(done).toEqual({ kind: 'out_of_bounds', metricKey: null });
  });

  it('gives a finite number for any values', () => {
    const anyValue = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    const formulas = ['raw.coins % raw.kills', 'raw.coins / raw.kills', 'raw.coins * raw.kills * raw.coins'];
    fc.assert(
      fc.property(fc.constantFrom(...formulas), anyValue, anyValue, (expr, coins, kills) => {
        const raw = { coins, kills };
        expect(Number.isFinite(score(expr, { raw, capped: raw }))).toBe(true);
      }),
    );
  });
});
