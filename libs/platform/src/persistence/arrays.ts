/**
 * Arrays as the text PostgreSQL reads. The driver quotes every element and looks through it twice for what is to be
 * escaped, which was 6 % of a process that writes batches; a text it sends as it is.
 */

/** Of uuids, numbers, booleans and nulls: nothing in them needs quotes. */
export function plainArray(values: readonly (string | number | boolean | null)[]): string {
  let list = '';
  for (const value of values) list += list === '' ? (value ?? 'NULL') : `,${value ?? 'NULL'}`;
  return `{${list}}`;
}

/** Of any texts and nulls. */
export function textArray(values: readonly (string | null)[]): string {
  let list = '';
  for (const value of values) list += list === '' ? quoted(value) : `,${quoted(value)}`;
  return `{${list}}`;
}

/** What `JSON.stringify` writes holds no control character as such. */
const betweenTexts = '\u001f';

/**
 * Texts of `JSON.stringify` as one text, for `splitJson`: full of quotes, they would be escaped here and read letter by
 * letter there.
 */
export function joinedJson(texts: readonly (string | null)[]): string {
  return texts.join(betweenTexts);
}

/** In SQL: the texts that `joinedJson` has put into a parameter, as `text[]`. Of a single null nothing is left, which `unnest` fills up. */
export function splitJson(parameter: string): string {
  return `string_to_array(${parameter}, e'\\x1f', '')`;
}

const special = /["\\]/;
const specials = /["\\]/g;

function quoted(text: string | null): string {
  if (text === null) return 'NULL';
  return special.test(text) ? `"${text.replace(specials, '\\$&')}"` : `"${text}"`;
}
