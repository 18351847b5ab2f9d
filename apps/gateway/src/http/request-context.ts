import type { PlayerRef, Scope } from '@kraty/contracts/common';
import type { ApiKeyRecord, PlayerRecord } from '@kraty/contracts/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What the access checks have established about a request, in the order of 01 §4. */
export interface RequestContext {
  requestId: string;
  key?: ApiKeyRecord;
  scope?: Scope;
  /** Normalized external id of the path. */
  externalPlayerId?: string;
  player?: PlayerRecord;
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

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the route's access does not establish ${name}`);
  return value;
}

export type { FastifyReply, FastifyRequest };
