import { failureStatus, type FailureCode } from '@kraty/contracts/failures';
import type { Schema } from '@kraty/contracts/schemas';
import type { DescribedOperation } from './operation.js';
import { parameter } from './parameters.js';
import type { DeclaredRoute } from './routes.js';

/** A refusal as a caller meets it: one status may say several codes, one code may come with several statuses. */
type Refusals = Map<number, FailureCode[]>;

/** Responses of every way a route may refuse: by its access (02: K, P, W), by its inputs, and its own. */
export function refusalsOf(route: DeclaredRoute, operation: DescribedOperation): Record<string, Schema> {
  const refusals: Refusals = new Map();
  const codes = [...ofAccess(route), ...ofInputs(route, operation), ...(operation.refusals ?? [])];
  for (const code of codes) add(refusals, failureStatus[code], code);
  if (operation.body) for (const status of [413, 415]) add(refusals, status, 'validation_failed');
  add(refusals, 500, 'internal_error');
  if (route.access) add(refusals, 503, 'internal_error');
  const sorted = [...refusals].sort(([left], [right]) => left - right);
  return Object.fromEntries(sorted.map(([status, codesOfStatus]) => [status, response(status, codesOfStatus)]));
}

function ofAccess({ access }: DeclaredRoute): FailureCode[] {
  if (!access) return [];
  return [
    'unauthenticated',
    'session_invalid',
    'forbidden',
    'rate_limited',
    ...(access.player === 'secret' ? (['player_secret_invalid'] as const) : []),
    ...(access.gated ? (['player_banned'] as const) : []),
  ];
}

function ofInputs({ path }: DeclaredRoute, { body, parameters }: DescribedOperation): FailureCode[] {
  const hasQuery = parameters?.some((name) => parameter(name)['in'] === 'query');
  const hasInputs = path.includes('{') || body !== undefined || hasQuery;
  return hasInputs ? ['validation_failed'] : [];
}

function add(refusals: Refusals, status: number, code: FailureCode): void {
  const codes = refusals.get(status) ?? [];
  if (!codes.includes(code)) refusals.set(status, [...codes, code]);
}

const headersOfStatus: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate'],
  429: ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After'],
  503: ['Retry-After'],
};

function response(status: number, codes: FailureCode[]): Schema {
  const names = ['X-Request-Id', ...(headersOfStatus[status] ?? [])];
  const narrowed = { properties: { error: { properties: { code: { enum: codes } } } } };
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    headers: headers(names),
    content: {
      'application/json': { schema: { allOf: [{ $ref: '#/components/schemas/ErrorResponse' }, narrowed] } },
    },
  };
}

/** References to headers that are described once. */
export function headers(names: readonly string[]): Schema {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
