import { parseOptions } from './options.mjs';

describe('the options of npm start', () => {
  it('are all off when nothing is said', () => {
    expect(parseOptions([])).toEqual({ config: undefined, split: false, fresh: false, help: false });
  });

  it('may be given in any order', () => {
    expect(parseOptions(['--fresh', '--config', 'game.yaml', '--split'])).toEqual({
      config: 'game.yaml',
      split: true,
      fresh: true,
      help: false,
    });
  });

  it.each([['--nope'], ['--config'], ['game.yaml'], ['--split=yes']])('refuses %s and points to the help', (word) => {
    expect(() => parseOptions([word])).toThrow(/npm start -- --help$/);
  });
});
