import type { Operator } from '@kraty/contracts/identity';
import { operatorOf, type FastifyRequest } from '../http/request-context.js';

export interface StudioPlace {
  operator: Operator;
  studioId: string;
}

export interface GamePlace extends StudioPlace {
  gameId: string;
}

/** The studio of the path, and who asks. Ids are accepted in any case (01 §11). */
export function studioOf(request: FastifyRequest): StudioPlace {
  return { operator: operatorOf(request), studioId: idOf(request, 'studioId') };
}

/** The game of the path, and who asks. */
export function gameOf(request: FastifyRequest): GamePlace {
  return { ...studioOf(request), gameId: idOf(request, 'gameId') };
}

/** An id of the path; whether it can be one is for its owner to say. */
export function idOf(request: FastifyRequest, name: string): string {
  return (request.params as Record<string, string>)[name]!.toLowerCase();
}
