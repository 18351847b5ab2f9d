/**
 * How late a fact can come: outboxes and streams keep it for 7 days each, and marks of applied facts are kept as long as this.
 * What only late facts need is kept for it, too. Days.
 */
export const lateFactsDays = 30;
/** How long what is to be frozen waits for facts that are on their way. Milliseconds. */
export const untoldWaitMs = 15 * 60_000;
