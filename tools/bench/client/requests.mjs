/** Requests as they go over the wire; what is the same for every call is written once. */

/** @typedef {{ host: string, port: number }} Address */

export class Requests {
  #ends;

  /** @param {Address} address @param {string} key the game's client key */
  constructor({ host, port }, key) {
    this.#ends = `HTTP/1.1\r\nhost: ${host}:${port}\r\nauthorization: Bearer ${key}\r\n`;
  }

  /** @param {string} path @param {string} [secret] */
  get(path, secret) {
    return `GET ${path} ${this.#ends}${secretLine(secret)}\r\n`;
  }

  /** @param {string} path @param {string} secret @param {string} body JSON of ASCII alone */
  post(path, secret, body) {
    const about = `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    return `POST ${path} ${this.#ends}${secretLine(secret)}${about}\r\n${body}`;
  }
}

/** @param {string | undefined} secret */
function secretLine(secret) {
  return secret ? `x-player-secret: ${secret}\r\n` : '';
}
