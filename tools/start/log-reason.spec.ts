import { reasonIn } from './log-reason.mjs';

const info = JSON.stringify({ level: 'info', message: 'ready' });
const fatal = (text: string) =>
  JSON.stringify({ level: 'fatal', message: 'the start failed', err: { message: text, stack: 'Error: …\n at x' } });

describe('the reason in a log', () => {
  it('is the message of what ended the service, without its stack', () => {
    expect(reasonIn(`${info}\n${fatal('connect ECONNREFUSED')}\n`)).toBe('connect ECONNREFUSED');
  });

  it('is what stands there in plain words after the last entry', () => {
    const plain = 'The configuration is not valid:\n  PORT must be an integer';
    expect(reasonIn(`${fatal('of an earlier life')}\n${plain}\n`)).toBe(plain);
  });

  it('is the newest of several lives', () => {
    expect(reasonIn([fatal('old'), info, fatal('new')].join('\n'))).toBe('new');
  });

  it('may begin in the middle of a line that was cut', () => {
    expect(reasonIn(`vel":"info"}\n${fatal('new')}`)).toBe('new');
  });

  it('is nothing when the log tells nothing', () => {
    expect(reasonIn(`${info}\n`)).toBe('');
    expect(reasonIn('')).toBe('');
  });
});
