import { type FailureCode, failureStatus } from '@kraty/contracts/failures';
import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { ArrayMaxSize, IsInt, IsString, Max, validateSync, ValidateNested } from 'class-validator';
import { runInRequest } from '../logging/index.js';
import { busy, errorEnvelope, fail, Failure, failureHeaders, toFailure, toValidationFailed } from './index.js';

class Metric {
  @IsString()
  key: string;
}

class Body {
  @IsInt()
  @Max(10)
  amount: number;

  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  metrics: Metric[];
}

const databaseError = (code: string): Error =>
  Object.assign(new Error('select secret from vault where password = 1'), { code, severity: 'ERROR' });

describe('fail', () => {
  it.each(Object.keys(failureStatus) as FailureCode[])('gives %s the status of the catalogue', (code) => {
    expect(fail(code, 'x').status).toBe(failureStatus[code]);
  });

  it('survives the way over the wire', () => {
    const sut = fail(
      'conflict',
      'Not enough.',
      { reason: 'insufficient_balance' },
      { headers: { 'retry-after': '1' } },
    );
    const arrived = toFailure(JSON.parse(JSON.stringify(sut.wire())));
    expect(arrived).toBeInstanceOf(Failure);
    expect(arrived.wire()).toEqual(sut.wire());
    expect(arrived.unexpected).toBe(false);
  });
});

describe('toFailure', () => {
  it('names every broken rule by path and word', () => {
    const body = Object.assign(new Body(), {
      amount: 11,
      metrics: [Object.assign(new Metric(), { key: 5 }), new Metric()],
    });
    const sut = toFailure(validateSync(body));
    expect(sut).toMatchObject({ code: 'validation_failed', status: 400 });
    expect(sut.details?.['issues']).toEqual([
      { path: 'body.amount', code: 'range', message: 'amount must not be greater than 10' },
      { path: 'body.metrics[0].key', code: 'type', message: 'key must be a string' },
      { path: 'body.metrics[1].key', code: 'required', message: 'key must be a string' },
    ]);
  });

  it('roots the path at the part of the request that was checked', () => {
    const sut = toValidationFailed(validateSync(new Body()), 'query');
    expect(sut.details?.['issues']).toContainEqual(expect.objectContaining({ path: 'query.amount', code: 'required' }));
  });

  it.each([
    [new NotFoundException('Cannot GET /secret'), 'not_found', 404],
    [new BadRequestException('Unexpected token "password"'), 'validation_failed', 400],
    [new PayloadTooLargeException(), 'validation_failed', 413],
    [
      Object.assign(new Error('x'), { code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE', statusCode: 415 }),
      'validation_failed',
      415,
    ],
  ])('translates the framework refusal %p', (error, code, status) => {
    const sut = toFailure(error);
    expect(sut).toMatchObject({ code, status, unexpected: false });
    expect(sut.message).not.toMatch(/secret|password/);
  });

  it.each(['40001', '40P01', '55P03', '57014', '57P01', '53300', '08006', 'ECONNREFUSED', 'P2034'])(
    'answers 503 and asks to come again when the database says %s',
    (code) => {
      const sut = toFailure(databaseError(code));
      expect(sut).toMatchObject({ code: 'internal_error', status: 503, headers: { 'retry-after': '1' } });
      expect(sut.details).toEqual({ reason: 'busy' });
    },
  );

  it.each([
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
    'timeout exceeded when trying to connect',
  ])('answers 503 when the driver has lost its server: %s', (message) => {
    expect(toFailure(new Error(message))).toMatchObject({ status: 503, unexpected: false });
  });

  it('sees through the wrapping of Prisma', () => {
    const wrapped = Object.assign(new Error('Raw query failed'), { code: 'P2010', cause: { originalCode: '40P01' } });
    expect(toFailure(wrapped).status).toBe(503);
  });

  it.each([databaseError('23505'), databaseError('42P01'), new TypeError('x is undefined'), 'thrown text', null])(
    'hides %p behind a bare 500 with the request id',
    (error) => {
      const sut = runInRequest({ requestId: 'r-1' }, () => toFailure(error));
      expect(sut).toMatchObject({
        code: 'internal_error',
        status: 500,
        unexpected: true,
        details: { requestId: 'r-1' },
      });
      expect(sut.cause).toBe(error);
      expect(JSON.stringify(sut.wire())).not.toMatch(/select|secret|stack|undefined|thrown/);
    },
  );
});

describe('errorEnvelope', () => {
  it('leaves details out when there is nothing to say', () => {
    expect(errorEnvelope(fail('not_found', 'No such board.'))).toEqual({
      error: { code: 'not_found', message: 'No such board.' },
    });
  });

  it('names the request that is answered, also where one question was asked for many', () => {
    const shared = runInRequest({ requestId: 'r-1' }, () => busy());
    const locked = fail('internal_error', 'Later.', { reason: 'player_locked' }, { status: 503 });
    const told = runInRequest({ requestId: 'r-2' }, () =>
      [shared, locked].map((one) => errorEnvelope(one).error.details),
    );
    expect(told).toEqual([
      { requestId: 'r-2', reason: 'busy' },
      { requestId: 'r-2', reason: 'player_locked' },
    ]);
  });

  it('challenges every 401', () => {
    expect(failureHeaders(fail('session_invalid', 'x'))).toEqual({ 'www-authenticate': 'Bearer' });
    expect(failureHeaders(fail('not_found', 'x'))).toEqual({});
  });
});
