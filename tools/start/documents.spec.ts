import { fileURLToPath } from 'node:url';
import { documentOf, readDocument } from './documents.mjs';

const demo = fileURLToPath(new URL('../demo-game.yaml', import.meta.url));
const yaml = (lines: string[]) => ['apiVersion: kraty/v1', 'kind: GameConfig', ...lines].join('\n');

describe('a configuration document', () => {
  it('names its game', () => {
    const sut = documentOf('my.yaml', yaml(['game: { slug: reef }', 'settings: { displayName: The Reef }']));
    expect(sut).toMatchObject({ slug: 'reef', displayName: 'The Reef' });
  });

  it('may be JSON', () => {
    expect(documentOf('my.json', '{"kind":"GameConfig","game":{"slug":"reef"}}').displayName).toBe('reef');
  });

  it('is the same when only comments and layout differ', () => {
    const plain = documentOf('a', yaml(['game: { slug: reef }']));
    expect(documentOf('b', yaml(['# a comment', 'game:', '  slug: reef'])).hash).toBe(plain.hash);
    expect(documentOf('c', yaml(['game: { slug: cliff }'])).hash).not.toBe(plain.hash);
  });

  it.each([
    ['is no document', 'hello', /lacks "kind: GameConfig"/],
    ['is empty', '', /^my.yaml is empty\.$/],
    ['holds comments alone', '# nothing yet', /^my.yaml is empty\.$/],
    ['names no game', 'kind: GameConfig', /lacks "game/],
    ['is no YAML', 'a: [b', /neither YAML nor JSON/],
  ])('is refused in a sentence when it %s', (_what, text, reason) => {
    expect(() => documentOf('my.yaml', text)).toThrow(reason);
  });

  it('is refused in a sentence when it is not there', () => {
    expect(() => readDocument('/nowhere/my.yaml')).toThrow('--config /nowhere/my.yaml: there is no such file.');
  });
});

describe('a folder', () => {
  it('is told from a document', () => {
    expect(() => readDocument('/')).toThrow('--config /: that is a folder, not a document.');
  });
});

describe('the demo game', () => {
  it('has no window that ends within the next year', () => {
    const { content } = readDocument(demo);
    const events = content['events'] as { availability: { mode: string; endsAt?: string } }[];
    const inAYear = performance.timeOrigin + 366 * 86_400_000;
    const ends = events.flatMap(({ availability }) => availability.endsAt ?? []);
    for (const end of ends) expect(Date.parse(end)).toBeGreaterThan(inAYear);
    expect(new Set(events.map(({ availability }) => availability.mode)).size).toBe(3);
  });
});
