/** Which process is which, for tools that measure them or end one on purpose. */

import { writePrivateJson } from './private-files.mjs';

/** @typedef {{ name: string, pid: number, url: string }} Entry `url` answers probes and metrics */

export class ProcessRegister {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  #written = Promise.resolve();
  #file;

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  get entries() {
    return [...this.#entries.values()];
  }

  /** A new process of the same name takes the place of the old one. @param {Entry} entry */
  put({ name, pid, url }) {
    this.#entries.set(name, { name, pid, url });
    const write = () => writePrivateJson(this.#file, this.entries);
    // One after the other, and a failure is told to whoever caused it, not to the next.
    this.#written = this.#written.then(write, write);
    return this.#written;
  }
}
