/** What NATS gives at most: a request of the size of a progress call, and its reply. */

import { connect } from '@nats-io/transport-node';
import { loop } from './loop.mjs';

const CALLERS = 256;
const SUBJECT = 'bench.echo';
const REQUEST_BYTES = 700;
const REPLY_BYTES = 420;
const DEADLINE_MS = 5_000;

/** @param {{ url: string, seconds: number, warmUpSeconds: number }} job @param {import('../worker-side.mjs').Tell} tell */
export async function nats({ url, ...shape }, tell) {
  const connection = await connect({ servers: url, name: 'bench' });
  const body = new Uint8Array(REQUEST_BYTES);
  try {
    return await loop({ ...shape, callers: CALLERS }, tell, () =>
      connection.request(SUBJECT, body, { timeout: DEADLINE_MS }),
    );
  } finally {
    await connection.close();
  }
}

/** Answers for as long as its process lives. @param {{ url: string }} job */
export async function natsResponder({ url }) {
  const connection = await connect({ servers: url, name: 'bench responder' });
  const reply = new Uint8Array(REPLY_BYTES);
  connection.subscribe(SUBJECT, { queue: 'bench', callback: (_, message) => void message.respond(reply) });
  await connection.flush();
  return {};
}
