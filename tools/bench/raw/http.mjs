/** What Fastify gives at most: a text that is ready, sent to whoever asks. */

import fastify from 'fastify';

/** As long as the reply that it is compared with. */
const REPLY_CHARACTERS = 8_000;

/** Answers for as long as its process lives. */
export async function http() {
  const app = fastify();
  const text = JSON.stringify({ data: 'x'.repeat(REPLY_CHARACTERS) });
  app.get('/page', (_, reply) => reply.type('application/json; charset=utf-8').send(text));
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app.addresses()[0];
}
