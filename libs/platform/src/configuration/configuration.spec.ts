import { IsInt, Max } from 'class-validator';
import {
  ConfigurationError,
  describeConfiguration,
  loadConfiguration,
  ServiceConfiguration,
  Variable,
} from './index.js';

class EconomyConfiguration extends ServiceConfiguration {
  @Variable('LEDGER_DAYS', { description: 'Days a ledger row is kept.', default: 90 })
  @IsInt()
  @Max(3_650)
  ledgerDays: number;

  @Variable('KRATY_MASTER_KEY', { description: '32 bytes, base64.', secret: true, parse: parseKey })
  masterKey: Buffer;
}

function parseKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw new Error('must be 32 bytes in base64');
  return key;
}

const good = {
  DATABASE_URL: 'postgres://economy:pw@127.0.0.1:5432/kraty',
  KRATY_MASTER_KEY: Buffer.alloc(32).toString('base64'),
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfiguration(EconomyConfiguration, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
  }
  return [];
}

describe('loadConfiguration', () => {
  it('reads, types and freezes', () => {
    const sut = loadConfiguration(EconomyConfiguration, { ...good, LEDGER_DAYS: '30', REDIS_URL: '' });
    expect(sut).toMatchObject({ ledgerDays: 30, opsPort: 0, logLevel: 'info', databaseUrl: good.DATABASE_URL });
    expect(sut.redisUrl).toBeUndefined();
    expect(sut.masterKey).toHaveLength(32);
    expect(Object.isFrozen(sut)).toBe(true);
  });

  it('drains for three seconds in production and not at all elsewhere', () => {
    expect(loadConfiguration(EconomyConfiguration, good).drainSeconds).toBe(0);
    expect(loadConfiguration(EconomyConfiguration, { ...good, NODE_ENV: 'production' }).drainSeconds).toBe(3);
  });

  it('names all bad variables at once, with what is expected', () => {
    const problems = problemsOf({
      OPS_PORT: '99999',
      LOG_LEVEL: 'loud',
      LEDGER_DAYS: 'many',
      KRATY_MASTER_KEY: 'short',
    });
    expect(problems).toHaveLength(5);
    for (const start of [
      'DATABASE_URL is required',
      'LEDGER_DAYS must be a number',
      'KRATY_MASTER_KEY must be 32 bytes',
      'OPS_PORT must not be greater than 65535',
      'LOG_LEVEL is not a level: One of fatal, ',
    ]) {
      expect(problems).toContainEqual(expect.stringContaining(start));
    }
  });

  it('never shows a bad value, which may be a secret in the wrong place', () => {
    const problems = problemsOf({ ...good, DATABASE_URL: 'hunter2', REDIS_URL: 'hunter2', OPS_PORT: 'hunter2' });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });
});

describe('describeConfiguration', () => {
  it('lists inherited and own variables with the defaults of production', () => {
    const described = describeConfiguration(EconomyConfiguration);
    expect(described).toContainEqual(expect.objectContaining({ name: 'DRAIN_SECONDS', default: '3' }));
    expect(described).toContainEqual(expect.objectContaining({ name: 'LEDGER_DAYS', default: '90', secret: false }));
    expect(described).toContainEqual(expect.objectContaining({ name: 'DATABASE_URL', secret: true, optional: false }));
  });
});
