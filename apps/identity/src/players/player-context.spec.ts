import { takeContext, validEmail } from './player-context.js';

describe('takeContext', () => {
  it('lifts a valid email out of the snapshot', () => {
    expect(takeContext({ level: 3, email: ' Mira@Example.COM ' })).toEqual({
      snapshot: { level: 3 },
      email: 'mira@example.com',
    });
  });

  it('leaves what is no address in the snapshot', () => {
    expect(takeContext({ email: 'mira' })).toEqual({ snapshot: { email: 'mira' }, email: null });
  });

  it.each([null, {}])('leaves the stored snapshot alone when the context is %j', (context) => {
    expect(takeContext(context)).toEqual({ snapshot: null, email: null });
  });

  it('keeps texts storable as jsonb', () => {
    expect(takeContext({ a: ['x\u0000y', '\ud800'], b: { c: 'z' } }).snapshot).toEqual({
      a: ['xy', '\ufffd'],
      b: { c: 'z' },
    });
  });
});

describe('validEmail', () => {
  it.each(['a@b', 'a.b+c@d.example'])('accepts %s', (email) => expect(validEmail(email)).toBe(email));

  it.each(['', 'a', '@b', 'a@', 'a@b@c', 'a b@c', `${'a'.repeat(253)}@b`, 5, null])('refuses %j', (email) =>
    expect(validEmail(email)).toBeNull(),
  );
});
