import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConnection } from './connection.mjs';

const file = {
  baseUrl: 'http://localhost:8080/',
  gameId: 'game-1',
  keys: { clientLive: 'pLive.x', clientTest: 'pTest.x' },
};

let directory: string;
const put = (name: string, content: unknown): void => writeFileSync(join(directory, name), JSON.stringify(content));
const read = (environment: 'test' | 'live' = 'test') =>
  readConnection(
    { connection: undefined, environment },
    { root: '/nowhere', variables: { KRATY_DATA_DIRECTORY: directory } },
  );

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kraty-demo-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe('the connection to the running system', () => {
  it('takes the key of the environment, and the ledger where it lies beside', () => {
    put('kraty.json', file);
    const common = { baseUrl: 'http://localhost:8080', gameId: 'game-1' };
    expect(read()).toEqual({ ...common, clientKey: 'pTest.x', ledgerUrl: undefined });
    put('databases.json', { economy: 'postgres://kraty_economy@h/kraty' });
    expect(read('live')).toEqual({ ...common, clientKey: 'pLive.x', ledgerUrl: 'postgres://kraty_economy@h/kraty' });
  });

  it('says what to do when nothing runs', () => {
    expect(() => read()).toThrow(/npm start/);
  });

  it('says what is wrong with a file that is not ours', () => {
    put('kraty.json', { baseUrl: 'http://localhost:8080' });
    expect(() => read()).toThrow(/lacks/);
    writeFileSync(join(directory, 'kraty.json'), 'not json');
    expect(() => read()).toThrow(/cannot be read as JSON/);
  });
});
