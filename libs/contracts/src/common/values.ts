/** A plain text, or a text per locale (01 §11). */
export type Localized = string | Record<string, string>;

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object whose keys the platform does not know. */
export type Json = Record<string, JsonValue>;

/** ISO 8601, UTC, milliseconds, `Z`. */
export type Iso = string;
