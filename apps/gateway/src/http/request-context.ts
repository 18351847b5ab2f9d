import type { PlayerRef, Scope } from '@kraty/contracts/common';
import type { ApiKeyRecord, Operator, PlayerRecord } from '@kraty/contracts/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What the access checks have established about a request, in the order of 01 §4. */
export interface RequestContext {
  requestId: string;
  key?: ApiKeyRecord;
  scope?: Scope;
  /** Normalized external id of the path. */
  externalPlayerId?: string;
  player?: PlayerRecord;
  /** Who acts on `/admin/v1`. */
  operator?: Operator;
  /** Content of the session cookie, when it is the credential. */
  sessionToken?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    kraty: RequestContext;
  }
}

/** The request's tenant; only on routes behind an API key. */
export function scopeOf(request: FastifyRequest): Scope {
  return present(request.kraty.scope, 'scope');
}

/** The authenticated player; only on routes behind a player secret. */
export function playerOf(request: FastifyRequest): PlayerRef {
  const { playerId, externalPlayerId } = present(request.kraty.player, 'player');
  return { playerId, externalPlayerId };
}

/** The external id of the path, checked and normalized. */
export function externalPlayerIdOf(request: FastifyRequest): string {
  return present(request.kraty.externalPlayerId, 'externalPlayerId');
}

/** The member who acts; only on routes of operators. */
export function operatorOf(request: FastifyRequest): Operator {
  return present(request.kraty.operator, 'operator');
}

/** The content of the session cookie; only on routes that need a session. */
export function sessionTokenOf(request: FastifyRequest): string {
  return present(request.kraty.sessionToken, 'sessionToken');
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the route's access does not establish ${name}`);
  return value;
}

export type { FastifyReply, FastifyRequest };
