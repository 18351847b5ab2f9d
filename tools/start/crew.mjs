/** All that runs for us, and the order in which it is stopped: who asks before who is asked. */

const ORDER = /** @type {const} */ (['door', 'service', 'server', 'directory']);

/** @typedef {typeof ORDER[number]} Role */
/** @typedef {{ name: string, stop(): Promise<void>, kill(): Promise<void> }} Member */

export class Crew {
  /** @type {{ role: Role, member: Member }[]} */
  #members = [];
  #leaving = false;

  /** Whoever comes while all are leaving is not let in: nobody would stop them. @param {Role} role @param {Member} member */
  add(role, member) {
    if (this.#leaving) throw new Error(`${member.name} is not started: everything is being stopped.`);
    this.#members.push({ role, member });
  }

  /**
   * One that does not stop must not keep the others running.
   * @param {(text: string) => void} tell hears what did not stop as it should
   */
  async stop(tell) {
    this.#leaving = true;
    for (const role of ORDER) {
      const members = this.#of(role);
      const endings = await Promise.allSettled(members.map((member) => member.stop()));
      endings.forEach((ending, index) => {
        if (ending.status === 'rejected') tell(`${members[index]?.name} did not stop: ${ending.reason?.message}`);
      });
    }
  }

  async kill() {
    this.#leaving = true;
    await Promise.allSettled(this.#members.map(({ member }) => member.kill()));
  }

  /** @param {Role} role */
  #of(role) {
    return this.#members.filter((entry) => entry.role === role).map(({ member }) => member);
  }
}
