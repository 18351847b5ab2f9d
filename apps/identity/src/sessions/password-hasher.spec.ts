import { PasswordHasher } from './password-hasher.js';

describe.each([
  ['argon2id', { native: true }, '$argon2id$v=19$m=65536,t=3,p=1$'],
  ['scrypt', { native: false }, '$scrypt$ln=17,r=8,p=1$'],
])('PasswordHasher with %s', (_, options, form) => {
  let sut: PasswordHasher;
  beforeAll(async () => {
    sut = await PasswordHasher.create(options);
  });

  it('knows the password again, and no other', async () => {
    const stored = await sut.hash('correct horse battery');
    expect(stored.startsWith(form)).toBe(true);
    expect(await sut.verify(stored, 'correct horse battery')).toBe(true);
    expect(await sut.verify(stored, 'correct horse batterz')).toBe(false);
    expect(sut.isOutdated(stored)).toBe(false);
  });

  it('never fits nobody', async () => expect(await sut.verify(null, 'correct horse battery')).toBe(false));

  it('asks for a new hash when parameters have moved on', () => {
    expect(sut.isOutdated('$argon2id$v=19$m=4096,t=1,p=1$c2FsdA$aGFzaA')).toBe(true);
  });
});

it('verifies scrypt hashes where argon2 has come meanwhile', async () => {
  const stored = await (await PasswordHasher.create({ native: false })).hash('correct horse battery');
  const native = await PasswordHasher.create();
  expect(await native.verify(stored, 'correct horse battery')).toBe(true);
  expect(native.isOutdated(stored)).toBe(true);
});
