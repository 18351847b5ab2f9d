import type { ArgumentsHost } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { Logger } from '../logging/index.js';
import { fail, FailureFilter } from './index.js';

class RecordedReply {
  sent = false;
  readonly seen: { status?: number; headers?: object; body?: unknown } = {};

  status(code: number): this {
    this.seen.status = code;
    return this;
  }

  headers(values: object): this {
    this.seen.headers = values;
    return this;
  }

  send(body: unknown): void {
    this.seen.body = body;
  }
}

function setUp(type: 'http' | 'rpc') {
  const lines: string[] = [];
  const logger = Logger.create({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  const reply = new RecordedReply();
  const host = { getType: () => type, switchToHttp: () => ({ getResponse: () => reply }) } as unknown as ArgumentsHost;
  return { sut: new FailureFilter(logger), host, reply, lines };
}

describe('FailureFilter', () => {
  it('answers a refusal over HTTP in the envelope and logs nothing', () => {
    const { sut, host, reply, lines } = setUp('http');
    sut.catch(fail('rate_limited', 'Slow down.', { bucket: 'sdk_read' }, { headers: { 'retry-after': '7' } }), host);
    expect(reply.seen).toEqual({
      status: 429,
      headers: { 'retry-after': '7' },
      body: { error: { code: 'rate_limited', message: 'Slow down.', details: { bucket: 'sdk_read' } } },
    });
    expect(lines).toEqual([]);
  });

  it('answers over NATS with data', async () => {
    const { sut, host } = setUp('rpc');
    const answer = sut.catch(fail('not_found', 'No such player.'), host);
    await expect(lastValueFrom(answer!)).rejects.toEqual({
      code: 'not_found',
      message: 'No such player.',
      status: 404,
    });
  });

  it('logs a bug once with its stack and tells the caller nothing of it', () => {
    const { sut, host, reply, lines } = setUp('http');
    sut.catch(new Error('column "x" does not exist'), host);
    expect(reply.seen.status).toBe(500);
    expect(JSON.stringify(reply.seen.body)).not.toContain('column');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'error', err: { stack: expect.stringContaining('column') } });
  });

  it('leaves a reply alone that has begun', () => {
    const { sut, host, reply } = setUp('http');
    reply.sent = true;
    sut.catch(fail('not_found', 'x'), host);
    expect(reply.seen).toEqual({});
  });
});
