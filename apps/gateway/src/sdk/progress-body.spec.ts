import fc from 'fast-check';
import { ReportProgressBody } from '@kraty/contracts/sdk';
import { Failure } from '@kraty/platform/errors';
import { validBody } from '../validation/bodies.js';
import { progressBodyOf } from './progress-body.js';

/** What a check makes of a body: the body itself, or why not. */
function outcome(check: () => object): unknown {
  try {
    return { ...check() };
  } catch (error) {
    if (error instanceof Failure) return error.wire();
    throw error;
  }
}

const rarely = <T>(value: fc.Arbitrary<T>) =>
  fc.option(
    fc.oneof({ weight: 8, arbitrary: value as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: fc.anything() }),
    {
      nil: undefined,
    },
  );
const metric = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1e15, -1e15, 1.1e15, NaN, Infinity, '3', null));
const metrics = fc.dictionary(fc.string({ maxLength: 4 }), metric, { maxKeys: 34 });
const body = fc.record(
  {
    mode: rarely(fc.constantFrom('increment', 'set', 'add')),
    metricValue: rarely(metric),
    metrics: rarely(metrics),
    metricValues: rarely(metrics),
    occurredAt: rarely(fc.constantFrom('2026-06-01T12:00:00Z', '2026-06-01', 'soon', 5)),
    idempotencyKey: rarely(fc.constantFrom('k', '', 'x'.repeat(255), 'x'.repeat(256), '😀'.repeat(200), '\u0000')),
    unknown: rarely(fc.constant(1)),
  },
  { requiredKeys: [] },
);

describe('a progress body', () => {
  it('is judged by hand as its class judges it', () => {
    const anyBody = fc.oneof(
      { weight: 20, arbitrary: body as fc.Arbitrary<unknown> },
      { weight: 1, arbitrary: fc.anything() },
    );
    fc.assert(
      fc.property(anyBody, (raw) => {
        expect(outcome(() => progressBodyOf(raw))).toEqual(outcome(() => validBody(ReportProgressBody, raw)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps what is given and drops what nobody declared', () => {
    const raw = {
      mode: 'set',
      metrics: { shells: 3 },
      metricValue: null,
      occurredAt: null,
      idempotencyKey: 'k',
      more: 1,
    };
    expect({ ...progressBodyOf(raw) }).toEqual({ mode: 'set', metrics: { shells: 3 }, idempotencyKey: 'k' });
  });
});
