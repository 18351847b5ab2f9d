import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

type Argon2 = typeof import('@node-rs/argon2');

/** 04 §2: memory in KiB, passes, lanes. */
const argon2Costs = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };
const argon2Form = '$argon2id$v=19$m=65536,t=3,p=1$';
/** 2^17 blocks of r = 8 take 128 MiB; Node refuses above `maxmem`. Bytes. */
const scryptCosts = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
const scryptForm = '$scrypt$ln=17,r=8,p=1$';
const saltBytes = 16;
const hashBytes = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Hashes of passwords as PHC strings: argon2id, or scrypt on machines for which there is no native module. */
export class PasswordHasher {
  private constructor(
    private readonly argon2: Argon2 | null,
    /** Compared with when there is no such member, so that the answer takes as long. */
    private readonly nobody: string,
  ) {}

  static async create(options: { native?: boolean } = {}): Promise<PasswordHasher> {
    const argon2 = options.native === false ? null : await loadArgon2();
    return new PasswordHasher(argon2, await hashWith(argon2, randomBytes(16).toString('hex')));
  }

  hash(password: string): Promise<string> {
    return hashWith(this.argon2, password);
  }

  /** `stored` null = nobody: false, after the same work. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    const fits = await this.matches(stored ?? this.nobody, password);
    return stored !== null && fits;
  }

  /** True when the hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean {
    return !stored.startsWith(this.argon2 ? argon2Form : scryptForm);
  }

  private async matches(stored: string, password: string): Promise<boolean> {
    if (stored.startsWith(scryptForm)) return matchesScrypt(stored, password);
    if (this.argon2 === null)
      throw new Error('a password was hashed with argon2, for which this machine has no module');
    return this.argon2.verify(stored, password);
  }
}

async function loadArgon2(): Promise<Argon2 | null> {
  try {
    return await import('@node-rs/argon2');
  } catch {
    return null;
  }
}

async function hashWith(argon2: Argon2 | null, password: string): Promise<string> {
  if (argon2) return argon2.hash(password, argon2Costs);
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, hashBytes, scryptCosts);
  return `${scryptForm}${unpadded(salt)}$${unpadded(hash)}`;
}

async function matchesScrypt(stored: string, password: string): Promise<boolean> {
  const [salt, hash] = stored
    .slice(scryptForm.length)
    .split('$')
    .map((part) => Buffer.from(part, 'base64'));
  if (!salt || hash?.length !== hashBytes) return false;
  return timingSafeEqual(hash, await derive(password, salt, hashBytes, scryptCosts));
}

/** PHC strings hold base64 without padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
