import { epochMs, joinedJson, plainArray, splitJson, textArray, type Database } from './index.js';
import { OwnPostgres } from './own-postgres.fixture.js';

let postgres: OwnPostgres;
let sut: Database;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  sut = postgres.open(1);
});

afterAll(() => postgres.stop());

async function readBack(sql: string, value: string): Promise<unknown> {
  return (await sut.query<{ read: unknown }>(`select ${sql} as read`, [value]))[0]?.read;
}

describe('an array sent as text', () => {
  it('holds numbers, ids and nulls', async () => {
    const numbers = [0, -1.5, 1e-7, 1e21, null, Number.MAX_SAFE_INTEGER];
    expect(await readBack('$1::float8[]', plainArray(numbers))).toEqual(numbers);
    const ids = ['01a1ffd6-c5c6-7000-9c8c-54f7e44289d8', null];
    expect(await readBack('to_jsonb($1::uuid[])', plainArray(ids))).toEqual(ids);
    expect(await readBack('$1::bool[]', plainArray([true, false]))).toEqual([true, false]);
    expect(await readBack('$1::float8[]', plainArray([]))).toEqual([]);
  });

  it('holds any text', async () => {
    const texts = ['', 'null', 'NULL', null, 'a,b', '{}', '"', '\\', '\\"', "'", ' ', 'ü\n\t\u001f', '🦀'];
    expect(await readBack('$1::text[]', textArray(texts))).toEqual(texts);
    expect(await readBack('$1::text[]', textArray([]))).toEqual([]);
  });

  it('holds JSON', async () => {
    const texts = [{ a: ['"', '\\', '\u001f', '\n', '🦀', '\ud800'] }, '', null, 0].map((value) =>
      JSON.stringify(value),
    );
    expect(await readBack(splitJson('$1'), joinedJson(texts))).toEqual(texts);
    expect(await readBack(splitJson('$1'), joinedJson([null, '{}', null]))).toEqual([null, '{}', null]);
    expect(await readBack(splitJson('$1'), joinedJson([]))).toEqual([]);
  });

  it('of a single null is as long as its neighbours in unnest', async () => {
    const sql = `select * from unnest($1::int[], ${splitJson('$2')}) as v(id, text)`;
    expect(await sut.query(sql, [plainArray([1]), joinedJson([null])])).toEqual([{ id: 1, text: null }]);
  });
});

describe('instants as epoch milliseconds', () => {
  it('are the same on both sides', async () => {
    const instants = ['1969-12-31T23:59:59.999Z', '2026-11-21T20:34:00.001Z', '9999-12-31T23:59:59.999Z'];
    const sql = `select ${epochMs('at')} as ms, ${epochMs('to_timestamp(given / 1000)::timestamptz(3)')} as there_and_back
                   from unnest($1::timestamptz[], $2::float8[]) as v(at, given)`;
    const expected = instants.map((instant) => Date.parse(instant));
    const rows = await sut.query<{ ms: number; there_and_back: number }>(sql, [
      textArray(instants),
      plainArray(expected),
    ]);
    expect(rows.map(({ ms }) => ms)).toEqual(expected);
    expect(rows.map(({ there_and_back }) => there_and_back)).toEqual(expected);
  });
});
