const timeHexDigits = 12;

/** The smallest UUID v7 of a moment: what is older sorts before it. */
export function firstIdAt(epochMs: number): string {
  const time = Math.max(0, Math.floor(epochMs)).toString(16).padStart(timeHexDigits, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
