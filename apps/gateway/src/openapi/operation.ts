import type { FailureCode } from '@kraty/contracts/failures';
import type { BodyClass } from '@kraty/contracts/schemas';
import type { ParameterName } from './parameters.js';
import type { Replies } from './replies.js';

/** In the order in which documents show them (01 §13); those without a route are left out. */
export const tags = [
  'Health',
  'Events',
  'Leaderboards',
  'Grants',
  'Lobbies',
  'Players',
  'Inventory',
  'Catalog',
  'Social',
] as const;

/** One success of a route. */
export interface DescribedReply {
  description: string;
  /** Absent for a reply without a body. */
  component?: keyof Replies;
  /** JSON unless another is named. */
  mediaType?: 'text/event-stream';
  headers?: readonly ('ETag' | 'Idempotency-Replayed')[];
  example?: unknown;
}

/** What a route's metadata does not say about it. */
export interface DescribedOperation {
  /** `operationId`: unique in a document, kept for ever, because generated clients name their methods by it. */
  id: string;
  tag: (typeof tags)[number];
  summary: string;
  description?: string;
  /** The class that validates the body. */
  body?: BodyClass;
  /** A body that is validated. */
  bodyExample?: object;
  /** Parameters of the query and headers; those of the path are in the path. */
  parameters?: readonly ParameterName[];
  replies: Readonly<Record<number, DescribedReply>>;
  /** Refusals of its own, beside those that its access and its inputs imply (02, error sets K, P and W). */
  refusals?: readonly FailureCode[];
}

type ControllerClass<C> = new (...injected: never[]) => C;

/** Operations by controller and handler. */
export type DescribedController = readonly [ControllerClass<object>, Readonly<Record<string, DescribedOperation>>];

/** Describes every handler of a controller: the compiler refuses one that is left out. */
export function described<C extends object>(
  controller: ControllerClass<C>,
  operations: { [Handler in keyof C]: DescribedOperation },
): DescribedController {
  return [controller, operations];
}
