/** One line that is drawn over and over on a terminal, and a plain line every few seconds elsewhere. */

const REDRAW_MS = 100;
const PLAIN_MS = 5_000;
const WIDTH = 28;
const COLUMNS_DEFAULT = 80;
const ERASE_LINE = '\r\x1b[2K';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** @typedef {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} Screen */
/** @typedef {{ share: number, text: string }} State */

/** @param {number} share 0 … 1 @param {number} [width] @returns {string} */
export function bar(share, width = WIDTH) {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * EIGHTHS.length);
  const full = '█'.repeat(Math.floor(eighths / EIGHTHS.length)) + EIGHTHS[eighths % EIGHTHS.length];
  return full.padEnd(width);
}

export class ProgressBar {
  #screen;
  #state;
  #timer;

  /** @param {() => State} state @param {Screen} [screen] */
  constructor(state, screen = process.stdout) {
    this.#state = state;
    this.#screen = screen;
    this.#timer = setInterval(() => this.#draw(), screen.isTTY ? REDRAW_MS : PLAIN_MS);
    this.#draw();
  }

  /** The last state stays. */
  end() {
    clearInterval(this.#timer);
    this.#draw();
    if (this.#screen.isTTY) this.#screen.write('\n');
  }

  #draw() {
    const { share, text } = this.#state();
    const percent = `${Math.floor(share * 100)}%`.padStart(4);
    if (!this.#screen.isTTY) return void this.#screen.write(`${percent}  ${text}\n`);
    const line = `  ▕${bar(share)}▏${percent}  ${text}`;
    this.#screen.write(ERASE_LINE + line.slice(0, (this.#screen.columns ?? COLUMNS_DEFAULT) - 1));
  }
}
