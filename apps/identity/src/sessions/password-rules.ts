/** The only ones of the 10 000 most common passwords that are long enough to be chosen here. */
const commonPasswords = new Set([
  'businessbabe',
  'contortionist',
  'films+pic+galeries',
  'masterbaiting',
  'masterbating',
  'masturbation',
  'motherfucker',
  'pornographic',
  'scandinavian',
  'unbelievable',
]);

export const passwordCharactersMin = 12;
export const passwordCharactersMax = 128;

/** What is wrong with a new password (04 §2); null when nothing is. */
export function passwordProblem(
  password: string,
  email: string,
): { code: 'length' | 'format'; message: string } | null {
  const length = [...password].length;
  if (length < passwordCharactersMin || length > passwordCharactersMax) {
    return { code: 'length', message: `must have ${passwordCharactersMin} to ${passwordCharactersMax} characters` };
  }
  const lower = password.toLowerCase();
  if (lower === email.trim().toLowerCase()) return { code: 'format', message: 'must not be the email' };
  if (commonPasswords.has(lower)) return { code: 'format', message: 'is one of the most common passwords' };
  return null;
}
