import type { FastifyRequest } from './request-context.js';

/** The caller's country from a trusted proxy header, ISO 3166 alpha-2, or null (12 §9). Never from the client itself. */
export function countryOf(request: FastifyRequest, header: string): string | null {
  if (header === '') return null;
  const value = request.headers[header.toLowerCase()];
  return typeof value === 'string' && /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : null;
}
