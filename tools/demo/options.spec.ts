import { parseOptions } from './options.mjs';

describe('the options of npm run demo', () => {
  it('are a hundred players for half a minute when nothing is said', () => {
    expect(parseOptions([])).toEqual({
      players: 100,
      seconds: 30,
      seed: 'saltlight',
      environment: 'test',
      connection: undefined,
      help: false,
    });
  });

  it('may be given in any order', () => {
    const words = ['--seconds', '5', '--environment=live', '--players', '20', '--seed', '7', '--connection', 'k.json'];
    expect(parseOptions(words)).toMatchObject({
      players: 20,
      seconds: 5,
      seed: '7',
      environment: 'live',
      connection: 'k.json',
    });
  });

  it.each([['--players=0'], ['--players=1.5'], ['--seconds=many'], ['--environment=stage'], ['--nope'], ['file']])(
    'refuses %s and points to the help',
    (word) => {
      expect(() => parseOptions([word])).toThrow(/npm run demo -- --help$/);
    },
  );
});
