import { FlowError } from '../errors.ts';
import type { Secrets, StoredSecret } from '../store/store.ts';
import type { Keyring } from './keys.ts';
import { isSuite, type SuiteId, suites } from './suite.ts';

/** What may be said of a secret: everything but its value. */
export interface SecretInfo {
  readonly name: string;
  readonly suite: string;
  readonly keyId: string;
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly updatedBy: string;
  /** Where it may be sent, by service id. */
  readonly grants: { readonly [serviceId: string]: string };
}

/** A service that names a secret, and where it would send it. */
export interface Use {
  readonly service: string;
  readonly destination: string;
}

/**
 * Secrets by name. They are kept sealed, in the store and in memory, and opened when they are sent. A secret goes only
 * where it was meant to go: entering it grants it to the destinations that its services have at that moment, and a
 * service that moves elsewhere does not get it until somebody has entered it again.
 */
export class Vault {
  private readonly keys: Keyring;
  private readonly suite: SuiteId;
  private readonly store: Secrets;
  private readonly secrets = new Map<string, StoredSecret>();

  private constructor(keys: Keyring, suite: SuiteId, store: Secrets) {
    this.keys = keys;
    this.suite = suite;
    this.store = store;
  }

  /**
   * Reads the secrets, and seals those again whose key or suite is no longer the one in use.
   *
   * @throws {FlowError} `CONFIG_INVALID` naming the secrets whose key is not there any more
   */
  static async open(keys: Keyring, suite: SuiteId, store: Secrets): Promise<Vault> {
    const vault = new Vault(keys, suite, store);
    const lost: string[] = [];
    for (const secret of await store.all()) {
      vault.secrets.set(secret.name, secret);
      if (secret.keyId === keys[0].id && secret.suite === suite) continue;
      if (keys.some(({ id }) => id === secret.keyId))
        await vault.save({ ...secret, ...vault.seal(secret.name, vault.text(secret)) });
      else lost.push(`${secret.name} (key ${secret.keyId})`);
    }
    if (lost.length > 0)
      throw new FlowError(
        'CONFIG_INVALID',
        `secrets cannot be opened with the keys given: ${lost.join(', ')}; add the old key behind the new one in HEDDLE_SECRET_KEY`,
      );
    return vault;
  }

  /** Keeps a secret, granted to those who use it now. Durable when it resolves. */
  async put(name: string, value: string, uses: readonly Use[], by: string): Promise<void> {
    const grants = Object.fromEntries(uses.map(({ service, destination }) => [service, destination]));
    await this.save({ name, ...this.seal(name, value), grants, updatedAt: 0, updatedBy: by });
  }

  /** A secret that has never been granted to anybody goes to the first who names it. */
  async grantFirst(name: string, { service, destination }: Use): Promise<void> {
    const secret = this.secrets.get(name);
    if (secret === undefined || Object.keys(secret.grants).length > 0) return;
    await this.save({ ...secret, grants: { [service]: destination } });
  }

  /** Whether there was one. */
  async remove(name: string): Promise<boolean> {
    const isThere = this.secrets.delete(name);
    if (isThere) await this.store.remove(name);
    return isThere;
  }

  list(): SecretInfo[] {
    return [...this.secrets.values()].map(({ sealed: _, ...info }) => info).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** `ready`; `missing`: there is none of that name; `locked`: it was entered for another destination. */
  state(name: string, { service, destination }: Use): 'ready' | 'missing' | 'locked' {
    const secret = this.secrets.get(name);
    if (secret === undefined) return 'missing';
    return Object.hasOwn(secret.grants, service) && secret.grants[service] === destination ? 'ready' : 'locked';
  }

  /** The value, for sending it; undefined if there is none, or not for this destination. Never keep or log it. */
  reveal(name: string, use: Use): string | undefined {
    const secret = this.secrets.get(name);
    return secret !== undefined && this.state(name, use) === 'ready' ? this.text(secret) : undefined;
  }

  private text({ name, suite, keyId, sealed }: StoredSecret): string {
    const key = this.keys.find(({ id }) => id === keyId);
    if (key === undefined || !isSuite(suite)) throw new FlowError('INTERNAL', `secret ${name} has no key`);
    return suites[suite].open(key.bytes, name, sealed);
  }

  private seal(name: string, value: string): Pick<StoredSecret, 'suite' | 'keyId' | 'sealed'> {
    const [{ id, bytes }] = this.keys;
    return { suite: this.suite, keyId: id, sealed: suites[this.suite].seal(bytes, name, value) };
  }

  private async save(secret: StoredSecret): Promise<void> {
    this.secrets.set(secret.name, await this.store.save(secret));
  }
}
