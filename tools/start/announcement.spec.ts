import { announcement, kratyFile, withoutPassword } from './announcement.mjs';

const ready = {
  baseUrl: 'http://localhost:8080',
  admin: { email: 'admin@kraty.local', password: 'drawn once' },
  game: {
    studioId: 'studio-1',
    gameId: 'game-1',
    keys: { clientLive: 'cl', clientTest: 'ct', serverLive: 'sl', serverTest: 'st' },
    documentHash: 'not for others',
  },
};

describe('what is told when all is ready', () => {
  it('has for tools exactly the agreed shape', () => {
    expect(kratyFile(ready)).toEqual({
      baseUrl: 'http://localhost:8080',
      portalUrl: null,
      admin: { email: 'admin@kraty.local', password: 'drawn once' },
      studioId: 'studio-1',
      gameId: 'game-1',
      keys: { clientLive: 'cl', clientTest: 'ct', serverLive: 'sl', serverTest: 'st' },
    });
  });

  it('has for people the address, the operator, the keys and something to try', () => {
    const text = announcement({
      ...ready,
      gameName: 'Saltlight Shores',
      processes: [{ name: 'kraty', url: 'http://127.0.0.1:9090' }],
      servers: [{ name: 'PostgreSQL', url: 'postgres://kraty_admin:hidden@127.0.0.1:5432/postgres' }],
      kratyPath: '/srv/.data/kraty.json',
      dataDirectory: '/srv/.data',
      tookMs: 2_345,
    });
    expect(text).toContain('ready after 2.3 s');
    for (const word of ['http://localhost:8080', 'drawn once', 'cl', 'ct', 'sl', 'st', 'Saltlight Shores']) {
      expect(text).toContain(word);
    }
    expect(text).toMatch(/curl -H "Authorization: Bearer ct" "http[^"]*"$/m);
    expect(text).not.toContain('hidden');
  });

  it('keeps passwords of servers out of sight', () => {
    expect(withoutPassword('redis://:pw@h:1')).toBe('redis://h:1');
    expect(withoutPassword('nats://h:1')).toBe('nats://h:1');
  });
});
