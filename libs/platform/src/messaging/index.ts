export { HandleRequest } from './handle-request.js';
export { KratyNatsServer, requestsInFlightMaxDefault, type KratyNatsServerOptions } from './kraty-nats-server.js';
export { Messenger, requestDeadlineMsDefault, type RequestOptions, type Stop } from './messenger.js';
export { NatsLink, type NatsLinkOptions } from './nats-link.js';
export { rawJson, reply, RawJson, Reply, type RawReply, type ReplyOptions } from './reply.js';
export { RequestContext } from './request-context.js';
export { wallClockMs } from './wall-clock.js';
