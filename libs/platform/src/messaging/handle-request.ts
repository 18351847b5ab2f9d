import { MessagePattern } from '@nestjs/microservices';
import type { RequestRoute } from '@kraty/contracts/messages';
import type { RawJson, Reply } from './reply.js';

type Answer<R> = R | RawJson | Reply<R>;
type RequestMethod<Q, R> = (body: Q, ...rest: never[]) => Promise<Answer<R>> | Answer<R>;

/** Marks a controller's method as the handler of a request; its parameter and result must fit the route. */
export function HandleRequest<Q, R>(route: RequestRoute<Q, R>) {
  return <M extends RequestMethod<Q, R>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    MessagePattern(route.subject)(target, key, descriptor as PropertyDescriptor);
  };
}
