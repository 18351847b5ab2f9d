import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAddresses } from './addresses.mjs';
import { parseOptions } from './options.mjs';

const id = '0198f0b2-0000-7000-8000-000000000000';

describe('what can be asked of facts', () => {
  it('is to list them, to publish parked ones again, and to replay', () => {
    expect(parseOptions(['list'])).toMatchObject({ deed: 'list', service: undefined, help: false });
    expect(parseOptions(['unpark', 'grants', id])).toMatchObject({ deed: 'unpark', service: 'grants', ids: [id] });
    const replay = parseOptions(['replay', 'events', '--since', '2026-06-08T12:00:00Z']);
    expect(replay).toMatchObject({ service: 'events', since: new Date('2026-06-08T12:00:00Z'), subject: null });
    expect(parseOptions([]).help).toBe(true);
  });

  it.each([
    [['mend'], /^mend is none of list, unpark, replay/],
    [['unpark'], /needs the name of a service/],
    [['unpark', 'grants'], /needs the ids/],
    [['unpark', 'grants', 'x'], /^x is no id/],
    [['replay', 'events'], /needs --since/],
    [['list', '--all'], /--help$/],
  ])('is refused in a sentence: %j', (words, reason) => {
    expect(() => parseOptions(words)).toThrow(reason);
  });
});

describe('where the system is', () => {
  let directory: string;
  const at = (more: Record<string, string> = {}) => ({
    root: '/nowhere',
    variables: { KRATY_DATA_DIRECTORY: directory, ...more },
  });

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kraty-facts-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is what npm start has written down', () => {
    writeFileSync(join(directory, 'databases.json'), '{"events":"postgres://e","grants":"postgres://g"}');
    writeFileSync(join(directory, 'broker.json'), '{"natsUrl":"nats://n"}');
    expect(readAddresses(undefined, at()).databases.map(({ service }) => service)).toEqual(['events', 'grants']);
    const other = readAddresses('grants', at({ GRANTS_DATABASE_URL: 'postgres://other', NATS_URL: 'nats://other' }));
    expect(other).toEqual({ natsUrl: 'nats://other', databases: [{ service: 'grants', url: 'postgres://other' }] });
  });

  it('is asked for when nobody has said it', () => {
    expect(() => readAddresses(undefined, at())).toThrow(/^No system runs here/);
    expect(() => readAddresses('grants', at())).toThrow('set GRANTS_DATABASE_URL');
  });
});
