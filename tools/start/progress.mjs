/** What the terminal shows while the system comes up: a line a step, and on a terminal what is under way and since when. */

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const ERASE_LINE = '\r\x1b[2K';
const COLUMNS_DEFAULT = 80;

/** @typedef {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} Screen */

/** @param {number} ms @returns {string} */
export function secondsOf(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

export class Progress {
  /** @type {Map<symbol, { label: string, sinceMs: number }>} */
  #running = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #frame = 0;
  #screen;

  /** @param {Screen} [screen] */
  constructor(screen = process.stdout) {
    this.#screen = screen;
  }

  /**
   * @template T
   * @param {string} label what is being done
   * @param {(note: (text: string) => void) => Promise<T>} work may tell more than that it is done
   * @returns {Promise<T>}
   */
  async step(label, work) {
    const id = Symbol(label);
    const sinceMs = performance.now();
    let detail = '';
    this.#begin(id, label, sinceMs);
    try {
      const result = await work((text) => (detail = `: ${text}`));
      this.#end(id, `✓ ${label}${detail} (${secondsOf(performance.now() - sinceMs)})`);
      return result;
    } catch (error) {
      this.#end(id, `✗ ${label}`);
      throw error;
    }
  }

  /** @param {string} text one line or several, above what is under way */
  tell(text) {
    this.#erase();
    this.#screen.write(`${text}\n`);
    this.#draw();
  }

  /** @param {symbol} id @param {string} label @param {number} sinceMs */
  #begin(id, label, sinceMs) {
    this.#running.set(id, { label, sinceMs });
    if (!this.#screen.isTTY) return;
    this.#timer ??= setInterval(() => this.#redraw(), FRAME_MS).unref();
    this.#redraw();
  }

  /** @param {symbol} id @param {string} line */
  #end(id, line) {
    this.#running.delete(id);
    if (this.#running.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.tell(line);
  }

  #redraw() {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    this.#erase();
    this.#draw();
  }

  #erase() {
    if (this.#screen.isTTY) this.#screen.write(ERASE_LINE);
  }

  #draw() {
    if (!this.#screen.isTTY || this.#running.size === 0) return;
    const parts = [...this.#running.values()].map(
      ({ label, sinceMs }) => `${label} ${Math.floor((performance.now() - sinceMs) / 1_000)} s`,
    );
    const width = (this.#screen.columns || COLUMNS_DEFAULT) - 1;
    this.#screen.write(`${FRAMES[this.#frame]} ${parts.join(' · ')}`.slice(0, width));
  }
}
