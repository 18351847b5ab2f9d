import { parseInstant } from './validators.js';

describe('parseInstant', () => {
  it.each(['2026-06-08T12:00:00.000Z', '2026-06-08T14:00+02:00', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    'reads %s',
    (text) => expect(parseInstant(text)).toBe(Date.parse(text)),
  );

  it.each([
    ['no zone', '2026-06-08T12:00:00'],
    ['no such day', '2026-02-30T00:00:00Z'],
    ['the year 0', '0000-12-31T23:59:59Z'],
    ['a zone that leads before the year 1', '0001-01-01T00:00:00+14:00'],
    ['a zone that leads beyond the year 9999', '9999-12-31T23:59:59-12:00'],
    ['no text', 0],
  ])('refuses %s', (_, value) => expect(parseInstant(value)).toBeNull());
});
