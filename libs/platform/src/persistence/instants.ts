/** In SQL: a column of instants as epoch milliseconds, which arrive as a number; a text would be read field by field. */
export function epochMs(column: string): string {
  return `(date_part('epoch', ${column}) * 1000)::int8`;
}
