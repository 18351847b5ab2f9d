import { bar, ProgressBar } from './progress-bar.mjs';

describe('the progress bar', () => {
  it('grows by eighths of a character and keeps its width', () => {
    expect([bar(0, 2), bar(0.5, 2), bar(0.75, 2), bar(1, 2), bar(7, 2)]).toEqual(['  ', '█ ', '█▌', '██', '██']);
  });

  it('draws over one line on a terminal, cut to its width', () => {
    let screen = '';
    const state = () => ({ share: 0.5, text: 'x'.repeat(100) });
    new ProgressBar(state, { write: (text) => (screen += text), isTTY: true, columns: 50 }).end();
    const lines = screen.split('\r\x1b[2K').slice(1);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toHaveLength(49);
    expect(screen.endsWith('\n')).toBe(true);
  });

  it('writes plain lines elsewhere', () => {
    let screen = '';
    new ProgressBar(() => ({ share: 1, text: 'done' }), { write: (text) => (screen += text) }).end();
    expect(screen).toBe('100%  done\n100%  done\n');
  });
});
